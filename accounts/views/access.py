"""The access log of the audit administrator: headers only, never what was read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import rules
from accounts.forms.access import AccessFilter
from accounts.models import Change
from accounts.queries import access as queries
from accounts.queries import history
from accounts.views.gate import gate
from accounts.views.paging import paged

PAGE = 50


@gate(rules.may_read_access, "GET")
def access(request: HttpRequest) -> HttpResponse:
    """One kind of access, page by page, the newest first."""
    form = AccessFilter(request.GET)
    kind, narrowed = form.asked()
    rows = {
        queries.READS: queries.reads,
        queries.SIGN_INS: queries.sign_ins,
        queries.FAILURES: queries.failures,
    }[kind](**narrowed)
    context = {"form": form, "kind": kind, **paged(request, rows, PAGE)}
    page = context["page"]
    if rows.model is Change:
        context["rows"] = history.headers(list(page))
    else:
        found = queries.people_here().filter(username__in={row.username for row in page})
        names = dict(found.values_list("username", "name"))
        context["rows"] = [(row, names.get(row.username, "")) for row in page]
    return render(request, "accounts/access.html", context)
