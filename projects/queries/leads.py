"""Leads: who holds a firm, for how long."""

import datetime as dt

from projects import stages
from projects.models import HoldRule, Lead
from projects.sheets.cells import name_key


def hold_days(today: dt.date) -> int:
    """For how many days a lead is held that is first reported on this day."""
    rule = HoldRule.objects.filter(valid_from__lte=today).order_by("-valid_from", "-pk").first()
    return rule.days if rule else stages.HOLD_DAYS


def holder_of(firm: str, *, today: dt.date) -> Lead | None:
    """The lead under which a firm of this name is held on a day, whoever's it is; None when it is free.

    A lead that became a project holds no longer: the project does (``projects.queries.held``).
    """
    held = Lead.objects.filter(
        firm_key=name_key(firm), held_until__gte=today, abandoned_on__isnull=True, project__isnull=True
    )
    return held.select_related("unit").order_by("first_reported_at", "pk").first()
