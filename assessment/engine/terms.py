"""Terms: a value together with the formula in words, the facts read and everything that bit.

Arithmetic on terms computes the number and writes the formula in one step, so that the words cannot say
anything else than what was computed. In a formula `A→B` reads "A, limited to B"; `取整(A)` is the whole
part of A; `≈` stands before a figure rounded for display only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    FloatOperation,
    InvalidOperation,
    Overflow,
)
from typing import Any

from assessment.engine.check import plain
from assessment.engine.units import PERCENT, Unit

CONTEXT = Context(prec=80, rounding=ROUND_HALF_EVEN, traps=[FloatOperation, InvalidOperation, Overflow])
_SETTLED = Context(prec=60, rounding=ROUND_HALF_EVEN)
MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
    "floor": ROUND_FLOOR,
    "ceil": ROUND_CEILING,
}
MODE_WORDS = {
    "half_up": "四舍五入",
    "half_even": "四舍六入五成双",
    "down": "舍去尾数",
    "up": "进一",
    "floor": "向下取整",
    "ceil": "向上取整",
}
SUM, PRODUCT, QUOTIENT, ATOM = 1, 2, 3, 4

OK, NOT_COMPUTABLE, UNKNOWN, NOT_APPLICABLE = "ok", "not_computable", "unknown", "na"
BLANK = "blank"  # a field of one item that nobody filled in: concerns that item alone
_WORST = (OK, NOT_COMPUTABLE, BLANK, UNKNOWN, NOT_APPLICABLE)
ZERO = Decimal(0)
_BRACKETS = "()"
_NEGATIVE = re.compile(r"^\(-([\d.]+%?)\)")


@dataclass(frozen=True, slots=True)
class Read:
    """A measure as it was read: its value (None: unknown) and the facts behind it."""

    name: str
    title: str
    value: Any
    unit: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that decided a value: cap, floor, gate, round, pick, statistic, missing."""

    kind: str
    words: str
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A value with its formula; `state` says why it is missing (the value is then 0)."""

    value: Any
    text: str
    level: int = ATOM
    state: str = OK
    reads: tuple[Read, ...] = ()
    marks: tuple[Mark, ...] = ()

    def resting_on(self, reads: tuple[Read, ...], marks: tuple[Mark, ...]) -> Term:
        """The same value and words with other facts and marks."""
        return Term(self.value, self.text, self.level, self.state, reads, marks)

    def marked(self, kind: str, words: str, met: bool | None = None) -> Term:
        """The same term with one more mark."""
        return self.resting_on(self.reads, (*self.marks, Mark(kind, words, met)))


def settle(value: Decimal) -> Decimal:
    """A value freed of the last digits of divisions that do not end, before it is compared or rounded.

    Values carry 80 digits; two different results of a scheme differ far before the 60th, and equal ones
    (1/3 + 2/3 and 1) may differ only after it. So comparing settled values is comparing exactly.
    """
    return _SETTLED.plus(value)


def number(value: Decimal, unit: Unit | None = None) -> Term:
    """An exact number as a term."""
    text = f"{plain(value * 100)}%" if unit is PERCENT else plain(value)
    return Term(value, f"({text})" if value < 0 else text)


def missing(state: str, words: str, reads: tuple[Read, ...] = (), marks: tuple[Mark, ...] = ()) -> Term:
    """A term without a value; it counts as 0 and says why."""
    return Term(ZERO, "0", ATOM, state, reads, (*marks, Mark(state, words)))


def rank(state: str) -> int:
    """How much a missing value spoils: the worst one decides."""
    return _WORST.index(state)


def worst(terms: tuple[Term, ...]) -> str:
    """The state of a result that needs all of `terms`."""
    return max((term.state for term in terms), key=rank, default=OK)


def _wrap(term: Term, least: int) -> str:
    if term.level >= least:
        return term.text
    if "[" in term.text or "{" in term.text:
        return f"{{{term.text}}}"
    return f"[{term.text}]" if "(" in term.text else f"({term.text})"


def _joined(value: Decimal, text: str, level: int, parts: tuple[Term, ...]) -> Term:
    reads: tuple[Read, ...] = ()
    marks: tuple[Mark, ...] = ()
    for part in parts:
        reads += part.reads
        marks += part.marks
    state = worst(parts)
    if state != OK:
        return Term(ZERO, "0", ATOM, state, reads, marks)
    return Term(value, text, level, OK, reads, marks)


def add(terms: tuple[Term, ...]) -> Term:
    """The sum; a negative part is written as a subtraction."""
    if len(terms) == 1:
        return terms[0]
    text = terms[0].text
    value = terms[0].value
    for term in terms[1:]:
        value = value + term.value
        text += _NEGATIVE.sub(r"-\1", term.text) if _NEGATIVE.match(term.text) else f"+{term.text}"
    return _joined(value, text, SUM, terms)


def subtract(left: Term, right: Term) -> Term:
    """Left - right."""
    return _joined(left.value - right.value, f"{left.text}-{_wrap(right, PRODUCT)}", SUM, (left, right))


def multiply(left: Term, right: Term) -> Term:
    """Left × right; a factor of one is left out of the words."""
    text = f"{_factor(left)}×{_factor(right)}"
    return _joined(left.value * right.value, text, PRODUCT, (left, right))


def _factor(term: Term) -> str:
    return (
        _wrap(term, PRODUCT)
        if term.level != QUOTIENT
        else f"({term.text})"
        if "(" not in term.text
        else f"[{term.text}]"
    )


def divide(left: Term, right: Term) -> Term:
    """Left ÷ right; division by zero has no value and is marked 无法计算."""
    if right.state == OK and left.state == OK and right.value == 0:
        both = _joined(ZERO, "0", ATOM, (left, right))
        return missing(
            NOT_COMPUTABLE,
            f"{left.text}÷{_wrap(right, ATOM)}：分母为0，无法计算，按0计",
            both.reads,
            both.marks,
        )
    value = left.value / right.value if right.value else ZERO
    return _joined(value, f"{_factor(left)}÷{_wrap(right, ATOM)}", QUOTIENT, (left, right))


def limited(term: Term, cap: Decimal | None, floor: Decimal | None, unit: Unit | None = None) -> Term:
    """The term held between `floor` and `cap`; the words show the limit that bit."""
    if term.state != OK:
        return term
    value = settle(term.value)
    for bound, bites, kind, word in (
        (cap, cap is not None and value > cap, "cap", "高于上限"),
        (floor, floor is not None and value < floor, "floor", "低于下限"),
    ):
        if bites and bound is not None:
            shown = number(bound, unit).text
            text, bare = f"({term.text}→{shown})", shown.strip(_BRACKETS)
            return replace(term, value=bound, text=text, level=ATOM).marked(
                kind,
                f"{term.text}{equals(term, unit)}{word}{bare}，按{bare}计",
            )
    return term


def equals(term: Term, unit: Unit | None = None) -> str:
    """`=value` behind a formula that is not a number itself, `≈value` when digits are cut off."""
    if is_number(term.text):
        return ""
    shown = display(term.value, unit)
    return ("=" if exactly(shown) == settle(term.value) else "≈") + shown


def is_number(text: str) -> bool:
    """Whether a formula is nothing but a number."""
    return text.strip("()-").rstrip("%").replace(".", "", 1).isdigit()


def exactly(shown: str) -> Decimal:
    """The number that a printed figure stands for."""
    bare = shown.strip("()")
    return Decimal(bare[:-1]).scaleb(-2) if bare.endswith("%") else Decimal(bare)


def display(value: Decimal, unit: Unit | None = None, places: int = 2) -> str:
    """A figure for reading: exact when it ends within `places`, else rounded half up."""
    value = settle(value)
    amount = value * 100 if unit is PERCENT else value
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, CONTEXT)
    text = plain(amount) if rounded == amount else format(rounded, "f")
    return f"{text}%" if unit is PERCENT else text


def to_step(value: Decimal, step: Decimal, mode: str) -> Decimal:
    """`value` rounded to a multiple of `step`."""
    return settle(settle(value) / step).quantize(Decimal(1), MODES[mode], CONTEXT) * step


def rounded(term: Term, step: Decimal, mode: str, unit: Unit | None = None) -> Term:
    """The term rounded to a multiple of `step`; the words show it when the value changed."""
    if term.state != OK:
        return term
    value = to_step(term.value, step, mode)
    if value == settle(term.value):
        return replace(term, value=value)
    shown = number(value, unit).text
    return replace(term, value=value, text=f"({term.text}→{shown})", level=ATOM).marked(
        "round",
        f"{term.text}按{plain(step * 100) + '%' if unit is PERCENT else plain(step)}"
        f"{MODE_WORDS[mode]}为{shown}",
    )


def whole(term: Term) -> Term:
    """The whole part of a value that is not negative (不足一档不计)."""
    if term.state != OK:
        return term
    value = settle(term.value).quantize(Decimal(1), ROUND_FLOOR, CONTEXT)
    return replace(term, value=value, text=f"取整({term.text})", level=ATOM)
