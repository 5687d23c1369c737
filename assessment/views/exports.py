"""Requests for bulk exports: the list of those who ask and of those who answer, and the answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import NotFound
from accounts.views.gate import gate, tried
from accounts.views.paging import paged
from accounts.views.resends import once
from assessment import rules
from assessment.choices import ExportKind
from assessment.forms.exports import ExportAnswerForm
from assessment.models import ExportRequest
from assessment.queries import exports as queries
from assessment.services import exports

PAGE = 50
# Where an approved export is taken.
TAKEN_AT = {ExportKind.REDUCTIONS: "reduction_export"}


@gate(rules.sees_exports, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Requests that the post may read; what waits for an answer stands first."""
    shown = paged(request, queries.listed(request.post), PAGE)
    today = clock.today()
    context = {
        **shown,
        "rows": [(row, *queries.STATES[queries.state_of(row, today)]) for row in shown["page"]],
        "answers": rules.answers_exports(request.post),
        "limit": queries.LIMIT,
    }
    return render(request, "assessment/exports.html", context)


@gate(rules.sees_exports, "GET")
def detail(request: HttpRequest, export_request_id: int) -> HttpResponse:
    """One request, its answer, and the download while it may be taken."""
    return _page(request, _found(request, export_request_id), ExportAnswerForm())


@gate(rules.answers_exports, "POST")
@once(ExportAnswerForm)
def answer(request: HttpRequest, export_request_id: int) -> HttpResponse:
    """Approve or refuse a request of somebody else, once."""
    found = _found(request, export_request_id)
    form = ExportAnswerForm(request.POST)
    if form.is_valid() and tried(
        form,
        exports.answer,
        post=request.post,
        request_id=found.pk,
        today=clock.today(),
        **form.cleaned_data,
    ):
        messages.success(request, _("已审批。"))
        return redirect("export_request", found.pk)
    return _page(request, found, form)


def _found(request: HttpRequest, request_id: int) -> ExportRequest:
    found = queries.listed(request.post).filter(pk=request_id).first()
    if found is None:
        raise NotFound("没有这份导出申请。")
    return found


def _page(request: HttpRequest, found: ExportRequest, form: ExportAnswerForm) -> HttpResponse:
    state = queries.state_of(found, clock.today())
    own = found.actor_id == request.post.user_id
    context = {
        "request_for": found,
        "word": queries.STATES[state][0],
        "tone": queries.STATES[state][1],
        "form": form,
        "waits": state == queries.WAITING,
        "answers": state == queries.WAITING and rules.answers_exports(request.post) and not own,
        "own": own,
        "taken_at": f"{reverse(TAKEN_AT[ExportKind(found.kind)])}?{found.query}"
        if own and state == queries.APPROVED
        else "",
    }
    return render(request, "assessment/export.html", context)
