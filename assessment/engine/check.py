"""Checks an expression against the names and units of its place and makes it ready to compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from assessment.engine import tree
from assessment.engine.faults import Faults, Path
from assessment.engine.grammar import GrammarError, Syntax, parse
from assessment.engine.units import NONE, PERCENT, Unit, find

TEXT = Unit("文字", Decimal(1), (("文字", 1),))
FLAG = Unit("是否", Decimal(1), (("是否", 1),))
DAY = Unit("日期", Decimal(1), (("日期", 1),))
KINDS = {"文字": TEXT, "是否": FLAG, "日期": DAY, "text": TEXT, "flag": FLAG, "date": DAY}


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use, with their units; `grouped`: group statistics are allowed."""

    names: Mapping[str, Unit]
    units: tuple[str, ...] = ()
    grouped: bool = True
    place: str = "本单位的量"
    used: set[str] = field(default_factory=set)


class _Mismatch(Exception):
    """Units or kinds do not fit; the message says which."""


def expression(source: Any, scope: Scope, path: Path, faults: Faults) -> tree.Expr | None:
    """A checked number, text or day expression; faults are noted and give None."""
    node = _checked(source, scope, path, faults)
    if isinstance(node, tree.Compare | tree.OneOf | tree.Logic | tree.Not | tree.Flag):
        faults.add(path, f"“{source}”是条件，这里需要一个数")
        return None
    return node


def condition(source: Any, scope: Scope, path: Path, faults: Faults) -> tree.Condition | None:
    """A checked condition; faults are noted and give None."""
    if isinstance(source, bool):
        return tree.Flag(tree.Const(source, "是" if source else "否", FLAG))
    node = _checked(source, scope, path, faults)
    if node is None:
        return None
    if isinstance(node, tree.Compare | tree.OneOf | tree.Logic | tree.Not | tree.Flag):
        return node
    if node.unit == FLAG:
        return tree.Flag(node)
    faults.add(path, f"“{source}”是一个数，这里需要条件（如 到位资金 >= 任务）")
    return None


def _checked(source: Any, scope: Scope, path: Path, faults: Faults) -> tree.Expr | tree.Condition | None:
    if source is None:
        return None
    if isinstance(source, Decimal | int) and not isinstance(source, bool):
        return number(Decimal(source))
    if not isinstance(source, str):
        faults.add(path, "应当是一个数或算式")
        return None
    try:
        return _Checker(scope).node(parse(source))
    except (GrammarError, _Mismatch) as error:
        faults.add(path, f"算式“{source}”：{error}")
        return None


def number(value: Decimal, unit: Unit = NONE) -> tree.Const:
    """A literal as a node."""
    text = f"{plain(value * 100)}%" if unit == PERCENT else plain(value)
    return tree.Const(value, f"({text})" if value < 0 else text, unit)


def plain(value: Decimal) -> str:
    """A Decimal without exponent and trailing zeros, all digits kept."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


class _Checker:
    """Turns syntax into checked nodes."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def node(self, syntax: Syntax) -> tree.Expr | tree.Condition:
        match syntax.op:
            case "number":
                return self._number(syntax)
            case "text":
                return tree.Const(str(syntax.value), f"“{syntax.value}”", TEXT)
            case "day":
                return tree.Const(syntax.value, str(syntax.value), DAY)  # type: ignore[arg-type]
            case "name":
                return self._name(str(syntax.value))
            case "and" | "or":
                return tree.Logic(syntax.op, tuple(self._condition(part) for part in syntax.parts))
            case "not":
                return tree.Not(self._condition(syntax.parts[0]))
            case "in":
                return self._one_of(syntax)
            case "+" | "-" | "*" | "/":
                return self._arithmetic(syntax)
            case ">=" | "<=" | ">" | "<" | "=" | "!=":
                return self._compare(syntax)
        return self._call(syntax)

    def _number(self, syntax: Syntax) -> tree.Const:
        value = cast(Decimal, syntax.value)
        if syntax.unit == "%":
            return number(value.scaleb(-2), PERCENT)
        unit = find(syntax.unit, self._scope.units)
        if unit is None:
            raise _Mismatch(f"没有计量单位“{syntax.unit}”")
        return number(value, unit)

    def _name(self, name: str) -> tree.Name:
        if name not in self._scope.names:
            raise _Mismatch(f"没有定义“{name}”（{self._scope.place}里没有这个名称）")
        self._scope.used.add(name)
        return tree.Name(name, self._scope.names[name])

    def _condition(self, syntax: Syntax) -> tree.Condition:
        node = self.node(syntax)
        if isinstance(node, tree.Compare | tree.OneOf | tree.Logic | tree.Not | tree.Flag):
            return node
        if node.unit == FLAG:
            return tree.Flag(node)
        raise _Mismatch("“且”“或”“非”两边应当是条件")

    def _value(self, syntax: Syntax) -> tree.Expr:
        node = self.node(syntax)
        if isinstance(node, tree.Compare | tree.OneOf | tree.Logic | tree.Not | tree.Flag):
            raise _Mismatch("条件不能参加计算")
        return node

    def _quantity(self, syntax: Syntax) -> tree.Expr:
        node = self._value(syntax)
        if node.unit in (TEXT, FLAG, DAY):
            raise _Mismatch(f"{node.unit}不能参加计算")
        return node

    def _one_of(self, syntax: Syntax) -> tree.OneOf:
        inner = self._value(syntax.parts[0])
        if inner.unit != TEXT:
            raise _Mismatch("“属于”的左边应当是文字")
        return tree.OneOf(inner, cast(tuple[str, ...], syntax.value))

    def _arithmetic(self, syntax: Syntax) -> tree.Expr:
        left, right = (self._quantity(part) for part in syntax.parts)
        if syntax.op in "+-":
            if left == number(Decimal(0)) and syntax.op == "-":
                left = number(Decimal(0), right.unit)
            left, right = self._aligned(left, right, "相加减")
            unit = left.unit if left.unit.name else right.unit
        elif syntax.op == "/":
            if left.unit.dimension == right.unit.dimension and left.unit.dimension:
                left, right = self._aligned(left, right, "相除")
            unit = left.unit.per(right.unit)
        else:
            unit = left.unit.times(right.unit)
        return tree.Binary(syntax.op, left, right, unit)

    def _compare(self, syntax: Syntax) -> tree.Compare:
        left, right = (self._value(part) for part in syntax.parts)
        if syntax.op not in ("=", "!=") and {left.unit, right.unit} & {TEXT, FLAG}:
            raise _Mismatch("文字只能用 = 、!= 或“属于”比较")
        left, right = self._aligned(left, right, "比较")
        for one, other in ((left, right), (right, left)):
            if isinstance(one, tree.Const) and one.unit == PERCENT and other.unit.is_count:
                raise _Mismatch(f"{other.unit}不能和百分比比较")
        return tree.Compare(syntax.op, left, right)

    def _aligned(self, left: tree.Expr, right: tree.Expr, act: str) -> tuple[tree.Expr, tree.Expr]:
        if left.unit.dimension != right.unit.dimension:
            bare = next((n for n in (left, right) if isinstance(n, tree.Const) and not n.unit.name), None)
            if bare is not None and not {left.unit, right.unit} & {TEXT, FLAG, DAY}:
                other = right if bare is left else left
                raise _Mismatch(f"请给{bare.shown}写明单位（如 {bare.shown}{other.unit}）")
            raise _Mismatch(f"{left.unit}和{right.unit}不能{act}")
        if left.unit.scale == right.unit.scale:
            return left, right
        if isinstance(left, tree.Const):
            return scaled(left, right.unit), right
        return left, scaled(right, left.unit)

    def _call(self, syntax: Syntax) -> tree.Expr:
        args = [self._quantity(part) for part in syntax.parts]
        first = args[0]
        if syntax.op in ("min", "max"):
            for i in range(1, len(args)):
                args[0], args[i] = self._aligned(args[0], args[i], "比大小")
            unit = next((arg.unit for arg in args if arg.unit.name), args[0].unit)
            return tree.Extreme(syntax.op, tuple(scaled(arg, args[0].unit) for arg in args), unit)
        if syntax.op in ("round", "floor", "ceil"):
            if not isinstance(args[1], tree.Const):
                raise _Mismatch(f"{syntax.op} 的第二个参数是取整的单位，应当是一个数（如 0.01 或 1%）")
            _, step = self._aligned(first, args[1], "取整")
            if not isinstance(step, tree.Const) or not isinstance(step.value, Decimal) or step.value <= 0:
                raise _Mismatch("取整的单位应当大于0")
            return tree.Rounded(syntax.op, first, step.value, first.unit)
        if not self._scope.grouped:
            raise _Mismatch(f"这里不能用全组统计函数 {syntax.op}")
        return tree.Grouped(syntax.op, first, first.unit)


def scaled(node: tree.Expr, unit: Unit) -> tree.Expr:
    """The same amount in another unit of its dimension."""
    if node.unit.scale == unit.scale:
        return node
    factor = node.unit.scale / unit.scale
    if isinstance(node, tree.Const) and isinstance(node.value, Decimal):
        return number(node.value * factor, unit)
    return tree.Scaled(node, factor, unit)
