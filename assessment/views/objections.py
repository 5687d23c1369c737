"""Objections to what was published: raised on a claim, listed with their due days, answered once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.queries import history
from accounts.refusals import NotFound
from accounts.views.gate import gate, tried
from accounts.views.paging import paged
from accounts.views.resends import once
from assessment import rules
from assessment.choices import Step
from assessment.forms.snapshots import AnswerForm, ObjectionForm
from assessment.models import Objection
from assessment.queries import objections as queries
from assessment.queries.queue import CONFLICT_WORDS, conflicts_of
from assessment.services import objections
from projects.queries.visible import claims_for
from projects.rules import may_reopen, reads_data

PAGE = 50
OPEN = "open"


@gate(reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Objections that the post may read; what waits for an answer stands first, by its due day."""
    open_only = request.GET.get("state") == OPEN
    shown = paged(request, queries.listed(request.post, open_only=open_only), PAGE)
    context = {**shown, "open_only": open_only, "today": clock.today()}
    return render(request, "assessment/objections.html", context)


@gate(reads_data, "GET")
def detail(request: HttpRequest, objection_id: int) -> HttpResponse:
    """One objection: the claim, the opinion that it is against, the answer, and how a figure is changed."""
    return _page(request, _objection(request, objection_id), AnswerForm())


@gate(rules.objects, "GET", "POST")
@once(ObjectionForm)
def object_to(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Object to a claim of one's own while it is under publicity."""
    related = ("unit", "project", "voucher", "agreement", "visit__enterprise", "lead__enterprise")
    claim = get_object_or_404(claims_for(request.post).select_related(*related), pk=claim_id)
    today = clock.today()
    form = ObjectionForm(request.POST or None)
    if form.is_valid():
        raised = tried(
            form, objections.object_to, post=request.post, claim_id=claim.pk, today=today, **form.cleaned_data
        )
        if raised:
            messages.success(
                request, _("异议已提出，督查室应在 {due:%Y-%m-%d} 前答复。").format(due=raised.answer_due)
            )
            return redirect("objection", raised.pk)
    publicity = queries.open_for(request.post, claim, today=today)
    context = {"claim": claim, "publicity": publicity, "form": form}
    return render(request, "assessment/objection_new.html", context)


@gate(rules.answers_objections, "POST")
@once(AnswerForm)
def answer(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Answer an objection, once."""
    objection = _objection(request, objection_id)
    form = AnswerForm(request.POST)
    if form.is_valid() and tried(
        form,
        objections.answer,
        post=request.post,
        objection_id=objection.pk,
        today=clock.today(),
        **form.cleaned_data,
    ):
        messages.success(request, _("已答复。"))
        return redirect("objection", objection.pk)
    return _page(request, objection, form)


def _objection(request: HttpRequest, objection_id: int) -> Objection:
    related = ("claim__booked_in", "claim__project", "opinion__actor", "actor", "answered_by")
    found = queries.listed(request.post).select_related("publicity__period", "unit", "claim__unit", *related)
    objection = found.filter(pk=objection_id).first()
    if objection is None:
        raise NotFound("没有这件异议。")
    return objection


def _page(request: HttpRequest, objection: Objection, form: AnswerForm) -> HttpResponse:
    answers = rules.answers_objections(request.post) and not objection.answered
    conflict = ""
    if answers:
        found = conflicts_of(request.post, [objection.claim], Step.INSPECTION)
        conflict = CONFLICT_WORDS.get(found.get(objection.claim_id, ""), "")
    context = {
        "objection": objection,
        "claim": objection.claim,
        "form": form,
        "answers": answers and not conflict,
        "conflict": conflict,
        "reopens": may_reopen(request.post) and objection.claim.booked_in.reports_closed_at is not None,
        "opens_claim": claims_for(request.post).filter(pk=objection.claim_id).exists(),
        "changes": history.of_rows([("assessment_objection", objection.pk)]),
        "today": clock.today(),
    }
    return render(request, "assessment/objection.html", context)
