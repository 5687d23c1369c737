"""Rows that hold from a day on, until a day or for good: memberships of groups, posts."""

import datetime as dt

from django.db.models import Q


def on_day(day: dt.date, prefix: str = "") -> Q:
    """Rows in force on a day (both ends count); ``prefix`` leads to them, like ``memberships__``."""
    begun = Q(**{f"{prefix}from_on__lte": day})
    return begun & (Q(**{f"{prefix}until_on__isnull": True}) | Q(**{f"{prefix}until_on__gte": day}))
