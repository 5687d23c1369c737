"""score(): one scheme, one snapshot of facts -> score lines with reasons.

Passes: raw measures of each unit, statistics of its group, points, then overrides and vetoes, then places.
Pure: nothing is read but the arguments; the same arguments give the same result for ever.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation, Overflow, localcontext

from assessment.engine import totals
from assessment.engine.at import At
from assessment.engine.facts import BASES, Facts
from assessment.engine.faults import FactsError, Fault
from assessment.engine.fitting import fit
from assessment.engine.grouped import places
from assessment.engine.result import Line, Result, UnitScore
from assessment.engine.run import Run
from assessment.engine.scheme import Indicator, Ranks, Scheme
from assessment.engine.terms import (
    CONTEXT,
    NOT_APPLICABLE,
    NOT_COMPUTABLE,
    OK,
    UNKNOWN,
    ZERO,
    Mark,
    Term,
    display,
    equals,
    is_number,
    number,
    rounded,
    settle,
)
from assessment.engine.units import PERCENT

_NOTES = {NOT_COMPUTABLE: "无法计算", UNKNOWN: "未报", NOT_APPLICABLE: "不适用"}
_STATISTICS = {"mean", "lowest", "highest", "total"}


def score(scheme: Scheme, facts: Facts) -> Result:
    """Score every unit of the facts that belongs to a group of the scheme; raises FactsError."""
    with localcontext(CONTEXT):
        run, skipped = fit(scheme, facts)
        scored = []
        for key in scheme.groups:
            units = [_unit(run, unit, key) for unit in run.groups[key]]
            scored += _drafted(units, facts.basis) if facts.draft else _placed(scheme, units)
        statistics = tuple(statistic for statistic, _ in run.statistics.values())
        return Result(
            scheme.key,
            scheme.version,
            scheme.title,
            facts.window.name,
            facts.as_of,
            facts.basis,
            scheme.rounding.show,
            tuple((key, group.title) for key, group in scheme.groups.items()),
            tuple(scored),
            statistics,
            skipped,
        )


def _unit(run: Run, unit: str, group: str) -> UnitScore:
    at = At(unit, run.facts.counted)
    fact = run.units[unit]
    try:
        lines = tuple(_line(run, at, indicator) for indicator in run.scheme.for_group(group))
        scored = totals.total(run, at, UnitScore(unit, fact.name, group, fact.competes, lines, None, ""))
    except (InvalidOperation, Overflow):
        raise FactsError([Fault(0, unit, "数字太大，算不出来，请检查数据和办法里的数")]) from None
    run.forget(unit)
    return scored


def _line(run: Run, at: At, indicator: Indicator) -> Line:
    term = indicator.node.points(run, at)
    lacking = term.state
    term = _for_missing(term, indicator, run.scheme.unknown)
    rounding = run.scheme.rounding
    if rounding.points is not None:
        term = rounded(term, rounding.points, rounding.points_mode)
    counted = term.state == OK or (term.state == UNKNOWN and run.scheme.unknown == "zero")
    points = settle(term.value) if counted else None
    kinds = (lacking, *(mark.kind for mark in term.marks))
    states = dict.fromkeys(kind for kind in kinds if kind in _NOTES)
    state = next((one for one in (lacking, UNKNOWN, NOT_COMPUTABLE, NOT_APPLICABLE) if one in states), OK)
    notes = (_NOTES[state],) if state == NOT_APPLICABLE else tuple(_NOTES[one] for one in states)
    notes += tuple(mark.words for mark in term.marks if mark.kind == "item")
    own = run.facts.self_scores.get((at.unit, indicator.key))
    return Line(
        indicator.key,
        indicator.title,
        indicator.full,
        points,
        _words(term, points, rounding.show),
        term.text,
        state,
        term.reads,
        term.marks,
        notes,
        own,
        indicator.section,
    )


def _for_missing(term: Term, indicator: Indicator, unknown: str) -> Term:
    """What the scheme says about a missing value: N/A by its policy, unknown 0 or held, else 0."""
    if term.state == NOT_COMPUTABLE:
        return replace(term, state=OK)
    if term.state == NOT_APPLICABLE and indicator.na in ("full", "zero"):
        value = (indicator.full or ZERO) if indicator.na == "full" else ZERO
        word = f"不适用，按规定得{'满分' if indicator.na == 'full' else '0分'}"
        return replace(number(value), reads=term.reads, marks=(*term.marks, Mark("na_policy", word)))
    if term.state == NOT_APPLICABLE:
        word = "不适用，权重由其他指标分摊" if indicator.na == "redistribute" else "不适用，不计入总分"
        return term.marked("na_policy", word)
    if term.state == UNKNOWN:
        return term.marked(
            "unknown_policy", "未报，按0分计（未报不等于0）" if unknown == "zero" else "未报，暂不计分"
        )
    return term


def _words(term: Term, points: Decimal | None, show: int) -> str:
    if points is None:
        head = "得分：不计"
    else:
        figure = f"{settle(points):.{show}f}" if points == round(points, show) else equals(term)[1:]
        sign = "=" if points == round(points, show) or is_number(term.text) else "≈"
        exact = is_number(term.text) and Decimal(figure.strip("()")) == settle(points)
        head = f"得分={figure}" if exact else f"得分={term.text}{sign}{figure}"
    reasons = dict.fromkeys(mark.words for mark in term.marks if mark.words)
    return "；".join([head, *reasons, *_data(term)])


def _data(term: Term) -> tuple[str, ...]:
    """The figures that were read, by name: the key to the bare numbers of the formula."""
    named = {
        read.name: f"{read.title}{figure(read.value, read.unit)}"
        for read in term.reads
        if isinstance(read.value, Decimal)
        and read.name not in _STATISTICS
        and not read.name.startswith("each:")
    }
    return (f"数据：{'、'.join(named.values())}",) if named else ()


def figure(value: Decimal, unit: str) -> str:
    """A figure with its unit, for reading."""
    return display(value, PERCENT, 2) if unit == "%" else f"{display(value, None, 6)}{unit}"


def _drafted(units: list[UnitScore], basis: str) -> list[UnitScore]:
    """Scores over figures that nobody has verified: told as a draft, without places, grades and prizes."""
    word = f"草稿：按{BASES[basis]}计算，不排名、不定等次"
    return [
        replace(one, grade=None, notes=(word, *one.notes), total_words=f"{word}；{one.total_words}")
        for one in units
    ]


def _placed(scheme: Scheme, units: list[UnitScore]) -> list[UnitScore]:
    """Places, if the scheme has a basis for them; a unit that does not compete is listed without."""
    ranks = scheme.ranks
    if ranks is None:
        return units
    keys = {one.unit: _key(one, ranks) for one in units if one.competes and one.total is not None}
    place = places(keys, ranks.ties)
    return [
        replace(
            one,
            rank=place.get(one.unit),
            prize=totals.prize(scheme, place.get(one.unit)),
            notes=one.notes if one.competes else (*one.notes, "不参加评比，只列出得分"),
        )
        for one in units
    ]


def _key(one: UnitScore, ranks: Ranks) -> tuple[Decimal, ...]:
    points = {line.indicator: line.points for line in one.lines}
    return (settle(one.total or ZERO), *(settle(points.get(key) or ZERO) for key in ranks.then))
