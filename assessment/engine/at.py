"""Where a run looks."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.facts import Item
from assessment.engine.periods import Window


@dataclass(frozen=True, slots=True)
class At:
    """Where a node looks: the unit, the days, and inside `each` the item."""

    unit: str
    window: Window
    item: Item | None = None
