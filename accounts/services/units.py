"""Units of a tenant."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import rules
from accounts.acts import act
from accounts.models import Tenant, Unit
from accounts.names import sort_key
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden


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
) -> Unit:
    """Add a unit. Raises Forbidden without the right, ValidationError for a known name."""
    if not rules.may_add_units(post):
        raise Forbidden("只有系统管理员或招商局可以新增单位。")
    act("unit.add")
    unit = build(name, kind, parent=parent, leader_office=leader_office, represents=represents)
    if Unit.objects.filter(name=name).exists():
        raise ValidationError({"name": f"已有名为“{name}”的单位。"})
    unit.save(force_insert=True)
    return unit
