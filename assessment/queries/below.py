"""What the jurisdictions below have brought in, for the units that represent them in this tenant's book.

A county is a unit of its city: its figure there is the sum of its claims under the city's counting rule.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from accounts.models import TenantClosure, Unit
from assessment.choices import Basis
from assessment.models import Measure
from assessment.queries.basis import COLUMNS, STANDS, WAITS, claims_of, year_of
from projects.models import Claim, Return

NOTHING = Decimal(0)


def represented(units: Iterable[Unit]) -> dict[int, int]:
    """The unit for which each tenant counts: the one that represents it or something above it."""
    by_tenant = {unit.represents_id: unit.pk for unit in units if unit.represents_id}
    if not by_tenant:
        return {}
    pairs = TenantClosure.objects.filter(ancestor__in=by_tenant).values_list("descendant_id", "ancestor_id")
    return {below: by_tenant[above] for below, above in pairs}


def claims_below(tenants: Iterable[int]) -> QuerySet[Claim]:
    """The claims of these tenants below, as far as the scope reaches."""
    return Claim.objects.below().filter(tenant_id__in=tenants)


def credits_below(
    measure: Measure, as_of: dt.date, basis: Basis, unit_of: Mapping[int, int]
) -> dict[int, tuple[Decimal, Decimal, int]]:
    """By representing unit: figure, waiting figure, number of claims that nobody took back."""
    if not unit_of:
        return {}
    sums = (
        claims_of(measure, as_of, claims_below(unit_of))
        .values("tenant_id")
        .annotate(
            amount=Sum(COLUMNS[basis], default=NOTHING),
            pending=Sum("reported", filter=WAITS, default=NOTHING),
            entries=Count("pk", filter=STANDS),
        )
        .values_list("tenant_id", "amount", "pending", "entries")
    )
    credited: dict[int, tuple[Decimal, Decimal, int]] = {}
    for tenant, amount, pending, entries in sums:
        before = credited.get(unit_of[tenant], (NOTHING, NOTHING, 0))
        credited[unit_of[tenant]] = (before[0] + amount, before[1] + pending, before[2] + entries)
    return credited


def units_reported_below(as_of: dt.date, unit_of: Mapping[int, int]) -> set[int]:
    """Units in whose jurisdiction a Return that was due by as-of has been submitted."""
    if not unit_of:
        return set()
    tenants = (
        Return.objects.below()
        .filter(
            tenant_id__in=unit_of,
            submitted_at__isnull=False,
            period__starts_on__gte=year_of(as_of),
            period__due_on__lte=as_of,
        )
        .values_list("tenant_id", flat=True)
    )
    return {unit_of[tenant] for tenant in tenants.distinct()}
