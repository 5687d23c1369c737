"""中断原因: which projects are stopped, ended or out of touch, why, and what their contracts were worth."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from accounts.queries.posts import ActingPost
from projects import stages
from projects.choices import AgreementKind, LeftBecause, MoveState
from projects.models import Agreement, StageChange
from projects.queries.visible import projects_for

# A move that was recorded before there were causes.
UNTOLD = "untold"
CAUSES = {**{str(value): str(label) for value, label in LeftBecause.choices}, UNTOLD: "未分类（以前的记录）"}


@dataclass(frozen=True)
class Interrupted:
    """A project off its way, by its last change, with the total of its latest contract (万元) if known."""

    change: StageChange
    total_wan: Decimal | None

    @property
    def on(self) -> dt.date:
        return self.change.happened_on

    @property
    def code(self) -> str:
        return self.change.code or UNTOLD

    @property
    def label(self) -> str:
        return CAUSES[self.code]


def interrupted(post: ActingPost, *, unit_id: int | None = None) -> list[Interrupted]:
    """Projects that the post may read and that stand off their way now, the latest first. Two queries."""
    projects = projects_for(post).filter(stage__in=stages.OFF_WAY).order_by()
    if unit_id is not None:
        projects = projects.filter(unit_id=unit_id)
    changes = StageChange.objects.filter(project__in=projects.values("pk"), status=MoveState.EFFECTIVE)
    last = {change.project_id: change for change in changes.select_related("project__unit").order_by("pk")}
    contracts = Agreement.objects.filter(
        project__in=projects.values("pk"), kind=AgreementKind.CONTRACT, total_wan__isnull=False
    ).order_by("signed_on", "pk")
    totals = dict(contracts.values_list("project_id", "total_wan"))
    found = [Interrupted(change, totals.get(key)) for key, change in last.items()]
    return sorted(found, key=lambda one: (one.on, one.change.pk), reverse=True)


@dataclass(frozen=True)
class Cause:
    """One cause: its projects, the sum of the contracts that are known, how many have none."""

    code: str
    label: str
    number: int
    total_wan: Decimal | None
    unknown: int


def by_cause(found: Iterable[Interrupted]) -> list[Cause]:
    """Each cause that occurs, and all of them; empty without any interruption."""
    found = list(found)
    causes = [
        _cause(code, label, some)
        for code, label in CAUSES.items()
        if (some := [one for one in found if one.code == code])
    ]
    return [*causes, _cause("all", "合计", found)] if causes else []


def _cause(code: str, label: str, found: list[Interrupted]) -> Cause:
    known = [one.total_wan for one in found if one.total_wan is not None]
    total = sum(known, Decimal(0)) if known else None
    return Cause(code, label, len(found), total, len(found) - len(known))
