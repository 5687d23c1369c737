"""Expressions of a unit or an item, computed together with their words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from assessment.engine import tree
from assessment.engine.at import At
from assessment.engine.rows import COMPARE
from assessment.engine.terms import (
    OK,
    Mark,
    Read,
    Term,
    add,
    divide,
    equals,
    is_number,
    limited,
    multiply,
    number,
    rank,
    rounded,
    settle,
    subtract,
)
from assessment.engine.units import PERCENT, Unit

if TYPE_CHECKING:
    from assessment.engine.run import Run

_SHOWN = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "=", "!=": "≠"}
_OPPOSITE = {">=": "＜", "<=": "＞", ">": "≤", "<": "≥", "=": "≠", "!=": "="}


def explain(node: tree.Expr, run: Run, at: At) -> Term:
    """The value of an expression with its formula, facts and marks."""
    match node:
        case tree.Const(value=value, shown=shown):
            return Term(value, shown)
        case tree.Name(name=name):
            return run.name(name, at)
        case tree.Binary(sign=sign, left=left, right=right):
            return _binary(sign, explain(left, run, at), explain(right, run, at))
        case tree.Scaled(inner=inner, factor=factor, unit=unit):
            return _scaled(explain(inner, run, at), factor, unit)
        case tree.Extreme():
            return _extreme(node, run, at)
        case tree.Rounded(name=name, inner=inner, step=step, unit=unit):
            mode = "half_up" if name == "round" else name
            return rounded(explain(inner, run, at), step, mode, unit)
        case tree.Grouped():
            return run.statistic(node, at)


def _binary(sign: str, left: Term, right: Term) -> Term:
    if sign == "+":
        return add((left, right))
    if sign == "-":
        return subtract(left, right)
    return multiply(left, right) if sign == "*" else divide(left, right)


def _scaled(term: Term, factor: Decimal, unit: Unit) -> Term:
    if term.state == OK and is_number(term.text):
        value = term.value * factor
        return Term(value, number(value, unit).text, reads=term.reads, marks=term.marks)
    return multiply(term, number(factor)) if factor >= 1 else divide(term, number(1 / factor))


def _extreme(node: tree.Extreme, run: Run, at: At) -> Term:
    term, *rest = (explain(arg, run, at) for arg in node.args)
    largest = node.name == "max"
    for other in rest:
        if is_number(other.text) and other.state == OK and not other.reads:
            term = limited(
                term, None if largest else other.value, other.value if largest else None, node.unit
            )
            continue
        best, left = (term, other) if (term.value >= other.value) == largest else (other, term)
        state = OK if term.state == other.state == OK else max(term.state, other.state, key=rank)
        if state != OK:
            best = Term(Decimal(0), "0", state=state)
        word = "较大" if largest else "较小"
        mark = Mark(
            "pick",
            f"取{word}者：{term.text}{equals(term, node.unit)}与{other.text}{equals(other, node.unit)}"
            f"，取{best.text}",
        )
        term = Term(
            best.value,
            best.text,
            best.level,
            state,
            best.reads + left.reads,
            (*best.marks, *left.marks, mark),
        )
    return term


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition is met, in words, and what it rests on."""

    met: bool
    words: str
    reads: tuple[Read, ...] = ()
    state: str = OK
    unknown: bool = False


def verdict(node: tree.Condition, run: Run, at: At) -> Verdict:
    """Decide a condition on exact values. What cannot be computed or is unknown is never met."""
    match node:
        case tree.Compare():
            return _compare(node, run, at)
        case tree.OneOf(inner=inner, values=values):
            term = explain(inner, run, at)
            met = term.state == OK and term.value in values
            words = _absent(term) or f"{term.text}{'属于' if met else '不属于'}（{'、'.join(values)}）"
            return Verdict(met, words, term.reads, term.state, term.state != OK)
        case tree.Flag(inner=inner):
            term = explain(inner, run, at)
            met = term.state == OK and term.value is True
            title = term.reads[0].title if term.reads else term.text
            words = _absent(term) or f"{title}：{'是' if met else '否'}"
            return Verdict(met, words, term.reads, term.state, term.state != OK)
        case tree.Not(inner=inner):
            below = verdict(inner, run, at)
            return Verdict(
                not below.met and not below.unknown, below.words, below.reads, below.state, below.unknown
            )
        case tree.Logic(word=word, parts=parts):
            return _logic(word == "and", tuple(verdict(part, run, at) for part in parts))


def _absent(term: Term) -> str:
    """Why a value is missing; nothing when it is there."""
    return "；".join(mark.words for mark in term.marks if mark.kind == term.state) if term.state != OK else ""


def _logic(every: bool, parts: tuple[Verdict, ...]) -> Verdict:
    decisive = [part for part in parts if part.met is not every and (every or not part.unknown)]
    met = not decisive if every else bool(decisive)
    unknown = (
        not met
        and any(part.unknown for part in parts)
        and (not every or all(part.met or part.unknown for part in parts))
    )
    shown = decisive or list(parts)
    words = (
        "且".join(part.words for part in shown) if every == met else "，".join(part.words for part in shown)
    )
    reads = tuple(read for part in parts for read in part.reads)
    state = max((part.state for part in parts), key=rank)
    return Verdict(met, words, reads, OK if met else state, unknown)


def _compare(node: tree.Compare, run: Run, at: At) -> Verdict:
    left, right = explain(node.left, run, at), explain(node.right, run, at)
    reads = left.reads + right.reads
    state = max((left.state, right.state), key=rank)
    if state != OK:
        words = "；".join(mark.words for mark in left.marks + right.marks if mark.kind == state) or "没有数据"
        return Verdict(False, words, reads, state, True)
    one, two = left.value, right.value
    if isinstance(one, Decimal):
        one, two = settle(one), settle(two)
    met = COMPARE[node.sign](one, two)
    unit = node.left.unit if node.left.unit.name else node.right.unit
    sign = _SHOWN[node.sign] if met else _OPPOSITE[node.sign]
    return Verdict(met, f"{_side(left, unit)}{sign}{_side(right, unit)}", reads)


def _side(term: Term, unit: Unit) -> str:
    """One side of a comparison, as a formula and a figure with its unit."""
    name = "" if unit is PERCENT or not isinstance(term.value, Decimal) else unit.name
    if not isinstance(term.value, Decimal) or is_number(term.text):
        title = term.reads[0].title if len(term.reads) == 1 else ""
        return f"{title}{term.text}{name}"
    return f"{term.text}{equals(term, unit)}{name}"
