"""People and their passwords."""

import datetime as dt
import secrets
from dataclasses import dataclass

from axes.utils import reset as forget_failures
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import rules, validators
from accounts.acts import act
from accounts.models import Post, Unit, User
from accounts.names import search_key
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused
from accounts.services import posts

# Without letters and digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Slip:
    """What a person needs for the first sign-in (初始密码单). ``secret`` is kept nowhere in clear."""

    name: str
    username: str
    unit: str
    secret: str


def draw_secret() -> str:
    """A random initial password of 59 bits, in three groups that can be read from paper."""
    letters = [secrets.choice(_ALPHABET) for _place in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def find(username: str) -> User | None:
    """A user by name before any scope is entered; inside a scope nobody is found."""
    return next(iter(User.objects.raw("SELECT * FROM sec.login_row(%s)", [username])), None)


@transaction.atomic
def appoint(
    *,
    post: ActingPost,
    username: str,
    name: str,
    unit: Unit,
    role: str,
    password: str | None,
    on: dt.date,
    initial: bool = False,
    until: dt.date | None = None,
    duty: str = "",
) -> Post:
    """Give a person a post in a unit from this day, adding the person when new.

    ``password`` is set for a new person only (None: no login until one is set); an ``initial`` one
    works for 72 hours and must be changed at the first sign-in. Raises Forbidden unless acted in a
    system administrator's post, ValidationError when one person would hold two of the three
    administrators' roles or the same post twice, or when somebody outside the tenant has the name.
    """
    if not rules.may_appoint(post):
        raise Forbidden("只有系统管理员可以新增用户和岗位。")
    act("user.add")
    user = User.objects.filter(username=username).first()
    user_id = user.pk if user else add(username, name, make_password(password), initial=initial)
    return posts.write(post=post, user_id=user_id, unit=unit, role=role, on=on, until=until, duty=duty)


@transaction.atomic
def enrol(
    *,
    post: ActingPost,
    username: str,
    name: str,
    unit: Unit,
    role: str,
    on: dt.date,
    until: dt.date | None = None,
    duty: str = "",
) -> tuple[Post, Slip]:
    """Add a new person with a post and an initial password, which only the slip holds.

    Raises as ``appoint`` does, and ValidationError for a username that is taken.
    """
    if User.objects.filter(username=username).exists():
        raise ValidationError({"username": f"用户名 {username} 已被使用，请另选一个。"})
    secret = draw_secret()
    given = appoint(
        post=post,
        username=username,
        name=name,
        unit=unit,
        role=role,
        password=secret,
        on=on,
        initial=True,
        until=until,
        duty=duty,
    )
    return given, Slip(name, username, unit.name, secret)


def add(username: str, name: str, password_hash: str, *, initial: bool) -> int:
    """Insert a person inside the caller's act; the id. Raises ValidationError (``username``)."""
    try:
        validators.login(username)
    except ValidationError as fault:
        raise ValidationError({"username": fault.messages}) from fault
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.add_user(%s, %s, %s, %s, %s)",
                [username, name, search_key(name), password_hash, initial],
            )
            return cursor.fetchone()[0]
    except IntegrityError as error:
        raise ValidationError({"username": f"用户名 {username} 已被使用，请另选一个。"}) from error


@transaction.atomic
def rename(*, post: ActingPost, user_id: int, name: str) -> User:
    """Correct a person's name (姓名). Raises Forbidden, NotFound, Refused for oneself."""
    act("user.rename")
    user = _administered(post, user_id)
    _change(user, name=name)
    return user


@transaction.atomic
def set_active(*, post: ActingPost, user_id: int, active: bool) -> User:
    """Disable an account at once, with its open sessions, or enable it again."""
    act("user.enable" if active else "user.disable")
    user = _administered(post, user_id)
    if user.is_active == active:
        raise Refused("账户已经启用。" if active else "账户已经停用。")
    _change(user, active=active)
    return user


@transaction.atomic
def unlock(*, post: ActingPost, user_id: int) -> User:
    """Let a person who failed too often sign in again before the lock ends by itself."""
    act("user.unlock")
    user = _administered(post, user_id)
    if not forget_failures(username=user.username):
        raise Refused("账户没有锁定。")
    return user


@transaction.atomic
def reset(*, post: ActingPost, user_id: int, seen: dt.datetime | None) -> Slip:
    """Replace a forgotten password by an initial one; open sessions end. Only the slip holds it.

    ``seen``: until when the account's initial password was valid as the administrator saw it. Raises
    Refused when somebody has reset it since, so that no slip is void when it is printed.
    """
    act("user.reset")
    user = _administered(post, user_id)
    secret = draw_secret()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.reset_password(%s, %s, %s)", [user.pk, make_password(secret), seen])
        (done,) = cursor.fetchone()
    if not done:
        raise Refused("初始密码刚刚已经重置，只显示那一次。如没有打印，请刷新页面后再重置。")
    units = Post.objects.filter(user=user).order_by("pending", "-pk").values_list("unit__name", flat=True)
    return Slip(user.name, user.username, units[0], secret)


@transaction.atomic
def change_password(*, user: User, old: str, new: str) -> None:
    """Set one's own password; the log keeps that it changed, never its value.

    Raises ValidationError for a wrong old password (``old``) and a weak new one (``new``).
    """
    if not check_password(old, user.password):
        raise ValidationError({"old": "原密码不正确。"})
    if old == new:
        raise ValidationError({"new": "新密码不能与原密码相同。"})
    try:
        password_validation.validate_password(new, user)
    except ValidationError as faults:
        raise ValidationError({"new": faults.messages}) from faults
    act("password.change")
    user.password = make_password(new)
    user.save(update_fields=["password"])


def _administered(post: ActingPost, user_id: int) -> User:
    """Somebody else of the own tenant. Raises Forbidden, NotFound, Refused."""
    if not rules.may_appoint(post):
        raise Forbidden("只有系统管理员可以管理账户。")
    user = User.objects.filter(pk=user_id, pk__in=Post.objects.values("user_id")).first()
    if user is None:
        raise NotFound("没有这个用户。")
    if user.pk == post.user_id:
        raise Refused("不能管理自己的账户，请由另一名系统管理员办理；自己的密码请在“修改密码”中更改。")
    return user


def _change(user: User, *, name: str | None = None, active: bool | None = None) -> None:
    spelling = search_key(name) if name is not None else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.change_user(%s, %s, %s, %s)", [user.pk, name, spelling, active])
