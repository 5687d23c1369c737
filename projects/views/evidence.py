"""Files that prove something: adding more, looking at one, taking a copy home, opening the original."""

from collections.abc import Callable
from typing import Any, BinaryIO

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import Refused
from accounts.views.gate import gate, tried, words
from accounts.views.paging import number_in, paged
from accounts.views.resends import once
from projects import rules
from projects.choices import MediaType
from projects.forms.vouchers import EvidenceForm
from projects.models import Evidence, Voucher
from projects.queries.files import reusable_for_voucher, uses_of
from projects.queries.visible import evidence_for, vouchers_for
from projects.services import evidence, file_names, reuse
from projects.views.vouchers import voucher_context

PAGES = 20  # of a PDF, on one page of the portal


@gate(rules.may_record, "POST")
@once(EvidenceForm)
def add(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """Attach more files to a voucher."""
    voucher = get_object_or_404(vouchers_for(request.post).select_related("payer"), pk=voucher_id)
    form = EvidenceForm(request.POST, request.FILES, reusable=reusable_for_voucher(request.post, voucher))
    if form.is_valid() and (said := _added(request, voucher, form)):
        messages.success(request, said)
        return redirect("voucher", voucher.pk)
    return render(request, "projects/voucher.html", voucher_context(request, voucher, form))


def _added(request: HttpRequest, voucher: Voucher, form: EvidenceForm) -> str:
    """What was added, in a sentence; empty, with the faults in the form, when it was refused."""
    values = form.cleaned_data
    about = {"post": request.post, "voucher": voucher, "kind": values["kind"]}
    if values["reused"] is not None:
        done = tried(form, reuse.for_voucher, evidence_id=values["reused"], **about)
        return _("已选用已有的文件，没有重复保存。") if done else ""
    added = tried(form, evidence.add, uploads=form.uploads(), **about)
    return _("已上传 {number} 个佐证文件。").format(number=len(added)) if added else ""


@gate(rules.reads_data, "GET")
def download(request: HttpRequest, evidence_id: int) -> HttpResponse | FileResponse:
    """Send the copy as an attachment that no page can run; the download is an act in the log."""
    found = _found(request, evidence_id)
    try:
        content = _stored(evidence.download, post=request.post, evidence=found, at=clock.now())
    except Refused as refusal:
        return render(request, "projects/no_copy.html", {"refusal": words(refusal)}, status=409)
    return attachment(content, _name(found), found.media_type)


@gate(rules.reads_data, "GET")
def show(request: HttpRequest, evidence_id: int) -> HttpResponse | FileResponse:
    """A picture or a page of a PDF, made small, with the watermark of who looks; an act in the log."""
    found, number = _found(request, evidence_id), number_in(request.GET.get("page", "1"))
    asked = {"post": request.post, "evidence": found, "at": clock.now(), "number": number}
    try:
        content = _stored(evidence.show, **asked)
    except Refused as refusal:
        return render(request, "projects/no_copy.html", {"refusal": words(refusal)}, status=409)
    return attachment(content, f"{_name(found).rpartition('.')[0]}.jpg", MediaType.JPEG)


@gate(rules.reads_data, "GET")
def look(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """What a file shows, on a page: the picture, a PDF's pages, the words of Word and Excel files."""
    found = _found(request, evidence_id)
    context = {"file": found, "uses": uses_of(request.post, found)}
    try:
        if found.is_pdf:
            number = _stored(evidence.number_of_pages, evidence=found)
            context |= {"number": number, **paged(request, range(1, number + 1), PAGES)}
        elif not found.is_picture:
            context["told"] = _stored(evidence.read, post=request.post, evidence=found)
    except Refused as refusal:
        context["refusal"] = words(refusal)
    return render(request, "projects/evidence_look.html", context)


@gate(rules.may_open_originals, "GET")
def original(request: HttpRequest, evidence_id: int) -> FileResponse:
    """The file as it arrived, for the inspection office; an act in the log."""
    found = _found(request, evidence_id)
    content = _stored(evidence.original, post=request.post, evidence=found)
    return attachment(content, _name(found), found.media_type)


def _found(request: HttpRequest, evidence_id: int) -> Evidence:
    return get_object_or_404(evidence_for(request.post), pk=evidence_id)


def _stored(service: Callable[..., Any], **asked: object) -> Any:
    try:
        return service(**asked)
    except FileNotFoundError as fault:
        raise Http404("the stored file is missing") from fault


def _name(found: Evidence) -> str:
    return file_names.tidy(found.original_name) or f"evidence-{found.pk}"


def attachment(content: BinaryIO, name: str, media_type: str) -> FileResponse:
    """An answer that a browser puts away and never shows, runs, guesses at or keeps."""
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "no-store"
    return answer
