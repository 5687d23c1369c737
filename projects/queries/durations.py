"""阶段用时: which stretches of the way projects have behind them, and how long these took by industry."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.queries.posts import ActingPost
from projects import industries, stages
from projects.choices import MoveState, Stage
from projects.durations import STRETCHES, Spread, spread_of
from projects.models import Agreement, Project, StageChange
from projects.queries.visible import projects_for


@dataclass(frozen=True)
class Spent:
    """One project on one stretch: the days on which it came to its start and to its end."""

    project: Project
    stretch: str
    since: dt.date
    until: dt.date

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def section(self) -> str:
        return industries.section_of(self.project.industry)

    @property
    def industry(self) -> str:
        return industries.LABELS[self.section]


def spent_by(post: ActingPost, *, unit_id: int | None = None) -> list[Spent]:
    """Every stretch that projects which the post may read have behind them, the longest first.

    A stretch counts where both days are known, as the project's own page tells them. Three queries.
    """
    projects = projects_for(post).select_related("enterprise", "unit").order_by("name", "pk")
    if unit_id is not None:
        projects = projects.filter(unit_id=unit_id)
    keys = projects.order_by().values("pk")
    moves: dict[int, list[tuple[str, dt.date]]] = {}
    standing = StageChange.objects.filter(project__in=keys, status=MoveState.EFFECTIVE).order_by("pk")
    for key, stage, day in standing.values_list("project_id", "after", "happened_on"):
        moves.setdefault(key, []).append((stage, day))
    signed: dict[int, list[tuple[str, dt.date]]] = {}
    papers = Agreement.objects.filter(project__in=keys).order_by("signed_on", "pk")
    for key, kind, day in papers.values_list("project_id", "kind", "signed_on"):
        signed.setdefault(key, []).append((kind, day))
    found = [
        one
        for project in projects
        for one in _stretches(
            project, stages.days_reached(moves.get(project.pk, []), signed.get(project.pk, []))
        )
    ]
    return sorted(found, key=lambda one: -one.days)


def _stretches(project: Project, days: dict[Stage, dt.date]) -> Iterable[Spent]:
    for name, (start, end) in STRETCHES.items():
        if start in days and end in days:
            yield Spent(project, name, days[start], days[end])


@dataclass(frozen=True)
class Row:
    """One industry on one stretch; no section and the label of the sum for all of them."""

    section: str
    label: str
    spread: Spread


@dataclass(frozen=True)
class Table:
    """One stretch: its name, how it reads, a row for each industry with projects on it, and all of them."""

    stretch: str
    label: str
    rows: list[Row]


def tables_of(spent: Iterable[Spent]) -> list[Table]:
    """How long each stretch took, by industry and in all; no rows where no project has it behind it."""
    spent = list(spent)
    return [_table(name, [one for one in spent if one.stretch == name]) for name in STRETCHES]


def _table(name: str, spent: list[Spent]) -> Table:
    sections: dict[str, list[int]] = {}
    for one in spent:
        sections.setdefault(one.section, []).append(one.days)
    rows = [
        Row(section, label, spread_of(sections[section]))
        for section, label in industries.LABELS.items()
        if section in sections
    ]
    if rows:
        rows.append(Row("", "合计", spread_of([one.days for one in spent])))
    return Table(name, label_of(name), rows)


def label_of(stretch: str) -> str:
    """How a stretch reads: 签约 → 开工."""
    start, end = STRETCHES[stretch]
    return f"{start.label} → {end.label}"
