"""People and the posts they hold."""

import datetime as dt

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import rules
from accounts.acts import act
from accounts.choices import Role
from accounts.models import Post, Unit, User
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden

ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


def find(username: str) -> User | None:
    """A user by name before any scope is entered; inside a scope nobody is found."""
    return next(iter(User.objects.raw("SELECT * FROM sec.login_row(%s)", [username])), None)


@transaction.atomic
def appoint(
    *, post: ActingPost, username: str, name: str, unit: Unit, role: str, password: str | None, on: dt.date
) -> Post:
    """Give a person a post in a unit from this day, adding the person when new.

    ``password`` is set for a new person only (None: no login until one is set). Raises Forbidden
    unless acted in a system administrator's post, ValidationError when one person would hold two
    of the three administrators' roles or the same post twice, or when somebody outside the tenant
    has the name.
    """
    if not rules.may_appoint(post):
        raise Forbidden("只有系统管理员可以新增用户和岗位。")
    act("user.add")
    user = User.objects.filter(username=username).first()
    user_id = user.pk if user else _add(username, name, password)
    held = set(Post.objects.filter(user_id=user_id).values_list("role", flat=True)) & ADMINISTRATORS
    if role in ADMINISTRATORS and held - {role}:
        raise ValidationError({"role": "系统、安全、审计三类管理员不得由一人兼任。"})
    if Post.objects.filter(user_id=user_id, unit=unit, role=role, until_on__isnull=True).exists():
        raise ValidationError({"username": f"{username} 已在{unit.name}担任{Role(role).label}。"})
    return Post.objects.create(user_id=user_id, unit=unit, role=role, from_on=on)


@transaction.atomic
def change_password(*, user: User, old: str, new: str) -> None:
    """Set one's own password; the log keeps that it changed, never its value.

    Raises ValidationError for a wrong old password (``old``) and a weak new one (``new``).
    """
    if not check_password(old, user.password):
        raise ValidationError({"old": "原密码不正确。"})
    try:
        password_validation.validate_password(new, user)
    except ValidationError as faults:
        raise ValidationError({"new": faults.messages}) from faults
    act("password.change")
    user.password = make_password(new)
    user.save(update_fields=["password"])


def _add(username: str, name: str, password: str | None) -> int:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sec.add_user(%s, %s, %s)", [username, name, make_password(password)])
            return cursor.fetchone()[0]
    except IntegrityError as error:
        raise ValidationError({"username": f"用户名 {username} 已被使用，请另选一个。"}) from error
