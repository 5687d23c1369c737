"""Independent tables as lists: which there are, up to when, what they say."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from accounts.queries.posts import ActingPost
from assessment.choices import SourceKind
from assessment.models import Measure, OfficialFigure, OfficialSource
from assessment.queries.visible import official_figures_for, sources_for
from projects.choices import COUNTED
from projects.sheets import layouts
from projects.sheets.figure_list import Subject
from projects.sheets.layouts import Layout

# What is read for each kind of table.
LAYOUTS: dict[SourceKind, Layout] = {
    SourceKind.TAX: layouts.figures_of_firms(("税收", "税额", "入库税额", "实缴税额", "纳税额"), money=True),
    SourceKind.SOCIAL_INSURANCE: layouts.figures_of_firms(("参保人数", "缴费人数", "人数"), money=False),
    SourceKind.ELECTRICITY: layouts.figures_of_firms(("用电量", "电量"), money=False),
    SourceKind.STATISTICS: layouts.figures_of_firms(
        ("固定资产投资", "本年累计", "累计完成投资", "入库投资"), money=True
    ),
    SourceKind.OFFICIAL: layouts.OFFICIAL,
}


def live(figures: QuerySet[OfficialFigure] | None = None) -> QuerySet[OfficialFigure]:
    """Figures that no correction has replaced."""
    rows = OfficialFigure.objects.all() if figures is None else figures
    return rows.filter(~Exists(OfficialFigure.objects.filter(replaces=OuterRef("pk"))))


def standing(source: OfficialSource) -> dict[Subject, OfficialFigure]:
    """The live figures of a table by what they are about. One query."""
    rows = live(source.figures.all()).select_related("measure")
    return {(row.credit_code or "", row.measure.name if row.measure else "", row.month): row for row in rows}


def money_measures() -> list[tuple[str, int]]:
    """Names of the measures of money with the key of their first version, in the order of publication."""
    money = Measure.objects.filter(version=1).exclude(kind__in=COUNTED)
    return list(money.order_by("pk").values_list("name", "pk"))


@dataclass(frozen=True)
class Listed:
    """A table with how much it holds: live figures, first and last month, the latest day it stands for."""

    source: OfficialSource
    figures: int
    first: dt.date | None
    last: dt.date | None
    as_of: dt.date | None


def listed(post: ActingPost) -> list[Listed]:
    """The tables that the post may read, by kind and name. One query."""
    replaced = Exists(OfficialFigure.objects.filter(replaces=OuterRef("figures__pk")))
    stands = Q(figures__isnull=False) & ~Q(replaced)
    rows = (
        sources_for(post)
        .select_related("owner_unit")
        .annotate(
            count=Count("figures", filter=stands),
            first=Min("figures__month", filter=stands),
            last=Max("figures__month", filter=stands),
            until=Max("figures__as_of", filter=stands),
        )
        .order_by("kind", "name", "pk")
    )
    return [Listed(row, row.count, row.first, row.last, row.until) for row in rows]


def figures(
    post: ActingPost,
    source: OfficialSource,
    *,
    words: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    measure: str = "",
    replaced: bool = False,
) -> QuerySet[OfficialFigure]:
    """Figures of a table, the latest month first; ``replaced``: also those that were corrected."""
    later = OfficialFigure.objects.filter(replaces=OuterRef("pk"))
    rows = official_figures_for(post).filter(source=source).select_related("measure")
    rows = rows.annotate(replaced=Exists(later))
    if not replaced:
        rows = rows.filter(replaced=False)
    if words:
        rows = rows.filter(Q(credit_code__icontains=words) | Q(firm_name__icontains=words))
    if measure:
        rows = rows.filter(measure__name=measure)
    if since:
        rows = rows.filter(month__gte=since)
    if until:
        rows = rows.filter(month__lte=until)
    return rows.order_by("-month", "measure_id", "credit_code", "pk")


def months_said(months: Iterable[dt.date]) -> str:
    """Months in words, runs drawn together: 2012年1—3月、5月."""
    runs: list[list[dt.date]] = []
    for month in sorted(set(months)):
        if runs and runs[-1][-1].year == month.year and runs[-1][-1].month + 1 == month.month:
            runs[-1].append(month)
        else:
            runs.append([month])
    said, year = [], 0
    for run in runs:
        head = f"{run[0].year}年" if run[0].year != year else ""
        year = run[0].year
        said.append(head + (f"{run[0].month}月" if len(run) == 1 else f"{run[0].month}—{run[-1].month}月"))
    return "、".join(said)
