"""Item conditions and amounts as plain functions: fast, without words, for passing over many items."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.engine import tree
from assessment.engine.ladder import Ladder
from assessment.engine.periods import Window
from assessment.engine.terms import settle, to_step

Row = Mapping[str, Any]
Plain = Callable[[Row], Any]

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Lookup:
    """A look-up table (系数表、汇率表): a value leads to a number by its bracket, text or day."""

    key: str
    title: str
    by: tree.Expr
    ladder: Ladder
    values: tuple[Decimal, ...]
    otherwise: Decimal | None
    unit: Any
    kind: str | None

    def find(self, value: Any) -> Decimal | None:
        """The number for a value; `otherwise` when no row takes it; None for an unknown value."""
        if value is None:
            return None
        rung = self.ladder.find(value)
        return self.values[rung.row] if rung else self.otherwise


@dataclass(frozen=True, slots=True)
class Dated:
    """Which day of an item decides, and in which days it must lie."""

    day: str = "date"
    rule: str = "period"
    start: date | None = None
    end: date | None = None

    def window(self, window: Window) -> Window:
        """The days that count when the run looks at `window` (口径时段)."""
        match self.rule:
            case "year_to_date":
                window = window.year_to_date
            case "last_year":
                window = window.shifted(-1)
            case "all":
                return Window(date.min, window.end)
        return Window(self.start or window.start, self.end or window.end)


def compiled(node: tree.Expr | tree.Condition | None, lookups: Mapping[str, Lookup]) -> Plain:
    """A function of an item's values: a number, text or day; True/False/None (unknown) for a condition."""
    match node:
        case None:
            return lambda _row: True
        case tree.Const(value=value):
            return lambda _row: value
        case tree.Name(name=name):
            return _named(name, lookups)
        case tree.Scaled(inner=inner, factor=factor):
            below = compiled(inner, lookups)
            return lambda row: None if (v := below(row)) is None else v * factor
        case tree.Binary():
            return _binary(node, lookups)
        case tree.Extreme(name=name, args=args):
            parts = [compiled(arg, lookups) for arg in args]
            pick = min if name == "min" else max
            return lambda row: None if None in (vs := [part(row) for part in parts]) else pick(vs)
        case tree.Rounded(name=name, inner=inner, step=step):
            below = compiled(inner, lookups)
            mode = "half_up" if name == "round" else name
            return lambda row: None if (v := below(row)) is None else to_step(v, step, mode)
        case _:
            return _condition(node, lookups)


def _named(name: str, lookups: Mapping[str, Lookup]) -> Plain:
    if name not in lookups:
        return lambda row: row.get(name)
    table = lookups[name]
    by = compiled(table.by, lookups)
    return lambda row: table.find(by(row))


def _binary(node: tree.Binary, lookups: Mapping[str, Lookup]) -> Plain:
    left, right = compiled(node.left, lookups), compiled(node.right, lookups)
    sign = node.sign

    def compute(row: Row) -> Decimal | None:
        one, two = left(row), right(row)
        if one is None or two is None or (sign == "/" and two == 0):
            return None
        if sign == "+":
            return Decimal(one + two)
        if sign == "-":
            return Decimal(one - two)
        return Decimal(one * two) if sign == "*" else Decimal(one / two)

    return compute


def _condition(node: Any, lookups: Mapping[str, Lookup]) -> Plain:
    match node:
        case tree.Compare(sign=sign, left=left, right=right):
            return _compare(sign, compiled(left, lookups), compiled(right, lookups))
        case tree.OneOf(inner=inner, values=values):
            below = compiled(inner, lookups)
            return lambda row: None if (v := below(row)) is None else v in values
        case tree.Not(inner=inner):
            below = compiled(inner, lookups)
            return lambda row: None if (v := below(row)) is None else not v
        case tree.Flag(inner=inner):
            return compiled(inner, lookups)
        case tree.Logic(word=word, parts=parts):
            return _logic(word == "and", [compiled(part, lookups) for part in parts])
    raise TypeError(f"not usable on items: {node!r}")


def _compare(sign: str, left: Plain, right: Plain) -> Plain:
    test = COMPARE[sign]

    def compare(row: Row) -> bool | None:
        one, two = left(row), right(row)
        if one is None or two is None:
            return None
        if isinstance(one, Decimal):
            return test(settle(one), settle(two))
        return test(one, two)

    return compare


def _logic(every: bool, parts: list[Plain]) -> Plain:
    """Three-valued: a part that is unknown decides nothing by itself."""

    def decide(row: Row) -> bool | None:
        unknown = False
        for part in parts:
            met = part(row)
            if met is None:
                unknown = True
            elif bool(met) is not every:
                return not every
        return None if unknown else every

    return decide
