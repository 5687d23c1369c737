"""How a superior's sample is chosen (抽查): a seed and a list decide, so that anybody can repeat it.

The list has a line for each claim, in the order of their ids: ``id,unit,reported,verified``, where unit is
万元 or, for whatever is counted, 个, and the figures have six decimals. A claim's key is the SHA-256, in
hex, of ``seed:division:id`` (``division``: the code of the jurisdiction). Money that reports the floor or
more is taken whatever its key (必查); of the rest the claims with the ``size`` smallest keys. Who does not
know the seed cannot tell what it will choose.

The database does the same in ``sec.choice_of``; a test compares the two.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MONEY, COUNT = "万元", "个"


@dataclass(frozen=True)
class Listed:
    """A claim as it stood when the sample was drawn; ``money``: in 万元, else its figures are counts."""

    claim: int
    money: bool
    reported: Decimal
    verified: Decimal


@dataclass(frozen=True)
class Chosen:
    """A claim that is to be checked, its place in the sample from 1, and whether the floor took it."""

    claim: int
    place: int
    must: bool
    verified: Decimal


def key(seed: str, division: str, claim: int) -> str:
    """What a claim is ordered by: 64 hex digits."""
    return hashlib.sha256(f"{seed}:{division}:{claim}".encode()).hexdigest()


def is_must(listed: Listed, floor: Decimal | None) -> bool:
    """Whether the claim is money of at least the floor (万元); without a floor nothing is."""
    return floor is not None and listed.money and listed.reported >= floor


def choose(
    listed: Iterable[Listed], *, seed: str, division: str, size: int, floor: Decimal | None
) -> list[Chosen]:
    """All that reach the floor, then ``size`` of the rest (all of it if there are fewer), by their keys."""

    def order(one: Listed) -> tuple[bool, str, int]:
        return not is_must(one, floor), key(seed, division, one.claim), one.claim

    ordered = sorted(listed, key=order)
    musts = sum(is_must(one, floor) for one in ordered)
    return [
        Chosen(one.claim, place, place <= musts, one.verified)
        for place, one in enumerate(ordered[: musts + size], start=1)
    ]


def written(listed: Iterable[Listed]) -> str:
    """The list as it is kept and digested."""
    ordered = sorted(listed, key=lambda one: one.claim)
    return "\n".join(
        f"{one.claim},{MONEY if one.money else COUNT},{one.reported:.6f},{one.verified:.6f}"
        for one in ordered
    )


def read(text: str) -> list[Listed]:
    """The list that ``written`` wrote."""
    lines = (line.split(",") for line in text.splitlines())
    return [
        Listed(int(claim), unit == MONEY, Decimal(reported), Decimal(verified))
        for claim, unit, reported, verified in lines
    ]


def digest(text: str) -> str:
    """SHA-256 of the list, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
