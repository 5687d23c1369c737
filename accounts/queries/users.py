"""Accounts and posts as the administrators see them: who, where, until when, in which state."""

import datetime as dt
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from accounts.models import Post, User
from accounts.pinyin import named
from accounts.queries.dated import on_day

ACTIVE, DISABLED, LOCKED, INITIAL, PENDING, ENDED = (
    "active",
    "disabled",
    "locked",
    "initial",
    "pending",
    "ended",
)
# A post that was declined ends on the day on which it would have begun.
WAITING = Q(pending=True) & (Q(until_on__isnull=True) | Q(until_on__gt=F("from_on")))


def all_users() -> QuerySet[User]:
    """People with a post in the current tenant, with ``failures`` (sign-ins that locked the account).

    Row-level security would show those of tenants below as well; their administrators are there.
    """
    counted = (
        AccessAttempt.objects.filter(
            username=OuterRef("username"), attempt_time__gt=Now() - settings.AXES_COOLOFF_TIME
        )
        .order_by()
        .values("username")
        .annotate(total=Sum("failures_since_start"))
        .values("total")
    )
    return User.objects.filter(pk__in=Post.objects.values("user_id")).annotate(
        failures=Coalesce(Subquery(counted), 0)
    )


def listed(
    *, today: dt.date, words: str = "", unit: int | None = None, role: str = "", state: str = ACTIVE
) -> QuerySet[User]:
    """Accounts by pinyin, each with ``all_posts``, the latest first.

    ``words`` are looked for in the name, its pinyin, the username and the names of units.
    """
    posts = Post.objects.filter(user=OuterRef("pk"))
    users = all_users()
    if words:
        there = posts.filter(unit__name__icontains=words)
        users = users.filter(named(words) | Q(username__icontains=words) | Q(Exists(there)))
    if unit:
        users = users.filter(Exists(posts.filter(on_day(today), unit=unit)))
    if role:
        users = users.filter(Exists(posts.filter(on_day(today), role=role)))
    conditions = {
        ACTIVE: Q(is_active=True),
        DISABLED: Q(is_active=False),
        LOCKED: Q(failures__gte=settings.AXES_FAILURE_LIMIT),
        INITIAL: Q(initial_until__isnull=False),
        PENDING: Q(Exists(posts.filter(WAITING))),
        ENDED: Q(is_active=True) & ~Q(Exists(posts.exclude(until_on__lt=today))),
    }
    if state in conditions:
        users = users.filter(conditions[state])
    return _with_posts(users).order_by("search_key", "pk")


def one() -> QuerySet[User]:
    """Accounts with all that their page names."""
    return _with_posts(all_users())


def _with_posts(users: QuerySet[User]) -> QuerySet[User]:
    posts = Post.objects.select_related("unit").prefetch_related("taken_over_by").order_by("-from_on", "-pk")
    return users.prefetch_related(Prefetch("posts", queryset=posts, to_attr="all_posts"))


def is_locked(user: Any) -> bool:
    """Whether failed sign-ins keep the account shut at the moment (of ``all_users``)."""
    return user.failures >= settings.AXES_FAILURE_LIMIT


def pending() -> QuerySet[Post]:
    """Posts that wait for the security administrator, the oldest first."""
    return Post.objects.filter(WAITING).select_related("unit", "user").order_by("pk")
