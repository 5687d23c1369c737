"""Totals of a unit: sections, N/A weights, limits, then grades, overrides and vetoes (pass 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from assessment.engine.at import At
from assessment.engine.explain import verdict
from assessment.engine.nodes import bound
from assessment.engine.result import Line, UnitScore
from assessment.engine.run import Run
from assessment.engine.scheme import Grades, Override, Scheme
from assessment.engine.terms import (
    NOT_APPLICABLE,
    ZERO,
    Read,
    Term,
    add,
    display,
    divide,
    equals,
    is_number,
    limited,
    multiply,
    number,
    rounded,
    settle,
)


def total(run: Run, at: At, unit: UnitScore) -> UnitScore:
    """The unit with total, grade and the overrides that apply, each told in words."""
    scheme = run.scheme
    held = [line.title for line in unit.lines if line.points is None and line.state != NOT_APPLICABLE]
    if held:
        return replace(unit, total_words="总分：暂不计", notes=(f"{'、'.join(held)}未报，暂不出总分",))
    term = _sum(run, at, unit)
    group = scheme.groups[unit.group]
    term = limited(term, bound(group.cap, run, at), bound(group.floor, run, at))
    if scheme.rounding.total is not None:
        term = rounded(term, scheme.rounding.total, scheme.rounding.total_mode)
    notes = [f"{line.title}：{note}" for line in unit.lines for note in line.notes]
    value, grade, said = _overridden(run, at, unit, term.value)
    words = f"总分={term.text}" if is_number(term.text) else f"总分={term.text}{equals(term)}"
    reasons = list(dict.fromkeys(mark.words for mark in term.marks))
    if value != term.value:
        reasons.append(f"最后总分{display(value)}分")
    return replace(
        unit, total=value, grade=grade, notes=(*notes, *said), total_words="；".join([words, *reasons, *said])
    )


def _term(line: Line) -> Term:
    """A line as a part of a total: printed with six places at most."""
    points = line.points or ZERO
    text = display(points, None, 6)
    return Term(points, f"({text})" if points < 0 else text)


def _sum(run: Run, at: At, unit: UnitScore) -> Term:
    """Ordinary lines, with the weight of lines that do not apply spread over the others; then bonus lines."""
    moved = {
        one.key: one.full or ZERO for one in run.scheme.for_group(unit.group) if one.na == "redistribute"
    }
    ordinary = [line for line in unit.lines if line.full is not None]
    extra = [line for line in unit.lines if line.full is None]
    lost = sum(
        (moved[line.indicator] for line in ordinary if line.points is None and line.indicator in moved), ZERO
    )
    full = sum((line.full or ZERO for line in ordinary), ZERO)
    base = _sections(run, at, ordinary)
    if lost and full > lost:
        base = divide(multiply(base, number(full)), number(full - lost)).marked(
            "redistribute", f"不适用指标的{display(lost)}分由其他指标按比例分摊"
        )
    bonus = _sections(run, at, extra)
    if not extra:
        return base
    return add((base, bonus)) if ordinary else bonus


def _sections(run: Run, at: At, lines: Iterable[Line]) -> Term:
    by_section: dict[str | None, list[Line]] = {}
    for line in lines:
        if line.points is not None:
            by_section.setdefault(line.section, []).append(line)
    parts: list[Term] = []
    for key, inside in by_section.items():
        terms = tuple(_term(line) for line in inside)
        section = run.scheme.sections.get(key or "")
        if section is None or (section.cap is None and section.floor is None):
            parts.extend(terms)
        else:
            parts.append(limited(add(terms), bound(section.cap, run, at), bound(section.floor, run, at)))
    return add(tuple(parts)) if parts else number(ZERO)


def _overridden(run: Run, at: At, unit: UnitScore, value: Decimal) -> tuple[Decimal, str | None, list[str]]:
    """Overrides in the order of the document; a fixed grade or a ceiling of grades beats the computed one."""
    scheme, said = run.scheme, []
    fixed: str | None = None
    ceiling: str | None = None
    for override in scheme.overrides:
        why = _applies(run, at, unit, override, value) if unit.group in override.groups else None
        if why is None:
            continue
        before = (value, _final_grade(scheme.grades, fixed, ceiling, value))
        value = value if override.total is None else override.total
        value = value if override.total_cap is None else min(value, override.total_cap)
        fixed = override.grade or fixed
        ceiling = _lower(scheme.grades, ceiling, override.grade_at_most)
        if before != (value, _final_grade(scheme.grades, fixed, ceiling, value)):
            said.append(f"{override.title}：{why}")
        elif override.decision is not None:  # a recorded decision is never passed over in silence
            said.append(f"{override.title}：{why}，总分和等次不变")
    return value, _final_grade(scheme.grades, fixed, ceiling, value), said


def _final_grade(grades: Grades | None, fixed: str | None, ceiling: str | None, value: Decimal) -> str | None:
    """The grade that was fixed, else that of the total under the ceiling."""
    return fixed or _lower(grades, _grade(grades, value), ceiling)


def _applies(run: Run, at: At, unit: UnitScore, override: Override, value: Decimal) -> str | None:
    if override.decision is not None:
        row = run.decisions.get((unit.unit, override.decision))
        return f"{row.reason}（{row.document}）" if row else None
    if override.when is None:
        return None
    known = {
        "total": ("总分", value),
        **{f"points_{line.indicator}": (f"{line.title}得分", line.points) for line in unit.lines},
    }
    found = verdict(override.when, Known(run, known), at)
    return found.words if found.met else None


class Known(Run):
    """A run that also knows the unit's points and total, for the conditions of overrides."""

    def __init__(self, run: Run, known: dict[str, tuple[str, Decimal | None]]) -> None:
        self.__dict__.update(run.__dict__)
        self._known = known

    def name(self, name: str, at: At) -> Term:
        """A total or an indicator's points, else what the run knows."""
        if name not in self._known:
            return super().name(name, at)
        title, value = self._known[name]
        if value is None:
            return Term(ZERO, "0", state=NOT_APPLICABLE)
        return number(settle(value)).resting_on((Read(name, title, value, "分"),), ())


def _grade(grades: Grades | None, value: Decimal) -> str | None:
    rung = grades.ladder.find(value) if grades else None
    return grades.of_row[rung.row] if grades and rung else None


def _lower(grades: Grades | None, one: str | None, two: str | None) -> str | None:
    """The lower of two grades; None does not count."""
    if grades is None or one is None or two is None:
        return one or two
    return max(one, two, key=grades.names.index)


def prize(scheme: Scheme, place: Decimal | None) -> str | None:
    """The prize of a place; equal places share it."""
    if place is None:
        return None
    return next((one.title for one in scheme.prizes if one.first <= place <= one.last), None)
