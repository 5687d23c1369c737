"""A run: one scheme over one snapshot of facts, with every intermediate value computed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessment.engine import tree
from assessment.engine.at import At
from assessment.engine.explain import explain
from assessment.engine.facts import Facts, Figure, Item, ManualScore, Rating, TargetFact, UnitFact
from assessment.engine.grouped import places
from assessment.engine.periods import Window
from assessment.engine.scheme import Scheme
from assessment.engine.terms import (
    BLANK,
    NOT_COMPUTABLE,
    OK,
    ZERO,
    Mark,
    Read,
    Term,
    display,
    divide,
    missing,
    number,
    settle,
)
from assessment.engine.units import PERCENT, Unit

_STATISTICS = {"mean": "组平均", "lowest": "组最低", "highest": "组最高", "total": "组合计"}


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure of a whole group, with the facts of all its units."""

    key: str
    words: str
    value: Decimal
    facts: tuple[str, ...]


class Run:
    """Facts by unit, group membership at the cut-off, and the caches of one run."""

    def __init__(
        self,
        scheme: Scheme,
        facts: Facts,
        group_of: Mapping[str, str],
        items: Mapping[tuple[str, str], list[Item]],
    ) -> None:
        self.scheme = scheme
        self.facts = facts
        self.units: dict[str, UnitFact] = {unit.key: unit for unit in facts.units}
        self.group_of = group_of
        self.groups: dict[str, list[str]] = {key: [] for key in scheme.groups}
        for unit, group in group_of.items():
            self.groups[group].append(unit)
        self.figures: dict[tuple[str, str], list[Figure]] = {}
        for figure in sorted(facts.figures, key=lambda row: (row.window.start, row.id)):
            self.figures.setdefault((figure.unit, figure.name), []).append(figure)
        self.targets: dict[tuple[str, str], list[TargetFact]] = {}
        for target in facts.targets:
            self.targets.setdefault((target.unit, target.name), []).append(target)
        self.ratings: dict[tuple[str, str], list[Rating]] = {}
        for rating in sorted(facts.ratings, key=lambda row: row.id):
            self.ratings.setdefault((rating.unit, rating.name), []).append(rating)
        self.manual: dict[tuple[str, str], ManualScore] = {(row.unit, row.name): row for row in facts.manual}
        self.decisions = {(row.unit, row.key): row for row in facts.decisions}
        self.items = items
        self.statistics: dict[tuple[Any, ...], tuple[Statistic, Term]] = {}
        self._names: dict[str, dict[tuple[str, Window], Term]] = {}
        self._values: dict[str, dict[tuple[int, Window], Term]] = {}
        self._places: dict[tuple[Any, ...], tuple[dict[str, Decimal], Counter[Decimal]]] = {}

    def full_period(self, window: Window) -> Window:
        """The whole period when `window` is its counted part; any other window as it is."""
        return self.facts.window if window == self.facts.counted else window

    def name(self, name: str, at: At) -> Term:
        """A field of the item, a look-up or a measure."""
        if at.item is not None:
            fields = self.scheme.kinds[at.item.kind].fields
            if name in fields:
                return self._field(at.item, name, fields[name])
        if name in self.scheme.lookups:
            return self._lookup(name, at)
        known = self._names.setdefault(at.unit, {})
        key = (name, at.window)
        term = known.get(key)
        if term is None:
            term = known[key] = self.scheme.measures[name].term(self, At(at.unit, at.window))
        return term

    @staticmethod
    def _field(item: Item, name: str, unit: Unit) -> Term:
        value = item.values.get(name)
        if value is None:
            return missing(BLANK, f"{item.name or item.id}没有填写“{name}”")
        if isinstance(value, Decimal):
            return number(value, unit)
        return Term(value, f"“{value}”" if isinstance(value, str) else str(value))

    def _lookup(self, name: str, at: At) -> Term:
        table = self.scheme.lookups[name]
        by = self.value(table.by, at) if at.item is None else explain(table.by, self, at)
        if by.state != OK:
            return by
        value = table.find(by.value)
        if value is None:
            return missing(NOT_COMPUTABLE, f"{table.title}里没有{by.text}这一档", by.reads, by.marks)
        shown = by.text if not isinstance(by.value, Decimal) else display(by.value, table.by.unit)
        term = number(value, table.unit)
        mark = Mark("lookup", f"{table.title}：{shown}→{term.text}")
        return Term(value, term.text, reads=by.reads, marks=(*by.marks, mark))

    def value(self, expr: tree.Expr, at: At) -> Term:
        """An expression of a unit, computed once per window."""
        known = self._values.setdefault(at.unit, {})
        key = (id(expr), at.window)
        term = known.get(key)
        if term is None:
            term = known[key] = explain(expr, self, at)
        return term

    def forget(self, unit: str) -> None:
        """Drop what was computed for a unit that is scored: memory stays small in a long run."""
        self._names.pop(unit, None)
        self._values.pop(unit, None)

    def _competing(self, group: str) -> list[str]:
        units = self.groups[group]
        if self.scheme.statistics_over == "listed":
            return units
        return [unit for unit in units if self.units[unit].competes]

    def statistic(self, node: tree.Grouped, at: At) -> Term:
        """Mean, lowest, highest or total over the units of the group that have a value (pass 2)."""
        group = self.group_of[at.unit]
        key = (node.name, id(node.inner), group, at.window)
        if key not in self.statistics:
            self.statistics[key] = self._statistic(node, group, at.window)
        return self.statistics[key][1]

    def _statistic(self, node: tree.Grouped, group: str, window: Window) -> tuple[Statistic, Term]:
        found = [(unit, self.value(node.inner, At(unit, window))) for unit in self._competing(group)]
        known = [term for _, term in found if term.state == OK]
        title = self._title(node.inner)
        word = f"{self.scheme.groups[group].title}{_STATISTICS[node.name]}（{title}）"
        key = f"statistic:{group}/{node.name}({title})/{window.name}"
        facts = tuple(dict.fromkeys(fact for term in known for read in term.reads for fact in read.facts))
        if not known:
            return Statistic(key, f"{word}：没有数据", ZERO, ()), missing(NOT_COMPUTABLE, f"{word}：没有数据")
        if node.name in ("lowest", "highest"):
            pick = min if node.name == "lowest" else max
            best = pick(known, key=lambda term: settle(term.value))
            term = Term(best.value, best.text, best.level)
        else:
            total = number(_short(sum((term.value for term in known), ZERO)), node.unit)
            term = total if node.name == "total" else divide(total, number(Decimal(len(known))))
        unit = "" if node.unit is PERCENT else node.unit.name
        absent = f"，{len(found) - len(known)}个单位没有数据、不计入" if len(found) > len(known) else ""
        words = f"{word}为{display(term.value, node.unit)}{unit}（{len(known)}个单位{absent}）"
        read = Read(node.name, word, term.value, node.unit.name, (key,))
        return Statistic(key, words, term.value, facts), Term(
            term.value, term.text, term.level, OK, (read,), (Mark("statistic", words),)
        )

    def _title(self, expr: tree.Expr) -> str:
        if isinstance(expr, tree.Name) and expr.name in self.scheme.measures:
            return self.scheme.measures[expr.name].title
        return "、".join(
            self.scheme.measures[name].title
            for name in sorted(tree.names(expr))
            if name in self.scheme.measures
        )

    def place(self, expr: tree.Expr, at: At, ties: str, low_first: bool) -> tuple[Decimal | None, int, bool]:
        """Place of the unit among the competing units of its group, their number, whether it shares it."""
        group = self.group_of[at.unit]
        key = (id(expr), group, at.window, ties, low_first)
        if key not in self._places:
            terms = {
                unit: self.value(expr, At(unit, at.window))
                for unit in self.groups[group]
                if self.units[unit].competes
            }
            values = {unit: settle(term.value) for unit, term in terms.items() if term.state == OK}
            found = places(values, ties, low_first)
            self._places[key] = found, Counter(found.values())
        found, held = self._places[key]
        place = found.get(at.unit)
        return place, len(found), place is not None and held[place] > 1

    def item_read(self, kind: str, facts: tuple[str, ...], term: Term) -> Read:
        """The items that a unit got points for."""
        return Read(f"each:{kind}", self.scheme.kinds[kind].title, term.value, "分", facts)


def _short(value: Decimal) -> Decimal:
    """A sum with at most 30 digits behind the point: exact for facts, cut for sums of endless quotients."""
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1).scaleb(-30)) if isinstance(exponent, int) and exponent < -30 else value
