"""Scoring primitives that look at the whole group or at several windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assessment.engine import tree
from assessment.engine.at import At
from assessment.engine.nodes import Node, bound
from assessment.engine.terms import (
    NOT_APPLICABLE,
    OK,
    ZERO,
    Mark,
    Term,
    add,
    divide,
    limited,
    multiply,
    number,
    settle,
    subtract,
)

if TYPE_CHECKING:
    from assessment.engine.run import Run

TIE_WORDS = {
    "competition": "并列后跳号（1,1,3）",
    "dense": "并列后不跳号（1,1,2）",
    "average": "并列取平均名次",
}


@dataclass(frozen=True)
class Spread:
    """Efficacy (功效系数): (x-min)÷(max-min)×(high-low)+low inside the group."""

    value: tree.Expr
    low: Decimal
    high: Decimal
    equal: Decimal
    fewer_better: bool = False

    def points(self, run: Run, at: At) -> Term:
        """Needs all units of the group first; all equal: the scheme's policy."""
        value = run.value(self.value, at)
        least = run.statistic(tree.Grouped("lowest", self.value, self.value.unit), at)
        most = run.statistic(tree.Grouped("highest", self.value, self.value.unit), at)
        span = subtract(most, least)
        if value.state == OK and span.state == OK and settle(span.value) == 0:
            return number(self.equal).resting_on(
                value.reads + span.reads,
                (*span.marks, Mark("equal", f"全组数值相等，按规定得{number(self.equal).text}")),
            )
        part = divide(subtract(most, value) if self.fewer_better else subtract(value, least), span)
        part = limited(part, Decimal(1), ZERO)  # a unit that does not compete may lie outside the span
        return add((multiply(part, number(self.high - self.low)), number(self.low)))


@dataclass(frozen=True)
class Place:
    """Rank points (名次分): full for the first, a step less for each further place, never under the floor."""

    value: tree.Expr
    full: tree.Expr
    step: tree.Expr
    floor: tree.Expr | None
    ties: str
    low_first: bool

    def points(self, run: Run, at: At) -> Term:
        """Places among the competing units of the group."""
        value = run.value(self.value, at)
        if value.state != OK:
            return value
        place, count, tied = run.place(self.value, at, self.ties, self.low_first)
        if place is None:
            return number(ZERO).resting_on(
                value.reads, (*value.marks, Mark("rank", "不参加排名，不得名次分"))
            )
        full, step = run.value(self.full, at), run.value(self.step, at)
        term = subtract(full, multiply(step, subtract(number(place), number(Decimal(1)))))
        told = f"（{TIE_WORDS[self.ties]}）" if tied else ""
        mark = Mark("rank", f"本组{count}个单位中第{number(place).text}名{told}")
        term = term.resting_on(value.reads + term.reads, (*value.marks, mark, *term.marks))
        return limited(term, None, bound(self.floor, run, at))


@dataclass(frozen=True)
class Spans:
    """The same scoring for each month, quarter or half of the window, added up.

    A cap inside limits one span, a cap outside limits their sum: monthly, quarterly and yearly caps nest.
    """

    every: str
    node: Node

    def points(self, run: Run, at: At) -> Term:
        """The sum over the spans; a span without data counts as 0 and is named."""
        parts: list[Term] = []
        reads: tuple[object, ...] = ()
        marks: list[Mark] = []
        states = []
        for window in at.window.split(self.every):
            term = self.node.points(run, At(at.unit, window, at.item))
            reads += term.reads
            states.append(term.state)
            marks += [replace(mark, words=_dated(window.name, mark.words)) for mark in term.marks]
            if term.state == OK and settle(term.value) != 0:
                parts.append(term.resting_on((), ()))
        if states and all(state != OK for state in states):
            state = NOT_APPLICABLE if NOT_APPLICABLE in states else states[0]
            return Term(ZERO, "0", state=state, reads=reads, marks=tuple(marks))  # type: ignore[arg-type]
        total = add(tuple(parts)) if parts else number(ZERO)
        return total.resting_on(reads, tuple(marks))  # type: ignore[arg-type]


def _dated(name: str, words: str) -> str:
    """The span before the words of a mark; an inner span (a month in a quarter) stands for itself."""
    return words if words[:4].isdigit() else f"{name}：{words}"


def places(values: Mapping[str, Any], ties: str, low_first: bool = False) -> dict[str, Decimal]:
    """Place of each unit by settled values (or tuples of them).

    competition 1,1,3; dense 1,1,2; average 1.5,1.5,3.
    """
    counts: dict[Any, int] = {}
    for value in values.values():
        counts[value] = counts.get(value, 0) + 1
    place, before = {}, 0
    for nth, value in enumerate(sorted(counts, reverse=not low_first), start=1):
        if ties == "dense":
            place[value] = Decimal(nth)
        elif ties == "average":
            place[value] = Decimal(2 * before + counts[value] + 1) / 2
        else:
            place[value] = Decimal(before + 1)
        before += counts[value]
    return {key: place[value] for key, value in values.items()}
