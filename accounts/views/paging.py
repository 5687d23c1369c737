"""Long lists, page by page."""

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def paged(request: HttpRequest, rows: QuerySet | Sequence, size: int) -> dict:
    """The page that the request asks for and the other parameters, for ``portal/_pages.html``."""
    query = request.GET.copy()
    query.pop("page", None)
    return {"page": Paginator(rows, size).get_page(request.GET.get("page")), "query": query.urlencode()}


def searched(request: HttpRequest) -> str:
    """The words of the search box, at most as many as a name has."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:60]


def number_in(text: str) -> int:
    """A key in an address; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
