"""Filing periods as the bureau follows them: where each stands and who is missing."""

import datetime as dt

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from projects.models import Period, Return

# Key of a state -> its word, its tone in the style sheet.
STATES = {
    "coming": (_("未到开放日期"), "wait"),
    "open": (_("填报中"), "good"),
    "late": (_("已过截止，逾期照收"), "warn"),
    "reports_closed": (_("填报已关闭，核实中"), "wait"),
    "closed": (_("已关闭封存"), ""),
}


def listed() -> QuerySet[Period]:
    """Every filed period, the latest first, with its Returns: all, missing, late, to be confirmed."""
    return (
        Period.objects.filter(filed=True)
        .annotate(
            all_returns=Count("returns"),
            missing=Count("returns", filter=unfiled("returns__")),
            to_confirm=Count("returns", filter=Q(returns__on_behalf=True, returns__confirmed_at=None)),
        )
        .order_by("-starts_on", "ends_on", "pk")
    )


def unfiled(prefix: str = "") -> Q:
    """未报: not submitted by a unit that has to file; ``prefix`` leads to the Return."""
    return Q(**{f"{prefix}submitted_at__isnull": True, f"{prefix}unit__exempt": False})


def state_of(period: Period, today: dt.date) -> str:
    """Key of a period's state on this day."""
    if period.closed_at is not None:
        return "closed"
    if period.reports_closed_at is not None:
        return "reports_closed"
    if period.opens_on is not None and period.opens_on > today:
        return "coming"
    return "late" if today > period.due_on else "open"


def reopened() -> QuerySet[Return]:
    """Returns that were opened again, the last first; those still open before the others."""
    return (
        Return.objects.filter(reopened_until__isnull=False)
        .select_related("unit", "period")
        .order_by("-reopened_until", "pk")
    )
