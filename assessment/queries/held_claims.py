"""Claims that wait for a reviewing office (待初审, 待核实): since when, and which office holds them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.choices import Role
from assessment.queries.queue import bureau_holds
from assessment.queries.recipients import People
from projects.choices import IN_REVIEW
from projects.models import Claim


@dataclass(frozen=True)
class Held:
    """A claim with the day from which it has waited for its office: the bureau, or an inspection office."""

    claim: Claim
    since: dt.date
    by_bureau: bool


def held(claims: QuerySet[Claim], *, today: dt.date) -> list[Held]:
    """Those of the claims that a reviewer could decide. One query.

    They wait from the submission or the last opinion. These are moments of the database's clock;
    where the portal stands at an earlier day (demo), they have not come yet and the due day counts.
    """
    rows = (
        claims.filter(
            state__in=IN_REVIEW,
            booked_in__opinions_closed_at__isnull=True,
            entered_at__lte=F("booked_in__submitted_at"),
        )
        .annotate(
            moved_at=Coalesce(Max("opinions__at"), F("booked_in__submitted_at")), by_bureau=bureau_holds()
        )
        .select_related("booked_in__period")
        .order_by("booked_in__period__due_on", "pk")
    )
    return [Held(claim, _since(claim, today), claim.by_bureau) for claim in rows]


def _since(claim: Any, today: dt.date) -> dt.date:
    # An annotated Claim.
    moved_on = timezone.localdate(claim.moved_at)
    return moved_on if moved_on <= today else min(claim.booked_in.period.due_on, today)


def by_office(rows: Iterable[Held], people: People) -> dict[int, list[Held]]:
    """By office what it holds: bureau before the first review, then inspection offices free of interest.

    Where all of them have an interest all are named: somebody has to be found. One query.
    """
    rows = list(rows)
    bureaus, inspections = people.with_role(Role.BUREAU), people.with_role(Role.INSPECTION)
    interests = _interests([row.claim for row in rows])
    found: dict[int, list[Held]] = {office: [] for office in (*bureaus, *inspections)}
    for row in rows:
        if row.by_bureau:
            offices = bureaus
        else:
            free = [office for office in inspections if office not in interests[row.claim.pk]]
            offices = free or inspections
        for office in offices:
            found[office].append(row)
    return {office: rows for office, rows in found.items() if rows}


def _interests(claims: list[Claim]) -> dict[int, set[int]]:
    """By claim the units that may not decide on it, by the rule that the database enforces (I4)."""
    if not claims:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, array(SELECT unit_id FROM sec.interested_units(c))"
            " FROM projects_claim c WHERE c.tenant_id = %s AND c.id = ANY(%s)",
            [claims[0].tenant_id, [claim.pk for claim in claims]],
        )
        return {claim: set(units) for claim, units in cursor.fetchall()}
