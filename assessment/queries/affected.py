"""What a change of a decided claim means for the standing of the credited units (F-57)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models.fields.json import KT

from accounts.models import ChangeRow, Unit
from accounts.queries.posts import ActingPost
from assessment import rules
from assessment.models import Measure
from assessment.percent import percent
from assessment.queries.basis import claims_of
from assessment.queries.measures import in_force
from assessment.queries.notice_words import day, quantity
from assessment.queries.standing import Line, classify, elapsed_months, shares_of, standing
from projects.models import Claim
from projects.sheets.cells import plain


@dataclass(frozen=True)
class Effect:
    """One line of the standing before and after, with its arithmetic."""

    unit: str
    measure: str
    figures: str
    completion: str
    classes: str


@dataclass(frozen=True)
class Unverified:
    """A claim whose verified figure was changed or withdrawn: the figure before, and what follows from it."""

    before: Decimal
    after: Decimal | None
    effects: list[Effect]


def unverified(post: ActingPost, claim: Claim, *, today: dt.date) -> Unverified | None:
    """The last change of the claim's verified figure; None when what was decided still stands.

    The lines are those that the post may open. One query; about ten for each measure that counts the claim,
    of claims that were changed only.
    """
    before = _before(claim)
    if before is None or before == claim.verified:
        return None
    as_of = min(today, dt.date(claim.happened_on.year, 12, 31))
    measures = [measure for measure in in_force(as_of) if _counts(measure, claim, as_of)]
    effects = [
        effect
        for measure in measures
        for effect in _effects(post, claim, measure, before=before, as_of=as_of)
    ]
    return Unverified(before, claim.verified, effects)


def _before(claim: Claim) -> Decimal | None:
    """The verified figure before its last change, as the log has it; None when it was never changed."""
    lines = ChangeRow.objects.filter(table=Claim._meta.db_table, row=claim.pk, op="U").order_by("-pk")
    # As text: a number of the log is exact, a float is not.
    figures = lines.values_list(KT("before__verified"), KT("after__verified"))
    return next((Decimal(was) for was, became in figures if was is not None and was != became), None)


def _counts(measure: Measure, claim: Claim, as_of: dt.date) -> bool:
    return measure.kind == claim.kind and claims_of(measure, as_of).filter(pk=claim.pk).exists()


def _effects(
    post: ActingPost, claim: Claim, measure: Measure, *, before: Decimal, as_of: dt.date
) -> list[Effect]:
    shares = dict(shares_of(claim.kind).get(claim.split_id, [(claim.unit_id, Decimal(1))]))
    lines = {line.unit_id: line for line in standing(as_of=as_of, measure_name=measure.name).lines}
    names = dict(Unit.objects.filter(pk__in=shares).values_list("pk", "name"))
    now = claim.verified or Decimal(0)
    return [
        _effect(names[unit_id], lines[unit_id], measure, (before, now, share), as_of)
        for unit_id, share in shares.items()
        if unit_id in lines and rules.opens_unit(post, unit_id)
    ]


def _effect(
    unit: str, line: Line, measure: Measure, change: tuple[Decimal, Decimal, Decimal], as_of: dt.date
) -> Effect:
    before, now, share = change
    after = line.amount or Decimal(0)
    first = after + (before - now) * share
    part = "" if share == 1 else f"×{plain(share * 100)}%"
    figures = (
        f"截至{day(as_of)}：{plain(first)} − {plain(before)}{part} + {plain(now)}{part}"
        f" = {quantity(after, measure)}"
    )
    if line.target is None:
        return Effect(unit, measure.name, figures, "没有任务", "—")
    was = classify(
        target=line.target,
        amount=first,
        known=True,
        months=elapsed_months(as_of),
        threshold=measure.zero_threshold,
    )
    completion = (
        f"{percent(first, line.target)}% → {percent(after, line.target)}%"
        f"（任务{quantity(line.target, measure)}）"
    )
    classes = f"{was.label} → {line.unit_class.label}" if was != line.unit_class else str(was.label)
    return Effect(unit, measure.name, figures, completion, classes)
