"""Opinions on claims. The database checks role, order, interest and the closed Return."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import NotFound, Refused, explained
from assessment.choices import Step, Verdict
from assessment.models import Opinion
from assessment.queries import queue
from assessment.queries.queue import Left
from assessment.services import opinion_events
from assessment.services.opinion_events import Before
from projects.queries.visible import claims_for


@dataclass(frozen=True)
class Decided:
    """What a batch decided, and what it left to people, each with the reason."""

    accepted: int
    skipped: int
    left: list[Left]


@transaction.atomic
def give(
    *,
    post: ActingPost,
    claim_id: int,
    step: str,
    verdict: str,
    accepted: Decimal | None = None,
    code: str = "",
    reason: str = "",
    supersedes_id: int | None = None,
    today: dt.date,
) -> Opinion:
    """Give one opinion on one claim; the claim's figures follow from it, and those it touches are told.

    ``accepted`` is in the claim's own unit and needed for a reduction only. ``supersedes_id``
    names the opinion that a change of mind changes, ``code`` is a ReasonCode. Raises NotFound, Refused
    (conflict of interest, wrong step, closed, reason missing).
    """
    act("opinion.give", reason=reason)
    claim = claims_for(post).filter(pk=claim_id).first()
    if claim is None:
        raise NotFound("没有这笔申报。")
    before = {claim.pk: Before.of(claim)}
    with explained():
        opinion = Opinion.objects.create(
            claim=claim,
            step=_step(verdict, step),
            verdict=verdict,
            accepted=accepted if verdict == Verdict.REDUCE else None,
            code=code,
            reason=reason.strip(),
            supersedes_id=supersedes_id,
        )
    opinion_events.told(post=post, opinions=[opinion], before=before, today=today)
    return opinion


@transaction.atomic
def decide_clean(*, post: ActingPost, step: str) -> Decided:
    """Accept every claim that waits at this step and raises no doubt; name what is left, and why.

    Claims of the bureau's own unit, which it may not review, are skipped to inspection. One act
    for the whole batch.
    """
    act("opinion.give", reason="批量认可无疑点申报")
    sorted_out = queue.sort_out(queue.waiting(post, step), post=post, step=step)
    opinions = [Opinion(claim=claim, step=step, verdict=Verdict.ACCEPT) for claim in sorted_out.clean]
    skip = {"step": _step(Verdict.SKIP, step), "verdict": Verdict.SKIP}
    opinions += [Opinion(claim=claim, **skip) for claim in sorted_out.own]
    with explained():
        Opinion.objects.bulk_create(opinions)
    return Decided(len(sorted_out.clean), len(sorted_out.own), sorted_out.left)


@transaction.atomic
def give_card(
    *,
    post: ActingPost,
    agreement_id: int,
    step: str,
    verdict: str,
    code: str = "",
    reason: str = "",
    today: dt.date,
) -> int:
    """Give the same opinion on every claim of one signing that waits at this step, as one act.

    Returns how many claims were decided. A reduction needs an amount for each claim and is given
    claim by claim. Raises NotFound when nothing of this agreement waits here, Refused like ``give``.
    """
    act("opinion.give", reason=reason)
    claims = list(queue.waiting(post, step).filter(agreement_id=agreement_id))
    if not claims:
        raise NotFound("这份协议没有等待处理的申报。")
    if verdict == Verdict.REDUCE:
        raise Refused("核减须逐项填写认可数，请单独处理。")
    said = {
        "step": _step(verdict, step),
        "verdict": verdict,
        "code": code,
        "reason": reason.strip(),
    }
    with explained():
        given = Opinion.objects.bulk_create(Opinion(claim=claim, **said) for claim in claims)
    before = {claim.pk: Before.of(claim) for claim in claims}
    opinion_events.told(post=post, opinions=given, before=before, today=today)
    return len(claims)


def _step(verdict: str, step: str) -> str:
    """The step of an opinion: a skip is one of the first review, from whichever of the bureau's steps."""
    return Step.FIRST_REVIEW if verdict == Verdict.SKIP else step
