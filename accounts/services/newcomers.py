"""Many accounts at once (批量建立账户): examined without a trace, then created in one act."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import rules
from accounts.acts import act
from accounts.choices import Role, TenantLevel
from accounts.models import Post, Unit, UnitAlias, User
from accounts.names import search_key
from accounts.newcomers import Row
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, Refused
from accounts.services import posts, users

NOBODY = "!"  # a password that fits nothing, for persons who exist during the examination only


@dataclass(frozen=True)
class Examined:
    """A row with its username settled and everything that is wrong with it."""

    row: Row
    unit: Unit | None
    role: str
    faults: list[str]


def unused(post: ActingPost, name: str) -> str:
    """A username made from the pinyin of a name that nobody has yet. Writes nothing."""
    return examine(post=post, rows=[Row(1, name, asked=False)], today=dt.date.min)[0].row.username


@transaction.atomic
def examine(*, post: ActingPost, rows: Sequence[Row], today: dt.date) -> list[Examined]:
    """Every row with all of its faults; usernames that are empty are made from the name's pinyin.

    Usernames are one for the whole server, so they are tried by adding the persons in a savepoint
    that is rolled back. Writes nothing. Raises Forbidden without a system administrator's post.
    """
    if not rules.may_appoint(post):
        raise Forbidden("只有系统管理员可以建立账户。")
    known = _Known(post, rows)
    found = [_examined(row, known, today) for row in rows]
    with transaction.atomic():
        act("users.add")
        # Those who ask for a name come first, whatever their place in the sheet.
        for place, one in sorted(enumerate(found), key=lambda pair: not pair[1].row.username):
            found[place] = _named(one)
        transaction.set_rollback(True)
    return found


@transaction.atomic
def create(*, post: ActingPost, rows: Sequence[Row], today: dt.date) -> list[users.Slip]:
    """Create all accounts with their posts in one act; the slips alone hold the initial passwords.

    Raises Refused while a row has a fault; a form sent twice has one in every row.
    """
    examined = examine(post=post, rows=rows, today=today)
    if any(one.faults for one in examined):
        raise Refused("名单中还有错误，没有建立任何账户。")
    act("users.add")
    return list(_created(post, examined, today))


def _created(post: ActingPost, examined: list[Examined], today: dt.date) -> Iterator[users.Slip]:
    for one in examined:
        row, unit = one.row, cast(Unit, one.unit)  # a row without one has a fault
        secret = users.draw_secret()
        user_id = users.add(row.username, row.name, make_password(secret), initial=True)
        posts.write(post=post, user_id=user_id, unit=unit, role=one.role, on=row.from_on or today)
        yield users.Slip(row.name, row.username, unit.name, secret)


class _Known:
    """What the rows are compared with, read once."""

    def __init__(self, post: ActingPost, rows: Sequence[Row]):
        self.units = {unit.name: unit for unit in Unit.objects.filter(ends_on__isnull=True)}
        for alias in UnitAlias.objects.select_related("unit").filter(unit__ends_on__isnull=True):
            self.units.setdefault(alias.name, alias.unit)
        low = post.tenant_level == TenantLevel.COUNTY
        self.roles = {str(role.label): role for role in Role if not (low and role == Role.SUPERIOR)}
        held = Post.objects.select_related("user").order_by("pk")
        self.people = {(one.user.name, one.unit_id): one.user.username for one in held}
        self.asked = Counter(row.username for row in rows if row.username)
        self.twice = Counter((row.name, row.unit, row.role) for row in rows)


def _examined(row: Row, known: _Known, today: dt.date) -> Examined:
    """A row against what is known; its username is not tried yet."""
    faults = list(row.faults)
    unit, role = known.units.get(row.unit), known.roles.get(row.role)
    if not row.name:
        faults.append("没有填写姓名。")
    elif len(row.name) > (User._meta.get_field("name").max_length or 0):
        faults.append("姓名太长。")
    if unit is None:
        faults.append(f"没有名为“{row.unit}”的单位。" if row.unit else "没有填写单位。")
    if role is None:
        roles = "、".join(known.roles)
        faults.append(f"没有“{row.role}”这个角色，可填：{roles}。" if row.role else "没有填写角色。")
    if row.username and known.asked[row.username] > 1:
        faults.append(f"用户名 {row.username} 在名单中重复。")
    if known.twice[row.name, row.unit, row.role] > 1 and not row.username:
        faults.append("同一单位、同一角色有同名的两行；确是两个人的，请分别填写用户名。")
    same = known.people.get((row.name, unit.pk)) if unit else None
    if same and not row.username:
        faults.append(f"该单位已有同名用户 {same}；确是另一个人的，请填写用户名。")
    settled = row if row.faults else dataclasses.replace(row, from_on=row.from_on or today)
    return Examined(settled, unit, str(role or ""), faults)


def _named(one: Examined) -> Examined:
    """The row with a username that could be added just now."""
    row, faults = one.row, list(one.faults)
    if row.username:
        try:
            users.add(row.username, row.name, NOBODY, initial=True)
        except ValidationError as refused:
            # In the sheet itself it is told once, as a repetition.
            faults += [] if any("重复" in fault for fault in faults) else refused.messages
        return dataclasses.replace(one, faults=faults)
    if not row.name:
        return one
    for username in _candidates(row.name):
        try:
            users.add(username, row.name, NOBODY, initial=True)
        except ValidationError:
            continue
        return dataclasses.replace(one, row=dataclasses.replace(row, username=username, asked=False))
    return dataclasses.replace(one, faults=[*faults, "不能由姓名生成用户名，请填写。"])


def _candidates(name: str) -> Iterator[str]:
    """zhangsan, zhangsan2, zhangsan3 ..."""
    spelled = search_key(name).split(" ")[-1][:26]
    yield spelled
    yield from (f"{spelled}{number}" for number in range(2, 200))
