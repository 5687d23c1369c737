"""Saved filters (常用筛选) that a post sees."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.lists import LISTS
from accounts.models import SavedFilter
from accounts.queries.dated import on_day
from accounts.queries.posts import ActingPost


@dataclass(frozen=True)
class OfList:
    """The filters of one list, by name."""

    words: str
    rows: list[SavedFilter]


def visible(post: ActingPost, *, today: dt.date) -> QuerySet[SavedFilter]:
    """The post's own filters and those shared in its unit by posts that are held on this day.

    With their posts and people. Who has left the unit shares nothing any more.
    """
    of_unit = Q(shared=True, post__unit_id=post.unit_id) & on_day(today, "post__")
    return (
        SavedFilter.objects.filter(Q(post_id=post.id) | of_unit)
        .select_related("post__user")
        .order_by("name", "pk")
    )


def by_list(post: ActingPost, *, today: dt.date) -> list[OfList]:
    """What the post sees, list by list in the order of the menu. One query."""
    found = list(visible(post, today=today))
    named = {**LISTS, "": _("已停用的列表")}
    grouped = [
        OfList(str(words), [row for row in found if row.list_name == name]) for name, words in named.items()
    ]
    return [group for group in grouped if group.rows]
