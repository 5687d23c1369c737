"""Reconciliation (对账): why an official figure and ours differ, to the last row. No database, no clock.

The rows' amounts always add up to the gap exactly, whatever the figures are: every part of it that no
claim and no firm explains stands as a row of its own.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessment.choices import Gap

NOTHING = Decimal(0)
ORDER = {reason: place for place, reason in enumerate(Gap)}
NO_FIRMS = "官方这些月份没有分户数"
NOT_ALL_FIRMS = "官方分户数合计与官方总数之差"


@dataclass(frozen=True)
class Ours:
    """A claim: its firms' credit codes, what of it is in our total, and what is not, with the reason.

    ``counted`` None: nothing of it is in our total. ``beyond`` may be negative, of a reversal.
    """

    claim: int
    codes: tuple[str, ...]
    month: dt.date
    counted: Decimal | None
    beyond: Decimal = NOTHING
    reason: Gap = Gap.UNVERIFIED


@dataclass(frozen=True)
class Theirs:
    """An official figure of a month: of the firm of this credit code, or of all ("")."""

    code: str
    month: dt.date
    value: Decimal


@dataclass(frozen=True)
class Row:
    """A part of the gap: of a claim, of a firm, or of neither.

    ``ours`` and ``theirs``: what stands in both totals, of the firm or of a claim that is ours alone.
    """

    reason: Gap
    amount: Decimal
    code: str = ""
    claim: int | None = None
    ours: Decimal | None = None
    theirs: Decimal | None = None
    note: str = ""


@dataclass(frozen=True)
class Reason:
    """All rows of one reason: their sum and number."""

    reason: Gap
    amount: Decimal
    rows: int


@dataclass(frozen=True)
class Reconciled:
    """Both totals of the months that the official table provides, and the gap row by row, in 万元.

    Rows stand in the order of their reasons.
    """

    compared: list[dt.date]
    missing: list[dt.date]
    ours: Decimal
    theirs: Decimal
    rows: list[Row]

    @property
    def gap(self) -> Decimal:
        """How much more the official figure is."""
        return self.theirs - self.ours

    @property
    def reasons(self) -> list[Reason]:
        """The reasons that occur, in their order; their amounts add up to the gap."""
        found = []
        for reason in Gap:
            amounts = [row.amount for row in self.rows if row.reason == reason]
            if amounts:
                found.append(Reason(reason, sum(amounts, NOTHING), len(amounts)))
        return found


def reconcile(ours: Iterable[Ours], theirs: Iterable[Theirs], months: Iterable[dt.date]) -> Reconciled:
    """Compare the months that have an official total; the others are unknown and left out (I12).

    Months with official figures of firms are compared firm by firm, the others as a whole.
    """
    totals: dict[dt.date, Decimal] = {one.month: one.value for one in theirs if not one.code}
    compared = sorted(month for month in set(months) if month in totals)
    claims = [one for one in ours if one.month in set(compared)]
    firms = [one for one in theirs if one.code and one.month in set(compared)]
    itemised = {one.month for one in firms}
    rows = [
        *_by_firm([one for one in claims if one.month in itemised], firms),
        *_remainder(sum((totals[month] for month in itemised), NOTHING) - _sum_of(firms), NOT_ALL_FIRMS),
        *_as_a_whole(
            [one for one in claims if one.month not in itemised],
            sum((totals[month] for month in compared if month not in itemised), NOTHING),
        ),
    ]
    return Reconciled(
        compared=compared,
        missing=sorted(set(months) - set(compared)),
        ours=_counted(claims),
        theirs=sum((totals[month] for month in compared), NOTHING),
        rows=sorted(rows, key=lambda row: ORDER[row.reason]),
    )


def _by_firm(claims: list[Ours], firms: list[Theirs]) -> Iterator[Row]:
    listed: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for one in firms:
        listed[one.code] += one.value
    of_firm: dict[str, list[Ours]] = defaultdict(list)
    for claim in claims:
        # A claim has a payer and an investor: it belongs to the one that the official list knows.
        known = next((code for code in claim.codes if code in listed), None)
        of_firm[known or next(iter(claim.codes), "")].append(claim)
    for code in sorted(listed.keys() | of_firm.keys()):
        own = of_firm.get(code, [])
        yield from _both(code, own, listed[code]) if code in listed else _ours_alone(code, own)


def _ours_alone(code: str, claims: list[Ours]) -> Iterator[Row]:
    for claim in claims:
        if claim.counted:
            yield Row(Gap.OURS_ALONE, -claim.counted, code, claim.claim, ours=claim.counted)


def _both(code: str, claims: list[Ours], value: Decimal) -> Iterator[Row]:
    counted = _counted(claims)
    rest = value - counted
    for row in _beyond(claims, rest, code):
        rest -= row.amount
        yield row
    if rest:
        known = any(claim.counted is not None for claim in claims)
        reason = Gap.DIFFERENT if known else Gap.THEIRS_ALONE
        yield Row(reason, rest, code, ours=counted if known else None, theirs=value)


def _as_a_whole(claims: list[Ours], total: Decimal) -> Iterator[Row]:
    rest = total - _counted(claims)
    for row in _beyond(claims, rest):
        rest -= row.amount
        yield row
    yield from _remainder(rest, NO_FIRMS)


def _beyond(claims: list[Ours], gap: Decimal, code: str = "") -> Iterator[Row]:
    """What claims say beyond our total, as far as it points to the side of the gap."""
    for claim in claims:
        if claim.beyond and gap and (claim.beyond > 0) == (gap > 0):
            yield Row(claim.reason, claim.beyond, code or next(iter(claim.codes), ""), claim.claim)


def _remainder(amount: Decimal, note: str) -> Iterator[Row]:
    if amount:
        yield Row(Gap.NOT_ITEMISED, amount, note=note)


def _counted(claims: Iterable[Ours]) -> Decimal:
    return sum((claim.counted for claim in claims if claim.counted is not None), NOTHING)


def _sum_of(firms: Iterable[Theirs]) -> Decimal:
    return sum((one.value for one in firms), NOTHING)
