"""The nodes of a checked expression. An expression is total: no loops, no calls, no side effects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessment.engine.units import Unit


@dataclass(frozen=True, slots=True)
class Const:
    """A literal number, text or day; `shown` is how it is printed in a formula."""

    value: Decimal | str | date | bool
    shown: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Name:
    """A measure of the unit, a field of the item, or a look-up table."""

    name: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Scaled:
    """The same amount in another unit (亿元 -> 万元): the number times `factor`."""

    inner: Expr
    factor: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class Binary:
    """`left` + − × ÷ `right`."""

    sign: str
    left: Expr
    right: Expr
    unit: Unit


@dataclass(frozen=True, slots=True)
class Extreme:
    """min(...) or max(...)."""

    name: str
    args: tuple[Expr, ...]
    unit: Unit


@dataclass(frozen=True, slots=True)
class Rounded:
    """round / floor / ceil to a multiple of `step`."""

    name: str
    inner: Expr
    step: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class Grouped:
    """A statistic of the unit's group: mean, lowest, highest, total."""

    name: str
    inner: Expr
    unit: Unit


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of exact values."""

    sign: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a text is one of a list."""

    inner: Expr
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """All (`and`) or one (`or`) of the parts."""

    word: str
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes/no field or measure used as a condition."""

    inner: Expr


Expr = Const | Name | Scaled | Binary | Extreme | Rounded | Grouped
Condition = Compare | OneOf | Logic | Not | Flag


def names(node: Expr | Condition) -> set[str]:
    """Every measure, field and look-up that the expression reads."""
    match node:
        case Const():
            return set()
        case Name(name=name):
            return {name}
        case Binary(left=left, right=right) | Compare(left=left, right=right):
            return names(left) | names(right)
        case Extreme(args=parts) | Logic(parts=parts):
            return set().union(*(names(part) for part in parts))
        case _:
            return names(node.inner)
