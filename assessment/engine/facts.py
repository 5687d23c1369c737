"""Facts of a run (考核数据): what each unit did, as frozen rows that name themselves.

Every row has an id (a claim's number, or one made from its keys), so that a score can point back at it.
A figure that was not reported is None; it is never turned into 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.engine.periods import Window

VERIFIED = "verified"
BASES = {VERIFIED: "核实数", "reviewed": "初审数", "reported": "申报数"}


@dataclass(frozen=True, slots=True)
class Membership:
    """A unit's stay in a group, first and last day included; None is open."""

    group: str
    first: date | None
    last: date | None

    def on(self, day: date) -> bool:
        """Whether the unit is in the group on that day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit (考核单位): dated groups, whether it competes, what does not apply to it."""

    key: str
    name: str
    groups: tuple[Membership, ...]
    competes: bool = True
    attributes: Mapping[str, Any] = field(default_factory=dict)
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a unit in a period; with `source` and `as_of` when it comes from outside."""

    id: str
    unit: str
    name: str
    window: Window
    value: Decimal | None
    measured_in: str = ""
    source: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class TargetFact:
    """A task (目标任务) by issuer and period."""

    id: str
    unit: str
    name: str
    window: Window
    amount: Decimal
    measured_in: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A project, visit or event of a unit, with its attributes, amounts and days."""

    id: str
    kind: str
    unit: str
    values: Mapping[str, Any]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """One rater's points for a unit."""

    id: str
    unit: str
    name: str
    rater: str
    group: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class ManualScore:
    """A judged score with scorer, reason and document."""

    id: str
    unit: str
    name: str
    value: Decimal
    scorer: str
    reason: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A recorded decision (一票否决 and the like) with its document."""

    id: str
    unit: str
    key: str
    document: str
    reason: str


@dataclass(frozen=True)
class Facts:
    """A frozen snapshot of everything a run may look at."""

    kind: str
    window: Window
    as_of: date
    units: tuple[UnitFact, ...] = ()
    figures: tuple[Figure, ...] = ()
    targets: tuple[TargetFact, ...] = ()
    items: tuple[Item, ...] = ()
    ratings: tuple[Rating, ...] = ()
    manual: tuple[ManualScore, ...] = ()
    decisions: tuple[Decision, ...] = ()
    self_scores: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    basis: str = VERIFIED  # a key of BASES
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)  # of the document

    @property
    def draft(self) -> bool:
        """Whether the figures are not verified ones: such a run gives no places, grades or prizes."""
        return self.basis != VERIFIED

    @property
    def counted(self) -> Window:
        """The days that count: the period up to the as-of day."""
        return Window(self.window.start, min(self.window.end, self.as_of))
