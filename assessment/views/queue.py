"""The queue: what waits for an opinion, one card at a time, and the batch of those without doubt (S0-38)."""

import hashlib

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import clock
from accounts.choices import Role
from accounts.queries import history
from accounts.refusals import Forbidden, NotFound, Refused
from accounts.views.gate import gate
from accounts.views.resends import once
from assessment import rules
from assessment.choices import Step, Verdict
from assessment.forms.opinions import OpinionForm, QueueFilter, verdicts_for
from assessment.queries import (
    cards,
    claim_sheet,
    measures,
    mismatch,
    past,
    since,
    site_records,
    zero_reports,
)
from assessment.queries.cards import Narrowed
from assessment.queries.queue import (
    CONFLICT_WORDS,
    STEP_OF_ROLE,
    SortedOut,
    sort_out,
    steps_of,
    waiting,
)
from assessment.services import opinions
from projects.queries.visible import claims_for
from projects.rules import reads_county

PAGE = 50


@gate(rules.works_queue, "GET")
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this post, card by card."""
    step = step_asked(request)
    form = filter_form(request, step)
    narrowed = form.narrowed()
    keys = cards.card_keys(request.post, step, narrowed)
    page = Paginator(keys, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "assessment/queue.html",
        {
            "form": form,
            "zero_reports": _zero_reports(request),
            "by_risk": narrowed.order == cards.RISK,
            "step": step,
            "steps": [(one, one.label) for one in steps_of(request.post)],
            "page": page,
            "cards": cards.cards(request.post, step, page.object_list),
            "claims": sum(len(key) for key in keys),
            "query": filters(request),
            "decides": rules.decides(request.post),
            "prints": rules.prints_queue(request.post),
        },
    )


@gate(rules.works_queue, "GET", "POST")
@once(OpinionForm)
def item(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim of the queue: everything about it, and the form that decides it."""
    step = step_asked(request)
    sheet = claim_sheet.sheet(request.post, claim_id)
    mine = list(waiting(request.post, step).filter(pk=claim_id))
    if request.method == "GET" and not mine:
        return redirect("claim", claim_id)
    card = _card(request, step, sheet)
    form = _form(request, step, sheet, card)
    if request.method == "POST" and form.is_valid():
        narrowed = _narrowed(request, step)
        following = cards.next_after(request.post, step, narrowed, claim_id)
        if (answer := _give(request, form, claim_id, step, following)) is not None:
            return answer
    return _item_page(request, step, sheet, card, form)


@gate(rules.decides, "GET")
def following(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The card after this one that may be decided; from a claim that does not wait, or from 0, the first."""
    if claim_id and not claims_for(request.post).filter(pk=claim_id).exists():
        raise NotFound("没有这笔申报。")
    step = step_asked(request)
    narrowed = _narrowed(request, step)
    return _go_on(request, cards.next_after(request.post, step, narrowed, claim_id, passing=True))


@gate(rules.decides, "POST")
@once(OpinionForm)
def card(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The same opinion on every waiting claim of one signing."""
    step = step_asked(request)
    sheet = claim_sheet.sheet(request.post, claim_id)
    if sheet.claim.agreement_id is None:
        raise NotFound("这笔申报不属于协议，请单独处理。")
    found = _card(request, step, sheet)
    form = _card_form(step, sheet, found, request.POST)
    if form.is_valid():
        own = {claim.pk for claim in found.claims} if found else set()
        following = cards.next_after(request.post, step, _narrowed(request, step), claim_id)
        try:
            decided = opinions.give_card(
                post=request.post,
                agreement_id=sheet.claim.agreement_id,
                step=step,
                verdict=form.cleaned_data["verdict"],
                code=form.cleaned_data.get("code", ""),
                reason=form.cleaned_data["reason"],
                today=clock.today(),
            )
        except (NotFound, Forbidden):
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            word = Verdict(form.cleaned_data["verdict"]).label
            messages.success(request, f"本协议 {decided} 项已一并处理：{word}。")
            return _go_on(request, [claim for claim in following if claim not in own])
    return _item_page(request, step, sheet, found, form)


@gate(rules.decides, "GET", "POST")
@once()
def clean(request: HttpRequest) -> HttpResponse:
    """Accept everything that raises no doubt: first the list of it, then the act."""
    step = step_asked(request)
    sorted_out = sort_out(waiting(request.post, step), post=request.post, step=step)
    seen = _fingerprint(sorted_out)
    changed = request.method == "POST" and request.POST.get("seen") != seen
    faults = ["名单在您查看后有变化，请重新核对后再确认。"] if changed else []
    if request.method == "POST" and not changed:
        try:
            done = opinions.decide_clean(post=request.post, step=step)
        except Refused as refusal:
            faults.append(str(refusal))
        else:
            skipped = f"，{done.skipped} 笔因回避转督查室" if done.skipped else ""
            messages.success(
                request, f"已认可 {done.accepted} 笔{skipped}，留下 {len(done.left)} 笔须逐笔处理。"
            )
            return _go_on(request, [])
    return render(
        request,
        "assessment/queue_clean.html",
        {"step": step, "sorted": sorted_out, "seen": seen, "faults": faults, "query": filters(request)},
    )


def step_asked(request: HttpRequest) -> str:
    """The step that this request is about: the post's own, or the one beside it that the address names."""
    own, asked = STEP_OF_ROLE[Role(request.post.role)], request.GET.get("step")
    if not asked or asked == own:
        return own
    return next((step for step in steps_of(request.post) if step == asked), own)


def _give(request: HttpRequest, form: OpinionForm, claim_id: int, step: str, following: list[int]):
    """Give the opinion and go on to the next card; None, with the reason in the form, when it was refused."""
    try:
        given = opinions.give(
            post=request.post,
            claim_id=claim_id,
            step=step,
            verdict=form.cleaned_data["verdict"],
            accepted=form.cleaned_data.get("accepted"),
            code=form.cleaned_data.get("code", ""),
            reason=form.cleaned_data["reason"],
            supersedes_id=None,
            today=clock.today(),
        )
    except (NotFound, Forbidden):
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, f"已处理：{Verdict(given.verdict).label}。")
    return _go_on(request, following)


def _go_on(request: HttpRequest, following: list[int]) -> HttpResponse:
    """To the next card, or back to the list when nothing is left."""
    address = reverse("queue_item", args=[following[0]]) if following else reverse("queue")
    query = filters(request)
    return redirect(f"{address}?{query}" if query else address)


def _card(request: HttpRequest, step: str, sheet: claim_sheet.Sheet) -> cards.Card | None:
    """The card that this claim belongs to; None when it no longer waits here."""
    claims = waiting(request.post, step)
    if sheet.claim.agreement_id is not None:
        claims = claims.filter(agreement_id=sheet.claim.agreement_id)
    else:
        claims = claims.filter(pk=sheet.claim.pk)
    keys = [list(claims.values_list("pk", flat=True))]
    found = cards.cards(request.post, step, keys, risk=False)
    return found[0] if found else None


def _form(request: HttpRequest, step: str, sheet: claim_sheet.Sheet, card: cards.Card | None) -> OpinionForm:
    """The form for this claim alone. With an interest the bureau may only pass it on (skip)."""
    verdicts = verdicts_for(sheet.claim, step)
    if card and cards.passes_on(card.conflict, step):
        verdicts = [Verdict.SKIP]
    data = request.POST if request.method == "POST" else None
    days = (sheet.claim.happened_on, clock.today())
    return OpinionForm(data, verdicts=verdicts, step=step, days=days, reported=sheet.claim.reported)


def _card_form(step: str, sheet: claim_sheet.Sheet, card: cards.Card | None, data=None) -> OpinionForm:
    """The form for all waiting claims of the signing: what may be said of each, without an amount."""
    claims = card.claims if card else [sheet.claim]
    sets = [set(verdicts_for(claim, step)) for claim in claims]
    common = [verdict for verdict in verdicts_for(claims[0], step) if all(verdict in one for one in sets)]
    verdicts = [verdict for verdict in common if verdict != Verdict.REDUCE]
    if card and cards.passes_on(card.conflict, step):
        verdicts = [Verdict.SKIP]
    days = (max(claim.happened_on for claim in claims), clock.today())
    return OpinionForm(data, verdicts=verdicts, step=step, days=days)


def _item_page(
    request: HttpRequest, step: str, sheet, card: cards.Card | None, form: OpinionForm
) -> HttpResponse:
    skips = bool(card) and cards.passes_on(card.conflict, step)
    together = bool(card) and len(card.claims) > 1 and "single" not in request.GET and step != Step.UNIT
    shown = {claim.pk for claim in card.claims} if card else set()
    if together and request.method == "GET":
        form = _card_form(step, sheet, card)
    return render(
        request,
        "assessment/queue_item.html",
        {
            "sheet": sheet,
            "claim": sheet.claim,
            "card": card,
            "step": step,
            "form": form,
            "together": together,
            "conflict": CONFLICT_WORDS.get(card.conflict, "") if card else "",
            # A refused form stays on the page with what was written, also when the claim waits no longer.
            "decidable": form.is_bound or (card is not None and (not card.conflict or skips)),
            "skips": skips,
            "records": rules.prints_queue(request.post)
            and not site_records.hindrance(request.post, sheet.claim),
            "independent": mismatch.told_of(sheet.claim),
            "opens": reads_county(request.post),
            "others": [other for other in sheet.same_source if other.pk not in shown],
            "query": filters(request),
            "risk": cards.risk_of(card) if card and step != Step.UNIT else None,
            "past": past.of(sheet.claim) if step != Step.UNIT else None,
            "since": since.of(sheet),
            "changes": history.of_rows([*sheet.rows, *(("projects_claim", claim) for claim in shown)]),
        },
    )


def _zero_reports(request: HttpRequest) -> int:
    """How many zero reports wait for this post to confirm them."""
    return zero_reports.waiting(request.post).count() if rules.confirms_zero_reports(request.post) else 0


def _narrowed(request: HttpRequest, step: str) -> Narrowed:
    return filter_form(request, step).narrowed()


def filter_form(request: HttpRequest, step: str) -> QueueFilter:
    """The filters that the address names, with what they may be. Two queries."""
    return QueueFilter(
        request.GET,
        units=cards.units_waiting(request.post, step),
        measures=measures.in_force(clock.today()),
    )


def filters(request: HttpRequest) -> str:
    """The filters of the list, carried from card to card."""
    query = request.GET.copy()
    for name in ("page", "single"):
        query.pop(name, None)
    return query.urlencode()


def _fingerprint(sorted_out: SortedOut) -> str:
    """What was shown, so that nothing is accepted that nobody has seen in the list."""
    ids = ",".join(str(claim.pk) for claim in [*sorted_out.clean, *sorted_out.own])
    return hashlib.sha256(ids.encode()).hexdigest()
