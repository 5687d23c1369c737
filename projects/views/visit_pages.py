"""Visits: the list with its counts by unit, and one visit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import clock
from accounts.queries import history
from accounts.views.gate import gate
from accounts.views.paging import number_in, paged, searched
from projects import rules
from projects.choices import Direction
from projects.queries import acts
from projects.queries.visible import contacts_for, units_for, visits_for

PAGE = 50


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Visits that the post may read, by words, unit and direction."""
    words, direction = searched(request), request.GET.get("direction", "")
    unit_id = number_in(request.GET["unit"]) if request.GET.get("unit") else None
    found = acts.visits_listed(request.post, words=words, unit_id=unit_id, direction=direction)
    context = {
        "words": words,
        "unit_id": unit_id,
        "direction": direction,
        "directions": Direction.choices,
        "units": list(units_for(request.post).order_by("sort_key", "pk")),
        "records": rules.may_record(request.post),
    }
    return render(request, "projects/visits.html", {**context, **paged(request, found, PAGE)})


@gate(rules.reads_data, "GET")
def detail(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit: where, who, what came of it, its claim, its photos."""
    related = ("enterprise", "unit", "project", "lead__enterprise")
    visit = get_object_or_404(visits_for(request.post).select_related(*related), pk=visit_id)
    claims = acts.claims_of(request.post, visit=visit)
    links = list(visit.evidence_links.select_related("evidence").order_by("pk"))
    rows = [("projects_visit", visit.pk), *(("projects_claim", claim.pk) for claim in claims)]
    return render(
        request,
        "projects/visit.html",
        {
            "visit": visit,
            "contact": contacts_for(request.post).filter(pk=visit.contact_id).first(),
            "reads_leads": rules.reads_leads(request.post),
            "claims": claims,
            "links": links,
            "withdraws": rules.may_withdraw(request.post),
            "changes": history.of_rows(rows, limit=20),
        },
    )


@gate(rules.reads_data, "GET")
def by_unit(request: HttpRequest) -> HttpResponse:
    """Who went out this year and who did not: trips, leaders' trips, people, guests, by unit (S0-20)."""
    today = clock.today()
    table = acts.trips_by_unit(request.post, today=today)
    return render(request, "projects/visits_by_unit.html", {"table": table, "today": today})
