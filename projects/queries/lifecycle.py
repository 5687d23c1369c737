"""Where a project stands on its way: stages reached, days spent in each, what the next one asks for."""

import datetime as dt
from dataclasses import dataclass

from projects import stages
from projects.choices import GateKind, Move, MoveState, Stage
from projects.models import Agreement, Project, StageChange
from projects.queries import gates
from projects.stages import Required


@dataclass(frozen=True)
class Reached:
    """One stretch of the way: the stage, since when, for how many days (so far for the last one)."""

    stage: str
    since: dt.date
    days: int

    @property
    def label(self) -> str:
        return str(Stage(self.stage).label)


@dataclass(frozen=True)
class Condition:
    """One line of a gate as the page shows it: met or not, and where to see to it."""

    required: Required
    met: bool
    page: str


# Where what a gate asks for is entered, by kind.
PAGES = {
    GateKind.FIELD: "project_edit",
    GateKind.AGREEMENT: "agreement_new",
    GateKind.VISIT: "visit_new",
    GateKind.EVIDENCE: "project_files",
}


@dataclass(frozen=True)
class Way:
    """The stage now, what is behind it, what waits for a second person, what is next, what is asked for."""

    now: Stage
    reached: list[Reached]
    waiting: StageChange | None
    next: Stage | None
    asked: Stage | None
    conditions: list[Condition]
    days: dict[Stage, dt.date]

    @property
    def usual(self) -> bool:
        """Whether the one step forward is asked for: it needs no reason."""
        return self.asked is not None and self.asked == self.next

    @property
    def missing(self) -> int:
        return sum(not condition.met for condition in self.conditions)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Where the project may go from here: the next stage first, then skips, then back or off the way."""
        others = [stage for stage in (*stages.WAY, *stages.OFF_WAY) if stage not in {self.now, self.next}]
        forward = [stage for stage in others if stages.move_of(self.now, stage) == Move.SKIP]
        back = [stage for stage in others if stages.move_of(self.now, stage) == Move.BACK]
        named = [(self.next, str(self.next.label))] if self.next else []
        named += [(stage, f"{stage.label}（跨阶段）") for stage in forward]
        return [
            (str(stage), words)
            for stage, words in [*named, *((stage, f"{stage.label}（回退或中断）") for stage in back)]
        ]


def way_of(project: Project, *, today: dt.date, to: str = "") -> Way:
    """The way of a project, with the gate of its next stage or of ``to``. A fixed number of queries."""
    changes = list(project.stage_changes.select_related("entered_by").order_by("pk"))
    signed = list(Agreement.objects.filter(project=project).order_by("signed_on", "pk"))
    now = stages.stage_of(project.stage, [agreement.kind for agreement in signed])
    standing = [change for change in changes if change.status == MoveState.EFFECTIVE]
    moves = [(change.after, change.happened_on) for change in standing]
    signatures = [(agreement.kind, agreement.signed_on) for agreement in signed]
    marks = moves or [(str(stage), day) for stage, day in stages.signed_days(signatures)]
    following = stages.next_of(now)
    asked = Stage(to) if to in Stage.values else following
    conditions = _conditions(project, now, asked, today) if asked else []
    waiting = next((change for change in changes if change.status == MoveState.WAITING), None)
    days = stages.days_reached(moves, signatures)
    return Way(now, _reached(marks, today), waiting, following, asked, conditions, days)


def _conditions(project: Project, now: Stage, to: Stage, today: dt.date) -> list[Condition]:
    if not stages.leads_on(now, to):
        return []
    facts = gates.facts_of(project)
    return [
        Condition(required, facts.meets(required), PAGES.get(GateKind(required.kind), ""))
        for required in gates.gate_of(to, on=today)
    ]


def _reached(marks: list[tuple[str, dt.date]], today: dt.date) -> list[Reached]:
    ends = [day for _stage, day in marks[1:]] + [max([today, *(day for _stage, day in marks[-1:])])]
    return [
        Reached(stage, since, (until - since).days)
        for (stage, since), until in zip(marks, ends, strict=False)
    ]
