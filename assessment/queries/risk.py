"""What the ledger knows about claims that wait, from which their risk follows; never stored."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Aggregate, Count, Q, Sum

from assessment import risk
from assessment.choices import Step
from assessment.models import Opinion
from assessment.queries.basis import STANDS
from assessment.risk import NO_HISTORY, Facts, History, Risk
from projects.choices import COUNTED, ClaimState
from projects.models import Claim

# What an inspection has found and nobody has taken back.
DECIDED = STANDS & Q(state=ClaimState.DECIDED, verified__isnull=False)


class Median(Aggregate):
    """The middle one of the values, the lower of two: a figure that stands in the ledger, hence exact."""

    function = "percentile_disc"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    allow_distinct = False


def risks_of(claims: list[Claim], doubts: dict[int, list[str]]) -> dict[int, Risk]:
    """The risk of each claim by its id; ``doubts`` are what ``queue.doubts_on`` found. Five queries."""
    if not claims:
        return {}
    kinds = {claim.kind for claim in claims}
    of_unit = _histories(claims, kinds, "unit_id")
    of_kind = _histories(claims, kinds)
    totals = _period_totals(claims, kinds)
    firsts = _first_sources(claims)
    again = resubmissions(claim.pk for claim in claims)
    result = {}
    for claim in claims:
        correction = claim.reverses_id is not None or claim.replaces_id is not None
        firm = claim.project.enterprise_id if claim.project else None
        facts = Facts(
            kind=str(claim.get_kind_display()),
            reported=claim.reported,
            unit_of_quantity=claim.quantity_unit,
            period_total=totals.get((claim.booked_in.period_id, claim.kind)),
            of_unit=of_unit.get((claim.kind, claim.unit_id), NO_HISTORY),
            of_kind=of_kind.get((claim.kind,), NO_HISTORY),
            first_report=not correction and firsts.get(firm or 0) == _source(claim),
            # That it corrects something is a doubt of the queue; here it is a factor of its own.
            doubts=len(doubts.get(claim.pk, ())) - correction,
            correction=correction,
            resubmissions=again.get(claim.pk, 0),
        )
        result[claim.pk] = risk.of(facts)
    return result


def resubmissions(claim_ids: Iterable[int]) -> dict[int, int]:
    """How often these claims were sent again after a return, by id. One query."""
    sent = Opinion.objects.filter(claim__in=list(claim_ids), step=Step.UNIT)
    return dict(sent.values("claim_id").annotate(times=Count("pk")).values_list("claim_id", "times"))


def _histories(claims: list[Claim], kinds: set[str], *of: str) -> dict[tuple, History]:
    """Verified figures of what was decided before, by kind and by ``of``. One query."""
    units = {claim.unit_id for claim in claims}
    decided = Claim.objects.filter(DECIDED, kind__in=kinds)
    if of:
        decided = decided.filter(unit__in=units)
    some = Q(verified__gt=0)
    rows = (
        decided.order_by()
        .values("kind", *of)
        .annotate(
            figures=Count("pk", filter=some),
            median=Median("verified", filter=some),
            all_reported=Sum("reported"),
            all_verified=Sum("verified"),
        )
    )
    return {
        (row["kind"], *(row[name] for name in of)): History(
            row["figures"], row["median"], row["all_reported"], row["all_verified"]
        )
        for row in rows
    }


def _period_totals(claims: list[Claim], kinds: set[str]) -> dict[tuple[int, str], Decimal]:
    """What the county reports in these periods, by period and kind of money. One query."""
    periods = {claim.booked_in.period_id for claim in claims}
    found = Claim.objects.filter(STANDS, kind__in=kinds - set(COUNTED), booked_in__period__in=periods)
    rows = found.order_by().values_list("booked_in__period_id", "kind").annotate(total=Sum("reported"))
    return {(period, kind): total for period, kind, total in rows}


def _source(claim: Claim) -> tuple[str, int]:
    return claim.source, getattr(claim, f"{claim.source}_id")


def _first_sources(claims: list[Claim]) -> dict[int, tuple[str, int]]:
    """By firm the act of its first claim in the portal that stands. One query."""
    firms = {claim.project.enterprise_id for claim in claims if claim.project}
    first = (
        Claim.objects.filter(STANDS, project__enterprise__in=firms)
        .order_by("project__enterprise_id", "pk")
        .distinct("project__enterprise_id")
        .select_related("project")
    )
    return {claim.project.enterprise_id: _source(claim) for claim in first if claim.project}
