"""Standing (进度): what each tasked unit has brought in against its task, and its class."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from accounts.choices import UnitKind
from accounts.models import GroupMembership, Unit
from accounts.queries.dated import on_day
from accounts.refusals import Refused
from assessment.choices import Basis, UnitClass
from assessment.models import Measure, Target
from assessment.percent import percent
from assessment.queries.basis import COLUMNS, STANDS, WAITS, claims_of, measure_named, year_of
from assessment.queries.below import credits_below, represented, units_reported_below
from assessment.standard_measures import PAID_IN
from projects.choices import PeriodKind
from projects.models import Return, SplitLine

HALF = Decimal("0.5")
NOTHING = Decimal(0)
NO_CREDIT = (NOTHING, NOTHING, 0)


@dataclass(frozen=True)
class Line:
    """One unit. Amounts in the measure's unit; ``amount`` is None where nothing is known (未报, 不适用).

    ``jurisdiction_id``: the tenant below that the unit represents.
    """

    unit_id: int
    name: str
    group: str
    unit_class: UnitClass
    target: Decimal | None
    amount: Decimal | None
    pending: Decimal
    completion: Decimal | None
    schedule: Decimal
    jurisdiction_id: int | None = None

    @property
    def ahead(self) -> Decimal | None:
        """Percentage points ahead of (or behind) schedule, of the two rounded figures."""
        return None if self.completion is None else self.completion - self.schedule


@dataclass(frozen=True)
class Standing:
    """The whole table, with the tenant's totals (sums over claims, never over credits)."""

    measure: Measure
    as_of: dt.date
    basis: Basis
    lines: list[Line]
    amount: Decimal
    pending: Decimal
    target: Decimal
    schedule: Decimal
    tenant_target: Decimal | None

    @property
    def completion(self) -> Decimal | None:
        return percent(self.amount, self.target)

    @property
    def ahead(self) -> Decimal | None:
        return None if self.completion is None else self.completion - self.schedule

    @property
    def half_year_met(self) -> bool:
        """双过半: half the task is done. Exact values decide."""
        return self.target > 0 and self.amount >= self.target * HALF

    @property
    def tasked(self) -> list[Line]:
        return [line for line in self.lines if line.unit_class != UnitClass.NOT_APPLICABLE]

    def of_class(self, unit_class: str) -> list[Line]:
        return [line for line in self.lines if line.unit_class == unit_class]

    def counts(self) -> dict[str, dict[str, int]]:
        """Units by class and group."""
        groups = sorted({line.group for line in self.tasked})
        counter = Counter((line.unit_class, line.group) for line in self.lines)
        return {
            unit_class.value: {group: counter[unit_class, group] for group in groups}
            for unit_class in UnitClass
            if unit_class != UnitClass.NOT_APPLICABLE
        }


def elapsed_months(as_of: dt.date) -> int:
    """Months of the year that are over: a month counts from its last day on (时序进度 = months / 12)."""
    over = (as_of + dt.timedelta(days=1)).month != as_of.month
    return as_of.month if over else as_of.month - 1


def standing(*, as_of: dt.date, basis: str = Basis.VERIFIED, measure_name: str = PAID_IN) -> Standing:
    """The standing of the current tenant's units at a day. A fixed number of queries.

    Credit of a unit is its claims' figures times its share (no split: all); credit of one that
    represents a jurisdiction is the sum of that one's claims. Exact values decide the class;
    rounded ones are printed. Raises Refused for an unknown measure.
    """
    basis = Basis(basis)
    measure = measure_named(measure_name, as_of)
    if measure is None:
        raise Refused(f"没有名为“{measure_name}”的统计口径。")
    targets = _targets(measure, as_of)
    units = list(units_of(as_of))
    credited, total, total_pending = _credits(measure, as_of, basis)
    unit_of = represented(units)
    below = credits_below(measure, as_of, basis, unit_of)
    total += sum((amount for amount, _pending, _entries in below.values()), NOTHING)
    total_pending += sum((pending for _amount, pending, _entries in below.values()), NOTHING)
    credited |= below
    groups = groups_on(as_of)
    reported = units_reported(as_of) | units_reported_below(as_of, unit_of)
    months = elapsed_months(as_of)
    schedule = percent(Decimal(months), Decimal(12)) or Decimal("0.00")
    lines = []
    for unit in units:
        amount, pending, entries = credited.get(unit.pk, NO_CREDIT)
        target = None if unit.exempt else targets.get(unit.pk)
        # What was taken back in a later period still counts for this day.
        known = bool(entries) or amount != 0 or unit.pk in reported
        unit_class = classify(
            target=target, amount=amount, known=known, months=months, threshold=measure.zero_threshold
        )
        unknown = unit_class == UnitClass.NOT_REPORTED or (target is None and not known)
        lines.append(
            Line(
                unit_id=unit.pk,
                name=unit.name,
                group=groups.get(unit.pk, unit.kind),
                unit_class=unit_class,
                target=target,
                amount=None if unknown else amount,
                pending=pending,
                completion=None if unknown or target is None else percent(amount, target),
                schedule=schedule,
                jurisdiction_id=unit.represents_id,
            )
        )
    task = sum((line.target for line in lines if line.target is not None), Decimal(0))
    return Standing(measure, as_of, basis, lines, total, total_pending, task, schedule, targets.get(None))


def classify(
    *, target: Decimal | None, amount: Decimal, known: bool, months: int, threshold: Decimal
) -> UnitClass:
    """The one class of a unit (S2-07..S2-10, I12): 不适用, 未报, 未破零, 完成, 达到进度 or 未达进度."""
    if target is None:
        return UnitClass.NOT_APPLICABLE
    if not known:
        return UnitClass.NOT_REPORTED
    if amount <= threshold:
        return UnitClass.ZERO
    if amount >= target:
        return UnitClass.DONE
    if amount * 12 >= target * months:
        return UnitClass.ON_SCHEDULE
    return UnitClass.BEHIND


def groups_on(day: dt.date) -> dict[int, str]:
    """Code of each unit's group on a day."""
    return dict(GroupMembership.objects.filter(on_day(day)).values_list("unit_id", "group__code"))


def units_of(as_of: dt.date) -> QuerySet[Unit]:
    """Units of the year up to as-of: one that was closed in it keeps its line (F-2). Offices have no task."""
    there = Q(starts_on__isnull=True) | Q(starts_on__lte=as_of)
    there &= Q(ends_on__isnull=True) | Q(ends_on__gte=year_of(as_of))
    return Unit.objects.exclude(kind=UnitKind.OFFICE).filter(there).order_by("sort_key", "pk")


def _targets(measure: Measure, as_of: dt.date) -> dict[int | None, Decimal]:
    """Live yearly targets by unit; the tenant's own under None."""
    return dict(
        Target.objects.filter(
            measure__name=measure.name,
            period__kind=PeriodKind.YEAR,
            period__starts_on=year_of(as_of),
            successors__isnull=True,
        ).values_list("unit_id", "amount")
    )


def _credits(
    measure: Measure, as_of: dt.date, basis: Basis
) -> tuple[dict[int, tuple[Decimal, Decimal, int]], Decimal, Decimal]:
    """By credited unit: figure, waiting figure, number of claims that nobody took back; and the totals.

    The claims are summed once, by unit and split. The totals are over these sums, the split never
    joined, so nothing counts twice; the few sums with a split are then shared out.
    """
    sums = (
        claims_of(measure, as_of)
        .values("unit_id", "split_id")
        .annotate(
            amount=Sum(COLUMNS[basis], default=NOTHING),
            pending=Sum("reported", filter=WAITS, default=NOTHING),
            entries=Count("pk", filter=STANDS),
        )
        .values_list("unit_id", "split_id", "amount", "pending", "entries")
    )
    shares = shares_of(measure.kind)
    credited: dict[int, tuple[Decimal, Decimal, int]] = {}
    total = total_pending = NOTHING
    for unit, split, amount, pending, entries in sums:
        total += amount
        total_pending += pending
        for sharer, share in shares.get(split, [(unit, Decimal(1))]):
            before = credited.get(sharer, NO_CREDIT)
            credited[sharer] = (before[0] + amount * share, before[1] + pending * share, before[2] + entries)
    return credited, total, total_pending


def shares_of(kind: str) -> dict[int | None, list[tuple[int, Decimal]]]:
    """By split, the units credited with claims of this kind and their shares. One query."""
    shares: dict[int | None, list[tuple[int, Decimal]]] = defaultdict(list)
    lines = SplitLine.objects.filter(kind=kind).values_list("split_id", "unit_id", "share")
    for split, unit, share in lines:
        shares[split].append((unit, share))
    return shares


def units_reported(as_of: dt.date) -> set[int]:
    """Units with a submitted Return of a period of the year that was due by as-of."""
    return set(
        Return.objects.filter(
            submitted_at__isnull=False,
            period__starts_on__gte=year_of(as_of),
            period__due_on__lte=as_of,
        ).values_list("unit_id", flat=True)
    )


def as_json(table: Standing) -> dict:
    """The standing as the command prints it: money exact, percentages as text, names by class."""
    by_group: dict[str, int] = defaultdict(int)
    for line in table.tasked:
        by_group[line.group] += 1
    return {
        "as_of": table.as_of.isoformat(),
        "basis": table.basis.value,
        "measure": table.measure.name,
        "units": len(table.tasked),
        "towns": by_group["town"],
        "departments": by_group["department"],
        "task_wan": table.target,
        "paid_in_wan": table.amount,
        "pending_wan": table.pending,
        "completion_pct": _text(table.completion),
        "schedule_pct": _text(table.schedule),
        "ahead_points": _text(table.ahead),
        "half_year_met": table.half_year_met,
        "class_counts": table.counts(),
        "classes": {
            unit_class.value: [line.name for line in table.of_class(unit_class)]
            for unit_class in UnitClass
            if unit_class != UnitClass.NOT_APPLICABLE
        },
        "unit_paid_wan": {line.name: line.amount for line in table.tasked},
        "unit_pending_wan": {line.name: line.pending for line in table.tasked},
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
