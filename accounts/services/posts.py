"""Posts (岗位): given, dated, confirmed, ended, handed over."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import rules
from accounts.acts import act
from accounts.choices import Role
from accounts.models import Post, Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained


@transaction.atomic
def give(
    *,
    post: ActingPost,
    user_id: int,
    unit: Unit,
    role: str,
    on: dt.date,
    until: dt.date | None = None,
    duty: str = "",
) -> Post:
    """Give a person of the tenant one more post. A deciding one waits for the security administrator.

    Raises Forbidden unless acted in a system administrator's post, NotFound for somebody who is not
    seen here, ValidationError for what does not go together.
    """
    _must_appoint(post)
    act("post.add")
    if not Post.objects.filter(user_id=user_id).exists():
        raise NotFound("没有这个用户。")
    return write(post=post, user_id=user_id, unit=unit, role=role, on=on, until=until, duty=duty)


def write(
    *,
    post: ActingPost,
    user_id: int,
    unit: Unit,
    role: str,
    on: dt.date,
    until: dt.date | None = None,
    duty: str = "",
    takes_over: Post | None = None,
) -> Post:
    """Check and insert a post inside the caller's act. Raises ValidationError."""
    if user_id == post.user_id:
        raise ValidationError({"role": "不能给自己任命岗位，请由另一名系统管理员办理。"})
    new = Post(
        user_id=user_id,
        unit=unit,
        role=role,
        from_on=on,
        until_on=until,
        duty=duty,
        takes_over=takes_over,
    )
    _check(new)
    new.full_clean(exclude=["user", "unit", "tenant", "takes_over"], validate_unique=False)
    new.save(force_insert=True)
    new.refresh_from_db(fields=["pending"])
    return new


@transaction.atomic
def change_dates(*, post: ActingPost, post_id: int, on: dt.date, until: dt.date | None) -> Post:
    """Change when a post begins and ends (任职起止). A deciding post that grows longer waits again.

    Raises Forbidden, NotFound, ValidationError, Refused for the last security administrator.
    """
    _must_appoint(post)
    act("post.dates")
    found = _locked(post, post_id)
    found.from_on, found.until_on = on, until
    _check(found)
    found.full_clean(exclude=["user", "unit", "tenant", "takes_over"], validate_unique=False)
    with explained():
        found.save(update_fields=["from_on", "until_on"])
    found.refresh_from_db(fields=["pending"])
    return found


@transaction.atomic
def confirm(*, post: ActingPost, post_id: int) -> Post:
    """Let a deciding or administrating post begin, as the security administrator (确认岗位)."""
    act("post.confirm")
    found = _guarded(post, post_id)
    if not found.pending:
        raise Refused("这个岗位不需要确认，或已经确认。")
    found.pending = False
    found.save(update_fields=["pending"])
    return found


@transaction.atomic
def end(*, post: ActingPost, post_id: int, on: dt.date) -> Post:
    """End a deciding or administrating post after this day, as the security administrator.

    One that still waits is declined: it never begins. Raises Refused for the last security
    administrator and for a post that has ended already.
    """
    found = _guarded(post, post_id)
    act("post.decline" if found.pending else "post.end")
    last = found.from_on if found.pending else max(found.from_on, on)
    if found.until_on is not None and found.until_on <= last:
        raise Refused("这个岗位已经到期，或未同意。")
    found.until_on = last
    with explained():
        found.save(update_fields=["until_on"])
    return found


@transaction.atomic
def hand_over(*, post: ActingPost, post_id: int, to_user_id: int, on: dt.date) -> Post:
    """End a post on the day before and begin the same one for another person on this day (移交).

    Raises Forbidden, NotFound, ValidationError (``to``, ``on``), Refused.
    """
    _must_appoint(post)
    act("post.hand_over")
    old = _locked(post, post_id)
    last = on - dt.timedelta(days=1)
    if old.pending:
        raise Refused("这个岗位还没有确认，不能移交。")
    if last < old.from_on:
        raise ValidationError({"on": "接任日须晚于原任职起期。"})
    if old.until_on is not None and old.until_on < last:
        raise ValidationError({"on": f"原岗位已于{old.until_on:%Y年%-m月%-d日}到期，请直接任命。"})
    if to_user_id == old.user_id:
        raise ValidationError({"to": "移交人和接收人不能是同一人。"})
    if not Post.objects.filter(user_id=to_user_id, user__is_active=True).exists():
        raise ValidationError({"to": "没有这名接收人，或其账户已停用。"})
    until = old.until_on
    try:
        new = write(
            post=post,
            user_id=to_user_id,
            unit=old.unit,
            role=old.role,
            on=on,
            until=until if until is None or until >= on else None,
            duty=old.duty,
            takes_over=old,
        )
    except ValidationError as faults:
        raise ValidationError({"to": faults.messages}) from faults
    old.until_on = last
    with explained():
        old.save(update_fields=["until_on"])
    return new


def _must_appoint(post: ActingPost) -> None:
    if not rules.may_appoint(post):
        raise Forbidden("只有系统管理员可以任命岗位。")


def _locked(post: ActingPost, post_id: int) -> Post:
    """A post of somebody else, locked."""
    found = (
        Post.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit", "user")
        .filter(pk=post_id)
        .first()
    )
    if found is None:
        raise NotFound("没有这个岗位。")
    if found.user_id == post.user_id:
        raise Refused("不能变动自己的岗位，请由另一名管理员办理。")
    return found


def _guarded(post: ActingPost, post_id: int) -> Post:
    if not rules.may_confirm_posts(post):
        raise Forbidden("只有安全管理员可以确认或免去这类岗位。")
    found = _locked(post, post_id)
    if found.role not in rules.GUARDED:
        raise Forbidden("这类岗位由系统管理员任免。")
    return found


def overlapping(found: Post) -> QuerySet[Post]:
    """Other posts of the same person that are held on some of the same days."""
    others = Post.objects.filter(user_id=found.user_id).exclude(pk=found.pk)
    others = others.filter(Q(until_on__isnull=True) | Q(until_on__gte=found.from_on))
    return others if found.until_on is None else others.filter(from_on__lte=found.until_on)


def _check(found: Post) -> None:
    """What one person may not hold at the same time. Raises ValidationError."""
    others = list(overlapping(found))
    if any(other.unit_id == found.unit_id and other.role == found.role for other in others):
        label = Role(found.role).label
        raise ValidationError({"role": f"此人同期已在{found.unit.name}担任{label}。"})
    if found.role in rules.ADMINISTRATORS and any(other.role in rules.ADMINISTRATORS for other in others):
        raise ValidationError({"role": "系统、安全、审计三类管理员不得由一人兼任。"})
