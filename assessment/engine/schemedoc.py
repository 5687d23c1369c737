"""Scheme document -> Scheme. Every fault at once, with path and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any

from assessment.engine import lint as linting
from assessment.engine import structure
from assessment.engine.building import Builder
from assessment.engine.check import Scope, condition
from assessment.engine.clauses import Spec, rounding, rungs
from assessment.engine.faults import Fault, Faults, Path, SchemeError
from assessment.engine.nodes import Node
from assessment.engine.reading import Document, as_number
from assessment.engine.scheme import (
    Grades,
    Group,
    Indicator,
    Override,
    Prize,
    Ranks,
    Rounding,
    Scheme,
    Section,
)
from assessment.engine.sourcing import Sources
from assessment.engine.terms import CONTEXT
from assessment.engine.units import NONE, POINTS


def load(text: str) -> Scheme:
    """Read a scheme document (YAML or JSON); raises SchemeError with every fault."""
    scheme, faults = _read(text)
    if scheme is None or faults:
        raise SchemeError(faults)
    return scheme


def lint(text: str) -> tuple[Fault, ...]:
    """Every fault of a scheme document, in the order of its lines; empty when it may be published."""
    return tuple(sorted(set(_read(text)[1])))


def _read(text: str) -> tuple[Scheme | None, list[Fault]]:
    document = Document(text)
    if document.broken:
        return None, [document.broken]
    faults = Faults(document.lines)
    for path, reason in document.faults:
        faults.add(path, reason)
    reader = _Reader(structure.check(document.data, faults), faults)
    scheme = reader.scheme()
    if scheme is not None and not faults.found:
        linting.run_through(scheme, faults)
    return scheme, faults.found


class _Reader:
    """Reads the parts of one document."""

    def __init__(self, data: Spec, faults: Faults) -> None:
        self._data = data
        self._faults = faults
        self._sources = Sources(data, faults, tuple(str(name) for name in data.get("units") or () if name))
        self._builder = Builder(self._sources.scope, {}, {}, faults)

    def scheme(self) -> Scheme | None:
        """The scheme, or None when too much of it is missing."""
        with localcontext(CONTEXT):
            return self._scheme()

    def _scheme(self) -> Scheme | None:
        data, sources = self._data, self._sources
        sources.read()
        self._builder = Builder(sources.scope, sources.kinds, sources.lookups, self._faults)
        groups = {key: self._head(Group, key, spec, ("groups", key)) for key, spec in self._map("groups")}
        sections = {
            key: self._head(Section, key, spec, ("sections", key)) for key, spec in self._map("sections")
        }
        indicators = self._indicators(groups, sections)
        linting.weights(groups, sections, indicators, data, self._faults)
        grades = self._grades()
        scheme = Scheme(
            str(data.get("key")),
            str(data.get("version")),
            str(data.get("title")),
            str(data.get("period")),
            groups,
            sections,
            sources.kinds,
            sources.lookups,
            sources.measures,
            indicators,
            self._rounding(),
            self._ranks(),
            grades,
            self._overrides(groups, indicators, grades),
            self._prizes(),
            sources.extra,
            sources.ranges,
            {**sources.scorers, **{f"{k}.{f}": s for (k, f), s in sources.outside.items()}},
            str(data.get("unknown") or "zero"),
            str(data.get("statistics_over") or "competing"),
            self._number("zero_unit_share", Decimal("0.6")),
        )
        return None if self._faults.found else scheme

    def _map(self, section: str) -> list[tuple[str, Spec]]:
        found = self._data.get(section)
        return (
            [(k, v) for k, v in found.items() if isinstance(v, Mapping)] if isinstance(found, Mapping) else []
        )

    def _list(self, section: str) -> list[tuple[int, Spec]]:
        found = self._data.get(section)
        return (
            [(i, v) for i, v in enumerate(found) if isinstance(v, Mapping)] if isinstance(found, list) else []
        )

    def _number(self, key: str, default: Decimal) -> Decimal:
        value = as_number(self._data.get(key))
        if value is None and self._data.get(key) is not None:
            self._faults.add((key,), f"“{self._data[key]}”应当是一个数")
        return default if value is None else value

    def _head(self, make: Any, key: str, spec: Spec, path: Path) -> Any:
        full = as_number(spec.get("full"))
        if spec.get("full") is not None and (full is None or full <= 0):
            self._faults.add((*path, "full"), "满分应当是大于0的数")
        limits = {name: self._builder.expr(spec, name, path) for name in ("cap", "floor")}
        return make(key, str(spec.get("title") or key), full, **limits)

    def _indicators(
        self, groups: Mapping[str, Group], sections: Mapping[str, Section]
    ) -> tuple[Indicator, ...]:
        made, seen = [], set()
        for i, spec in self._list("indicators"):
            path: Path = ("indicators", i)
            key = str(spec.get("key"))
            named = [str(one) for one in spec.get("groups") or groups]
            for group in named:
                if group not in groups:
                    self._faults.add((*path, "groups"), f"groups 里没有定义“{group}”")
            for group in named:
                if (key, group) in seen and spec.get("key"):
                    self._faults.add((*path, "key"), f"指标“{key}”在组“{group}”里重复")
                seen.add((key, group))
            if spec.get("section") and spec["section"] not in sections:
                self._faults.add((*path, "section"), f"sections 里没有定义“{spec['section']}”")
            node = self._builder.node(spec.get("score"), (*path, "score"))
            full = as_number(spec.get("full"))
            if spec.get("full") is not None and (full is None or full <= 0):
                self._faults.add((*path, "full"), "满分应当是大于0的数；加分、扣分项不写 full")
            linting.full_mark(node, full, path, self._faults)
            made.append(
                Indicator(
                    key,
                    str(spec.get("title") or key),
                    full,
                    node or _NOTHING,
                    frozenset(named),
                    str(spec["section"]) if spec.get("section") else None,
                    str(spec.get("na") or "exclude"),
                )
            )
        return tuple(made)

    def _rounding(self) -> Rounding:
        spec = self._data.get("rounding") or {}
        points, points_mode = rounding(spec.get("points"), ("rounding", "points"), self._faults)
        total, total_mode = rounding(spec.get("total"), ("rounding", "total"), self._faults)
        show = as_number(spec.get("show"))
        return Rounding(2 if show is None else int(show), points, total, points_mode, total_mode)

    def _ranks(self) -> Ranks | None:
        spec = self._data.get("ranks")
        if not isinstance(spec, Mapping):
            return None
        keys = {one.get("key") for _, one in self._list("indicators")}
        for i, key in enumerate(spec.get("then") or ()):
            if key not in keys:
                self._faults.add(("ranks", "then", i), f"没有指标“{key}”")
        return Ranks(
            str(spec.get("basis")), str(spec.get("ties")), tuple(str(key) for key in spec.get("then") or ())
        )

    def _grades(self) -> Grades | None:
        spec = self._data.get("grades")
        if not isinstance(spec, Mapping):
            return None
        rows = spec.get("rows") or []
        found = rungs(
            rows, POINTS, spec.get("ends") != "lower", ("grades", "rows"), self._faults, self._builder.scope
        )
        if found is None:
            return None
        of_row = tuple(str(row.get("grade")) for row in rows)
        return Grades(found, of_row, tuple(of_row[rung.row] for rung in reversed(found.rungs)))

    def _overrides(
        self, groups: Mapping[str, Group], indicators: tuple[Indicator, ...], grades: Grades | None
    ) -> tuple[Override, ...]:
        made = []
        known = {"total": NONE, **{f"points_{one.key}": NONE for one in indicators}}
        scope = replace(self._builder.scope, names={**self._builder.scope.names, **known})
        for i, spec in self._list("overrides"):
            made.append(self._override(spec, ("overrides", i), scope, groups, grades))
        return tuple(made)

    def _override(
        self, spec: Spec, path: Path, scope: Scope, groups: Mapping[str, Group], grades: Grades | None
    ) -> Override:
        if ("when" in spec) == ("decision" in spec):
            self._faults.add(path, "请写条件 when 或决定 decision，二者选一")
        effects = ("total", "total_cap", "grade", "grade_at_most")
        if not any(key in spec for key in effects):
            self._faults.add(path, f"没有写后果，应写 {'、'.join(effects)} 之一")
        when = (
            condition(spec["when"], scope, (*path, "when"), self._faults)
            if spec.get("when") is not None
            else None
        )
        for key in ("grade", "grade_at_most"):
            if spec.get(key) and (grades is None or spec[key] not in grades.names):
                self._faults.add((*path, key), f"grades 里没有等次“{spec[key]}”")
        for group in spec.get("groups") or ():
            if group not in groups:
                self._faults.add((*path, "groups"), f"groups 里没有定义“{group}”")
        numbers = {}
        for key in ("total", "total_cap"):
            numbers[key] = as_number(spec.get(key))
            if spec.get(key) is not None and numbers[key] is None:
                self._faults.add((*path, key), f"“{spec[key]}”应当是一个数")
        texts = {
            key: str(spec[key]) if spec.get(key) else None for key in ("decision", "grade", "grade_at_most")
        }
        return Override(
            str(spec.get("title")),
            when,
            texts["decision"],
            frozenset(spec.get("groups") or groups),
            numbers["total"],
            numbers["total_cap"],
            texts["grade"],
            texts["grade_at_most"],
        )

    def _prizes(self) -> tuple[Prize, ...]:
        made: list[Prize] = []
        for i, spec in self._list("prizes"):
            first, last = as_number(spec.get("from")), as_number(spec.get("to"))
            if first is None or last is None:
                continue
            if self._data.get("ranks") is None:
                self._faults.add(("prizes", i), "奖项按名次给，但办法没有写 ranks")
            if first > last or any(one.first <= last and first <= one.last for one in made):
                self._faults.add(("prizes", i), "名次范围不对或与前面的奖项重叠")
            made.append(Prize(str(spec.get("title")), int(first), int(last)))
        return tuple(made)


_NOTHING: Node = Builder(Scope({}), {}, {}, Faults()).node(Decimal(0), ())  # type: ignore[assignment]
