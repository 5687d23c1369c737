"""阶段用时: how long the stretches of the way took, by industry, and the projects behind each number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.views.gate import gate
from accounts.views.paging import number_in, paged
from projects import rules
from projects.durations import FEWEST, STRETCHES
from projects.industries import LABELS
from projects.queries import durations, interruptions
from projects.queries.visible import units_for

PAGE = 50


@gate(rules.reads_data, "GET")
def page(request: HttpRequest) -> HttpResponse:
    """Medians by industry, of a unit and a year; ``stretch`` and ``industry`` list the projects counted."""
    unit_id = number_in(request.GET["unit"]) if request.GET.get("unit") else None
    every = durations.spent_by(request.post, unit_id=unit_id)
    year = number_in(request.GET.get("year", ""))
    spent = [one for one in every if not year or one.until.year == year]
    off_way = interruptions.interrupted(request.post, unit_id=unit_id)
    left = [one for one in off_way if not year or one.on.year == year]
    asked = request.GET.copy()
    for name in ("page", "stretch", "industry", "cause"):
        asked.pop(name, None)
    context = {
        "tables": durations.tables_of(spent),
        "units": list(units_for(request.post).order_by("sort_key", "pk")),
        "unit_id": unit_id,
        "years": sorted({one.until.year for one in every} | {one.on.year for one in off_way}, reverse=True),
        "year": year,
        "fewest": FEWEST,
        "causes": interruptions.by_cause(left),
        "narrowed": asked.urlencode(),
    }
    stretch, section = request.GET.get("stretch", ""), request.GET.get("industry", "")
    if stretch in STRETCHES:
        listed = [one for one in spent if one.stretch == stretch and section in {"", one.section}]
        start, end = STRETCHES[stretch]
        context |= {
            **paged(request, listed, PAGE),
            "chosen": f"{start.label} → {end.label}：{LABELS.get(section, '全部行业')}",
            "start": start.label,
            "end": end.label,
        }
    elif (cause := request.GET.get("cause")) is not None:
        context["interrupted"] = [one for one in left if cause in {"all", one.code}]
    return render(request, "projects/durations.html", context)
