"""How long stretches of the way take: pure arithmetic over days."""

from collections.abc import Sequence
from dataclasses import dataclass

from projects.choices import Stage

# From the first day of one stage to the first day of another, by the name that addresses use.
STRETCHES = {
    f"{start}-{end}": (start, end)
    for start, end in (
        (Stage.NEGOTIATING, Stage.SIGNED),
        (Stage.SIGNED, Stage.STARTED),
        (Stage.STARTED, Stage.COMPLETED),
        (Stage.STARTED, Stage.IN_PRODUCTION),
    )
}
# Fewer projects have no middle that says anything about the others.
FEWEST = 3


@dataclass(frozen=True)
class Spread:
    """How many projects, the middle of their days (the lower of two), the shortest and the longest.

    The days are None for fewer than ``FEWEST`` projects: unknown, not zero.
    """

    number: int
    median: int | None = None
    shortest: int | None = None
    longest: int | None = None


def spread_of(days: Sequence[int]) -> Spread:
    """The spread of whole days, in any order."""
    if len(days) < FEWEST:
        return Spread(len(days))
    ordered = sorted(days)
    return Spread(len(days), ordered[(len(days) - 1) // 2], ordered[0], ordered[-1])
