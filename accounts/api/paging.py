"""Lists page by page along their keys: stable while rows are added, every page as fast as the first."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

USUAL, MOST = 100, 500


class KeyPages(BasePagination):
    """``limit`` rows with ids above ``after``; ``next`` is the address of the page that follows, or null."""

    next_page: str | None = None

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list:
        """The rows of the page asked for. One query."""
        asked = view.asked
        limit = asked.get("limit") or USUAL
        rows = list(queryset.filter(pk__gt=asked.get("after") or 0).order_by("pk")[: limit + 1])
        if len(rows) > limit:
            query = request.query_params.copy()
            query["after"] = str(rows[limit - 1].pk)
            self.next_page = f"{request.path}?{query.urlencode()}"
        return rows[:limit]

    def get_paginated_response(self, data: list) -> Response:
        """The page as an object."""
        return Response({"items": data, "next": self.next_page})

    def get_paginated_response_schema(self, schema: dict) -> dict:
        """The same as the API's description tells it."""
        return {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": schema,
                "next": {"type": "string", "nullable": True, "example": "/api/v1/claims/?after=100"},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list:
        """None here: the view describes all its parameters."""
        return []
