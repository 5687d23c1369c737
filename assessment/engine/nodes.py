"""Scoring primitives (计分法) that look at one unit. They nest: every part may be any other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from assessment.engine import tree
from assessment.engine.at import At
from assessment.engine.explain import explain, verdict
from assessment.engine.ladder import Ladder
from assessment.engine.terms import (
    ATOM,
    NOT_COMPUTABLE,
    OK,
    UNKNOWN,
    ZERO,
    Mark,
    Term,
    add,
    divide,
    equals,
    limited,
    multiply,
    number,
    rounded,
    settle,
    subtract,
    whole,
)
from assessment.engine.units import PERCENT, Unit

if TYPE_CHECKING:
    from assessment.engine.run import Run


class Node(Protocol):
    """A scoring node: gives the points of a unit (or of an item) with their words."""

    def points(self, run: Run, at: At) -> Term:
        """Points with formula, facts and marks."""


@dataclass(frozen=True)
class Amount:
    """Points that an expression gives: a number, a judged score, 0.2 × a count."""

    expr: tree.Expr

    def points(self, run: Run, at: At) -> Term:
        """The expression's value."""
        return explain(self.expr, run, at)


@dataclass(frozen=True)
class Total:
    """The sum of its parts; a part that cannot be computed counts as 0 by itself."""

    parts: tuple[Node, ...]

    def points(self, run: Run, at: At) -> Term:
        """The sum."""
        return add(tuple(forgive(part.points(run, at)) for part in self.parts))


@dataclass(frozen=True)
class Best:
    """The highest of its parts (一个项目只按最高档计一次)."""

    parts: tuple[Node, ...]

    def points(self, run: Run, at: At) -> Term:
        """The best part; the first of equals."""
        terms = [forgive(part.points(run, at)) for part in self.parts]
        best = max(terms, key=lambda term: settle(term.value))
        rest = [term for term in terms if term is not best]
        mark = Mark("pick", f"取最高：{'、'.join(term.text + equals(term) for term in terms)}，取{best.text}")
        return best.resting_on(best.reads + tuple(r for t in rest for r in t.reads), (*best.marks, mark))


@dataclass(frozen=True)
class Times:
    """The product of its parts (得分乘系数)."""

    parts: tuple[Node, ...]

    def points(self, run: Run, at: At) -> Term:
        """The product."""
        term = self.parts[0].points(run, at)
        for part in self.parts[1:]:
            term = multiply(term, part.points(run, at))
        return term


@dataclass(frozen=True)
class Limits:
    """Cap, floor, rounding and a stand-in for missing data around any node."""

    inner: Node
    cap: tree.Expr | None = None
    floor: tree.Expr | None = None
    step: Decimal | None = None
    mode: str = "half_up"
    otherwise: Decimal | None = None

    def points(self, run: Run, at: At) -> Term:
        """The inner points, held within the limits, then rounded."""
        term = self.inner.points(run, at)
        if term.state != OK and self.otherwise is not None:
            term = number(self.otherwise).resting_on(term.reads, term.marks)
        term = limited(term, bound(self.cap, run, at), bound(self.floor, run, at))
        return rounded(term, self.step, self.mode) if self.step else term


def bound(expr: tree.Expr | None, run: Run, at: At) -> Decimal | None:
    """The value of a cap or floor; one that is unknown or cannot be computed does not limit."""
    if expr is None:
        return None
    term = explain(expr, run, at)
    return term.value if term.state == OK else None


def forgive(term: Term) -> Term:
    """A part that cannot be computed gives 0 without spoiling its neighbours; its mark stays."""
    return replace(term, state=OK) if term.state == NOT_COMPUTABLE else term


@dataclass(frozen=True)
class Part:
    """One rate of a share with its weight and limits."""

    rate: tree.Expr
    weight: Decimal | None
    cap: tree.Expr | None
    floor: tree.Expr | None
    full_at: tree.Expr | None = None


@dataclass(frozen=True)
class Share:
    """Full points × completion (完成率), or × the weighted completion of several parts."""

    full: tree.Expr
    parts: tuple[Part, ...]

    def points(self, run: Run, at: At) -> Term:
        """Rate(s), each within its limits, times the points."""
        rates = []
        for part in self.parts:
            rate = explain(part.rate, run, at)
            if part.full_at is not None:
                rate = divide(rate, explain(part.full_at, run, at))
            rate = limited(rate, bound(part.cap, run, at), bound(part.floor, run, at), PERCENT)
            rate = forgive(rate) if len(self.parts) > 1 else rate
            rates.append(
                rate
                if part.weight is None
                else multiply(rate, Term(part.weight, number(part.weight, PERCENT).text))
            )
        rate = add(tuple(rates))
        if len(rates) > 1 and all(part.weight is None for part in self.parts):
            rate = divide(rate, number(Decimal(len(rates))))
        return multiply(rate, explain(self.full, run, at))


@dataclass(frozen=True)
class Steps:
    """Each full step (or part of a step) over or under a base gives points."""

    value: tree.Expr
    base: tree.Expr | None
    step: tree.Expr
    each: tree.Expr
    under: bool
    whole: bool

    def points(self, run: Run, at: At) -> Term:
        """Steps times points; nothing on the other side of the base."""
        value = explain(self.value, run, at)
        distance = value
        if self.base is not None:
            base = explain(self.base, run, at)
            distance = subtract(base, value) if self.under else subtract(value, base)
        if distance.state == OK and settle(distance.value) <= 0:
            word = "没有不足部分" if self.under else "没有超出部分"
            return Term(
                ZERO,
                "0",
                ATOM,
                OK,
                distance.reads,
                (*distance.marks, Mark("step", f"{distance.text}：{word}")),
            )
        step = explain(self.step, run, at)
        count = distance if step.text == "1" else divide(distance, step)
        if self.whole and ("÷" in count.text or count.value != count.value.to_integral_value()):
            count = whole(count)
        return multiply(count, explain(self.each, run, at))


@dataclass(frozen=True)
class Case:
    """A condition (None: otherwise) and what it gives."""

    when: tree.Condition | None
    node: Node


@dataclass(frozen=True)
class Cases:
    """The first case whose condition is met (闸门、分档条件); none: 0."""

    cases: tuple[Case, ...]

    def points(self, run: Run, at: At) -> Term:
        """The points of the first case met; the words say why."""
        reads: tuple[object, ...] = ()
        marks: list[Mark] = []
        state = OK
        for case in self.cases:
            if case.when is None:
                break
            found = verdict(case.when, run, at)
            reads += found.reads
            marks.append(Mark("gate", f"{found.words}，{'满足' if found.met else '不满足'}", found.met))
            if found.met:
                break
            if found.state not in (OK, NOT_COMPUTABLE):
                state = found.state if state == OK else state
        else:
            term = Term(ZERO, "0", ATOM, state)
            return term.resting_on(reads, (*marks, *_missing(state)))  # type: ignore[arg-type]
        if state != OK and case.when is None:
            term = Term(ZERO, "0", ATOM, state)
        else:
            term = case.node.points(run, at)
        return term.resting_on(reads + term.reads, (*marks, *term.marks))  # type: ignore[arg-type]


def _missing(state: str) -> tuple[Mark, ...]:
    return (Mark(state, "条件所需数据缺失"),) if state != OK else ()


@dataclass(frozen=True)
class Bands:
    """The row of a ladder that takes the value gives the points (档次); no row: otherwise."""

    value: tree.Expr
    ladder: Ladder
    nodes: tuple[Node, ...]
    otherwise: Node | None
    unit: Unit

    def points(self, run: Run, at: At) -> Term:
        """The points of the row; the words name it."""
        value = explain(self.value, run, at)
        if value.state != OK or value.value is None:
            return Term(
                ZERO, "0", ATOM, value.state if value.state != OK else UNKNOWN, value.reads, value.marks
            )
        rung = self.ladder.find(value.value)
        unit = "" if self.unit is PERCENT or not isinstance(value.value, Decimal) else self.unit.name
        title = value.reads[0].title if len(value.reads) == 1 else ""
        figure = (
            f"{title}{value.text}{equals(value, self.unit) if isinstance(value.value, Decimal) else ''}{unit}"
        )
        if rung is None:
            term = self.otherwise.points(run, at) if self.otherwise else Term(ZERO, "0")
            mark = Mark("band", f"{figure}，不在任何一档")
        else:
            term = self.nodes[rung.row].points(run, at)
            mark = Mark("band", f"{figure}，属于“{rung.shown}”档")
        return term.resting_on(value.reads + term.reads, (*value.marks, mark, *term.marks))


@dataclass(frozen=True)
class Bracket:
    """A slice of the distance: its width (None: the rest) and how much of it makes one point."""

    width: Decimal | None
    per: Decimal


@dataclass(frozen=True)
class Brackets:
    """Like income tax: each slice of the distance from the benchmark has its own divisor."""

    value: tree.Expr
    benchmark: tree.Expr
    above: tuple[Bracket, ...]
    below: tuple[Bracket, ...]
    unit: Unit

    def points(self, run: Run, at: At) -> Term:
        """Points above the benchmark; minus points below it."""
        value, mark = explain(self.value, run, at), explain(self.benchmark, run, at)
        distance = subtract(value, mark)
        if distance.state != OK:
            return distance
        down = settle(distance.value) < 0
        if down:
            distance = subtract(mark, value)
        terms = self._slices(distance, self.below if down else self.above)
        word = "低于" if down else "高于"
        if not terms:
            return number(ZERO).resting_on(
                distance.reads,
                (
                    *distance.marks,
                    Mark("bracket", f"{distance.text}{equals(distance, self.unit)}，{word}基准不计分"),
                ),
            )
        note = Mark("bracket", f"{word}基准{distance.text}{equals(distance, self.unit)}，分{len(terms)}段计")
        total = add(tuple(terms))
        if down:
            total = subtract(number(ZERO), total)
        return total.resting_on(distance.reads, (*distance.marks, note))

    @staticmethod
    def _slices(distance: Term, brackets: tuple[Bracket, ...]) -> list[Term]:
        terms, done = [], ZERO
        for bracket in brackets:
            left = settle(distance.value) - done
            if left <= 0:
                break
            if bracket.width is not None and left >= bracket.width:
                part = number(bracket.width)
            else:
                part = subtract(distance, number(done)) if done else distance
            terms.append(divide(part, number(bracket.per)))
            done += bracket.width or left
        return terms
