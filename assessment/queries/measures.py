"""Counting rules with what each counts: this month, and in the year up to a day (F-40)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Aggregate, Count, Q, Sum

from accounts.models import ChangeRow
from assessment.models import Measure
from assessment.queries.basis import STANDS, claims_until, counts

TABLE = "assessment_measure"


@dataclass(frozen=True)
class Counted:
    """What a version counts: claims that stand and their figures, of the month and of the year to a day."""

    measure: Measure
    month_entries: int
    month_reported: Decimal
    month_verified: Decimal
    year_entries: int
    year_reported: Decimal
    year_verified: Decimal


def counted(measures: list[Measure], *, as_of: dt.date) -> list[Counted]:
    """What each of these versions, published or not, counts as of a day. One query for all."""
    month = Q(happened_on__gte=as_of.replace(day=1))
    asked: dict[str, Aggregate] = {}
    for number, measure in enumerate(measures):
        rule = counts(measure, as_of.year)
        for span, condition in (("month", rule & month), ("year", rule)):
            asked[f"{span}_entries_{number}"] = Count("pk", filter=condition & STANDS)
            for column in ("reported", "verified"):
                total = Sum(column, filter=condition, default=Decimal(0))
                asked[f"{span}_{column}_{number}"] = total
    found = claims_until(as_of).aggregate(**asked) if measures else {}
    names = [name for name in Counted.__dataclass_fields__ if name != "measure"]
    return [
        Counted(measure, **{name: found[f"{name}_{number}"] for name in names})
        for number, measure in enumerate(measures)
    ]


def versions(name: str = "") -> list[Measure]:
    """All versions, of one measure or of all: by the measure's first publication, the latest first."""
    rows = Measure.objects.filter(name=name) if name else Measure.objects.all()
    by_name: dict[str, list[Measure]] = {}
    for measure in rows.order_by("pk"):
        by_name.setdefault(measure.name, []).insert(0, measure)
    return [measure for group in by_name.values() for measure in group]


def in_force(today: dt.date) -> list[Measure]:
    """Of each measure the version in force on a day, in the order of their first publication. One query."""
    current: dict[str, Measure] = {}
    for measure in Measure.objects.order_by("pk"):
        before = current.get(measure.name)
        if measure.valid_from <= today and (
            before is None or (measure.valid_from, measure.version) > (before.valid_from, before.version)
        ):
            current[measure.name] = measure
    return list(current.values())


@dataclass(frozen=True)
class Validity:
    """A version with the last day on which it is in force; None while no later version is published."""

    measure: Measure
    until: dt.date | None
    current: bool


def with_validity(found: list[Measure], *, today: dt.date) -> list[Validity]:
    """Versions, as ``versions`` gives them, with their days."""
    result = []
    for number, measure in enumerate(found):
        later = found[number - 1] if number and found[number - 1].name == measure.name else None
        until = later.valid_from - dt.timedelta(days=1) if later else None
        current = measure.valid_from <= today and (until is None or until >= today)
        result.append(Validity(measure, until, current))
    return result


def reasons(found: list[Measure]) -> dict[int, ChangeRow]:
    """Who published these versions when and why, by key. One query."""
    lines = ChangeRow.objects.filter(table=TABLE, op="I", row__in=[measure.pk for measure in found])
    return {line.row: line for line in lines.select_related("change")}
