"""What the checking found (核减情况): accepted against reported, by what, whose, who found it and why.

The reduction rate (核减率) is (reported - verified) / reported of what is decided and stands; a claim
that was taken back counts for nothing, one that waits says nothing yet.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.queries.posts import ActingPost
from accounts.queries.readable import post_words
from assessment.choices import ReasonCode, Step, Verdict
from assessment.models import Measure, Opinion
from assessment.percent import percent
from assessment.queries.basis import STANDS, counts
from assessment.queries.held_claims import Held, held
from assessment.queries.risk import DECIDED
from projects.choices import ClaimKind, ClaimState
from projects.models import Claim, Period
from projects.queries import workdays
from projects.queries.visible import ACTS, claims_for
from projects.rules import reads_county

REDUCED = Q(verified__gt=0, verified__lt=F("reported"))
REJECTED = Q(verified=0, reported__gt=0)
# What a number opens.
RESULTS = {"decided": DECIDED, "reduced": DECIDED & REDUCED, "rejected": DECIDED & REJECTED, "waiting": None}
AGAINST = (Verdict.REDUCE, Verdict.REJECT, Verdict.RETURN, Verdict.DOUBT)
# Steps of the county's own checkers; the superior's column stands apart.
CHECKS = (Step.COMPLETENESS, Step.FIRST_REVIEW, Step.INSPECTION, Step.JOINT)
WAITING = STANDS & ~Q(state=ClaimState.DECIDED)
MOST_DOUBTS = 50


@dataclass(frozen=True)
class Asked:
    """Of which period (None: of all) and which kind of claim, or of those that a measure counts.

    ``unit_id``, ``office`` (a post's label), ``inspector_id`` and ``verdict`` with its ``code`` narrow to
    what a number opens.
    """

    kind: str
    measure: Measure | None = None
    period: Period | None = None
    unit_id: int | None = None
    office: str = ""
    inspector_id: int | None = None
    code: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Row:
    """One line: how many claims are decided and wait, and the sums of the decided (None: none is decided)."""

    key: Any
    label: str
    kind: str
    decided: int
    waiting: int
    reported: Decimal | None
    verified: Decimal | None
    reduced: int
    reduced_by: Decimal | None
    rejected: int
    rejected_sum: Decimal | None

    @property
    def rate(self) -> Decimal | None:
        """核减率 in %; None where nothing is decided (unknown is not zero)."""
        if self.reported is None or self.verified is None:
            return None
        return percent(self.reported - self.verified, self.reported)


@dataclass(frozen=True)
class Reason:
    """How many claims got an opinion against them for a reason, by verdict in the order of AGAINST."""

    code: str
    label: str
    counts: list[tuple[str, int]]


@dataclass(frozen=True)
class Doubt:
    """A claim in doubt: since when, and for how many work days (None: the calendar is not known)."""

    held: Held
    days: int | None


@dataclass(frozen=True)
class Pace:
    """Work days from submission to the finding: of how many claims, the median and the longest."""

    claims: int
    median: int | None
    longest: int | None


def periods_with_claims() -> list[Period]:
    """Filed periods, the latest first."""
    return list(Period.objects.filter(filed=True).order_by("-starts_on", "ends_on", "pk"))


def claims(post: ActingPost, asked: Asked) -> QuerySet[Claim]:
    """The claims that are asked about; a unit is shown its own line and no other's."""
    found = _of_period(post, asked).filter(_counted(asked.measure) if asked.measure else Q(kind=asked.kind))
    if asked.unit_id is not None:
        found = found.filter(unit_id=asked.unit_id)
    if asked.office:
        found = found.annotate(office=_finding("post_label")).filter(office=asked.office)
    if asked.inspector_id is not None:
        found = found.annotate(inspector=_finding("actor")).filter(inspector=asked.inspector_id)
    if asked.verdict:
        found = found.filter(pk__in=_against(found, asked).values("claim_id"))
    return found


def listed(post: ActingPost, asked: Asked, result: str) -> QuerySet[Claim]:
    """The claims behind one number, the latest fact first."""
    found = claims(post, asked)
    if result == "waiting":
        found = found.filter(WAITING)
    elif (condition := RESULTS.get(result)) is not None:
        found = found.filter(condition)
    return found.select_related(
        "unit", "project", "voucher", "agreement", *ACTS, "booked_in__period", "split"
    ).order_by("-happened_on", "-pk")


def by_kind(post: ActingPost, asked: Asked) -> list[Row]:
    """A line for each kind that is claimed, in the order of the kinds. One query."""
    labels = {str(kind.value): str(kind.label) for kind in ClaimKind}
    rows = {row["kind"]: row for row in _sums(_of_period(post, asked), "kind")}
    return [_row(kind, labels[kind], kind, rows[kind]) for kind in labels if kind in rows]


def by_measure(post: ActingPost, asked: Asked, measures: list[Measure]) -> list[Row]:
    """A line for each of these measures that counts a claim, in their order. One query."""
    of_each = [_columns(_counted(measure)) for measure in measures]
    columns = {
        f"{name}_{number}": column for number, own in enumerate(of_each) for name, column in own.items()
    }
    found = _of_period(post, asked).aggregate(**columns) if measures else {}
    rows = [
        _row(measure.pk, measure.name, measure.kind, {name: found[f"{name}_{number}"] for name in own})
        for number, (measure, own) in enumerate(zip(measures, of_each, strict=True))
    ]
    return [row for row in rows if row.decided or row.waiting]


def by_unit(post: ActingPost, asked: Asked) -> list[Row]:
    """A line for each unit that claims, by pinyin. One query."""
    rows = _sums(claims(post, asked), "unit__sort_key", "unit_id", "unit__name")
    return [_row(row["unit_id"], row["unit__name"], asked.kind, row) for row in rows]


def by_office(post: ActingPost, asked: Asked) -> list[Row]:
    """A line for each office whose finding stands. One query."""
    decided = claims(post, asked).filter(DECIDED).annotate(office=_finding("post_label"))
    rows = _sums(decided, "office")
    return [
        _row(row["office"], post_words(row["office"])[0], asked.kind, row) for row in rows if row["office"]
    ]


def by_inspector(post: ActingPost, asked: Asked) -> list[Row]:
    """A line for each person whose finding stands, by pinyin of the name. One query."""
    decided = claims(post, asked).filter(DECIDED)
    decided = decided.annotate(
        inspector_key=_finding("actor__search_key"),
        inspector=_finding("actor"),
        inspector_name=_finding("actor__name"),
    )
    rows = _sums(decided, "inspector_key", "inspector", "inspector_name")
    return [
        _row(row["inspector"], row["inspector_name"], asked.kind, row) for row in rows if row["inspector"]
    ]


def inspector_name(inspector_id: int) -> str:
    """Who that is; "" for somebody who found nothing here, whoever else it may be. One query."""
    found = Opinion.objects.filter(actor=inspector_id, step=Step.INSPECTION)
    return found.values_list("actor__name", flat=True).first() or ""


def total(rows: Iterable[Row], kind: str) -> Row | None:
    """The lines of one kind together; None without any."""
    rows = list(rows)
    if not rows:
        return None
    known = [row for row in rows if row.reported is not None]
    sums: dict[str, Any] = {
        name: sum((getattr(row, name) for row in known), Decimal(0)) if known else None
        for name in ("reported", "verified", "reduced_by", "rejected_sum")
    }
    counted = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("decided", "waiting", "reduced", "rejected")
    }
    return Row(key="", label="合计", kind=kind, **counted, **sums)


def by_reason(post: ActingPost, asked: Asked) -> list[Reason]:
    """By kind of reason how many claims were reduced, rejected, returned or doubted for it. One query."""
    given = _against(claims(post, asked), asked).order_by().values_list("code", "verdict")
    found = {
        (code, verdict): number for code, verdict, number in given.annotate(Count("claim_id", distinct=True))
    }
    labels = {str(code.value): str(code.label) for code in ReasonCode} | {"": "未分类"}
    reasons = []
    for code, label in labels.items():
        counts = [(str(verdict), found.get((code, verdict), 0)) for verdict in AGAINST]
        if any(number for _verdict, number in counts):
            reasons.append(Reason(code, label, counts))
    return reasons


def doubts(post: ActingPost, asked: Asked, *, today: dt.date) -> tuple[int, list[Doubt]]:
    """How many claims are in doubt, and those that have been longest, with their age. Three queries."""
    open_ = claims(post, asked).filter(state=ClaimState.DOUBTED).select_related("unit", "project", *ACTS)
    rows = sorted(held(open_, today=today), key=lambda row: (row.since, row.claim.pk))
    calendar = workdays.table()
    return len(rows), [Doubt(row, _days(calendar, row.since, today)) for row in rows[:MOST_DOUBTS]]


def pace(post: ActingPost, asked: Asked) -> Pace:
    """Work days from the submission to the last finding of the inspection. Three queries.

    Both are moments of the real clock. Left out: a Return that was submitted again after the finding,
    and days beyond the known calendar.
    """
    zone = timezone.get_current_timezone()
    pairs = (
        claims(post, asked)
        .filter(DECIDED)
        .annotate(
            filed=TruncDate("booked_in__submitted_at", tzinfo=zone),
            found=TruncDate(_finding("at"), tzinfo=zone),
        )
        .filter(filed__lte=F("found"))
        .order_by("filed", "found")
        .values_list("filed", "found")
        .annotate(number=Count("pk"))
    )
    calendar = workdays.table()
    taken: list[tuple[int, int]] = []
    for filed, decided, number in pairs:
        if (days := _days(calendar, filed, decided)) is not None:
            taken.append((days, number))
    return _pace(sorted(taken))


def _pace(taken: list[tuple[int, int]]) -> Pace:
    """From sorted (days, how many claims); the median is the lower of two."""
    count = sum(number for _days, number in taken)
    if not count:
        return Pace(0, None, None)
    before, median = 0, 0
    for days, number in taken:
        before += number
        if before * 2 >= count:
            median = days
            break
    return Pace(count, median, taken[-1][0])


def _days(calendar: workdays.Table, after: dt.date, until: dt.date) -> int | None:
    try:
        return calendar.count(after, until)
    except workdays.CalendarMissing:
        return None


def _of_period(post: ActingPost, asked: Asked) -> QuerySet[Claim]:
    found = claims_for(post).filter(STANDS)
    if not reads_county(post):
        found = found.filter(unit_id=post.unit_id)
    return found if asked.period is None else found.filter(booked_in__period=asked.period)


def _counted(measure: Measure) -> Q:
    """What the measure counts, each claim in the year of its fact."""
    return counts(measure, F("happened_on__year"))


def _finding(column: str) -> Subquery:
    """A column of the inspection's last finding on the outer claim."""
    found = Opinion.objects.filter(claim=OuterRef("pk"), step=Step.INSPECTION).order_by("-pk")
    return Subquery(found.values(column)[:1])


def _against(found: QuerySet[Claim], asked: Asked) -> QuerySet[Opinion]:
    given = Opinion.objects.filter(
        claim__in=found.order_by().values("pk"), step__in=CHECKS, verdict__in=AGAINST
    )
    if asked.verdict:
        given = given.filter(verdict=asked.verdict, code=asked.code)
    return given


def _sums(found: QuerySet[Claim], *by: str) -> QuerySet:
    """Decided and waiting claims with their sums, by these columns and in their order."""
    return found.order_by(*by).values(*by).annotate(**_columns())


def _columns(among: Q | None = None) -> dict[str, Aggregate]:
    """What a line is made of, of all claims or only of some."""
    some = Q() if among is None else among
    decided, waiting = some & DECIDED, some & WAITING
    difference = F("reported") - F("verified")
    return {
        "decided": Count("pk", filter=decided),
        "waiting": Count("pk", filter=waiting),
        "all_reported": Sum("reported", filter=decided),
        "all_verified": Sum("verified", filter=decided),
        "reduced": Count("pk", filter=decided & REDUCED),
        "reduced_by": Sum(difference, filter=decided & REDUCED),
        "rejected": Count("pk", filter=decided & REJECTED),
        "rejected_sum": Sum("reported", filter=decided & REJECTED),
    }


def _row(key: Any, label: str, kind: str, row: dict[str, Any]) -> Row:
    nothing = None if row["decided"] == 0 else Decimal(0)
    return Row(
        key=key,
        label=label,
        kind=kind,
        decided=row["decided"],
        waiting=row["waiting"],
        reported=row["all_reported"],
        verified=row["all_verified"],
        reduced=row["reduced"],
        reduced_by=nothing if row["reduced_by"] is None else row["reduced_by"],
        rejected=row["rejected"],
        rejected_sum=nothing if row["rejected_sum"] is None else row["rejected_sum"],
    )
