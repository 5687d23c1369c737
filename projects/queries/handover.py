"""What a person leaves behind in a post (交接单): returns to file, claims under way, projects."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Post
from accounts.queries.posts import ActingPost
from projects.choices import IN_REVIEW, ClaimState
from projects.models import Claim, Project, Return
from projects.queries.visible import ACTS, claims_for, projects_for, returns_for
from projects.rules import OWN_UNIT

SHOWN = 100


@dataclass(frozen=True)
class Left:
    """One kind of what is left: how many, and those of them that the reader may open (words, address)."""

    title: str
    number: int
    rows: list[tuple[str, str]]


def left_in(post: ActingPost, held: Post) -> list[Left]:
    """What is under way in a post, counted for everybody, named only for those who may read it.

    A unit's people leave the unit's unsubmitted Returns and its projects, everybody the claims that
    they entered and that are not decided. Eight queries at most.
    """
    found = []
    if held.role in OWN_UNIT:
        missing = Return.objects.filter(
            unit=held.unit_id, submitted_at__isnull=True, reports_closed_at__isnull=True
        )
        found.append(
            Left(
                _("未上报的报表"),
                missing.count(),
                [
                    (row.period.name, reverse("return", args=[row.pk]))
                    for row in _readable(missing, returns_for(post)).select_related("period")[:SHOWN]
                ],
            )
        )
    found += _claims(post, held)
    if held.role in OWN_UNIT:
        projects = Project.objects.filter(unit=held.unit_id)
        rows = _readable(projects, projects_for(post))[:SHOWN]
        names = [(row.name, reverse("project", args=[row.pk])) for row in rows]
        found.append(Left(_("本单位的项目"), projects.count(), names))
    return found


def _claims(post: ActingPost, held: Post) -> Iterator[Left]:
    entered = Claim.objects.filter(entered_by=held.user_id, reverses__isnull=True)
    for title, states in ((_("被退回的申报"), [ClaimState.RETURNED]), (_("核实中的申报"), IN_REVIEW)):
        claims = entered.filter(state__in=states)
        rows = _readable(claims, claims_for(post)).select_related("project", *ACTS)[:SHOWN]
        yield Left(
            title,
            claims.count(),
            [(f"{row.subject}·{row.get_kind_display()}", reverse("claim", args=[row.pk])) for row in rows],
        )


def _readable(rows: QuerySet, visible: QuerySet) -> QuerySet:
    return rows.filter(pk__in=visible.values("pk")).order_by("pk")
