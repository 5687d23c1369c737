"""A new jurisdiction as every one begins: standard measures, rules, work days; an administrator if asked."""

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Now

from accounts import scope
from accounts.choices import Role, UnitKind
from accounts.models import Post, Tenant, User
from accounts.operator import as_migrator
from accounts.refusals import Refused
from accounts.services import tenants, units
from assessment.services import measures, rules
from projects.services import calendar, checklists, gates, periods

ADMIN_UNIT = "系统管理"
OPERATOR_LABEL = "服务器运维"
INITIAL_LIFE = dt.timedelta(hours=72)  # as sec.initial_until() gives to all others


def add(
    *,
    code: str,
    name: str,
    level: str,
    on: dt.date,
    parent_code: str | None = None,
    admin: tuple[str, str, str] | None = None,
    initial: bool = False,
) -> Tenant:
    """Add a tenant as one act of the operator. ``admin``: username, name and password of its administrator.

    The administrator's post begins ``on`` that day; an ``initial`` password works for 72 hours and is
    changed at the first sign-in. Works as the owner's role, so not inside a
    transaction. Raises Refused for a known code, an unknown parent or a username that is taken.
    """
    with as_migrator(), transaction.atomic():
        tenant = tenants.add(code=code, name=name, level=level, parent_code=parent_code, label=OPERATOR_LABEL)
        with scope.enter(tenant.pk, kind=scope.OPERATOR):
            rules.publish_standard(measures.publish_standard())
            periods.usual_rules()
            gates.publish_standard()
            checklists.publish_standard()
            # Work days are also counted back into the year before.
            calendar.publish(range(on.year - 1, calendar.PUBLISHED.stop))
            if admin is not None:
                _add_administrator(*admin, on=on, initial=initial)
    return tenant


def _add_administrator(username: str, name: str, password: str, *, on: dt.date, initial: bool) -> None:
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名 {username} 已被使用，请另选一个。")
    user = User.objects.create(
        username=username,
        name=name,
        password=make_password(password),
        initial_until=Now() + INITIAL_LIFE if initial else None,
    )
    unit = units.build(ADMIN_UNIT, UnitKind.OFFICE)
    unit.save(force_insert=True)
    Post.objects.create(user=user, unit=unit, role=Role.SYSTEM_ADMIN, from_on=on)
