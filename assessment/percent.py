"""Shares as people print them. Decisions compare exact values and never come here (I8)."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Part / whole in %, two decimals, half up; None when the whole is zero (not computable)."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(CENT, ROUND_HALF_UP)
