"""Visits, leads and firms as lists, and the visits of each unit as a table."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from accounts.choices import UnitKind
from accounts.models import Unit
from accounts.pinyin import named
from accounts.queries.posts import ActingPost
from projects.choices import ClaimState, Direction
from projects.models import Claim, Enterprise, Lead, Visit
from projects.queries.papers import told
from projects.queries.visible import claims_for, enterprises_for, leads_for, units_for, visits_for
from projects.rules import reads_county
from projects.stages import LeadState
from projects.validators import normalise_credit_code


def visits_listed(
    post: ActingPost, *, words: str = "", unit_id: int | None = None, direction: str = ""
) -> QuerySet[Visit]:
    """Visits that the post may read, the latest first. ``words``: firm, place or result."""
    visits = visits_for(post).select_related("enterprise", "unit", "project")
    if words:
        where = Q(firm_name__icontains=words) | Q(place__icontains=words) | Q(result__icontains=words)
        visits = visits.filter(where | named(words, "enterprise__"))
    if unit_id is not None:
        visits = visits.filter(unit_id=unit_id)
    if direction in Direction.values:
        visits = visits.filter(direction=direction)
    return visits.order_by("-happened_on", "-pk")


def leads_listed(post: ActingPost, *, today: dt.date, words: str = "", state: str = "") -> QuerySet[Lead]:
    """Leads that the post may read, the latest first. ``words``: investor or content."""
    leads = leads_for(post).select_related("enterprise", "unit", "project")
    if words:
        where = Q(firm_name__icontains=words) | Q(content__icontains=words)
        leads = leads.filter(where | named(words, "enterprise__"))
    going = Q(project__isnull=True, abandoned_on__isnull=True)
    states = {
        LeadState.OPEN: going & Q(held_until__gte=today),
        LeadState.EXPIRED: going & Q(held_until__lt=today),
        LeadState.CONVERTED: Q(project__isnull=False),
        LeadState.ABANDONED: Q(abandoned_on__isnull=False),
    }
    if state in LeadState.values:
        leads = leads.filter(states[LeadState(state)])
    return leads.order_by("-reported_on", "-pk")


def enterprises_listed(post: ActingPost, *, words: str = "") -> QuerySet[Enterprise]:
    """Firms that the post may read, by name, with ``projects_count``.

    ``words``: name, pinyin initials or credit code. Only projects that the post may read are counted.
    """
    firms = enterprises_for(post)
    if words:
        firms = firms.filter(named(words) | Q(credit_code__startswith=normalise_credit_code(words)))
    own = None if reads_county(post) else Q(projects__unit_id=post.unit_id)
    counted = Count("projects", filter=own, distinct=True)
    return firms.annotate(projects_count=counted).order_by("search_key", "name", "pk")


def claims_of(post: ActingPost, **source: Visit | Lead) -> list[Claim]:
    """The claims of one visit or lead that the post may read, in the order of entry."""
    return list(told(claims_for(post).filter(**source)).order_by("pk"))


def visits_of(post: ActingPost, *, lead: Lead) -> list[Visit]:
    """Visits that follow a lead, and the one from which it came."""
    where = Q(lead=lead) | Q(pk=lead.visit_id)
    return list(
        visits_for(post).filter(where).select_related("enterprise", "unit").order_by("happened_on", "pk")
    )


@dataclass(frozen=True)
class Trips:
    """The visits of one unit in a year that stand: trips, those with a principal leader, guests' visits."""

    unit: Unit
    trips: int
    leaders: int
    receptions: int
    guests: int
    last: dt.date | None


def trips_by_unit(post: ActingPost, *, today: dt.date) -> list[Trips]:
    """The visits of every unit that the post reads in the year of a day, until it. Two queries.

    A visit whose claim was taken back does not count. A unit without visits stands with zeros.
    """
    year = visits_for(post).filter(happened_on__range=(dt.date(today.year, 1, 1), today))
    standing = year.exclude(claims__state=ClaimState.REVERSED)
    out, in_ = Q(direction=Direction.OUTBOUND), Q(direction=Direction.INBOUND)
    counted: dict[int, dict[str, Any]] = {
        row["unit_id"]: dict(row)
        for row in standing.order_by()
        .values("unit_id")
        .annotate(
            trips=Count("pk", filter=out),
            leaders=Count("pk", filter=out & Q(principal_leader=True)),
            receptions=Count("pk", filter=in_),
            guests=Sum("headcount", filter=in_, default=0),
            last=Max("happened_on", filter=out),
        )
    }
    units = units_for(post).exclude(kind=UnitKind.OFFICE).order_by("sort_key", "pk")
    return [_trips(unit, counted.get(unit.pk, {})) for unit in units]


def _trips(unit: Unit, row: dict[str, Any]) -> Trips:
    return Trips(
        unit=unit,
        trips=row.get("trips", 0),
        leaders=row.get("leaders", 0),
        receptions=row.get("receptions", 0),
        guests=row.get("guests", 0),
        last=row.get("last"),
    )
