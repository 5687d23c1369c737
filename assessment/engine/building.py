"""Scoring nodes from a document: each primitive is a mapping with its own name as key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from assessment.engine import nodes, tree
from assessment.engine.bounds import constant, promised, unreachable
from assessment.engine.check import DAY, FLAG, TEXT, Scope, condition, expression, scaled
from assessment.engine.clauses import Spec, bound, dated, item_scope, rounding, rungs
from assessment.engine.each import Each
from assessment.engine.faults import Faults, Path
from assessment.engine.grouped import Place, Spans, Spread
from assessment.engine.nodes import Node
from assessment.engine.reading import as_number
from assessment.engine.rows import Lookup, compiled
from assessment.engine.scheme import Kind
from assessment.engine.units import NONE, PERCENT, Unit

LIMITS = ("cap", "floor", "round", "otherwise")


@dataclass(frozen=True)
class Builder:
    """Builds nodes in one scope; `items` holds the scope of each kind of item."""

    scope: Scope
    kinds: Mapping[str, Kind]
    lookups: Mapping[str, Lookup]
    faults: Faults

    def node(self, spec: Any, path: Path) -> Node | None:
        """The node of a document part, or None when it is faulty (the faults are noted)."""
        if spec is None:
            return None
        if isinstance(spec, list):
            return self._all(spec, path, nodes.Total)
        if not isinstance(spec, Mapping):
            return self.amount(spec, path)
        found = [key for key in _MAKERS if key in spec]
        if len(found) > 1:
            self.faults.add(path, f"一处只能用一种计分法，这里写了{'、'.join(found)}；要相加请写成一列")
            return None
        if not found:
            if not self.faults.below(path):
                self.faults.add(path, f"没有写计分法，可用的有：{'、'.join(_MAKERS)}")
            return None
        name = found[0]
        body = spec[name]
        inner = _MAKERS[name](self, body, (*path, name)) if body is not None else None
        return self._limits(inner, spec, path) if any(key in spec for key in LIMITS) else inner

    def _limits(self, inner: Node | None, spec: Spec, path: Path) -> Node | None:
        step, mode = rounding(spec.get("round"), (*path, "round"), self.faults)
        cap, floor = (self._points(spec, key, path) for key in ("cap", "floor"))
        otherwise = self._constant(spec, "otherwise", path)
        low, high = constant(floor), constant(cap)
        if low is not None and high is not None and low > high:
            self.faults.add((*path, "cap"), f"上限{high}低于下限{low}")
        if high is not None and promised(inner) > high:
            self.faults.add(
                (*path, "cap"),
                f"封顶{high}分低于里面的基本分加单项加分上限（合计{promised(inner)}分），加分永远加不满",
            )
        return nodes.Limits(inner, cap, floor, step, mode, otherwise) if inner else None

    def amount(self, spec: Any, path: Path) -> Node | None:
        """Points by an expression."""
        expr = self._points({"": spec}, "", path, own=False)
        return nodes.Amount(expr) if expr is not None else None

    def _all(self, specs: Any, path: Path, make: Callable[[tuple[Node, ...]], Node]) -> Node | None:
        built = [self.node(spec, (*path, i)) for i, spec in enumerate(specs)]
        known = tuple(node for node in built if node is not None)
        return make(known) if len(known) == len(built) and built else None

    def expr(self, spec: Spec, key: str, path: Path) -> tree.Expr | None:
        """A checked expression under `key`; None when it is absent or faulty."""
        return expression(spec.get(key), self.scope, (*path, key), self.faults)

    def _points(self, spec: Spec, key: str, path: Path, own: bool = True) -> tree.Expr | None:
        where = (*path, key) if own else path
        node = expression(spec.get(key), self.scope, where, self.faults)
        if node is not None and node.unit.dimension:
            hint = f"；金额要先除以多少{node.unit}得1分" if node.unit not in (TEXT, FLAG, DAY) else ""
            self.faults.add(where, f"算式“{spec[key]}”的结果是{node.unit}，不是分{hint}")
            return None
        return node

    def _constant(self, spec: Spec, key: str, path: Path) -> Decimal | None:
        if spec.get(key) is None:
            return None
        value = as_number(spec[key])
        if value is None:
            self.faults.add((*path, key), f"“{spec[key]}”应当是一个数")
        return value

    def _rate(self, spec: Spec, path: Path) -> tree.Expr | None:
        pair = spec.get("value") is not None or spec.get("target") is not None
        if ("rate" in spec) == pair:
            self.faults.add(path, "比率请写 rate，或者写 value 和 target，二者选一")
            return None
        if not pair:
            node = self.expr(spec, "rate", path)
            if node is not None and node.unit.dimension:
                self.faults.add((*path, "rate"), f"“{spec['rate']}”的结果是{node.unit}，不是比率")
                return None
            return node
        for key in {"value", "target"} - spec.keys():
            self.faults.add(path, f"缺少“{key}”")
        value, target = self.expr(spec, "value", path), self.expr(spec, "target", path)
        if value is None or target is None:
            return None
        if value.unit.dimension != target.unit.dimension:
            self.faults.add(
                (*path, "target"), f"实际的单位是{value.unit}，任务的单位是{target.unit}，不能相除"
            )
            return None
        return tree.Binary("/", value, scaled(target, value.unit), PERCENT)

    def share(self, spec: Spec, path: Path) -> Node | None:
        """Full points × completion, or × weighted completions."""
        full = self._points(spec, "points", path)
        if "parts" not in spec:
            part = self._part(spec, path, None)
            return nodes.Share(full, (part,)) if full is not None and part else None
        for key in ("rate", "value", "target", "cap", "floor", "full_at"):
            if key in spec:
                self.faults.add((*path, key), f"写了 parts 以后，“{key}”要写在各部分里")
        specs = [one or {} for one in spec.get("parts") or []]
        given = [as_number(one.get("weight")) for one in specs]
        if (
            any(weight is not None for weight in given)
            and sum((weight or Decimal(0) for weight in given), Decimal(0)) != 1
        ):
            self.faults.add((*path, "parts"), f"各部分权重合计{_percent(given)}，应为100%")
        parts = [self._part(one, (*path, "parts", i), given[i]) for i, one in enumerate(specs)]
        known = tuple(part for part in parts if part is not None)
        return nodes.Share(full, known) if full is not None and len(known) == len(parts) and parts else None

    def _part(self, spec: Spec, path: Path, weight: Decimal | None) -> nodes.Part | None:
        rate = self._rate(spec, path)
        cap, full_at = self.expr(spec, "cap", path), self.expr(spec, "full_at", path)
        floor = self.expr(spec, "floor", path) if "floor" in spec else tree.Const(Decimal(0), "0", NONE)
        for key, limit in (("cap", cap), ("floor", floor), ("full_at", full_at)):
            if limit is not None and limit.unit.dimension:
                self.faults.add((*path, key), "应当是比率，如 120%")
        value = constant(cap)
        if value is not None and value <= 0:
            self.faults.add((*path, "cap"), "比率上限应当大于0")
        return nodes.Part(rate, weight, cap, floor, full_at) if rate is not None else None

    def steps(self, spec: Spec, path: Path) -> Node | None:
        """Each full step over or under a base."""
        value, step = self.expr(spec, "value", path), self.expr(spec, "step", path)
        base = self.expr(spec, "base", path) if "base" in spec else None
        each = self._points(spec, "points", path)
        under = spec.get("side") == "under"
        if under and "base" not in spec:
            self.faults.add(path, "side: under 需要写起算点 base")
        for key, other in (("step", step), ("base", base)):
            if value is not None and other is not None and other.unit.dimension != value.unit.dimension:
                self.faults.add((*path, key), f"单位是{other.unit}，而数值的单位是{value.unit}")
                return None
        size = constant(step)
        if size is not None and size <= 0:
            self.faults.add((*path, "step"), "一档的大小应当大于0")
        if value is None or step is None or each is None or ("base" in spec and base is None):
            return None
        return nodes.Steps(
            value,
            scaled(base, value.unit) if base else None,
            scaled(step, value.unit),
            each,
            under,
            spec.get("whole", True) is not False,
        )

    def cases(self, spec: Any, path: Path) -> Node | None:
        """The first case whose condition is met."""
        built, good = [], True
        for i, one in enumerate(spec):
            if one is None:
                good = False
                continue
            where: Path = (*path, i)
            when = (
                condition(one["when"], self.scope, (*where, "when"), self.faults) if "when" in one else None
            )
            node = self.node(one.get("points"), (*where, "points"))
            good = good and node is not None and (when is not None or "when" not in one)
            if node is not None:
                built.append(nodes.Case(when, node))
        if good:
            for i, reason in unreachable([case.when for case in built]):
                self.faults.add((*path, i), reason)
        return nodes.Cases(tuple(built)) if good else None

    def bands(self, spec: Spec, path: Path) -> Node | None:
        """The row of a ladder that takes the value."""
        value = self.expr(spec, "value", path)
        rows = spec.get("rows") or []
        built = [
            self.node(row.get("points"), (*path, "rows", i, "points")) for i, row in enumerate(rows) if row
        ]
        otherwise = self.node(spec["else"], (*path, "else")) if "else" in spec else None
        if value is None:
            return None
        found = rungs(rows, value.unit, spec.get("ends") != "lower", (*path, "rows"), self.faults, self.scope)
        known = tuple(node for node in built if node is not None)
        if found is None or len(known) != len(built):
            return None
        return nodes.Bands(value, found, known, otherwise, value.unit)

    def each(self, spec: Spec, path: Path) -> Node | None:
        """Points for each item."""
        kind = self.kinds.get(str(spec.get("items")))
        if kind is None:
            if spec.get("items") is not None:
                self.faults.add((*path, "items"), f"items 里没有定义“{spec['items']}”")
            return None
        inside = item_scope(kind, self.lookups, self.scope)
        when = condition(spec["where"], inside, (*path, "where"), self.faults) if "where" in spec else None
        scope = replace(inside, names={**self.scope.names, **inside.names}, used=set())
        node = replace(self, scope=scope).node(spec.get("points"), (*path, "points"))
        when_dated = dated(spec, kind, path, self.faults)
        if node is None or ("where" in spec and when is None):
            return None
        own = {key: table for key, table in self.lookups.items() if table.kind == kind.key}
        most = as_number(spec.get("at_most"))
        uses = frozenset(scope.used).union(*(tree.names(own[one].by) for one in scope.used & own.keys()))
        return Each(
            kind.key,
            compiled(when, own),
            when_dated,
            node,
            int(most) if most else None,
            spec.get("order") == "best",
            uses,
        )

    def brackets(self, spec: Spec, path: Path) -> Node | None:
        """Slices of the distance from a benchmark."""
        value, mark = self.expr(spec, "value", path), self.expr(spec, "benchmark", path)
        if value is None or mark is None:
            return None
        if value.unit.dimension != mark.unit.dimension:
            self.faults.add((*path, "benchmark"), f"基准的单位是{mark.unit}，数值的单位是{value.unit}")
            return None
        sides = [self._slices(spec.get(side) or [], value.unit, (*path, side)) for side in ("above", "below")]
        if not any(sides):
            self.faults.add(path, "above 和 below 至少要写一个")
        return nodes.Brackets(value, scaled(mark, value.unit), sides[0], sides[1], value.unit)

    def _slices(self, rows: list[Any], unit: Unit, path: Path) -> tuple[nodes.Bracket, ...]:
        found = []
        for i, row in enumerate(rows):
            where: Path = (*path, i)
            if row is None:
                continue
            size = {
                key: bound(row.get(key), unit, (*where, key), self.faults, self.scope)
                for key in ("width", "per")
            }
            for key, value in size.items():
                if value is not None and value <= 0:
                    self.faults.add((*where, key), "应当大于0")
            if "width" not in row and i < len(rows) - 1:
                self.faults.add(where, "只有最后一段可以不写宽度，后面的各段永远用不到")
            if size["per"]:
                found.append(nodes.Bracket(size["width"], size["per"]))
        return tuple(found)

    def spread(self, spec: Spec, path: Path) -> Node | None:
        """Efficacy inside the group."""
        value = self._group_value(spec, path)
        low = self._constant(spec, "low", path) if "low" in spec else Decimal(60)
        high = self._constant(spec, "high", path) if "high" in spec else Decimal(100)
        if low is None or high is None:
            return None
        if low >= high:
            self.faults.add((*path, "high"), f"最高分{high}应当大于最低分{low}")
        word = str(spec.get("equal"))
        equal = {"high": high, "low": low, "middle": (low + high) / 2}.get(word, as_number(spec.get("equal")))
        if equal is None and spec.get("equal") is not None:
            self.faults.add((*path, "equal"), f"“{word}”应当是 high、low、middle 或一个分数")
        if value is None or equal is None:
            return None
        return Spread(value, low, high, equal, spec.get("better") == "fewer")

    def rank(self, spec: Spec, path: Path) -> Node | None:
        """Points by place in the group."""
        value = self._group_value(spec, path)
        full, step, floor = (self._points(spec, key, path) for key in ("points", "step", "floor"))
        if value is None or full is None or step is None:
            return None
        return Place(value, full, step, floor, str(spec.get("ties")), spec.get("better") == "fewer")

    def _group_value(self, spec: Spec, path: Path) -> tree.Expr | None:
        if not self.scope.grouped:
            self.faults.add(path, "逐项计分里不能比较全组")
            return None
        value = self.expr(spec, "value", path)
        if value is not None and value.unit in (TEXT, FLAG, DAY):
            self.faults.add((*path, "value"), f"{value.unit}不能比大小")
            return None
        return value

    def periods(self, spec: Spec, path: Path) -> Node | None:
        """The same scoring for each month, quarter or half."""
        node = self.node(spec.get("points"), (*path, "points"))
        return Spans(str(spec.get("every")), node) if node and spec.get("every") else None


_MAKERS: dict[str, Callable[[Builder, Any, Path], Node | None]] = {
    "amount": Builder.amount,
    "sum": lambda self, spec, path: self._all(spec, path, nodes.Total),
    "best": lambda self, spec, path: self._all(spec, path, nodes.Best),
    "times": lambda self, spec, path: self._all(spec, path, nodes.Times),
    "share": Builder.share,
    "steps": Builder.steps,
    "cases": Builder.cases,
    "bands": Builder.bands,
    "each": Builder.each,
    "brackets": Builder.brackets,
    "spread": Builder.spread,
    "rank": Builder.rank,
    "periods": Builder.periods,
}


def _percent(weights: list[Decimal | None]) -> str:
    total = sum((weight or Decimal(0) for weight in weights), Decimal(0))
    return f"{(total * 100).normalize():f}%"
