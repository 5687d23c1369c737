"""The one clock. Only views, tasks and commands read it; everything else takes time as an argument."""

import datetime as dt

from django.conf import settings
from django.utils import timezone


def now() -> dt.datetime:
    """The business moment, aware. ``PORTAL_NOW`` freezes it where the settings allow that (demo, tests)."""
    if frozen():
        return settings.PORTAL_NOW
    return timezone.now()


def today() -> dt.date:
    """The business day in the portal's time zone."""
    return timezone.localdate(now())


def real_today() -> dt.date:
    """Today, also where the business date stands still: for statements about the change log's real times."""
    return timezone.localdate()


def frozen() -> bool:
    """Whether the portal stands at a fixed moment; pages say so."""
    return bool(settings.PORTAL_FROZEN_NOW_ALLOWED and settings.PORTAL_NOW)
