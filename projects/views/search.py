"""One box for everything: a page of results by kind; each kind goes on by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.rules import anybody
from accounts.views.gate import gate
from accounts.views.paging import paged, searched
from projects.queries import search as queries

FIRST = 10  # of each kind on the page of all kinds
PAGE = 50
PAGES = {
    queries.PROJECTS: "project",
    queries.FIRMS: "enterprise",
    queries.UNITS: "unit",
    queries.VOUCHERS: "voucher",
}


@gate(anybody, "GET")
def search(request: HttpRequest) -> HttpResponse:
    """What was found, by kind; with ``in`` one kind, page by page."""
    words = searched(request)
    found = queries.groups(request.post, words) if words else {}
    kind = request.GET.get("in", "")
    context = {"find": words, "kind": kind if kind in found else "", "sections": []}
    if kind in found:
        context |= paged(request, found[kind], PAGE)
        context["sections"] = [_section(kind, list(context["page"]), more=False)]
    else:
        for each, rows in found.items():
            first = list(rows[: FIRST + 1])
            if first:
                context["sections"].append(_section(each, first[:FIRST], more=len(first) > FIRST))
    return render(request, "projects/search.html", context)


def _section(kind: str, rows: list, *, more: bool) -> dict:
    return {
        "kind": kind,
        "label": queries.LABELS[kind],
        "hits": [(hit, _address(hit)) for hit in queries.hits(kind, rows)],
        "more": more,
    }


def _address(hit: queries.Hit) -> str:
    """The page that the hit opens; "" for one that opens nothing."""
    if hit.key is None:
        return ""
    return reverse(PAGES[hit.kind], args=[hit.key])
