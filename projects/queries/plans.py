"""Planned and actual: when a project means to reach a stage, when it did, how far the two are apart."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from projects import stages
from projects.choices import MoveState, Stage
from projects.models import Agreement, Project, StagePlan


@dataclass(frozen=True)
class Line:
    """One stage: the plan in force with the first one, and the day on which it was reached.

    ``reached`` without ``actual``: the project passed it by, or nobody recorded the day.
    """

    stage: Stage
    versions: list[StagePlan]
    actual: dt.date | None
    reached: bool
    off_way: bool
    today: dt.date

    @property
    def plan(self) -> StagePlan | None:
        return self.versions[-1] if self.versions else None

    @property
    def first(self) -> StagePlan | None:
        """The first plan, where another one took its place."""
        return self.versions[0] if len(self.versions) > 1 else None

    @property
    def late(self) -> int | None:
        """Days after the plan, negative before it; None without a plan, an end or where it was left off."""
        if self.plan is None:
            return None
        if self.reached:
            return (self.actual - self.plan.planned_on).days if self.actual else None
        return None if self.off_way else (self.today - self.plan.planned_on).days

    @property
    def overdue(self) -> bool:
        """The planned day is past and the stage is not reached."""
        return not self.reached and (self.late or 0) > 0

    @property
    def words(self) -> str:
        """How plan and fact compare, for people; a dash where there is nothing to compare."""
        late = self.late
        if late is None:
            return "已越过，无日期" if self.plan and self.reached else "—"
        if self.reached:
            return "按期" if late == 0 else f"比计划晚 {late} 天" if late > 0 else f"比计划早 {-late} 天"
        return "今天到期" if late == 0 else f"已逾期 {late} 天" if late > 0 else f"还有 {-late} 天"


@dataclass(frozen=True)
class Track:
    """A project's planned stages. ``since``: the last stage that it came to, its day, and how it is told."""

    now: Stage
    ahead: list[Stage]
    since: tuple[Stage, dt.date, str] | None
    lines: list[Line]

    @property
    def planned(self) -> list[StagePlan]:
        """Every version of every plan, for the change log of the page."""
        return [version for line in self.lines for version in line.versions]


def track_of(project: Project, *, today: dt.date) -> Track:
    """Planned and actual of one project. Three queries."""
    signed = list(Agreement.objects.filter(project=project).order_by("signed_on", "pk"))
    standing = project.stage_changes.filter(status=MoveState.EFFECTIVE).order_by("pk")
    signatures = [(agreement.kind, agreement.signed_on) for agreement in signed]
    days = stages.days_reached(standing.values_list("after", "happened_on"), signatures)
    now = stages.stage_of(project.stage, [kind for kind, _day in signatures])
    return track_along(project, now=now, days=days, today=today)


def track_along(project: Project, *, now: Stage, days: dict[Stage, dt.date], today: dt.date) -> Track:
    """Planned and actual of one project of which the days are known (``stages.days_reached``). One query."""
    versions: dict[str, list[StagePlan]] = {}
    for plan in project.plans.order_by("version"):
        versions.setdefault(plan.stage, []).append(plan)
    off_way = now not in stages.WAY
    reached = {stage: stages.has_come_to(now, stage, days) for stage in stages.PLANNED}
    lines = [
        Line(stage, versions.get(stage, []), days.get(stage), reached[stage], off_way, today)
        for stage in stages.PLANNED
    ]
    ahead = [] if off_way else [stage for stage in stages.PLANNED if not reached[stage]]
    last = max(days, key=stages.WAY.index, default=None)
    return Track(now, ahead, (last, days[last], "实际") if last else None, lines)


def _place(field: str, *, otherwise: int) -> Case:
    """How far along the way the stage of a column is."""
    cases = [When(**{field: stage}, then=Value(place)) for place, stage in enumerate(stages.WAY)]
    return Case(*cases, default=Value(otherwise), output_field=IntegerField())


def with_overdue(projects: QuerySet[Project], *, today: dt.date) -> QuerySet[Project]:
    """Projects that have ``stage_now``, with ``overdue``: the first stage whose planned day is past.

    Null where every plan is kept or lies ahead, where there is none, and off the way.
    """
    later = StagePlan.objects.filter(
        project=OuterRef("project"), stage=OuterRef("stage"), version__gt=OuterRef("version")
    )
    missed = (
        StagePlan.objects.filter(Q(project=OuterRef("pk"), planned_on__lt=today) & ~Exists(later))
        .annotate(place=_place("stage", otherwise=-1))
        .filter(place__gt=OuterRef("place_now"))
        .order_by("planned_on", "place")
    )
    return projects.annotate(place_now=_place("stage_now", otherwise=len(stages.WAY))).annotate(
        overdue=Subquery(missed.values("stage")[:1])
    )
