"""Second factors (动态口令): six digits from a device that needs no network (RFC 6238)."""

import datetime as dt
import os

import structlog
from django.db import connection, transaction
from django_otp.oath import TOTP

from accounts import rules
from accounts.acts import act
from accounts.models import Post, SecondFactor, User
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused

MOST_FAILURES = 5
PAUSE = dt.timedelta(minutes=15)
# The device's clock may be one step of 30 seconds off, either way.
TOLERANCE = 1

logger = structlog.get_logger("portal.access")


@transaction.atomic
def begin(*, user: User) -> SecondFactor:
    """The secret of a device that is being bound, made once; nothing asks for it until it is bound."""
    found, _made = SecondFactor.objects.get_or_create(user=user, defaults={"secret": os.urandom(20)})
    return found


@transaction.atomic
def bind(*, user: User, code: str, now: dt.datetime) -> dt.datetime | None:
    """Bind the device by its first code; the moment of binding, or None for a wrong code.

    Raises Refused after too many wrong codes.
    """
    if not prove(user=user, code=code, now=now):
        return None
    act("factor.bind")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.bind_factor()")
        return cursor.fetchone()[0]


@transaction.atomic
def prove(*, user: User, code: str, now: dt.datetime) -> bool:
    """Whether the code is one that the person's device shows now and that was not used before.

    ``now`` is the real moment. A wrong code is counted; after five Refused is raised for a quarter of
    an hour. The row is locked, so that codes tried at once are counted one by one.
    """
    factor = SecondFactor.objects.select_for_update(no_key=True).get(user=user)
    paused = factor.failed_at is not None and now - factor.failed_at < PAUSE
    if paused and factor.failures >= MOST_FAILURES:
        raise Refused("动态口令连续输错 5 次，请 15 分钟后再试。")
    device = TOTP(bytes(factor.secret))
    device.time = now.timestamp()
    right = code.isascii() and code.isdecimal() and device.verify(int(code), TOLERANCE, factor.step + 1)
    if right:
        factor.step, factor.failures, factor.failed_at = device.t(), 0, None
    else:
        logger.warning("second factor refused", user=user.pk)
        factor.failures, factor.failed_at = (factor.failures if paused else 0) + 1, now
    factor.save(update_fields=["step", "failures", "failed_at"])
    return right


@transaction.atomic
def reset(*, post: ActingPost, user_id: int) -> User:
    """Unbind a lost device; the person binds another one after the next sign-in.

    The security administrator's, who cannot reset passwords: nobody takes over an account alone.
    """
    if not rules.may_confirm_posts(post):
        raise Forbidden("只有安全管理员可以解除动态口令绑定。")
    act("factor.reset")
    user = User.objects.filter(pk=user_id, pk__in=Post.objects.values("user_id")).first()
    if user is None:
        raise NotFound("没有这个用户。")
    if user.pk == post.user_id:
        raise Refused("不能解除自己的绑定，请由另一名安全管理员办理。")
    if user.second_factor_at is None:
        raise Refused("此人没有绑定动态口令。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.reset_factor(%s)", [user.pk])
    return user
