"""Projects: the list, and one project with everything that hangs on it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.queries import history
from accounts.views.gate import gate
from accounts.views.paging import number_in, paged, searched
from projects import rules
from projects.queries import papers
from projects.queries.visible import projects_for, units_for

PAGE = 50


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Projects that the post may read, by words and unit."""
    words = searched(request)
    unit_id = number_in(request.GET["unit"]) if request.GET.get("unit") else None
    found = papers.projects_listed(request.post, words=words, unit_id=unit_id)
    return render(
        request,
        "projects/projects.html",
        {
            **paged(request, found, PAGE),
            "words": words,
            "unit_id": unit_id,
            "units": list(units_for(request.post).order_by("sort_key", "pk")),
            "records": rules.may_record(request.post),
        },
    )


@gate(rules.reads_data, "GET")
def detail(request: HttpRequest, project_id: int) -> HttpResponse:
    """The firm, the agreements, the claims, the splits and what happened to them."""
    found = projects_for(request.post).select_related("enterprise", "unit", "host_unit", "parent")
    project = get_object_or_404(found, pk=project_id)
    agreements = list(project.agreements.order_by("signed_on", "pk"))
    claims = list(papers.claims_of_project(request.post, project))
    splits = list(project.splits.prefetch_related("lines__unit").order_by("agreed_on", "pk"))
    rows = [("projects_project", project.pk), ("projects_enterprise", project.enterprise_id)]
    rows += [("projects_agreement", agreement.pk) for agreement in agreements]
    rows += [("projects_split", split.pk) for split in splits]
    rows += [("projects_claim", claim.pk) for claim in claims]
    return render(
        request,
        "projects/project.html",
        {
            "project": project,
            "agreements": agreements,
            "claims": claims,
            "sums": papers.sums_of(claims),
            "splits": splits,
            "records": rules.may_record(request.post),
            "agrees": rules.may_agree_split(request.post),
            "changes": history.of_rows(rows, limit=20),
        },
    )
