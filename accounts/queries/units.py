"""Units as lists and as one page. Names are open to everybody of the tenant."""

import datetime as dt

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import GroupMembership, Unit, UnitAlias, UnitGroup
from accounts.pinyin import named
from accounts.queries.dated import on_day

CURRENT, CLOSED = "current", "closed"


def called(words: str) -> Q:
    """Units whose name, pinyin or alias holds the words."""
    alias = UnitAlias.objects.filter(unit=OuterRef("pk"), name__icontains=words)
    return named(words) | Q(Exists(alias))


def listed(
    *, today: dt.date, words: str = "", kind: str = "", group: str = "", state: str = CURRENT
) -> QuerySet[Unit]:
    """Units by pinyin, with ``group_name`` as of today; found by name, alias or pinyin.

    ``state``: CURRENT (not closed before today), CLOSED, or "" for all.
    """
    now = GroupMembership.objects.filter(on_day(today), unit=OuterRef("pk"))
    units = Unit.objects.select_related("parent", "successor").annotate(
        group_name=Subquery(now.values("group__name")[:1])
    )
    if words:
        units = units.filter(called(words))
    if kind:
        units = units.filter(kind=kind)
    if group:
        units = units.filter(Exists(now.filter(group__code=group)))
    if state == CLOSED:
        units = units.filter(ends_on__lt=today)
    elif state == CURRENT:
        units = units.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    return units.order_by("sort_key", "pk")


def one() -> QuerySet[Unit]:
    """Units with all that their page names."""
    groups = GroupMembership.objects.select_related("group").order_by("-from_on", "-pk")
    return Unit.objects.select_related("parent", "leader_office", "represents", "successor").prefetch_related(
        Prefetch("memberships", queryset=groups),
        Prefetch("aliases", queryset=UnitAlias.objects.order_by("pk")),
        Prefetch("children", queryset=Unit.objects.order_by("sort_key", "pk")),
    )


def groups(*, today: dt.date) -> QuerySet[UnitGroup]:
    """Groups with ``members`` as of today."""
    members = Count("memberships", filter=on_day(today, "memberships__"))
    return UnitGroup.objects.annotate(members=members).order_by("pk")
