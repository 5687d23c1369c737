"""Units of quantity (计量单位): which amounts may be added, compared or divided.

A unit is a scale on a dimension: 亿元 and 万元 are both money in yuan. Dollars are another dimension:
only a dated rate (元/美元) leads from one to the other. Plain numbers, counts (个, 家, 次), percentages and
points (分) have no dimension.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessment.engine.reading import as_number

_AMOUNT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*([^\d\s].*)\Z")
Dimension = tuple[tuple[str, int], ...]

_COUNTS = frozenset(
    ["个", "家", "项", "次", "人", "户", "宗", "件", "月", "天", "名", "期", "场", "条", "批", "篇", "处"]
)


@dataclass(frozen=True)
class Unit:
    """A unit: its printed name, the factor to the base unit, and the dimension."""

    name: str
    scale: Decimal
    dimension: Dimension

    def per(self, other: Unit) -> Unit:
        """The unit of a quotient: money by money is a rate, money by count stays money."""
        if self.dimension == other.dimension and (self.dimension or (self.is_count and other.is_count)):
            return PERCENT
        if not other.dimension:
            return self
        inverse = tuple((key, -power) for key, power in other.dimension)
        name = f"{self.name or '1'}/{other.name}"
        return _named(name, self.scale / other.scale, _merge(self.dimension, inverse))

    def times(self, other: Unit) -> Unit:
        """The unit of a product: money times a count or a share stays money."""
        if not other.dimension:
            return self if self.dimension else NONE
        if not self.dimension:
            return other
        return _named(
            f"{self.name}·{other.name}", self.scale * other.scale, _merge(self.dimension, other.dimension)
        )

    @property
    def is_count(self) -> bool:
        """A unit of things counted (个, 家, 次)."""
        return self.name in _COUNTS

    def __str__(self) -> str:
        return self.name or "纯数"


def _merge(left: Dimension, right: Dimension) -> Dimension:
    powers = dict(left)
    for key, power in right:
        powers[key] = powers.get(key, 0) + power
    return tuple(sorted((key, power) for key, power in powers.items() if power))


def _named(name: str, scale: Decimal, dimension: Dimension) -> Unit:
    for unit in KNOWN.values():
        if dimension and (unit.scale, unit.dimension) == (scale, dimension):
            return unit
    return Unit(name if dimension else "", scale, dimension)


def _known() -> dict[str, Unit]:
    units = {name: Unit(name, Decimal(1), ()) for name in ("", "分", "%", *sorted(_COUNTS))}
    for base, key in (("元", "cny"), ("美元", "usd")):
        for prefix, scale in (("", 1), ("千", 10**3), ("万", 10**4), ("百万", 10**6), ("亿", 10**8)):
            units[prefix + base] = Unit(prefix + base, Decimal(scale), ((key, 1),))
    units["亩"] = Unit("亩", Decimal(1), (("area", 1),))
    return units


KNOWN: dict[str, Unit] = _known()
NONE, POINTS, PERCENT = KNOWN[""], KNOWN["分"], KNOWN["%"]


def find(name: str, extra: tuple[str, ...] = ()) -> Unit | None:
    """The unit of that name; `元/美元` is read as a quotient; `extra` are units that a scheme adds."""
    name = name.strip()
    if "/" in name:
        upper, _, lower = name.partition("/")
        top, bottom = find(upper, extra), find(lower, extra)
        return top.per(bottom) if top and bottom else None
    if name in KNOWN:
        return KNOWN[name]
    return Unit(name, Decimal(1), ((name, 1),)) if name in extra else None


def quantity(value: Any, unit: Unit, extra: tuple[str, ...]) -> Decimal | None:
    """A number, or a text such as 5000万元, in `unit`; None when it is neither."""
    number = as_number(value)
    if number is not None:
        return number
    match = _AMOUNT.match(value) if isinstance(value, str) else None
    written = find(match[2], extra) if match else None
    if match is None or written is None or written.dimension != unit.dimension:
        return None
    return Decimal(match[1]) * written.scale / unit.scale
