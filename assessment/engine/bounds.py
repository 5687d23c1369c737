"""What a scheme can be seen to do before it runs: highest points, stated caps, conditions never met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from assessment.engine import nodes, tree
from assessment.engine.each import Each
from assessment.engine.grouped import Place, Spans, Spread
from assessment.engine.terms import ZERO

_NEVER_UP = (">", ">=")
_NEVER_DOWN = ("<", "<=")


def constant(expr: tree.Expr | None) -> Decimal | None:
    """The number of a literal expression, else None."""
    return expr.value if isinstance(expr, tree.Const) and isinstance(expr.value, Decimal) else None


def highest(node: nodes.Node | None) -> Decimal | None:
    """The most points that a node can give, None when nothing in the document limits it."""
    match node:
        case nodes.Amount(expr=expr):
            return constant(expr)
        case nodes.Limits(inner=inner, cap=cap):
            return _least(constant(cap), highest(inner))
        case nodes.Total(parts=parts):
            return _sum([highest(part) for part in parts])
        case nodes.Best(parts=parts):
            return _most([highest(part) for part in parts])
        case nodes.Share(full=full, parts=shares):
            caps = [constant(part.cap) for part in shares]
            weights = [
                part.weight if part.weight is not None else Decimal(1) / len(shares) for part in shares
            ]
            rate = _sum(
                [None if cap is None else cap * weight for cap, weight in zip(caps, weights, strict=True)]
            )
            points = constant(full)
            return None if points is None or rate is None else points * rate
        case nodes.Steps(each=each):
            points = constant(each)
            return ZERO if points is not None and points <= 0 else None
        case nodes.Cases(cases=cases):
            return _most([ZERO, *(highest(case.node) for case in cases)])
        case nodes.Bands(nodes=rows, otherwise=otherwise):
            return _most([highest(row) for row in rows] + ([highest(otherwise)] if otherwise else [ZERO]))
        case _:
            return _of_group(node)


def _of_group(node: nodes.Node | None) -> Decimal | None:
    match node:
        case Each(node=inner, at_most=at_most):
            top = highest(inner)
            if top is not None and top <= 0:
                return ZERO
            return top * at_most if top is not None and at_most is not None else None
        case nodes.Brackets(above=above):
            return _sum([None if one.width is None else one.width / one.per for one in above])
        case Spread(high=high, equal=equal):
            return max(high, equal)
        case Place(full=full):
            return constant(full)
        case Spans(node=inner):
            top = highest(inner)
            return ZERO if top is not None and top <= 0 else None
    return None


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if len(known) == len(values) else None


def _most(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return max(known) if len(known) == len(values) else None


def _least(one: Decimal | None, two: Decimal | None) -> Decimal | None:
    known = [value for value in (one, two) if value is not None]
    return min(known) if known else None


def promised(node: nodes.Node | None) -> Decimal:
    """What the document promises inside a node: its fixed points plus the largest stated cap of one part."""
    match node:
        case nodes.Amount(expr=expr):
            return max(constant(expr) or ZERO, ZERO)
        case nodes.Limits(inner=inner, cap=cap):
            return constant(cap) or promised(inner)
        case nodes.Total(parts=parts):
            fixed = [promised(part) for part in parts if isinstance(part, nodes.Amount)]
            others = [promised(part) for part in parts if not isinstance(part, nodes.Amount)]
            return sum(fixed, ZERO) + max(others, default=ZERO)
        case nodes.Best(parts=parts):
            return max(promised(part) for part in parts)
        case nodes.Cases(cases=cases):
            return max((promised(case.node) for case in cases), default=ZERO)
        case nodes.Bands(nodes=rows):
            return max((promised(row) for row in rows), default=ZERO)
        case nodes.Share():
            return highest(node) or ZERO
    return ZERO


def unreachable(conditions: Sequence[tree.Condition | None]) -> Iterator[tuple[int, str]]:
    """Rows of an ordered list of cases that can never be chosen, with the reason."""
    for i, condition in enumerate(conditions):
        if condition is not None and _contradicts(condition):
            yield i, "条件自相矛盾，永远不会满足"
            continue
        for before in range(i):
            earlier = conditions[before]
            if earlier is None:
                yield i, f"第{before + 1}行没有条件，这一行永远用不到"
                break
            if condition is not None and _implies(condition, earlier):
                yield i, f"满足这一行时必先满足第{before + 1}行，这一行永远用不到（请把要求高的写在前面）"
                break


def _atoms(condition: tree.Condition) -> tuple[tree.Condition, ...]:
    if isinstance(condition, tree.Logic) and condition.word == "and":
        return tuple(atom for part in condition.parts for atom in _atoms(part))
    return (_turned(condition),)


def _turned(condition: tree.Condition) -> tree.Condition:
    if isinstance(condition, tree.Compare) and isinstance(condition.left, tree.Const):
        sign = condition.sign.translate(str.maketrans("<>", "><"))
        return tree.Compare(sign, condition.right, condition.left)
    return condition


def _implies(later: tree.Condition, earlier: tree.Condition) -> bool:
    return all(any(_atom_implies(one, other) for one in _atoms(later)) for other in _atoms(earlier))


def _atom_implies(one: tree.Condition, other: tree.Condition) -> bool:
    if one == other:
        return True
    if not (isinstance(one, tree.Compare) and isinstance(other, tree.Compare) and one.left == other.left):
        return False
    here, there = constant(one.right), constant(other.right)
    if here is None or there is None:
        return (
            one.right == other.right
            and one.sign in ("=", other.sign[0])
            and "=" in other.sign + one.sign
            and other.sign != "!="
        )
    if other.sign in _NEVER_UP and one.sign in (*_NEVER_UP, "="):
        return here > there or (here == there and not (other.sign == ">" and one.sign in (">=", "=")))
    if other.sign in _NEVER_DOWN and one.sign in (*_NEVER_DOWN, "="):
        return here < there or (here == there and not (other.sign == "<" and one.sign in ("<=", "=")))
    return False


def _contradicts(condition: tree.Condition) -> bool:
    atoms = [atom for atom in _atoms(condition) if isinstance(atom, tree.Compare)]
    for low in atoms:
        for high in atoms:
            if (
                low.left != high.left
                or low.sign not in (*_NEVER_UP, "=")
                or high.sign not in (*_NEVER_DOWN, "=")
            ):
                continue
            least, most = constant(low.right), constant(high.right)
            if least is None or most is None:
                continue
            if least > most or (least == most and (low.sign == ">" or high.sign == "<")):
                return True
    return False
