"""What is reconciled: the claims of a measure and the official figures for it, and the rows in words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When

from assessment.choices import Gap, SourceKind
from assessment.models import Measure, OfficialFigure, OfficialSource
from assessment.queries.basis import counts
from assessment.queries.official import live
from assessment.reconciling import NOTHING, Ours, Reconciled, Row, Theirs, reconcile
from projects.choices import ClaimState
from projects.models import Claim, Enterprise
from projects.queries.visible import ACTS


@dataclass(frozen=True)
class Question:
    """What is reconciled: a measure of money with a source's official count, months of a year up to a day."""

    measure: Measure
    source: OfficialSource
    first: dt.date
    as_of: dt.date

    @property
    def months(self) -> list[dt.date]:
        """First days of the months, the last of which may not be over."""
        return [self.first.replace(month=month) for month in range(self.first.month, self.as_of.month + 1)]


@dataclass(frozen=True)
class Told:
    """A row of the gap with what people call its firm, and its claim."""

    row: Row
    firm: str
    claim: Claim | None


def sources_of(measure_name: str) -> list[OfficialSource]:
    """Official sources, those with figures for this measure first. Two queries."""
    named = live().filter(measure__name=measure_name).values_list("source_id", flat=True)
    known = set(named.distinct())
    found = OfficialSource.objects.filter(kind=SourceKind.OFFICIAL).select_related("owner_unit")
    return sorted(found.order_by("pk"), key=lambda source: source.pk not in known)


def reconciled(question: Question) -> Reconciled:
    """Both totals and the gap row by row, on the verified basis. Two queries."""
    figures = official_figures(question).values_list("credit_code", "month", "value")
    theirs = [Theirs(code or "", month, value) for code, month, value in figures]
    return reconcile(_ours(question), theirs, question.months)


def official_figures(question: Question) -> QuerySet[OfficialFigure]:
    """The live official figures of the measure in these months."""
    return live(question.source.figures.all()).filter(
        measure__name=question.measure.name, month__range=(question.months[0], question.months[-1])
    )


def claims_behind(question: Question, compared: list[dt.date]) -> QuerySet[Claim]:
    """The claims that our total adds up from, newest fact first, each with its ``figure``."""
    months = Q(pk__in=[])
    for month in compared:
        months |= Q(happened_on__year=month.year, happened_on__month=month.month)
    rows = Claim.objects.filter(
        months,
        counts(question.measure, question.as_of.year),
        happened_on__lte=question.as_of,
        booked_in__period__starts_on__lte=question.as_of,
        verified__isnull=False,
    ).annotate(figure=F("verified"), elsewhere=Value(value=False))
    rows = rows.select_related("unit", "project", "voucher", "agreement", *ACTS, "booked_in__period", "split")
    return rows.order_by("-happened_on", "-pk")


def total(claims: QuerySet[Claim]) -> Decimal:
    """The very number that the page prints as ours."""
    return claims.order_by().aggregate(total=Sum("verified"))["total"] or NOTHING


def told(rows: Iterable[Row]) -> list[Told]:
    """Rows with their claims and the names of their firms. Three queries at most."""
    rows = list(rows)
    claims = Claim.objects.select_related("unit", "project", "voucher", "agreement", *ACTS).in_bulk(
        [row.claim for row in rows if row.claim is not None]
    )
    codes = {row.code for row in rows if row.code}
    listed = OfficialFigure.objects.filter(credit_code__in=codes).exclude(firm_name="")
    names: dict[str | None, str] = dict(listed.order_by("pk").values_list("credit_code", "firm_name"))
    known = Enterprise.objects.filter(credit_code__in=codes)
    names |= dict(known.values_list("credit_code", "name"))
    return [
        Told(row, names.get(row.code, row.code), claims.get(row.claim) if row.claim else None) for row in rows
    ]


def _claims(question: Question) -> QuerySet[Claim]:
    """Claims of the measure's kind in these months, each with whether the measure counts it."""
    rule = counts(question.measure, question.as_of.year)
    claims = Claim.objects.filter(
        kind=question.measure.kind, happened_on__range=(question.first, question.as_of)
    )
    inside = Case(When(rule, then=Value(value=True)), default=Value(value=False))
    return claims.annotate(inside=inside)


def _ours(question: Question) -> list[Ours]:
    rows = _claims(question).annotate(
        investor=F("project__enterprise__credit_code"),
        payer=F("voucher__payer__credit_code"),
        booked=F("booked_in__period__starts_on"),
        origin_booked=F("reverses__booked_in__period__starts_on"),
    )
    columns = ("pk", "investor", "payer", "happened_on", "inside", "booked", "origin_booked", "state")
    found = rows.order_by("happened_on", "pk").values_list(*columns, "reported", "verified", named=True)
    return [_one(question.as_of, row) for row in found]


def _one(as_of: dt.date, row: Any) -> Ours:
    """A claim as it is reconciled: what of it our total has, what not, and why."""
    codes = tuple(dict.fromkeys(code for code in (row.investor, row.payer) if code))
    late = row.booked > as_of
    counted = row.verified if row.inside and not late else None
    found = Ours(row.pk, codes, row.happened_on.replace(day=1), counted)
    if _nothing_beyond(as_of, row, late=late):
        return found
    figure = row.reported if row.verified is None else row.verified
    if not row.inside:
        return replace(found, beyond=figure, reason=Gap.OUTSIDE)
    if late:
        return replace(found, beyond=figure, reason=Gap.LATE)
    if row.verified is None:
        reason = Gap.RETURNED if row.state == ClaimState.RETURNED else Gap.UNVERIFIED
        return replace(found, beyond=figure, reason=reason)
    return replace(found, beyond=row.reported - row.verified, reason=Gap.REDUCED)


def _nothing_beyond(as_of: dt.date, row: Any, *, late: bool) -> bool:
    """Whether a claim was taken back: with its reversal it is nothing, unless the reversal alone is late."""
    if row.origin_booked is None:
        return bool(row.state == ClaimState.REVERSED)
    if late:
        return not row.inside or row.origin_booked > as_of or row.state == ClaimState.REVERSED
    return row.verified is not None or row.state == ClaimState.REVERSED
