"""What still hangs on a unit that is about to be closed: to be looked at before, none of it is lost."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Post, Unit
from accounts.queries.dated import on_day
from assessment.models import Target
from projects.models import Project, Return


@dataclass(frozen=True)
class Hanging:
    """Returns open for reports, live targets of periods that are not over, people in posts, projects."""

    returns: list[Return]
    targets: list[Target]
    posts: int
    projects: int


def hanging_on(unit: Unit, *, today: dt.date) -> Hanging:
    """What hangs on the unit as of today. Four queries."""
    returns = Return.objects.filter(unit=unit, reports_closed_at__isnull=True).select_related("period")
    targets = Target.objects.filter(unit=unit, successors__isnull=True, period__ends_on__gte=today)
    return Hanging(
        returns=list(returns.order_by("period__starts_on", "pk")),
        targets=list(targets.select_related("measure", "period").order_by("period__starts_on", "pk")),
        posts=Post.objects.filter(on_day(today), unit=unit).count(),
        projects=Project.objects.filter(unit=unit).count(),
    )
