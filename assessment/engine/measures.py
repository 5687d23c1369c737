"""Measures (口径, 指标数据): where the number of a unit comes from. Pass 1 of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assessment.engine import tree
from assessment.engine.at import At
from assessment.engine.check import DAY, FLAG, TEXT
from assessment.engine.check import number as literal
from assessment.engine.explain import explain
from assessment.engine.periods import Window, months_elapsed
from assessment.engine.rows import Dated, Plain
from assessment.engine.terms import (
    NOT_APPLICABLE,
    NOT_COMPUTABLE,
    UNKNOWN,
    ZERO,
    Read,
    Term,
    add,
    divide,
    missing,
    multiply,
    number,
)
from assessment.engine.units import PERCENT, Unit, find, quantity

if TYPE_CHECKING:
    from assessment.engine.run import Run


@dataclass(frozen=True)
class Measure:
    """A named number of a unit; `source` knows how to find it."""

    key: str
    title: str
    unit: Unit
    source: Source

    def term(self, run: Run, at: At) -> Term:
        """The measure of a unit in a window, with the facts it rests on."""
        return self.source.read(self, run, at)

    def leaf(self, value: Any, facts: tuple[str, ...]) -> Term:
        """A known value as a term."""
        read = Read(self.key, self.title, value, self.unit.name, facts)
        if isinstance(value, Decimal):
            term = number(value, self.unit)
            return Term(value, term.text, reads=(read,))
        return Term(value, f"“{value}”" if isinstance(value, str) else str(value), reads=(read,))

    def lacking(self, state: str, words: str, facts: tuple[str, ...] = ()) -> Term:
        """A measure without a value."""
        return missing(
            state, f"{self.title}：{words}", (Read(self.key, self.title, None, self.unit.name, facts),)
        )

    def converted(self, value: Decimal, measured_in: str, extra: tuple[str, ...]) -> Decimal:
        """A fact's number in the measure's unit; the run has checked that the units fit."""
        if not measured_in:
            return value.scaleb(-2) if self.unit == PERCENT else value
        unit = find(measured_in, extra)
        return value * unit.scale / self.unit.scale if unit else value


@dataclass(frozen=True)
class FigureSource:
    """A reported or outside figure (`figure`, `external`): summed over the window, or the latest."""

    name: str
    dated: Dated
    latest: bool = False
    outside: str = ""

    def read(self, measure: Measure, run: Run, at: At) -> Term:
        """The sum of the figures inside the window; 未报 when there is none."""
        if measure.key in run.units[at.unit].exempt or self.name in run.units[at.unit].exempt:
            return measure.lacking(NOT_APPLICABLE, "本单位不适用")
        window = self.dated.window(at.window)
        rows = [
            row
            for row in run.figures.get((at.unit, self.name), ())
            if row.window.start <= run.facts.as_of and window.covers(row.window.until(run.facts.as_of))
        ]
        rows = rows[-1:] if self.latest else rows
        facts = tuple(row.id for row in rows)
        if not rows or any(row.value is None for row in rows):
            return measure.lacking(UNKNOWN, f"{window.name}没有数据（未报，不是0）", facts)
        total = sum(
            (measure.converted(row.value or ZERO, row.measured_in, run.scheme.units) for row in rows), ZERO
        )
        term = measure.leaf(total, facts)
        for row in rows:
            if row.source:
                term = term.marked("source", f"{measure.title}取自{row.source}（截至{row.as_of}）")
        return term


@dataclass(frozen=True)
class TargetSource:
    """A task: of exactly this period, of the year, by elapsed months, or the sum of agreed parts."""

    name: str
    issuer: str
    schedule: str

    def read(self, measure: Measure, run: Run, at: At) -> Term:
        """The task; 不适用 when the unit has none."""
        if measure.key in run.units[at.unit].exempt or self.name in run.units[at.unit].exempt:
            return measure.lacking(NOT_APPLICABLE, "本单位不适用")
        year = Window(at.window.year_to_date.start, at.window.end.replace(month=12, day=31))
        wanted = {"exact": run.full_period(at.window), "agreed": at.window.year_to_date}.get(
            self.schedule, year
        )
        rows = [
            row
            for row in run.targets.get((at.unit, self.name), ())
            if (not self.issuer or row.issuer == self.issuer)
            and (wanted.covers(row.window) if self.schedule == "agreed" else row.window == wanted)
        ]
        if not rows:
            return measure.lacking(NOT_APPLICABLE, f"{wanted.name}没有下达任务，不适用")
        total = sum((measure.converted(row.amount, row.measured_in, run.scheme.units) for row in rows), ZERO)
        term = measure.leaf(total, tuple(row.id for row in rows))
        if self.schedule != "months":
            return term
        months = months_elapsed(at.window)
        return divide(multiply(term, number(Decimal(months))), number(Decimal(12))).marked(
            "schedule", f"{measure.title}按时序：全年{term.text}×{months}÷12"
        )


@dataclass(frozen=True)
class ItemSource:
    """A count or a sum over items (`count`, `sum`), with a filter and a window of its own."""

    kind: str
    amount: Plain | None
    where: Plain
    dated: Dated
    distinct: str = ""

    def read(self, measure: Measure, run: Run, at: At) -> Term:
        """No item is a true 0; an item whose amount is unknown makes the sum unknown."""
        if measure.key in run.units[at.unit].exempt:
            return measure.lacking(NOT_APPLICABLE, "本单位不适用")
        window = self.dated.window(at.window)
        total, facts, day, seen = ZERO, [], self.dated.day, set()
        for item in run.items.get((at.unit, self.kind), ()):
            if not (window.holds(item.values.get(day)) and self.where(item.values)):
                continue
            facts.append(item.id)
            value = item.values.get("times", Decimal(1)) if self.amount is None else self.amount(item.values)
            if value is None:
                return measure.lacking(
                    UNKNOWN,
                    f"{item.name or item.id}没有填写金额或数量，或系数表里没有它这一档（不是0）",
                    tuple(facts),
                )
            if self.distinct:
                key = item.values.get(self.distinct)
                value = ZERO if key is None or key in seen else Decimal(1)
                seen.add(key)
            total += value
        return measure.leaf(total, tuple(facts))


@dataclass(frozen=True)
class RatingSource:
    """Peer rating (互评、测评): the mean of each group of raters times the group's weight."""

    name: str
    weights: Mapping[str, Decimal]
    least: int
    rescale: bool

    def read(self, measure: Measure, run: Run, at: At) -> Term:
        """Too few raters: 无法计算; a group without raters too, unless its weight is spread."""
        rows = run.ratings.get((at.unit, self.name), ())
        facts = tuple(row.id for row in rows)
        if len(rows) < self.least or not rows:
            return measure.lacking(
                NOT_COMPUTABLE, f"只有{len(rows)}人评分，少于规定的{max(self.least, 1)}人，按0计", facts
            )
        weights = self.weights or {"": Decimal(1)}
        by_group = {
            group: [r.value for r in rows if not self.weights or r.group == group] for group in weights
        }
        empty = [group for group, values in by_group.items() if not values]
        if empty and (not self.rescale or len(empty) == len(weights)):
            return measure.lacking(NOT_COMPUTABLE, f"{'、'.join(empty)}无人评分，按0计", facts)
        parts = []
        for group, values in by_group.items():
            if values:
                mean = (
                    divide(add(tuple(number(v) for v in values)), number(Decimal(len(values))))
                    if len(values) > 1
                    else number(values[0])
                )
                parts.append(mean if len(weights) == 1 else multiply(mean, _percent(weights[group])))
        term = add(tuple(parts))
        if empty:
            left = sum((weights[g] for g in weights if g not in empty), ZERO)
            term = divide(term, _percent(left)).marked(
                "peer", f"{'、'.join(empty)}无人评分，权重由其余各组分摊"
            )
        read = Read(measure.key, measure.title, term.value, measure.unit.name, facts)
        return Term(term.value, term.text, term.level, term.state, (read,), term.marks)


def _percent(value: Decimal) -> Term:
    const = literal(value, PERCENT)
    return Term(value, const.shown)


@dataclass(frozen=True)
class ManualSource:
    """A judged score (评定分) with scorer, reason and document."""

    name: str

    def read(self, measure: Measure, run: Run, at: At) -> Term:
        """未评 when nobody has scored."""
        row = run.manual.get((at.unit, self.name))
        if row is None:
            return measure.lacking(UNKNOWN, "尚未评定")
        document = f"，依据{row.document}" if row.document else ""
        return measure.leaf(row.value, (row.id,)).marked(
            "manual", f"{row.scorer}评定：{row.reason}{document}"
        )


@dataclass(frozen=True)
class AttributeSource:
    """An attribute of the unit itself (类别, 地区, 规模), or its group."""

    name: str

    def read(self, measure: Measure, run: Run, at: At) -> Term:
        """Unknown when the unit does not carry it."""
        value = (
            run.group_of[at.unit] if self.name == "group" else run.units[at.unit].attributes.get(self.name)
        )
        if measure.unit == TEXT and value is not None:
            value = str(value)
        elif measure.unit not in PLAIN_KINDS:
            value = quantity(value, measure.unit, run.scheme.units)
        if value is None:
            return measure.lacking(UNKNOWN, f"单位资料里没有“{self.name}”")
        return measure.leaf(value, (f"unit:{at.unit}",))


@dataclass(frozen=True)
class FormulaSource:
    """A measure made of others (`value`)."""

    expr: tree.Expr

    def read(self, measure: Measure, run: Run, at: At) -> Term:
        """The formula's term, in the measure's unit."""
        return explain(self.expr, run, at)


Source = (
    FigureSource | TargetSource | ItemSource | RatingSource | ManualSource | AttributeSource | FormulaSource
)
Reader = Callable[["Run", "At"], Term]
PLAIN_KINDS = (TEXT, FLAG, DAY)
