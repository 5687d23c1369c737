"""People and the posts they hold."""

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.acts import act
from accounts.choices import Role
from accounts.models import Post, Unit, User
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden

ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


def find(username: str) -> User | None:
    """A user by name, whether or not a post makes the row visible yet."""
    return next(iter(User.objects.raw("SELECT * FROM sec.login_row(%s)", [username])), None)


@transaction.atomic
def appoint(
    *, post: ActingPost, username: str, name: str, unit: Unit, role: str, password: str | None, on: dt.date
) -> Post:
    """Give a person a post in a unit from this day, adding the person when new.

    ``password`` is set for a new person only (None: no login until one is set). Raises Forbidden
    unless acted in a system administrator's post, ValidationError when one person would hold two
    of the three administrators' roles or the same post twice.
    """
    if post.role != Role.SYSTEM_ADMIN:
        raise Forbidden("只有系统管理员可以新增用户和岗位。")
    act("user.add")
    user = find(username)
    user_id = user.pk if user else _add(username, name, password)
    held = set(Post.objects.filter(user_id=user_id).values_list("role", flat=True)) & ADMINISTRATORS
    if role in ADMINISTRATORS and held - {role}:
        raise ValidationError({"role": "系统、安全、审计三类管理员不得由一人兼任。"})
    if Post.objects.filter(user_id=user_id, unit=unit, role=role, until_on__isnull=True).exists():
        raise ValidationError({"username": f"{username} 已在{unit.name}担任{Role(role).label}。"})
    return Post.objects.create(user_id=user_id, unit=unit, role=role, from_on=on)


def _add(username: str, name: str, password: str | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.add_user(%s, %s, %s)", [username, name, make_password(password)])
        return cursor.fetchone()[0]
