"""Returns as people follow them: what is missing, what was filed as zero, what is closed."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.queries.posts import ActingPost
from projects.choices import ClaimKind, ClaimState, ReturnState
from projects.models import Claim, Evidence, Period, Return
from projects.queries.periods import unfiled
from projects.queries.visible import ACTS, claims_for, returns_for

# Words of a Return's state by key; the order is that of the work.
MISSING, EXEMPT, ADDED, ZERO, FILED = "missing", "exempt", "added", "zero", "filed"
OVERDUE, TO_CONFIRM, REOPENED = "overdue", "to_confirm", "reopened"
UNDECIDED, CLOSED = "undecided", "closed"
ZERO_TO_CONFIRM = "zero_to_confirm"
# 未报: not submitted by a unit that has to; a unit outside the assessment is 不适用 until it files.
UNFILED = unfiled()
SETTLED = [ClaimState.DECIDED, ClaimState.REVERSED]


def listed(post: ActingPost) -> QuerySet[Return]:
    """Returns that the post may read, with the number of their claims and of those not covered yet.

    Annotates ``entries`` (claims booked that stand; a withdrawn one and its reversal do not),
    ``uncovered`` (those entered after the submission; all of them while nothing is submitted),
    ``undecided`` (those that closing waits for), ``late_entries`` (补报: older than the period) and
    ``paid_in`` (reported 到位资金 in 万元; None without any).
    """
    standing = Q(claims__isnull=False) & ~Q(claims__state=ClaimState.REVERSED)
    later = Q(submitted_at__isnull=True) | Q(claims__entered_at__gt=F("submitted_at"))
    return (
        returns_for(post)
        .select_related("unit", "period")
        .annotate(
            entries=Count("claims", filter=standing),
            undecided=Count("claims", filter=standing & ~Q(claims__state__in=SETTLED)),
            uncovered=Count("claims", filter=standing & later),
            late_entries=Count("claims", filter=standing & Q(claims__happened_on__lt=F("period__starts_on"))),
            paid_in=Sum("claims__reported", filter=Q(claims__kind=ClaimKind.PAID_IN)),
        )
    )


def in_state(returns: QuerySet[Return], state: str) -> QuerySet[Return]:
    """The Returns of ``listed`` in one state; all of them for an unknown one."""
    open_ = Q(opinions_closed_at__isnull=True)
    conditions = {
        MISSING: UNFILED,
        EXEMPT: Q(submitted_at__isnull=True, unit__exempt=True),
        OVERDUE: Q(submitted_on__gt=F("period__due_on")),
        TO_CONFIRM: Q(on_behalf=True, confirmed_at__isnull=True),
        REOPENED: Q(reopened_until__isnull=False),
        ADDED: Q(submitted_at__isnull=False, uncovered__gt=0) & open_,
        ZERO: Q(submitted_at__isnull=False, entries=0),
        ZERO_TO_CONFIRM: Q(submitted_at__isnull=False, entries=0, zero_confirmed_at__isnull=True),
        FILED: Q(submitted_at__isnull=False, entries__gt=0),
        UNDECIDED: Q(undecided__gt=0),
        CLOSED: Q(opinions_closed_at__isnull=False),
    }
    return returns.filter(conditions[state]) if state in conditions else returns


def periods_begun(today: dt.date) -> QuerySet[Period]:
    """Filed periods that have begun, the latest first."""
    return Period.objects.filter(filed=True, starts_on__lte=today).order_by("-starts_on", "ends_on", "pk")


@dataclass(frozen=True)
class Total:
    """Claims of one kind in a Return: how many, and their three figures (None: nobody has said)."""

    kind: str
    label: str
    entries: int
    reported: Decimal
    reviewed: Decimal | None
    verified: Decimal | None


def claims_in(post: ActingPost, return_: Return) -> QuerySet[Claim]:
    """Claims booked in a Return, in the order of the facts."""
    return (
        claims_for(post)
        .filter(booked_in=return_)
        .select_related("project", "voucher", "agreement", *ACTS, "booked_in__period", "unit", "reverses")
        .order_by("kind", "happened_on", "pk")
    )


def totals(post: ActingPost, return_: Return) -> list[Total]:
    """Sums by kind of the claims booked in a Return. One query."""
    rows = (
        claims_for(post)
        .filter(booked_in=return_)
        .order_by("kind")
        .values("kind")
        .annotate(
            entries=Count("pk"), reported=Sum("reported"), reviewed=Sum("reviewed"), verified=Sum("verified")
        )
    )
    return [Total(label=str(ClaimKind(row["kind"]).label), **row) for row in rows]


def scans_of(return_: Return) -> QuerySet[Evidence]:
    """Scans of the Return as it was signed and stamped, the last first."""
    return Evidence.objects.filter(links__of_return=return_).order_by("-pk")


@dataclass(frozen=True)
class Closing:
    """What stands in the way of closing a period, and what closing it would seal."""

    returns: int
    missing: int
    undecided: int


def closing(period: Period) -> Closing:
    """Counts for the question before a period is closed. Two queries."""
    counted = Return.objects.filter(period=period).aggregate(
        returns=Count("pk"), missing=Count("pk", filter=UNFILED)
    )
    undecided = Claim.objects.filter(booked_in__period=period).exclude(state__in=SETTLED).count()
    return Closing(undecided=undecided, **counted)


def state_of(filed: Return) -> ReturnState:
    """The state of a Return of ``listed``. A unit that is not assessed and has said nothing need not."""
    if filed.submitted_at is None:
        return ReturnState.NOT_APPLICABLE if filed.unit.exempt else ReturnState.NOT_REPORTED
    return ReturnState.REPORTED if filed.entries else ReturnState.ZERO  # type: ignore[attr-defined]
