"""Units of a tenant: added, changed, closed or merged, remembered under other names, put into groups.

Nothing is deleted: what a unit has done stays with the unit of that day (F-2).
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import rules
from accounts.acts import act
from accounts.models import GroupMembership, Tenant, Unit, UnitAlias, UnitGroup
from accounts.names import sort_key
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused


def build(name: str, kind: str, **fields: Any) -> Unit:
    """A unit of the current tenant, not yet saved, with its sort key."""
    return Unit(name=name, kind=kind, sort_key=sort_key(name), **fields)


@transaction.atomic
def add(
    *,
    post: ActingPost,
    name: str,
    kind: str,
    parent: Unit | None = None,
    leader_office: Unit | None = None,
    represents: Tenant | None = None,
    group: UnitGroup | None = None,
    group_from: dt.date | None = None,
    **fields: Any,
) -> Unit:
    """Add a unit, with ``group`` from ``group_from`` on.

    ``fields``: organisation_code, exempt, starts_on. Raises Forbidden without the right,
    ValidationError for a name that is taken.
    """
    _allowed(post)
    act("unit.add")
    unit = build(name, kind, parent=parent, leader_office=leader_office, represents=represents, **fields)
    _check(unit)
    unit.save(force_insert=True)
    if group is not None and group_from is not None:
        GroupMembership.objects.create(unit=unit, group=group, from_on=group_from)
    return unit


@transaction.atomic
def edit(*, post: ActingPost, unit_id: int, **fields: Any) -> Unit:
    """Change what is said of a unit; an earlier name stays as its alias, so that old sheets still fit.

    ``fields``: name, kind, parent, leader_office, represents, organisation_code, exempt, starts_on.
    Raises Forbidden, NotFound, ValidationError.
    """
    _allowed(post)
    act("unit.edit")
    unit = _locked(unit_id)
    before = unit.name
    for field, value in fields.items():
        setattr(unit, field, value)
    unit.sort_key = sort_key(unit.name)
    _check(unit)
    unit.save()
    if unit.name != before:
        UnitAlias.objects.filter(unit=unit, name=unit.name).delete()
        UnitAlias.objects.create(unit=unit, name=before)
    return unit


@transaction.atomic
def close(*, post: ActingPost, unit_id: int, on: dt.date, reason: str, successor: Unit | None = None) -> Unit:
    """Close a unit (撤销) from this day on, or merge it into its successor.

    Its Returns, targets, claims and earlier groups stay; no later period gives it a Return, and its
    present group ends with it. Raises Forbidden, NotFound, Refused, ValidationError.
    """
    _allowed(post)
    act("unit.close", reason=reason)
    unit = _locked(unit_id)
    if unit.ends_on is not None:
        raise Refused(f"“{unit.name}”已于 {unit.ends_on:%Y-%m-%d} 撤销。")
    if unit.starts_on is not None and on < unit.starts_on:
        raise ValidationError({"on": "撤销日期不能早于设立日期。"})
    if successor is not None and (successor.pk == unit.pk or successor.ends_on is not None):
        raise ValidationError({"successor": "继任单位应是另一个没有撤销的单位。"})
    if GroupMembership.objects.filter(unit=unit, from_on__gt=on).exists():
        raise ValidationError({"on": "这一天以后还安排有考核分组，请核对日期。"})
    unit.ends_on, unit.successor = on, successor
    unit.save(update_fields=["ends_on", "successor"])
    GroupMembership.objects.filter(unit=unit, until_on__isnull=True).update(until_on=on)
    return unit


@transaction.atomic
def reopen(*, post: ActingPost, unit_id: int, reason: str) -> Unit:
    """Take a closing back that was a mistake: the unit and the group that ended with it go on.

    Raises Forbidden, NotFound, Refused.
    """
    _allowed(post)
    act("unit.reopen", reason=reason)
    unit = _locked(unit_id)
    if unit.ends_on is None:
        raise Refused(f"“{unit.name}”没有撤销。")
    GroupMembership.objects.filter(unit=unit, until_on=unit.ends_on).update(until_on=None)
    unit.ends_on = unit.successor = None
    unit.save(update_fields=["ends_on", "successor"])
    return unit


@transaction.atomic
def remember(*, post: ActingPost, unit_id: int, name: str) -> UnitAlias:
    """Another name under which sheets may call the unit. Raises Forbidden, NotFound, ValidationError."""
    _allowed(post)
    act("unit.alias")
    unit = _locked(unit_id)
    if fault := _taken(name):
        raise ValidationError({"name": fault})
    return UnitAlias.objects.create(unit=unit, name=name)


@transaction.atomic
def forget(*, post: ActingPost, alias_id: int) -> Unit:
    """Remove an alias that was wrong; what was imported under it stays. Raises Forbidden, NotFound."""
    _allowed(post)
    act("unit.unalias")
    alias = UnitAlias.objects.select_related("unit").filter(pk=alias_id).first()
    if alias is None:
        raise NotFound("没有这个别名。")
    alias.delete()
    return alias.unit


@transaction.atomic
def add_group(*, post: ActingPost, name: str) -> UnitGroup:
    """A new group (考核分组). Raises Forbidden, ValidationError for a known name."""
    _allowed(post)
    act("group.add")
    _free_group(name)
    return UnitGroup.objects.create(code=free_code(UnitGroup.objects.all()), name=name)


@transaction.atomic
def rename_group(*, post: ActingPost, group_id: int, name: str) -> UnitGroup:
    """Another name for a group. Raises Forbidden, NotFound, ValidationError for a known name."""
    _allowed(post)
    act("group.rename")
    group = UnitGroup.objects.select_for_update(no_key=True).filter(pk=group_id).first()
    if group is None:
        raise NotFound("没有这个考核分组。")
    _free_group(name, but=group.pk)
    group.name = name
    group.save(update_fields=["name"])
    return group


@transaction.atomic
def move(
    *, post: ActingPost, unit_id: int, group: UnitGroup, from_on: dt.date, today: dt.date
) -> GroupMembership:
    """Put a unit into a group from a day on; the group before ends the day before (F-62).

    A unit that has a group moves from today at the earliest: what was compared stays as it was. Its
    first group may begin earlier. Raises Forbidden, NotFound, Refused, ValidationError.
    """
    _allowed(post)
    act("unit.group")
    unit = _locked(unit_id)
    if unit.ends_on is not None:
        raise Refused(f"“{unit.name}”已撤销，不再分组。")
    latest = GroupMembership.objects.filter(unit=unit).order_by("-from_on").first()
    if latest is not None:
        _follow(latest, group, from_on, today)
    return GroupMembership.objects.create(unit=unit, group=group, from_on=from_on)


def _follow(latest: GroupMembership, group: UnitGroup, from_on: dt.date, today: dt.date) -> None:
    """End the latest membership before the next begins."""
    if from_on < today:
        raise ValidationError({"from_on": "分组从今天或以后起调整；以前各期的分组不变。"})
    if from_on <= latest.from_on:
        raise ValidationError({"from_on": f"已安排自 {latest.from_on:%Y-%m-%d} 起的分组，请选更晚的日期。"})
    if latest.group_id == group.pk and latest.until_on is None:
        raise ValidationError({"group": "单位现在就在这个分组。"})
    if latest.until_on is None or latest.until_on >= from_on:
        latest.until_on = from_on - dt.timedelta(days=1)
        latest.save(update_fields=["until_on"])


def free_code(groups: Iterable[UnitGroup]) -> str:
    """A code that none of these groups has; people read names, addresses carry codes."""
    known = {group.code for group in groups}
    return next(code for number in range(len(known) + 1) if (code := f"group{number + 1}") not in known)


def _allowed(post: ActingPost) -> None:
    if not rules.may_keep_units(post):
        raise Forbidden("单位由系统管理员或招商局维护。")


def _locked(unit_id: int) -> Unit:
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound("没有这个单位。")
    return unit


def _check(unit: Unit) -> None:
    """Raise ValidationError, by field, for what a form alone cannot see."""
    faults = {}
    if fault := _taken(unit.name, but=unit.pk):
        faults["name"] = fault
    if unit.pk and unit.leader_office_id == unit.pk:
        faults["leader_office"] = "分管领导所在办公室不能是单位自己。"
    above, seen = unit.parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == unit.pk:
            faults["parent"] = "上级单位不能是自己或自己的下级。"
        seen.add(above.pk)
        above = above.parent
    if unit.starts_on and unit.ends_on and unit.ends_on < unit.starts_on:
        faults["starts_on"] = "设立日期不能晚于撤销日期。"
    if faults:
        raise ValidationError(faults)


def _taken(name: str, but: int | None = None) -> str:
    """Whose name or alias this is already, in words; "" when it is free."""
    own = but or 0  # no row has the key 0
    if Unit.objects.filter(name=name).exclude(pk=own).exists():
        return f"已有名为“{name}”的单位。"
    alias = UnitAlias.objects.filter(name=name).exclude(unit=own).select_related("unit").first()
    return f"“{name}”已是“{alias.unit}”的别名。" if alias else ""


def _free_group(name: str, but: int = 0) -> None:
    if UnitGroup.objects.filter(name=name).exclude(pk=but).exists():
        raise ValidationError({"name": f"已有名为“{name}”的考核分组。"})
