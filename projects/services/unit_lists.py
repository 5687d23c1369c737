"""Units loaded from a list (单位名册): checked whole, then added as one act."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts import rules
from accounts.acts import act
from accounts.models import GroupMembership, Unit, UnitAlias, UnitGroup
from accounts.queries.dated import on_day
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, Refused
from accounts.services import units
from projects.sheets import unit_list
from projects.sheets.reader import BookRefused
from projects.sheets.unit_list import Listed


def examine(content: bytes, file_name: str, *, today: dt.date) -> Listed:
    """Read and check a list against the units that are there; writes nothing.

    Raises Refused when the file is no workbook.
    """
    aliases = dict(UnitAlias.objects.values_list("name", "unit__name"))
    try:
        return unit_list.check(content, file_name, known=_known(today), aliases=aliases, today=today)
    except BookRefused as refusal:
        raise Refused(str(refusal)) from refusal


@transaction.atomic
def load(*, post: ActingPost, content: bytes, file_name: str, today: dt.date) -> int:
    """Add the units of a list that has no error, with their groups from the first day of the year.

    Gives back how many are new; a list that brings nothing new opens no act. Raises Forbidden, Refused.
    """
    if not rules.may_keep_units(post):
        raise Forbidden("单位由系统管理员或招商局维护。")
    listed = examine(content, file_name, today=today)
    if not listed.is_clean:
        raise Refused("名册还有错误，没有写入任何数据。")
    if not listed.new:
        return 0
    act("unit.load")
    made = {unit.name: unit for unit in Unit.objects.all()}
    made |= {unit.name: unit for unit in Unit.objects.bulk_create(_unit(row) for row in listed.new)}
    _set_above(listed.new, made)
    _set_groups(listed.new, made, today.replace(month=1, day=1))
    return len(listed.new)


def _unit(row: Any) -> Unit:
    return units.build(
        row.name,
        row.kind,
        organisation_code=row.organisation_code or "",
        exempt=bool(row.exempt),
        starts_on=row.starts_on,
    )


def _set_above(rows: tuple, made: dict[str, Unit]) -> None:
    """Units may name each other, so what stands above them is set once all are there."""
    named = [row for row in rows if row.parent or row.leader_office]
    for row in named:
        unit = made[row.name]
        unit.parent = made.get(row.parent)
        unit.leader_office = made.get(row.leader_office)
    Unit.objects.bulk_update([made[row.name] for row in named], ["parent", "leader_office"])


def _set_groups(rows: tuple, made: dict[str, Unit], first: dt.date) -> None:
    groups = {group.name: group for group in UnitGroup.objects.all()}
    for name in dict.fromkeys(row.group for row in rows if row.group):
        if name not in groups:
            groups[name] = UnitGroup.objects.create(code=units.free_code(groups.values()), name=name)
    GroupMembership.objects.bulk_create(
        GroupMembership(
            unit=made[row.name], group=groups[row.group], from_on=max(first, row.starts_on or first)
        )
        for row in rows
        if row.group
    )


def _known(today: dt.date) -> dict[str, dict[str, object]]:
    """Units with their fields as a row of the list has them. Two queries."""
    groups = dict(GroupMembership.objects.filter(on_day(today)).values_list("unit_id", "group__name"))
    return {
        unit.name: {
            "name": unit.name,
            "kind": unit.kind,
            "group": groups.get(unit.pk),
            "parent": unit.parent and unit.parent.name,
            "leader_office": unit.leader_office and unit.leader_office.name,
            "organisation_code": unit.organisation_code or None,
            "exempt": unit.exempt,
            "starts_on": unit.starts_on,
        }
        for unit in Unit.objects.select_related("parent", "leader_office")
    }
