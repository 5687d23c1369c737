"""The rows behind a publication: what each unit has against its task, and every claim that it adds up from.

The figures are those of the standing on a day, of all its bases at once, from one reading of the claims:

    period, as_of, months, schedule
    measures   in the order of their first publication, those with a task or a claim:
        name, version, kind, unit (of quantity), total {target, tenant_target, figures, percent, claims}
        units  id, name, group, class, target, target_id, percent, pending, figures, claims (ids)
    claims     by id: kind, unit, unit_name, what, happened_on, figures, shares {unit: part of 1}
    uncounted  ids of claims that are booked in the span and that no measure counts

``figures`` are reported, reviewed, verified and superior; None where nothing is known (I12).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts import scope
from accounts.models import Unit
from assessment.models import Measure, Target
from assessment.percent import percent
from assessment.queries.basis import claims_of, year_of
from assessment.queries.below import claims_below, represented, units_reported_below
from assessment.queries.drill import group_names
from assessment.queries.standing import (
    classify,
    elapsed_months,
    groups_on,
    shares_of,
    units_of,
    units_reported,
)
from projects.choices import ClaimKind, ClaimState, PeriodKind, unit_of
from projects.models import Claim, Period

SUPERIOR = "superior"
FIGURES = ("reported", "reviewed", "verified", SUPERIOR)
WHOLE = Decimal(1)
NOTHING = Decimal(0)
# What a publication keeps of a claim, in the order of ``Row``.
COLUMNS = (
    *("pk", "tenant_id", "kind", "unit_id", "unit__name", "project__name", "happened_on", "split_id"),
    *("state", "reverses_id", "reported", "first", "verified", "superior"),
)


@dataclass(frozen=True)
class Row:
    """A claim as it is read for a publication. ``reviewed`` is the verified figure where that was skipped."""

    id: int
    tenant: int
    kind: str
    unit: int
    unit_name: str
    project: str | None
    happened_on: dt.date
    split: int | None
    state: str
    reverses: int | None
    reported: Decimal
    reviewed: Decimal | None
    verified: Decimal | None
    superior: Decimal | None

    @property
    def stands(self) -> bool:
        return self.state != ClaimState.REVERSED and self.reverses is None

    @property
    def waits(self) -> bool:
        return self.state != ClaimState.REVERSED and self.verified is None


def _rate(part: Decimal, whole: Decimal) -> str | None:
    """A percentage as it is printed everywhere, two decimals; None when it cannot be computed."""
    rate = percent(part, whole)
    return None if rate is None else str(rate)


@dataclass
class Sum:
    """What claims add up to for a unit or the tenant; the superior's figure is None while there is none."""

    figures: dict[str, Decimal | None] = field(
        default_factory=lambda: {name: None if name == SUPERIOR else NOTHING for name in FIGURES}
    )
    pending: Decimal = NOTHING
    entries: int = 0
    claims: list[int] = field(default_factory=list)

    def add(self, row: Row, share: Decimal) -> None:
        for name in FIGURES:
            if (figure := getattr(row, name)) is not None:
                self.figures[name] = (self.figures[name] or NOTHING) + figure * share
        self.pending += row.reported * share if row.waits else NOTHING
        self.entries += row.stands
        self.claims.append(row.id)

    @property
    def amount(self) -> Decimal:
        """The verified sum."""
        return self.figures["verified"] or NOTHING


@dataclass(frozen=True)
class Ground:
    """What all measures of a day have in common."""

    as_of: dt.date
    units: list[Unit]
    unit_of: Mapping[int, int]
    reported: set[int]
    groups: dict[int, str]
    group_words: dict[str, str]
    targets: dict[str, dict[int | None, tuple[int, Decimal]]]
    claims: QuerySet[Claim]

    def group(self, unit: Unit) -> str:
        code = self.groups.get(unit.pk, unit.kind)
        return self.group_words.get(code, code)


def gathered(period: Period) -> dict[str, Any]:
    """The rows of a period as of its last day. Two queries a measure and a fixed number beside."""
    as_of = period.ends_on
    ground = _ground(as_of)
    claims: dict[int, dict[str, Any]] = {}
    measures = []
    for measure in _in_force(as_of):
        shares = shares_of(measure.kind)
        rows = _rows(claims_of(measure, as_of, ground.claims))
        credited = [(row, _credit(row, ground.unit_of, shares)) for row in rows]
        for row, shared in credited:
            claims[row.id] = _claim(row, shared)
        if credited or ground.targets.get(measure.name):
            measures.append(_measure(measure, ground, credited))
    within = {"starts_on__gte": period.starts_on, "ends_on__lte": period.ends_on}
    booked = Claim.objects.filter(booked_in__period__in=Period.objects.filter(**within))
    uncounted = _rows(booked.exclude(pk__in=claims))
    for row in uncounted:
        claims[row.id] = _claim(row, [(row.unit, WHOLE)])
    months = elapsed_months(as_of)
    return {
        "period": {"id": period.pk, "name": period.name, "from": period.starts_on, "to": period.ends_on},
        "as_of": as_of,
        "schedule": _rate(Decimal(months), Decimal(12)),
        "measures": measures,
        "claims": claims,
        "uncounted": [row.id for row in uncounted],
    }


def _ground(as_of: dt.date) -> Ground:
    units = list(units_of(as_of))
    below = represented(units)
    claims = claims_below([*below, scope.tenant_id()]) if below else Claim.objects.all()
    targets: dict[str, dict[int | None, tuple[int, Decimal]]] = defaultdict(dict)
    rows = Target.objects.filter(
        period__kind=PeriodKind.YEAR, period__starts_on=year_of(as_of), successors__isnull=True
    )
    for name, unit, key, amount in rows.values_list("measure__name", "unit_id", "pk", "amount"):
        targets[name][unit] = key, amount
    reported = units_reported(as_of) | units_reported_below(as_of, below)
    return Ground(as_of, units, below, reported, groups_on(as_of), group_names(), targets, claims)


def _in_force(as_of: dt.date) -> list[Measure]:
    """Of each measure the version in force on a day, in the order of their first publication. One query."""
    latest: dict[str, Measure] = {}
    versions = Measure.objects.order_by("pk")
    for measure in versions:
        kept = latest.get(measure.name)
        if measure.valid_from > as_of:
            continue
        if kept is None or (kept.valid_from, kept.version) <= (measure.valid_from, measure.version):
            latest[measure.name] = measure
    return list(latest.values())


def _rows(claims: QuerySet[Claim]) -> list[Row]:
    found = claims.annotate(first=Coalesce("reviewed", "verified")).order_by("happened_on", "pk")
    return [Row(*values) for values in found.values_list(*COLUMNS)]


def _credit(
    row: Row, unit_of: Mapping[int, int], shares: Mapping[int | None, list[tuple[int, Decimal]]]
) -> list[tuple[int, Decimal]]:
    """The units that a claim counts for, with its parts; one below counts for what represents it."""
    if row.tenant in unit_of:
        return [(unit_of[row.tenant], WHOLE)]
    return shares.get(row.split, [(row.unit, WHOLE)])


def _claim(row: Row, shared: Iterable[tuple[int, Decimal]]) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "unit": row.unit,
        "unit_name": row.unit_name,
        "here": row.tenant == scope.tenant_id(),
        "what": row.project or str(ClaimKind(row.kind).label),
        "happened_on": row.happened_on,
        **{name: getattr(row, name) for name in FIGURES},
        "shares": {str(unit): share for unit, share in shared},
    }


def _measure(
    measure: Measure, ground: Ground, credited: list[tuple[Row, list[tuple[int, Decimal]]]]
) -> dict[str, Any]:
    total = Sum()
    sums: dict[int, Sum] = defaultdict(Sum)
    for row, shared in credited:
        total.add(row, WHOLE)
        for unit, share in shared:
            sums[unit].add(row, share)
    targets = ground.targets.get(measure.name, {})
    lines = [
        _line(unit, ground, measure, None if unit.exempt else targets.get(unit.pk), sums[unit.pk])
        for unit in ground.units
        if unit.pk in sums or (unit.pk in targets and not unit.exempt)
    ]
    task = sum((line["target"] for line in lines if line["target"] is not None), NOTHING)
    own = targets.get(None)
    return {
        "name": measure.name,
        "version": measure.version,
        "kind": measure.kind,
        "unit": unit_of(measure.kind),
        "units": lines,
        "total": {
            "target": task,
            "tenant_target": own[1] if own else None,
            **total.figures,
            "pending": total.pending,
            "percent": _rate(total.amount, task),
            "claims": total.claims,
        },
    }


def _line(
    unit: Unit, ground: Ground, measure: Measure, target: tuple[int, Decimal] | None, done: Sum
) -> dict[str, Any]:
    """One unit's row; figures are unknown where the standing knows nothing of the unit."""
    task = target[1] if target else None
    # What was taken back in a later period still counts for this day.
    known = bool(done.entries) or done.amount != 0 or unit.pk in ground.reported
    unit_class = classify(
        target=task,
        amount=done.amount,
        known=known,
        months=elapsed_months(ground.as_of),
        threshold=measure.zero_threshold,
    )
    figures = done.figures if known else dict.fromkeys(FIGURES)
    return {
        "id": unit.pk,
        "name": unit.name,
        "group": ground.group(unit),
        "class": unit_class.value,
        "target": task,
        "target_id": target[0] if target else None,
        **figures,
        "pending": done.pending,
        "percent": _rate(done.amount, task) if known and task is not None else None,
        "claims": done.claims,
    }
