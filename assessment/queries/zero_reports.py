"""Zero reports (零报告) that wait to be confirmed: submitted, without a standing claim, open for opinions."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from accounts.queries.posts import ActingPost
from projects.choices import ClaimState
from projects.models import Claim, Return
from projects.queries.visible import returns_for


@dataclass(frozen=True)
class ZeroReports:
    """Those that this person may confirm, and those that another office has to."""

    free: list[Return]
    conflicted: list[Return]


def waiting(post: ActingPost) -> QuerySet[Return]:
    """Zero reports that nobody has confirmed yet, oldest due first."""
    standing = Claim.objects.filter(booked_in=OuterRef("pk")).exclude(state=ClaimState.REVERSED)
    return (
        returns_for(post)
        .filter(
            ~Exists(standing),
            submitted_at__isnull=False,
            zero_confirmed_at__isnull=True,
            opinions_closed_at__isnull=True,
        )
        .select_related("unit", "period")
        .order_by("period__due_on", "unit__sort_key", "pk")
    )


def sorted_out(post: ActingPost) -> ZeroReports:
    """The waiting ones, parted by the rule that the database enforces (I4). Two queries."""
    found = list(waiting(post))
    interests = _with_interest(post, found)
    return ZeroReports(
        [item for item in found if item.pk not in interests],
        [item for item in found if item.pk in interests],
    )


def _with_interest(post: ActingPost, found: list[Return]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM projects_return r"
            " JOIN projects_period p ON p.tenant_id = r.tenant_id AND p.id = r.period_id"
            " WHERE r.tenant_id = %s AND r.id = ANY(%s)"
            " AND sec.has_interest_in(r.tenant_id, r.unit_id, p.starts_on, %s)",
            [post.tenant_id, [item.pk for item in found], post.user_id],
        )
        return {row[0] for row in cursor.fetchall()}
