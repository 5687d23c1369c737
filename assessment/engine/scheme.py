"""A scheme (考核办法) ready to run: frozen, checked, made from a document by `schemedoc.load`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assessment.engine import tree
from assessment.engine.ladder import Ladder
from assessment.engine.measures import Measure
from assessment.engine.nodes import Node
from assessment.engine.rows import Lookup
from assessment.engine.units import Unit


@dataclass(frozen=True)
class Rounding:
    """Where and how figures are rounded; `points` and `total` None: not at all, `show`: places printed."""

    show: int = 2
    points: Decimal | None = None
    total: Decimal | None = None
    points_mode: str = "half_up"
    total_mode: str = "half_up"


@dataclass(frozen=True)
class Group:
    """A group of units that are compared with each other (考核组)."""

    key: str
    title: str
    full: Decimal | None
    cap: tree.Expr | None = None
    floor: tree.Expr | None = None


@dataclass(frozen=True)
class Section:
    """A heading over indicators (一级指标) with its own full mark and limits."""

    key: str
    title: str
    full: Decimal | None
    cap: tree.Expr | None = None
    floor: tree.Expr | None = None


@dataclass(frozen=True)
class Indicator:
    """A scored line (考核指标); without `full` it is a bonus or a deduction outside the full mark."""

    key: str
    title: str
    full: Decimal | None
    node: Node
    groups: frozenset[str]
    section: str | None = None
    na: str = "exclude"


@dataclass(frozen=True)
class Kind:
    """A kind of item or event with the units of its fields; a field may need an outside source."""

    key: str
    title: str
    fields: Mapping[str, Unit]


@dataclass(frozen=True)
class Ranks:
    """How places are given (排名): only with a written basis; ties and tie-breakers are settings."""

    basis: str
    ties: str
    then: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prize:
    """A prize for places `first` to `last`, equal places included."""

    title: str
    first: int
    last: int


@dataclass(frozen=True)
class Override:
    """A condition or a recorded decision that overrides total or grade (一票否决、降等、封顶)."""

    title: str
    when: tree.Condition | None
    decision: str | None
    groups: frozenset[str]
    total: Decimal | None = None
    total_cap: Decimal | None = None
    grade: str | None = None
    grade_at_most: str | None = None


@dataclass(frozen=True)
class Grades:
    """Grades by total (优秀、良好 ...), best first in `names`."""

    ladder: Ladder
    of_row: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """A published version of a scheme. Nothing in it changes; running it needs only facts."""

    key: str
    version: str
    title: str
    period: str
    groups: Mapping[str, Group]
    sections: Mapping[str, Section]
    kinds: Mapping[str, Kind]
    lookups: Mapping[str, Lookup]
    measures: Mapping[str, Measure]
    indicators: tuple[Indicator, ...]
    rounding: Rounding = field(default_factory=Rounding)
    ranks: Ranks | None = None
    grades: Grades | None = None
    overrides: tuple[Override, ...] = ()
    prizes: tuple[Prize, ...] = ()
    units: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    scorers: Mapping[str, str] = field(default_factory=dict)
    unknown: str = "zero"
    statistics_over: str = "competing"
    zero_unit_share: Decimal = Decimal("0.6")

    def for_group(self, group: str) -> tuple[Indicator, ...]:
        """The indicators that apply to a group, in the document's order."""
        return tuple(one for one in self.indicators if group in one.groups)
