"""Points for each item (逐项计分): projects, visits and events, counted as often as they happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from assessment.engine.at import At
from assessment.engine.check import plain
from assessment.engine.facts import Item
from assessment.engine.nodes import Node, forgive
from assessment.engine.rows import Dated, Plain
from assessment.engine.terms import (
    ATOM,
    BLANK,
    NOT_COMPUTABLE,
    OK,
    PRODUCT,
    SUM,
    ZERO,
    Mark,
    Term,
    equals,
    number,
    settle,
)

if TYPE_CHECKING:
    from assessment.engine.run import Run

_LISTED = 12  # items named in the words; the trace names all


@dataclass(frozen=True)
class _Row:
    """An item of the window, how often it counts and the points of one time (or of all its times)."""

    day: date
    item: Item
    times: Decimal
    term: Term

    @property
    def name(self) -> str:
        return self.item.name or self.item.id


@dataclass(frozen=True)
class Each:
    """Points for each item, at most so many; an event that happened twice (times: 2) is two of them.

    `uses` are the names that the points rest on. Points that name `times` themselves are those of all the
    times of an event, other points those of one time.
    """

    kind: str
    where: Plain
    dated: Dated
    node: Node
    at_most: int | None
    best_first: bool
    uses: frozenset[str] = frozenset()

    def points(self, run: Run, at: At) -> Term:
        """The sum over the items of the window; equal formulas are written once, times their number."""
        found = self._found(run, at)
        counted = found if self.at_most is None else self._first(found, Decimal(self.at_most), run, at)
        term = self._summed(counted)
        read = run.item_read(self.kind, tuple(row.item.id for row in counted), term)
        marks = [*term.marks, *self._lacking(run, counted)]
        paid = [row for row in counted if row.term.value != 0]
        if paid:
            listed = "、".join(self._told(row) for row in paid[:_LISTED])
            rest = f"等{len(paid)}项" if len(paid) > _LISTED else ""
            marks.append(Mark("items", f"计分：{listed}{rest}"))
        left = sum((row.times for row in found), ZERO) - sum((row.times for row in counted), ZERO)
        if left:
            marks.append(Mark("frequency", f"最多计{self.at_most}项，其余{plain(left)}项不计"))
        return term.resting_on((read, *term.reads), tuple(marks))

    def _found(self, run: Run, at: At) -> list[_Row]:
        window = self.dated.window(at.window)
        found = []
        for item in run.items.get((at.unit, self.kind), ()):
            day, times = item.values.get(self.dated.day), item.values["times"]
            if day is None or not window.start <= day <= window.end:
                continue
            if times and self.where(item.values):
                found.append(_Row(day, item, times, self._term(run, at, item)))
        if self.best_first:
            return sorted(found, key=lambda row: (-settle(self._once(row)), row.day, row.item.id))
        return sorted(found, key=lambda row: (row.day, row.item.id))

    def _term(self, run: Run, at: At, item: Item) -> Term:
        """The points of an item; what it does not say makes only this item 0."""
        term = forgive(self.node.points(run, At(at.unit, at.window, item)))
        return replace(term, value=ZERO, text="0", level=ATOM) if term.state == BLANK else term

    @property
    def _whole(self) -> bool:
        return "times" in self.uses

    def _once(self, row: _Row) -> Decimal:
        value: Decimal = row.term.value
        return value / row.times if self._whole else value

    def _first(self, found: list[_Row], most: Decimal, run: Run, at: At) -> list[_Row]:
        """As many times as may count; the last event may count in part."""
        counted = []
        for row in found:
            times = min(row.times, most)
            if times <= 0:
                break
            most -= times
            if times < row.times:
                part = replace(row.item, values={**row.item.values, "times": times})
                term = self._term(run, at, part) if self._whole else row.term
                counted.append(replace(row, times=times, term=term))
            else:
                counted.append(row)
        return counted

    def _told(self, row: _Row) -> str:
        often = f"（{plain(row.times)}次）" if row.times != 1 else ""
        return f"{row.name}{often} {row.term.text}{equals(row.term)}分"

    def _lacking(self, run: Run, rows: list[_Row]) -> list[Mark]:
        """What an item does not say, or what no row of a table takes, by name."""
        fields = run.scheme.kinds[self.kind].fields
        words: dict[str, None] = {}
        for row in rows:
            if row.term.state == BLANK:
                blank = (name for name in fields if name in self.uses and row.item.values.get(name) is None)
                words[f"{row.name}没有填写{'、'.join(f'“{name}”' for name in blank)}，该项计0分"] = None
            for mark in row.term.marks:
                if mark.kind == NOT_COMPUTABLE:
                    words[f"{row.name}：{mark.words}"] = None
        told = list(words)
        if len(told) > _LISTED:
            told = [*told[:_LISTED], f"另有{len(told) - _LISTED}处资料不全"]
        return [Mark("item", one) for one in told]

    def _summed(self, rows: list[_Row]) -> Term:
        groups: dict[str, list[_Row]] = {}
        for row in rows:
            groups.setdefault(row.term.text, []).append(row)
        value, parts, marks = ZERO, [], []
        for text, same in groups.items():
            first = same[0].term
            often = sum((Decimal(1) if self._whole else row.times for row in same), ZERO)
            value += first.value * often
            if often == 1:
                parts.append(text if first.level >= PRODUCT else f"({text})")
            else:
                parts.append(f"{plain(often)}×{text if first.level >= ATOM else f'({text})'}")
            marks += [mark for mark in first.marks if mark.kind in ("cap", "floor", "round", "unknown")]
        state = next((row.term.state for row in reversed(rows) if row.term.state not in (OK, BLANK)), OK)
        if state != OK:
            return Term(ZERO, "0", ATOM, state, (), tuple(marks))
        text = "+".join(parts) or number(ZERO).text
        level = SUM if len(parts) > 1 or not parts or not text.replace(".", "").isdigit() else ATOM
        return Term(value, text, level if parts else ATOM, OK, (), tuple(marks))
