"""What stands behind a number of the standing: the claims that add up to it, and the task's own row (I2)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    DecimalField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from accounts import scope
from accounts.choices import TenantLevel, UnitKind
from accounts.models import Tenant, Unit, UnitGroup
from assessment.choices import Basis
from assessment.models import Measure, Target
from assessment.queries.basis import COLUMNS, WAITS, claims_of, year_of
from assessment.queries.below import claims_below, represented
from projects.choices import PeriodKind
from projects.models import Claim, EvidenceLink
from projects.queries.visible import ACTS

MONEY = DecimalField(max_digits=30, decimal_places=12)
WHOLE = Value(Decimal(1), output_field=MONEY)


def claims_behind(
    measure: Measure, *, as_of: dt.date, basis: str, unit: Unit | None, waiting: bool
) -> QuerySet[Claim]:
    """The claims that a unit's (or, without one, the tenant's) figure adds up from, newest fact first.

    Those of a unit that represents a jurisdiction, and part of the tenant's, lie below: ``elsewhere``.

    ``share`` is the credited part (1 without a split; the tenant's figure never joins the split),
    ``figure`` the basis' figure times the share. With ``waiting`` the claims that are 待核实 and
    what they reported, likewise.
    """
    claims = claims_of(measure, as_of, _within(unit))
    column: Any = COLUMNS[Basis(basis)]
    if waiting:
        claims, column = claims.filter(WAITS), F("reported")
    if unit is None or unit.represents_id:
        claims = claims.annotate(share=WHOLE)
    else:
        claims = claims.annotate(
            part=FilteredRelation("split__lines", condition=Q(split__lines__kind=F("kind"))),
            credited=Coalesce("part__unit_id", "unit_id"),
            share=Coalesce("part__share", WHOLE, output_field=MONEY),
        ).filter(credited=unit.pk)
    elsewhere = ExpressionWrapper(~Q(tenant_id=scope.tenant_id()), BooleanField())
    figure = ExpressionWrapper(column * F("share"), output_field=MONEY)
    claims = claims.annotate(elsewhere=elsewhere, plain=column, figure=figure)
    return (
        claims.filter(plain__isnull=False)
        .select_related(
            "tenant", "unit", "project", "voucher", "agreement", *ACTS, "booked_in__period", "split"
        )
        .order_by("-happened_on", "-pk")
    )


def _within(unit: Unit | None) -> QuerySet[Claim]:
    """Where a figure's claims are looked for: here, in a unit's jurisdiction, or here and in all of them."""
    if unit is not None:
        return claims_below(represented([unit])) if unit.represents_id else Claim.objects.all()
    tenants = represented(Unit.objects.filter(represents__isnull=False))
    return claims_below([*tenants, scope.tenant_id()]) if tenants else Claim.objects.all()


def total(claims: QuerySet[Claim]) -> Decimal:
    """Sum of the figures of such claims; the very number that the standing prints."""
    return claims.order_by().aggregate(total=Sum("figure"))["total"] or Decimal(0)


def with_files(claims: Iterable[Claim]) -> list[tuple[Claim, list[int]]]:
    """Each claim with the ids of the evidence of its voucher or agreement. One query."""
    claims = list(claims)
    vouchers = {claim.voucher_id for claim in claims if claim.voucher_id}
    agreements = {claim.agreement_id for claim in claims if claim.agreement_id}
    links = EvidenceLink.objects.filter(Q(voucher__in=vouchers) | Q(agreement__in=agreements))
    files: dict[tuple, list[int]] = defaultdict(list)
    for voucher, agreement, evidence in links.order_by("pk").values_list("voucher", "agreement", "evidence"):
        files[voucher, agreement].append(evidence)
    return [(claim, files[claim.voucher_id, claim.agreement_id]) for claim in claims]


def targets_behind(measure_name: str, *, as_of: dt.date) -> QuerySet[Target]:
    """The live yearly targets of a measure: units by pinyin, the tenant's own last."""
    return (
        Target.objects.filter(
            measure__name=measure_name,
            period__kind=PeriodKind.YEAR,
            period__starts_on=year_of(as_of),
            successors__isnull=True,
        )
        .select_related("unit", "measure", "period", "replaces")
        .order_by("unit__sort_key", "pk")
    )


def measure_names() -> list[str]:
    """Names of all counting rules of the tenant, in the order of their publication."""
    return list(dict.fromkeys(Measure.objects.order_by("pk").values_list("name", flat=True)))


def group_names() -> dict[str, str]:
    """What people call a unit's group; a unit without one is grouped by its kind."""
    named = {str(value): str(label) for value, label in UnitKind.choices}
    return named | dict(UnitGroup.objects.values_list("code", "name"))


def counties_below() -> QuerySet[Tenant]:
    """Counties that the current scope reads down into."""
    return Tenant.objects.filter(level=TenantLevel.COUNTY).order_by("code")
