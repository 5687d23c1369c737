"""Ladders (档次): ordered brackets of a value, or a list of texts, each leading to a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.engine.faults import Faults, Path
from assessment.engine.terms import settle

Bound = Decimal | date


@dataclass(frozen=True, slots=True)
class Rung:
    """One row: from `low` to `high` (None is open), or one of `texts`; `row` is its place in the document."""

    row: int
    low: Any = None
    high: Any = None
    low_in: bool = True
    high_in: bool = True
    texts: tuple[Any, ...] = ()
    shown: str = ""

    def holds(self, value: Any) -> bool:
        """Whether the row takes this value."""
        if self.texts:
            return value in self.texts
        if self.low is not None and (value < self.low or (value == self.low and not self.low_in)):
            return False
        return self.high is None or value < self.high or (value == self.high and self.high_in)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rows that do not overlap."""

    rungs: tuple[Rung, ...]

    def find(self, value: Any) -> Rung | None:
        """The row that takes the value, or None."""
        if isinstance(value, Decimal):
            value = settle(value)
        for rung in self.rungs:
            if rung.holds(value):
                return rung
        return None


@dataclass(frozen=True, slots=True)
class Draft:
    """A row as written: bounds already in the unit of the value that is looked up."""

    row: int
    low: Any
    high: Any
    texts: tuple[Any, ...]
    shown: str


def build(drafts: Sequence[Draft], upper: bool, path: Path, faults: Faults) -> Ladder:
    """Order the rows and settle their ends.

    A row without `to` reaches to the next row. A stated bound belongs to its row (以上、以下含本数), except
    where two rows meet: there the upper row takes it (`upper`), or the lower one.
    """
    texts = [draft for draft in drafts if draft.texts]
    spans = [draft for draft in drafts if not draft.texts]
    seen: dict[Any, int] = {}
    for draft in texts:
        for text in draft.texts:
            if text in seen:
                faults.add((*path, draft.row), f"“{text}”已在第{seen[text] + 1}行，这一行永远用不到")
            seen.setdefault(text, draft.row)
    for draft in spans:
        if draft.low is None and draft.high is None and len(spans) > 1:
            faults.add((*path, draft.row), "这一行没有写 from 或 to，会盖住其他各行")
            return Ladder(())
        if draft.low is not None and draft.high is not None and draft.low > draft.high:
            faults.add((*path, draft.row), "from 大于 to，这一行永远用不到")
            return Ladder(())
    ordered = sorted(spans, key=lambda d: (d.low is not None, d.low if d.low is not None else d.high))
    rungs = [_rung(ordered, i, upper, path, faults) for i in range(len(ordered))]
    return Ladder((*rungs, *(Rung(d.row, texts=d.texts, shown=d.shown) for d in texts)))


def _rung(ordered: Sequence[Draft], i: int, upper: bool, path: Path, faults: Faults) -> Rung:
    draft = ordered[i]
    before = ordered[i - 1] if i else None
    after = ordered[i + 1] if i + 1 < len(ordered) else None
    low, high = draft.low, draft.high
    if before is not None and before.low == low:
        faults.add((*path, draft.row), f"与第{before.row + 1}行的起点相同，两行重叠")
    elif before is not None and low is not None and before.high is not None and before.high > low:
        faults.add((*path, draft.row), f"与第{before.row + 1}行重叠")
    if low is None and before is not None:
        low = before.high
    if high is None and after is not None:
        high = after.low
    meets_before = before is not None and (before.high is None or before.high == low)
    meets_after = after is not None and (after.low is None or after.low == high)
    return Rung(
        draft.row, low, high, upper or not meets_before, not upper or not meets_after, (), draft.shown
    )
