"""How amounts are printed: 万元 with two decimals, counts without, unknown as a dash (never as zero)."""

from decimal import ROUND_HALF_UP, Decimal

from django import template

from projects.choices import COUNTED, ClaimState, unit_of

register = template.Library()

UNKNOWN = "—"
CENT = Decimal("0.01")
# Which tone of the style sheet a state is printed in; its word says the same.
TONES = {
    ClaimState.SUBMITTED: "wait",
    ClaimState.COMPLETE: "wait",
    ClaimState.FIRST_REVIEWED: "wait",
    ClaimState.INSPECTED: "wait",
    ClaimState.DECIDED: "good",
    ClaimState.RETURNED: "bad",
    ClaimState.DOUBTED: "warn",
}


@register.filter
def wan(value: Decimal | None) -> str:
    """An amount of 万元: two decimals, half up, thousands separated; "—" when unknown."""
    return UNKNOWN if value is None else f"{Decimal(value).quantize(CENT, ROUND_HALF_UP):,}"


@register.filter
def exact(value: Decimal | None) -> str:
    """A figure of an independent table as it was given, thousands separated; "—" when unknown."""
    return UNKNOWN if value is None else f"{Decimal(value).normalize():,f}"


@register.filter
def quantity(value: Decimal | None, kind: str) -> str:
    """A figure of a claim of this kind: 个 as a whole number, everything else as 万元."""
    if value is None or kind not in COUNTED:
        return wan(value)
    return f"{Decimal(value).normalize():,f}"


@register.filter
def measured(kind: str) -> str:
    """The unit in which a figure of this kind is counted: 个, 次, 条 or 万元."""
    return unit_of(kind)


@register.filter
def percent(value: Decimal | str | None) -> str:
    """A rate that is in % already (50.00 -> 50.00%); "—" when it cannot be computed."""
    return UNKNOWN if value is None else f"{value}%"


@register.filter
def share(value: Decimal) -> str:
    """A share of 1 in % without needless zeros (0.5 -> 50%)."""
    return f"{(Decimal(value) * 100).normalize():f}%"


@register.filter
def tone(state: str) -> str:
    """Class of the word for a claim's state."""
    return f"state-{TONES[state]}" if state in TONES else ""
