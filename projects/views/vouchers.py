"""Vouchers: the list, one paper with its claims, and entering one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.choices import UnitKind
from accounts.models import Unit
from accounts.queries import history
from accounts.refusals import Refused
from accounts.views.gate import gate, words
from accounts.views.paging import number_in, paged, searched
from accounts.views.resends import once
from projects import rules
from projects.forms.vouchers import EvidenceForm, VoucherForm
from projects.models import Project
from projects.queries import checklists, lookalikes, papers
from projects.queries.files import reusable_for_voucher
from projects.queries.visible import projects_for, units_for, vouchers_for
from projects.services import pending, vouchers
from projects.services.returns import PeriodClosed
from projects.templatetags.amounts import wan

PAGE = 50
HELD = "files_held"  # tokens of the files that this session's open forms hold
MOST_HELD = 10


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Vouchers that the post may read."""
    search = searched(request)
    found = papers.vouchers_listed(request.post, words=search)
    return render(request, "projects/vouchers.html", {"words": search, **paged(request, found, PAGE)})


@gate(rules.reads_data, "GET")
def detail(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """One paper: its claims with all four figures, its evidence, what happened to it."""
    voucher = get_object_or_404(vouchers_for(request.post).select_related("payer"), pk=voucher_id)
    reusable = reusable_for_voucher(request.post, voucher) if rules.may_record(request.post) else {}
    form = EvidenceForm(reusable=reusable)
    return render(request, "projects/voucher.html", voucher_context(request, voucher, form))


def voucher_context(request: HttpRequest, voucher, form: EvidenceForm) -> dict:
    """What the page of a voucher shows; the page that refuses more evidence shows the same."""
    claims = list(papers.claims_of_voucher(request.post, voucher))
    paper = ("voucher", voucher.pk)
    links = list(voucher.evidence_links.select_related("evidence").order_by("pk"))
    rows = [("projects_voucher", voucher.pk)]
    rows += [("projects_claim", claim.pk) for claim in claims]
    rows += [("projects_evidencelink", link.pk) for link in links]
    open_projects = projects_for(request.post).filter(pk__in={claim.project_id for claim in claims})
    return {
        "voucher": voucher,
        "claims": claims,
        "claimed": sum(claim.reported for claim in claims),
        "links": links,
        "checklist": checklists.of_papers([voucher])[voucher],
        "lookalikes": lookalikes.of_papers(request.post, [paper]).get(paper, []),
        "open_projects": set(open_projects.values_list("pk", flat=True)),
        "form": form if rules.may_record(request.post) else None,
        "withdraws": rules.may_withdraw(request.post),
        "changes": history.of_rows(rows),
    }


@gate(rules.may_record, "GET", "POST")
@once(VoucherForm)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a voucher with its evidence; the project is chosen first."""
    if "project" not in request.GET:
        return _choose_project(request)
    project = get_object_or_404(
        projects_for(request.post).select_related("enterprise", "unit"), pk=number_in(request.GET["project"])
    )
    if request.method == "GET":
        form = VoucherForm(project=project, today=clock.today(), units=units_to_enter_for(request))
        return _form_page(request, project, form)
    held = request.POST.get("held", "")
    held = held if held in request.session.get(HELD, []) else ""
    kept = pending.held(held) if held and "forget_files" not in request.POST else []
    form = VoucherForm(
        request.POST,
        request.FILES,
        project=project,
        today=clock.today(),
        units=units_to_enter_for(request),
        kept=kept,
    )
    form.held = held
    if form.is_valid() and "back" not in request.POST:
        try:
            return _record(request, form)
        except PeriodClosed as question:
            return _ask_late(request, project, form, question)
        except ValidationError as faults:
            form.add_error(None, faults)
        except Refused as refusal:
            form.add_error(None, words(refusal))
    _hold(request, form)
    return _form_page(request, project, form)


def _ask_late(
    request: HttpRequest, project: Project, form: VoucherForm, question: PeriodClosed
) -> HttpResponse:
    """Ask once whether the slip is booked late; the answer sends everything again, files excepted."""
    _hold(request, form)
    own = {"csrfmiddlewaretoken", "held", "forget_files", "back"}
    entered = [(name, value) for name, value in request.POST.items() if name not in own]
    context = {"project": project, "form": form, "question": str(question), "entered": entered}
    return render(request, "projects/voucher_late.html", context)


def _record(request: HttpRequest, form: VoucherForm) -> HttpResponse:
    """Record the voucher and say what was booked where."""
    unit = form.cleaned_data["unit"] if "unit" in form.fields else request.post.unit_id
    done = vouchers.record(
        post=request.post,
        entry=form.entry(),
        unit=unit if isinstance(unit, Unit) else Unit.objects.get(pk=unit),
        today=form.today,
        late_ok="late_ok" in request.POST,
    )
    claim = done.claim
    _drop(request, form)
    late = _("，标注“补报”") if claim.late else ""
    messages.success(
        request,
        _("已登记凭证 {voucher}，申报到位资金 {amount} 万元，计入 {unit}“{period}”报表{late}。").format(
            voucher=claim.voucher,
            amount=wan(claim.reported),
            unit=claim.unit,
            period=claim.booked_in.period,
            late=late,
        ),
    )
    for warning in done.warnings:
        messages.warning(request, warning)
    return redirect("voucher", claim.voucher_id)


def _choose_project(request: HttpRequest) -> HttpResponse:
    """The first question: which project. A page of its own, so that its splits are known afterwards."""
    search = searched(request)
    found = papers.projects_to_enter_for(request.post, words=search)
    return render(request, "projects/voucher_project.html", {"words": search, **paged(request, found, PAGE)})


def _form_page(request: HttpRequest, project: Project, form: VoucherForm) -> HttpResponse:
    return render(request, "projects/voucher_form.html", {"project": project, "form": form})


def units_to_enter_for(request: HttpRequest):
    """Units for which the post may enter; None where it is the own one without a choice."""
    if not rules.reads_county(request.post):
        return None
    return units_for(request.post).exclude(kind=UnitKind.OFFICE).order_by("sort_key", "pk")


def _hold(request: HttpRequest, form: VoucherForm) -> None:
    """Keep the acceptable files for the next try: a browser does not send them twice by itself."""
    if form.held and form.uploads and form.uploads == form.kept:
        return
    _drop(request, form)
    if form.uploads:
        form.held = pending.keep(form.uploads)
        request.session[HELD] = [*request.session.get(HELD, []), form.held][-MOST_HELD:]


def _drop(request: HttpRequest, form: VoucherForm) -> None:
    """Let go of what the form held."""
    if form.held:
        pending.drop(form.held)
        request.session[HELD] = [token for token in request.session[HELD] if token != form.held]
    form.held = ""
