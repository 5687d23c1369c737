"""One claim: its figures side by side, every opinion, its evidence, and what happened to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import clock
from accounts.choices import Role
from accounts.queries import history
from accounts.refusals import Forbidden, NotFound, Refused
from accounts.views.gate import gate
from accounts.views.resends import once
from assessment import rules
from assessment.choices import Step, Verdict
from assessment.forms.opinions import OpinionForm, verdicts_for
from assessment.queries import affected, claim_sheet, matters, mismatch, objections, site_records
from assessment.queries.queue import CONFLICT_WORDS, conflicts_of
from assessment.services import opinions
from projects.choices import ClaimState
from projects.rules import may_record_for, may_withdraw, reads_county, reads_data
from projects.services.corrections import correctable


@gate(reads_data, "GET")
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The claim with its opinions in order."""
    sheet = claim_sheet.sheet(request.post, claim_id)
    step = _step(request, sheet)
    return _page(request, sheet, step, _form(sheet, step) if step else None)


@gate(rules.gives_opinions, "POST")
@once(OpinionForm)
def opinion(request: HttpRequest, claim_id: int) -> HttpResponse:
    """A change of mind by the inspection, or the superior's own check."""
    sheet = claim_sheet.sheet(request.post, claim_id)
    step = _step(request, sheet)
    if step is None:
        raise Forbidden("这笔申报目前不能由您的岗位提出或更改意见。")
    form = _form(sheet, step, request.POST)
    if form.is_valid():
        try:
            given = opinions.give(
                post=request.post,
                claim_id=claim_id,
                step=step,
                verdict=form.cleaned_data["verdict"],
                accepted=form.cleaned_data.get("accepted"),
                code=form.cleaned_data.get("code", ""),
                reason=form.cleaned_data["reason"],
                supersedes_id=form.cleaned_data["supersedes"],
                today=clock.today(),
            )
        except (NotFound, Forbidden):
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{Step(step).label}意见已记录：{Verdict(given.verdict).label}。")
            return redirect("claim", claim_id)
    return _page(request, sheet, step, form)


def _step(request: HttpRequest, sheet: claim_sheet.Sheet) -> str | None:
    """The step at which this post may give an opinion on this page; None for a page that is only read."""
    if request.post.role == Role.SUPERIOR and request.county is not None:
        settled = sheet.claim.state == ClaimState.REVERSED or sheet.claim.reverses_id is not None
        return None if settled else Step.SUPERIOR
    if request.post.role == Role.INSPECTION and sheet.may_be_changed:
        return Step.INSPECTION
    return None


def _form(sheet: claim_sheet.Sheet, step: str, data=None) -> OpinionForm:
    latest = sheet.latest(step)
    return OpinionForm(
        data,
        verdicts=verdicts_for(sheet.claim, step),
        step=step,
        reported=sheet.claim.reported,
        days=(sheet.claim.happened_on, clock.today()),
        initial={"supersedes": latest.pk if latest else None},
    )


def _page(
    request: HttpRequest, sheet: claim_sheet.Sheet, step: str | None, form: OpinionForm | None
) -> HttpResponse:
    conflict = ""
    if step is not None:
        conflict = CONFLICT_WORDS.get(
            conflicts_of(request.post, [sheet.claim], step).get(sheet.claim.pk, ""), ""
        )
    own = may_withdraw(request.post) and request.post.unit_id == sheet.claim.unit_id
    untouched = (
        sheet.claim.state in (ClaimState.SUBMITTED, ClaimState.RETURNED) and not sheet.claim.reverses_id
    )
    return render(
        request,
        "assessment/claim.html",
        {
            "sheet": sheet,
            "claim": sheet.claim,
            "step": step,
            "form": None if conflict else form,
            "conflict": conflict,
            "independent": mismatch.told_of(sheet.claim),
            "opens": reads_county(request.post),
            "withdrawable": own and untouched,
            "correctable": may_record_for(request.post, sheet.claim.unit_id)
            and correctable(sheet.claim, sheet.reversal),
            "returned": own and sheet.claim.state == ClaimState.RETURNED,
            "publicity": objections.open_for(request.post, sheet.claim, today=clock.today()),
            "objections": objections.to_claim(request.post, sheet.claim),
            "today": clock.today(),
            "issues": rules.issues_matters(request.post),
            "matters": list(matters.of_claim(request.post, sheet.claim)),
            "records": rules.checks_on_site(request.post)
            and not site_records.hindrance(request.post, sheet.claim),
            "waits": sheet.waits_for_inspection and rules.prints_queue(request.post),
            "unverified": affected.unverified(request.post, sheet.claim, today=clock.today())
            if sheet.decided_again
            else None,
            "changes": history.of_rows(sheet.rows),
        },
    )
