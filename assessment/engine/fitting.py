"""Fits facts to a scheme: groups at the cut-off, typed items, units of quantity. All faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.engine.check import DAY, FLAG, TEXT
from assessment.engine.facts import Facts, Item
from assessment.engine.faults import FactsError, Fault, Faults, Path
from assessment.engine.measures import FigureSource, RatingSource, TargetSource
from assessment.engine.run import Run
from assessment.engine.scheme import Kind, Scheme
from assessment.engine.units import PERCENT, Unit, find, quantity

_PERIODS = {"year": "年", "half": "半年", "quarter": "季", "month": "月"}


def fit(scheme: Scheme, facts: Facts) -> tuple[Run, tuple[tuple[str, str], ...]]:
    """A run ready to score, and the units left out with the reason; raises FactsError."""
    faults = Faults(_lines(facts))
    group_of, skipped, items = _fitted(scheme, facts, faults)
    if faults.found:
        raise FactsError(faults.found)
    return Run(scheme, facts, group_of, items), skipped


def misfits(scheme: Scheme, facts: Facts) -> list[Fault]:
    """Everything in the facts that the scheme cannot take."""
    faults = Faults(_lines(facts))
    _fitted(scheme, facts, faults)
    return faults.found


def _lines(facts: Facts) -> dict[Path, int]:
    """The line of each row under the names that the faults give it."""
    names = ("{}", "items（{}）", "figures（{}）", "targets（{}）")
    return {(name.format(key),): line for key, line in facts.lines.items() for name in names}


def _fitted(
    scheme: Scheme, facts: Facts, faults: Faults
) -> tuple[dict[str, str], tuple[tuple[str, str], ...], dict[tuple[str, str], list[Item]]]:
    if facts.kind != scheme.period:
        faults.add(
            ("period",), f"办法按{_PERIODS[scheme.period]}考核，数据的考核期却是一个{_PERIODS[facts.kind]}"
        )
    group_of, skipped = _groups(scheme, facts, faults)
    items = _items(scheme, facts, faults)
    _amounts(scheme, facts, faults)
    _judged(scheme, facts, faults)
    return group_of, skipped, items


def _groups(
    scheme: Scheme, facts: Facts, faults: Faults
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """The group of each unit on the last day that counts."""
    group_of, skipped = {}, []
    day = facts.counted.end
    for unit in facts.units:
        found = [stay.group for stay in unit.groups if stay.on(day)]
        if len(found) > 1:
            faults.add((f"units（{unit.key}）",), f"{day}同时属于{'、'.join(found)}，只能属于一个组")
        elif found and found[0] in scheme.groups:
            group_of[unit.key] = found[0]
        else:
            skipped.append((unit.key, f"{day}不属于办法里的任何组"))
    return group_of, tuple(skipped)


def _items(scheme: Scheme, facts: Facts, faults: Faults) -> dict[tuple[str, str], list[Item]]:
    found: dict[tuple[str, str], list[Item]] = {}
    for item in facts.items:
        kind = scheme.kinds.get(item.kind)
        if kind is None:
            continue
        values = dict(item.values)
        for name, value in item.values.items():
            if name in kind.fields and value is not None:
                values[name] = _typed(value, kind, name, item, scheme, faults)
                if f"{kind.key}.{name}" in scheme.scorers:
                    _sourced(item, kind, name, scheme, faults)
        if values.get("times") is None:
            values["times"] = Decimal(1)  # an event without a number of times happened once
        found.setdefault((item.unit, item.kind), []).append(
            Item(item.id, item.kind, item.unit, values, item.name)
        )
    for rows in found.values():
        rows.sort(key=lambda row: row.id)
    return found


def _typed(value: Any, kind: Kind, name: str, item: Item, scheme: Scheme, faults: Faults) -> Any:
    unit = kind.fields[name]
    if unit is TEXT:
        return str(value)
    if unit is FLAG or unit is DAY:
        wanted = bool if unit is FLAG else date
        if not isinstance(value, wanted):
            faults.add(
                (f"items（{item.id}）", name),
                f"“{value}”应当是{'true 或 false' if unit is FLAG else '日期 2024-06-30'}",
            )
        return value
    number = quantity(value, unit, scheme.units)
    if number is None:
        faults.add((f"items（{item.id}）", name), f"“{value}”应当是{f'以{unit}计' if unit.name else ''}的数")
    elif name == "times" and (number < 0 or number != number.to_integral_value()):
        faults.add((f"items（{item.id}）", name), f"次数“{value}”应当是0或正整数")
    return number


def _sourced(item: Item, kind: Kind, name: str, scheme: Scheme, faults: Faults) -> None:
    """A field that must come from outside says from where and of what day."""
    source = scheme.scorers[f"{kind.key}.{name}"]
    if source not in str(item.values.get(f"{name}_source", "")):
        faults.add((f"items（{item.id}）", name), f"必须取自{source}，请写 {name}_source")
    if not isinstance(item.values.get(f"{name}_as_of"), date):
        faults.add((f"items（{item.id}）", name), f"请写截止日 {name}_as_of")


def _amounts(scheme: Scheme, facts: Facts, faults: Faults) -> None:
    """Units of quantity of figures and targets, sources of outside figures."""
    figures: dict[str, list[tuple[Unit, str]]] = {}
    targets: dict[str, list[tuple[Unit, TargetSource]]] = {}
    for measure in scheme.measures.values():
        if isinstance(measure.source, FigureSource):
            figures.setdefault(measure.source.name, []).append((measure.unit, measure.source.outside))
        elif isinstance(measure.source, TargetSource):
            targets.setdefault(measure.source.name, []).append((measure.unit, measure.source))
    for row in facts.figures:
        for unit, outside in figures.get(row.name, ()):
            _fits(row.id, row.measured_in, unit, scheme, faults)
            if outside and outside not in row.source:
                faults.add((f"figures（{row.id}）",), f"必须取自{outside}，请写 source 和 as_of")
    for task in facts.targets:
        for unit, _ in targets.get(task.name, ()):
            _fits(task.id, task.measured_in, unit, scheme, faults)
    _issuers(facts, targets, faults)


def _issuers(facts: Facts, targets: Mapping[str, list[tuple[Unit, TargetSource]]], faults: Faults) -> None:
    """A task that two offices have issued needs a choice in the scheme."""
    seen: dict[tuple[Any, ...], str] = {}
    for task in facts.targets:
        for _, source in targets.get(task.name, ()):
            key = (task.unit, task.name, task.window, source.issuer)
            if source.issuer in ("", task.issuer) and seen.setdefault(key, task.id) != task.id:
                reason = f"与 {seen[key]} 是同一任务的两个下达单位，请在办法里写 issuer"
                faults.add((f"targets（{task.id}）",), reason)


def _fits(name: str, measured_in: str, unit: Unit, scheme: Scheme, faults: Faults) -> None:
    written = find(measured_in, scheme.units) if measured_in else unit
    if written is None:
        faults.add((name, "in"), f"没有计量单位“{measured_in}”")
    elif written.dimension != unit.dimension or (written == PERCENT) != (unit == PERCENT):
        faults.add((name, "in"), f"单位是{measured_in}，办法里写的是{unit}")


def _judged(scheme: Scheme, facts: Facts, faults: Faults) -> None:
    """Judged scores within their range, by the right scorer; ratings in a known weight group."""
    for row in facts.manual:
        _inside(row.id, row.value, scheme.ranges.get(f"manual:{row.name}"), faults)
        scorer = scheme.scorers.get(row.name)
        if scorer and row.scorer and scorer not in row.scorer:
            faults.add((row.id, "scorer"), f"应当由{scorer}评定，这里写的是{row.scorer}")
    weights: Mapping[str, Mapping[str, Decimal]] = {
        one.source.name: one.source.weights
        for one in scheme.measures.values()
        if isinstance(one.source, RatingSource)
    }
    for rating in facts.ratings:
        _inside(rating.id, rating.value, scheme.ranges.get(f"rating:{rating.name}"), faults)
        if weights.get(rating.name) and rating.group not in weights[rating.name]:
            faults.add(
                (rating.id, "weight_group"), f"“{rating.group}”不在评分组{'、'.join(weights[rating.name])}里"
            )


def _inside(name: str, value: Decimal, ends: tuple[Decimal, Decimal] | None, faults: Faults) -> None:
    if ends is not None and not ends[0] <= value <= ends[1]:
        faults.add((name,), f"{value}分超出范围{ends[0]}～{ends[1]}分")
