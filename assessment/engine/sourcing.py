"""Measures, look-ups and item kinds from a scheme document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from assessment.engine import tree, units
from assessment.engine.check import DAY, KINDS, TEXT, Scope, condition, expression, scaled
from assessment.engine.clauses import Spec, bound, dated, item_scope, rungs
from assessment.engine.faults import Faults, Path
from assessment.engine.measures import (
    AttributeSource,
    FigureSource,
    FormulaSource,
    ItemSource,
    ManualSource,
    Measure,
    RatingSource,
    Source,
    TargetSource,
)
from assessment.engine.reading import as_number
from assessment.engine.rows import Lookup, compiled
from assessment.engine.scheme import Kind
from assessment.engine.units import Unit

RESERVED = {"group", "total"}
_SHARED = {"title", "unit"}
_KEYS: dict[str, set[str]] = {
    "figure": {"window", "take"},
    "external": {"window", "take", "source"},
    "target": {"issuer", "schedule"},
    "count": {"where", "date", "window", "distinct"},
    "sum": {"of", "where", "date", "window"},
    "ratings": {"weights", "min_raters", "absent", "range"},
    "manual": {"scorer", "range"},
    "attribute": set(),
    "value": set(),
}


@dataclass
class Sources:
    """Reads `items`, `lookups` and `measures`; afterwards `scope` holds every name of a unit."""

    document: Spec
    faults: Faults
    extra: tuple[str, ...] = ()
    kinds: dict[str, Kind] = field(default_factory=dict)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    scope: Scope = field(default_factory=lambda: Scope({}))
    ranges: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    scorers: dict[str, str] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    outside: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self) -> None:
        """Build everything; faults are noted."""
        for key, spec in _entries(self.document, "items"):
            self.kinds[key] = self._kind(key, spec)
        declared = self._declared()
        self.scope = Scope(declared, self.extra)
        for key, spec in _entries(self.document, "lookups"):
            self._lookup(key, spec)
        for key, spec in _entries(self.document, "measures"):
            self._measure(key, spec)
        self._circles()

    def _unit(self, name: Any, path: Path) -> Unit | None:
        found = KINDS.get(str(name)) or units.find(str(name), self.extra)
        if found is None:
            self.faults.add(
                path,
                f"没有计量单位“{name}”；可写 万元、亿元、万美元、个、家、次、%、分 等，或在 units 里加上",
            )
        return found

    def _kind(self, key: str, spec: Spec) -> Kind:
        fields: dict[str, Unit] = {"date": DAY, "times": units.NONE}
        for name, unit in (spec.get("fields") or {}).items():
            found = self._unit(unit, ("items", key, "fields", name)) if unit is not None else None
            if found and (
                found is not DAY if name == "date" else name == "times" and found in KINDS.values()
            ):
                word = "日期" if name == "date" else "次数"
                self.faults.add(("items", key, "fields", name), f"“{name}”是{word}，不能改作他用")
            fields[name] = found or units.NONE
        for name, source in (spec.get("external") or {}).items():
            if name not in fields:
                self.faults.add(("items", key, "external", name), f"fields 里没有“{name}”")
            self.outside[(key, name)] = str(source)
        return Kind(key, str(spec.get("title") or key), fields)

    def _declared(self) -> dict[str, Unit]:
        names: dict[str, Unit] = {"group": TEXT}
        fields = {name: key for key, kind in self.kinds.items() for name in kind.fields}
        for section in ("lookups", "measures"):
            for key, spec in _entries(self.document, section):
                if key in names or key in RESERVED:
                    self.faults.add((section, key), f"名称“{key}”已被使用，请换一个")
                elif key in fields and section == "lookups":
                    self.faults.add((section, key), f"名称“{key}”与“{fields[key]}”的内容重名，请换一个")
                unit = (
                    self._unit(spec.get("unit", ""), (section, key, "unit"))
                    if spec.get("unit")
                    else units.NONE
                )
                if section == "measures" or spec.get("for") is None:
                    names[key] = unit or units.NONE
        self.measures["group"] = Measure("group", "组别", TEXT, AttributeSource("group"))
        return names

    def _lookup(self, key: str, spec: Spec) -> None:
        path: Path = ("lookups", key)
        kind = self.kinds.get(str(spec["for"])) if spec.get("for") else None
        if spec.get("for") and kind is None:
            self.faults.add((*path, "for"), f"items 里没有定义“{spec['for']}”")
            return
        scope = item_scope(kind, {}, self.scope) if kind else self.scope
        by = expression(spec.get("by"), scope, (*path, "by"), self.faults)
        unit = units.find(str(spec.get("unit", "")), self.extra) or units.NONE
        rows = spec.get("rows") or []
        values = [
            bound((row or {}).get("value"), unit, (*path, "rows", i, "value"), self.faults, self.scope)
            if unit.name == "%"
            else self._value(row or {}, (*path, "rows", i))
            for i, row in enumerate(rows)
        ]
        if by is None:
            return
        found = rungs(rows, by.unit, spec.get("ends") != "lower", (*path, "rows"), self.faults, self.scope)
        if found is None or any(value is None for value in values):
            return
        self.reads[key] = tree.names(by) if kind is None else set()
        self.lookups[key] = Lookup(
            key,
            str(spec.get("title") or key),
            by,
            found,
            tuple(v for v in values if v is not None),
            as_number(spec.get("else")),
            unit,
            kind.key if kind else None,
        )

    def _value(self, row: Spec, path: Path) -> Decimal | None:
        value = as_number(row.get("value"))
        if value is None and row.get("value") is not None:
            self.faults.add((*path, "value"), f"“{row['value']}”应当是一个数")
        return value

    def _measure(self, key: str, spec: Spec) -> None:
        path: Path = ("measures", key)
        found = [name for name in _KEYS if name in spec]
        if len(found) != 1:
            reason = (
                f"数据来源只能写一种，这里写了{'、'.join(found)}"
                if found
                else f"没有写数据来源，应写 {'、'.join(_KEYS)} 之一"
            )
            self.faults.add(path, reason)
            return
        name = found[0]
        for other in sorted(spec.keys() - _SHARED - _KEYS[name] - {name}):
            self.faults.add((*path, other), f"“{other}”不能和“{name}”一起用")
        source = _SOURCES[name](self, key, spec, path) if spec[name] is not None else None
        if source is not None:
            unit = self.scope.names.get(key, units.NONE)
            self.measures[key] = Measure(key, str(spec.get("title") or key), unit, source)

    def figure(self, key: str, spec: Spec, path: Path) -> Source:
        """A reported or outside figure."""
        outside = str(spec.get("source") or "") if "external" in spec else ""
        if "external" in spec and not outside:
            self.faults.add(path, "外部数据要写明来源 source")
        return FigureSource(
            str(spec.get("figure") or spec.get("external")),
            dated(spec, None, path, self.faults),
            spec.get("take") == "latest",
            outside,
        )

    def target(self, key: str, spec: Spec, path: Path) -> Source:
        """A task."""
        return TargetSource(
            str(spec["target"]), str(spec.get("issuer") or ""), str(spec.get("schedule") or "exact")
        )

    def items(self, key: str, spec: Spec, path: Path) -> Source | None:
        """A count or a sum over items."""
        word = "count" if "count" in spec else "of"
        kind = self.kinds.get(str(spec.get(word)))
        if kind is None:
            at: Path = (*path, word) if word in spec else path
            self.faults.add(
                at, f"items 里没有定义“{spec.get(word)}”" if word in spec else "sum 要写明加总哪类项目 of"
            )
            return None
        scope = item_scope(kind, self.lookups, self.scope)
        when = condition(spec["where"], scope, (*path, "where"), self.faults) if "where" in spec else None
        amount = expression(spec.get("sum"), scope, (*path, "sum"), self.faults) if "sum" in spec else None
        own = {name: table for name, table in self.lookups.items() if table.kind == kind.key}
        day = dated(spec, kind, path, self.faults)
        unit = self.scope.names.get(key, units.NONE)
        if amount is not None:
            amount = self._in_unit(amount, unit, (*path, "sum"))
        if spec.get("distinct") is not None and spec["distinct"] not in kind.fields:
            self.faults.add((*path, "distinct"), f"“{kind.title}”没有“{spec['distinct']}”")
        if ("sum" in spec and amount is None) or ("where" in spec and when is None):
            return None
        return ItemSource(
            kind.key,
            compiled(amount, own) if amount is not None else None,
            compiled(when, own),
            day,
            str(spec.get("distinct") or ""),
        )

    def _in_unit(self, node: tree.Expr, unit: Unit, path: Path) -> tree.Expr | None:
        if node.unit.dimension != unit.dimension:
            self.faults.add(path, f"算式的单位是{node.unit}，而本数据的单位写的是{unit}")
            return None
        return scaled(node, unit)

    def ratings(self, key: str, spec: Spec, path: Path) -> Source:
        """Peer rating."""
        weights = {
            name: as_number(value) or Decimal(0) for name, value in (spec.get("weights") or {}).items()
        }
        total = sum(weights.values(), Decimal(0))
        if weights and total != 1:
            self.faults.add((*path, "weights"), f"各评分组权重合计{(total * 100).normalize():f}%，应为100%")
        self._range(spec, path, f"rating:{spec['ratings']}")
        return RatingSource(
            str(spec["ratings"]),
            weights,
            int(as_number(spec.get("min_raters")) or 1),
            spec.get("absent") == "spread",
        )

    def manual(self, key: str, spec: Spec, path: Path) -> Source:
        """A judged score."""
        if "range" not in spec:
            self.faults.add(path, "评定分要写明范围 range: [最低, 最高]")
        self._range(spec, path, f"manual:{spec['manual']}")
        if spec.get("scorer"):
            self.scorers[str(spec["manual"])] = str(spec["scorer"])
        return ManualSource(str(spec["manual"]))

    def _range(self, spec: Spec, path: Path, name: str) -> None:
        ends = [as_number(end) for end in spec.get("range") or []]
        if len(ends) != 2 or ends[0] is None or ends[1] is None:
            return
        if ends[0] >= ends[1]:
            self.faults.add((*path, "range"), f"最低{ends[0]}应当小于最高{ends[1]}")
        self.ranges[name] = (ends[0], ends[1])

    def attribute(self, key: str, spec: Spec, path: Path) -> Source:
        """An attribute of the unit."""
        return AttributeSource(str(spec["attribute"]))

    def formula(self, key: str, spec: Spec, path: Path) -> Source | None:
        """A measure made of others."""
        scope = replace(self.scope, used=set())
        node = expression(spec["value"], scope, (*path, "value"), self.faults)
        if node is None:
            return None
        self.reads[key] = tree.names(node)
        unit = self.scope.names.get(key, units.NONE)
        made = self._in_unit(node, unit, (*path, "value"))
        return FormulaSource(made) if made is not None else None

    def _circles(self) -> None:
        """A measure that is computed from itself has no value: refuse it."""
        for start in self.reads:
            seen: set[str] = set()
            todo = list(self.reads[start])
            while todo:
                name = todo.pop()
                if name == start:
                    section = "measures" if start in self.measures else "lookups"
                    self.faults.add((section, start), f"“{start}”绕了一圈又用到自己")
                    break
                if name not in seen:
                    seen.add(name)
                    todo.extend(self.reads.get(name, ()))


def _entries(document: Spec, section: str) -> list[tuple[str, Mapping[str, Any]]]:
    found = document.get(section)
    return (
        [(key, spec) for key, spec in found.items() if isinstance(spec, Mapping)]
        if isinstance(found, Mapping)
        else []
    )


_SOURCES: dict[str, Callable[[Sources, str, Spec, Path], Source | None]] = {
    "figure": Sources.figure,
    "external": Sources.figure,
    "target": Sources.target,
    "count": Sources.items,
    "sum": Sources.items,
    "ratings": Sources.ratings,
    "manual": Sources.manual,
    "attribute": Sources.attribute,
    "value": Sources.formula,
}
