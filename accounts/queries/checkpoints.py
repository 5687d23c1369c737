"""Checkpoints (校验点) that a post may read: its own tenant's, for a superior officer also those below."""

import datetime as dt

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.models import Checkpoint
from accounts.rules import Post


def visible(post: Post) -> QuerySet[Checkpoint]:
    """The latest first, each with its tenant."""
    found = Checkpoint.objects.below() if post.role == Role.SUPERIOR else Checkpoint.objects.all()
    return found.select_related("tenant").order_by("-day", "tenant__code", "pk")


def of_day(post: Post, day: dt.date) -> list[Checkpoint]:
    """Those of one day."""
    return list(visible(post).filter(day=day))


def public_key(post: Post, name: str) -> str | None:
    """The public key of this name, in hexadecimal, as a visible checkpoint carries it."""
    found = visible(post).filter(text__contains=f"\nkey: {name}\n").first()
    return found.public_key if found else None
