"""Targets as lists, with their history, and their sum beside the tenant's own target."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import ChangeRow
from accounts.pinyin import named
from accounts.queries.posts import ActingPost
from assessment.models import Target
from assessment.queries.visible import targets_for

TABLE = "assessment_target"


def live() -> QuerySet[Target]:
    """Targets that no revision has replaced."""
    return Target.objects.filter(successors__isnull=True)


def listed(
    post: ActingPost, *, words: str = "", measure: str = "", period_id: int = 0, replaced: bool = False
) -> QuerySet[Target]:
    """Targets of the post, the latest period first, by unit; ``replaced``: also those revised since."""
    later = Target.objects.filter(replaces=OuterRef("pk"))
    targets = targets_for(post).select_related("unit", "measure", "period").annotate(replaced=Exists(later))
    if not replaced:
        targets = targets.filter(replaced=False)
    if words:
        targets = targets.filter(named(words, "unit__"))
    if measure:
        targets = targets.filter(measure__name=measure)
    if period_id:
        targets = targets.filter(period_id=period_id)
    return targets.order_by("-period__starts_on", "period__kind", "measure_id", "unit__sort_key", "pk")


@dataclass(frozen=True)
class Sums:
    """Units' targets against the tenant's own, of one measure and period; ``own`` None: none was issued."""

    units: Decimal
    exempt: Decimal
    own: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """How much more the units are to bring in than the tenant; None without a target of its own."""
        return None if self.own is None else self.units - self.own


def sums(measure: str, period_id: int) -> Sums:
    """The sums of the live targets; exempt units' targets count for nothing and are told apart. One query."""
    rows = live().filter(measure__name=measure, period_id=period_id)
    units = exempt = Decimal(0)
    own: Decimal | None = None
    for target in rows.select_related("unit"):
        if target.unit is None:
            own = target.amount
        elif target.unit.exempt:
            exempt += target.amount
        else:
            units += target.amount
    return Sums(units, exempt, own)


@dataclass(frozen=True)
class Version:
    """One amount of a target: who wrote it when, and why it replaced the one before."""

    target: Target
    written: ChangeRow | None


def history(target: Target) -> list[Version]:
    """All amounts of the target's unit, measure and period, the latest first. Two queries."""
    same = Target.objects.filter(measure__name=target.measure.name, period_id=target.period_id)
    same = same.filter(unit__isnull=True) if target.unit_id is None else same.filter(unit_id=target.unit_id)
    targets = list(same.select_related("measure", "period", "unit").order_by("-pk"))
    lines = ChangeRow.objects.filter(table=TABLE, op="I", row__in=[row.pk for row in targets])
    written = {line.row: line for line in lines.select_related("change")}
    return [Version(row, written.get(row.pk)) for row in targets]
