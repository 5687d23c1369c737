"""Sense of a whole scheme: weights that add up, groups with indicators, no marks for doing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext

from assessment.engine import periods
from assessment.engine.bounds import highest
from assessment.engine.check import plain
from assessment.engine.clauses import Spec
from assessment.engine.facts import Facts, Figure, ManualScore, Membership, Rating, TargetFact, UnitFact
from assessment.engine.faults import Faults, Path
from assessment.engine.measures import FigureSource, ManualSource, RatingSource, TargetSource
from assessment.engine.nodes import Node
from assessment.engine.scheme import Group, Indicator, Scheme, Section
from assessment.engine.scoring import score
from assessment.engine.terms import CONTEXT, ZERO, display

_YEAR = periods.Window(date(2023, 1, 1), date(2023, 12, 31))
_PERIODS = {kind: _YEAR.split(kind)[-1] for kind in periods.MONTHS}

_LITTLE = Decimal("0.000001")  # beside it a group's mean hardly differs from nothing


def weights(
    groups: Mapping[str, Group],
    sections: Mapping[str, Section],
    indicators: tuple[Indicator, ...],
    data: Spec,
    faults: Faults,
) -> None:
    """Full marks of the indicators must add up to those of their section and of their group."""
    for key, group in groups.items():
        own = [one for one in indicators if key in one.groups]
        if not own:
            faults.add(("groups", key), f"组“{group.title}”没有任何指标")
            continue
        total = sum((one.full or ZERO for one in own), ZERO)
        if group.full is not None and total != group.full:
            faults.add(
                ("groups", key, "full"), f"各指标满分合计{plain(total)}分，不等于组满分{plain(group.full)}分"
            )
        for name, section in sections.items():
            inside = [one.full or ZERO for one in own if one.section == name]
            if section.full is not None and inside and sum(inside, ZERO) != section.full:
                faults.add(
                    ("sections", name, "full"),
                    f"组“{group.title}”里“{section.title}”各指标满分合计"
                    f"{plain(sum(inside, ZERO))}分，不等于{plain(section.full)}分",
                )
    used = {one.section for one in indicators}
    for name in sections.keys() - used:
        if isinstance(data.get("sections"), Mapping):
            faults.add(("sections", name), "没有指标属于这个一级指标")


def full_mark(node: Node | None, full: Decimal | None, path: Path, faults: Faults) -> None:
    """A full mark that nobody can reach is a slip of the pen."""
    top = highest(node)
    if full is not None and top is not None and top < full:
        faults.add((*path, "full"), f"满分{plain(full)}分，但按计分法最多只能得{display(top)}分")


def run_through(scheme: Scheme, faults: Faults) -> None:
    """Score a unit that did nothing at all: it must not get good marks (零业绩单位)."""
    with localcontext(CONTEXT):
        for key in scheme.groups:
            full = sum((one.full or ZERO for one in scheme.for_group(key)), ZERO)
            if full <= 0:
                continue
            total = max(_zero_total(scheme, key, others) for others in (Decimal(1), _LITTLE))
            if total > full * scheme.zero_unit_share:
                faults.add(
                    ("groups", key),
                    f"各项全为零的单位仍得{display(total)}分（满分{plain(full)}分），超过满分的"
                    f"{display(scheme.zero_unit_share * 100)}%；如属有意，请写 zero_unit_share",
                )


def _zero_total(scheme: Scheme, group: str, others: Decimal) -> Decimal:
    """The total of a unit that did nothing beside one that did so much each month."""
    result = score(scheme, _nothing(scheme, group, others))
    return next(one.total for one in result.units if one.unit == "零") or ZERO


def _nothing(scheme: Scheme, group: str, others: Decimal) -> Facts:
    """Facts of a unit with zero everywhere beside one that did something."""
    window = _PERIODS[scheme.period]
    stay = (Membership(group, None, None),)
    units = tuple(UnitFact(key, key, stay) for key in ("零", "一"))
    figures: dict[str, Figure] = {}
    targets: dict[str, TargetFact] = {}
    ratings: dict[str, Rating] = {}
    manual: dict[str, ManualScore] = {}
    before = _compared(scheme)
    sources = _sources(scheme)
    for unit, amount in (("零", ZERO), ("一", others)):
        for measure in scheme.measures.values():
            match measure.source:
                case FigureSource() as source:
                    figures |= {
                        row.id: row
                        for row in _figures(unit, source, amount, before, sources.get(source.name, "试算"))
                    }
                case TargetSource() as source:
                    targets |= {row.id: row for row in _targets(unit, source)}
                case RatingSource() as source:
                    low = scheme.ranges.get(f"rating:{source.name}", (ZERO, ZERO))[0]
                    ratings |= {row.id: row for row in _ratings(unit, source, low)}
                case ManualSource(name=name):
                    low = scheme.ranges[f"manual:{name}"][0]
                    row = ManualScore(f"{unit}/{name}", unit, name, low, "", "")
                    manual[row.id] = row
    return Facts(
        scheme.period,
        window,
        window.end,
        units,
        tuple(figures.values()),
        tuple(targets.values()),
        (),
        tuple(ratings.values()),
        tuple(manual.values()),
    )


def _compared(scheme: Scheme) -> set[str]:
    """The figures that are compared with those of the year before."""
    return {
        one.source.name
        for one in scheme.measures.values()
        if isinstance(one.source, FigureSource) and one.source.dated.rule == "last_year"
    }


def _sources(scheme: Scheme) -> dict[str, str]:
    """Where each outside figure comes from; two measures may want one figure from two offices."""
    sources: dict[str, str] = {}
    for one in scheme.measures.values():
        if isinstance(one.source, FigureSource) and one.source.outside:
            sources[one.source.name] = sources.get(one.source.name, "") + one.source.outside
    return sources


def _figures(
    unit: str, source: FigureSource, amount: Decimal, before: set[str], outside: str
) -> list[Figure]:
    rows = []
    for year in (2022, 2023):
        for month in periods.Window(date(year, 1, 1), date(year, 12, 31)).split("month"):
            value = Decimal(1) if year == 2022 and source.name in before else amount
            name = f"{unit}/{source.name}/{month.name}"
            rows.append(Figure(name, unit, source.name, month, value, "", outside, month.end))
    return rows


def _targets(unit: str, source: TargetSource) -> list[TargetFact]:
    windows = {window for kind in periods.MONTHS for window in _YEAR.split(kind)}
    return [
        TargetFact(
            f"{unit}/{source.name}/{source.issuer}/{window.name}",
            unit,
            source.name,
            window,
            Decimal(1),
            "",
            source.issuer,
        )
        for window in sorted(windows, key=lambda one: (one.start, one.end))
    ]


def _ratings(unit: str, source: RatingSource, low: Decimal) -> list[Rating]:
    groups = list(source.weights or {"": Decimal(1)})
    return [
        Rating(f"{unit}/{source.name}/{group}{i}", unit, source.name, f"{group}{i}", group, low)
        for group in groups
        for i in range(source.least)
    ]
