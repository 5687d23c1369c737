"""What happened: the acts of the tenant and one act with its lines (F-97)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import clock, rules
from accounts.forms.changes import ChangesFilter
from accounts.queries import history
from accounts.refusals import Refused
from accounts.services import change_exports
from accounts.views.gate import gate, words

PAGE = 50
LINES = 100


@gate(rules.may_read_changes, "GET")
def changes(request: HttpRequest) -> HttpResponse:
    """The acts, newest first, page by page along the chain."""
    values, form = _asked(request)
    before = request.GET.get("before", "")
    older_than = int(before) if before.isdecimal() and len(before) < 19 else None
    found = history.acts(form.filters(), values=values, before=older_than, size=PAGE + 1)
    query = request.GET.copy()
    query.pop("before", None)
    return render(
        request,
        "accounts/changes.html",
        {
            "form": form,
            "acts": found[:PAGE],
            "values": values,
            "query": query.urlencode(),
            "older": found[PAGE - 1].pos if len(found) > PAGE else None,
            "paged": older_than is not None,
        },
    )


@gate(rules.may_read_changes, "GET")
def export(request: HttpRequest) -> HttpResponse:
    """The acts that the page finds, all of them, as a file to keep; taking it is an act in the log."""
    values, form = _asked(request)
    asked = {"filters": form.filters(), "question": form.words(), "values": values}
    try:
        content = change_exports.export(post=request.post, who=request.user.name, at=clock.now(), **asked)
    except Refused as refusal:
        messages.error(request, words(refusal))
        return redirect(f"{reverse('changes')}?{request.GET.urlencode()}")
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="changes.csv"'
    return answer


@gate(rules.may_read_changes, "GET")
def change(request: HttpRequest, pos: int) -> HttpResponse:
    """One act: its header and, where values may be read, its lines page by page."""
    values = rules.may_read_values(request.post)
    number = request.GET.get("page", "1")
    number = int(number) if number.isdecimal() and 0 < len(number) < 9 else 1
    found = history.one(pos, values=values, first=(max(number, 1) - 1) * LINES, size=LINES)
    if found is None:
        raise Http404("没有这个序号的变更。")
    entry, lines = found
    page = Paginator(range(lines), LINES).get_page(number)
    return render(request, "accounts/change.html", {"entry": entry, "page": page, "values": values})


def _asked(request: HttpRequest) -> tuple[bool, ChangesFilter]:
    """Whether the post reads values, and what it narrows the log to."""
    values = rules.may_read_values(request.post)
    form = ChangesFilter(request.GET, units=history.units_that_acted(), records=values)
    form.is_valid()
    return values, form
