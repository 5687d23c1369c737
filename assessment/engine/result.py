"""What a run gives: score lines with reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from assessment.engine.check import plain
from assessment.engine.facts import VERIFIED
from assessment.engine.run import Statistic
from assessment.engine.terms import CONTEXT, Mark, Read, settle

_DIGITS = Context(prec=28)


@dataclass(frozen=True)
class Line:
    """One indicator of one unit. `points` None: not counted (不适用、暂缺), `state` says why.

    `words` is the formula with its values and the reasons; `formula` the part between 得分= and the result.
    """

    indicator: str
    title: str
    full: Decimal | None
    points: Decimal | None
    words: str
    formula: str
    state: str
    reads: tuple[Read, ...]
    marks: tuple[Mark, ...]
    notes: tuple[str, ...] = ()
    self_score: Decimal | None = None
    section: str | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The ids of the facts that the points rest on."""
        return tuple(dict.fromkeys(fact for read in self.reads for fact in read.facts))


@dataclass(frozen=True)
class UnitScore:
    """A unit's lines, total, place, grade and prize."""

    unit: str
    name: str
    group: str
    competes: bool
    lines: tuple[Line, ...]
    total: Decimal | None
    total_words: str
    notes: tuple[str, ...] = ()
    rank: Decimal | None = None
    grade: str | None = None
    prize: str | None = None


@dataclass(frozen=True)
class Result:
    """A whole run; units in the order of groups and facts."""

    scheme: str
    version: str
    title: str
    period: str
    as_of: date
    basis: str
    show: int
    groups: tuple[tuple[str, str], ...]
    units: tuple[UnitScore, ...]
    statistics: tuple[Statistic, ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def draft(self) -> bool:
        """Whether figures were used that nobody has verified."""
        return self.basis != VERIFIED

    def plain(self) -> dict[str, Any]:
        """The result as plain data: printed figures as Decimal, exact ones as text beside them."""
        return {
            "scheme": self.scheme,
            "version": self.version,
            "title": self.title,
            "period": self.period,
            "as_of": str(self.as_of),
            "basis": self.basis,
            "draft": self.draft,
            "groups": [
                {
                    "group": key,
                    "title": title,
                    "units": [self._unit(one) for one in self.units if one.group == key],
                }
                for key, title in self.groups
            ],
            "statistics": [
                {"id": one.key, "words": one.words, "exact": _exact(one.value), "facts": list(one.facts)}
                for one in self.statistics
            ],
            "skipped": [{"unit": unit, "reason": reason} for unit, reason in self.skipped],
        }

    def _unit(self, one: UnitScore) -> dict[str, Any]:
        return {
            "unit": one.unit,
            "name": one.name,
            "competes": one.competes,
            "lines": [self._line(line) for line in one.lines],
            "total": self._shown(one.total),
            "total_exact": _exact(one.total),
            "total_words": one.total_words,
            "rank": one.rank,
            "grade": one.grade,
            "prize": one.prize,
            "notes": list(one.notes),
        }

    def _line(self, line: Line) -> dict[str, Any]:
        return {
            "indicator": line.indicator,
            "title": line.title,
            "points": self._shown(line.points),
            "exact": _exact(line.points),
            "full": self._shown(line.full),
            "words": line.words,
            "facts": list(line.facts),
            "state": line.state,
            "notes": list(line.notes),
            "self_score": self._shown(line.self_score),
            "section": line.section,
            "trace": {
                "formula": line.formula,
                "reads": _reads(line.reads),
                "marks": [
                    {"kind": mark.kind, "words": mark.words} | ({} if mark.met is None else {"met": mark.met})
                    for mark in line.marks
                ],
            },
        }

    def _shown(self, value: Decimal | None) -> Decimal | None:
        """A figure rounded for display; the exact one stands beside it as text."""
        if value is None:
            return None
        return settle(value).quantize(Decimal(1).scaleb(-self.show), ROUND_HALF_UP, CONTEXT)


def _exact(value: Decimal | None) -> str | None:
    """A value with up to 28 digits, as text, so that no program rounds it on the way."""
    return None if value is None else plain(_DIGITS.plus(value))


def _reads(reads: Iterable[Read]) -> list[dict[str, Any]]:
    unique = {(read.name, read.facts): read for read in reads}
    return [
        {
            "measure": read.name,
            "title": read.title,
            "unit": read.unit,
            "facts": list(read.facts),
            "value": _exact(read.value)
            if isinstance(read.value, Decimal)
            else None
            if read.value is None
            else str(read.value),
        }
        for read in unique.values()
    ]
