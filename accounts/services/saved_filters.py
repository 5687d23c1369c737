"""Saved filters (常用筛选): kept, renamed, shared in the unit and removed by their own post."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import lists, scope
from accounts.acts import act
from accounts.models import SavedFilter
from accounts.queries import saved_filters as queries
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound


@transaction.atomic
def save(*, post: ActingPost, name: str, address: str, shared: bool) -> SavedFilter:
    """Keep the address of a list with its filter, without the page number, under a name of the post's own.

    Raises Forbidden for a superior who looks down, ValidationError for a name that is taken and for an
    address that is not one of a list of the portal (``accounts.lists``).
    """
    act("filter.save")
    if scope.current().kind == scope.SUPERIOR:
        raise Forbidden(_("进入下级辖区查看时不保存筛选，请回到本辖区后再保存。"))
    found = SavedFilter(post_id=post.id, name=name.strip(), address=_of_list(address), shared=shared)
    return _kept(found)


@transaction.atomic
def change(*, post: ActingPost, saved_filter_id: int, name: str, shared: bool, today: dt.date) -> SavedFilter:
    """Give the own filter another name, share it in the unit or take that back.

    Raises NotFound, Forbidden for another's, ValidationError for a name that is taken.
    """
    act("filter.save")
    found = _own(post, saved_filter_id, today)
    found.name, found.shared = name.strip(), shared
    return _kept(found)


@transaction.atomic
def remove(*, post: ActingPost, saved_filter_id: int, today: dt.date) -> str:
    """Remove the own filter; its name. Raises NotFound, Forbidden for another's."""
    act("filter.delete")
    found = _own(post, saved_filter_id, today)
    found.delete()
    return found.name


def _of_list(address: str) -> str:
    try:
        kept = lists.narrowed(address)
    except lists.NoList as error:
        raise ValidationError(_("只能保存本系统列表页的筛选，请回到列表上重新保存。")) from error
    if len(kept) > lists.LONGEST:
        raise ValidationError(_("筛选条件太长，请减少条件或缩短查找的字词后再保存。"))
    return kept


def _own(post: ActingPost, saved_filter_id: int, today: dt.date) -> SavedFilter:
    seen = queries.visible(post, today=today).select_for_update(of=("self",), no_key=True)
    found = seen.filter(pk=saved_filter_id).first()
    if found is None:
        raise NotFound(_("没有这个常用筛选，可能已被删除。"))
    if found.post_id != post.id:
        raise Forbidden(_("这个常用筛选由本单位其他人保存，只有本人能修改或删除。"))
    return found


def _kept(row: SavedFilter) -> SavedFilter:
    taken = SavedFilter.objects.filter(post_id=row.post_id, name=row.name).exclude(pk=row.pk or 0)
    if taken.exists():
        raise ValidationError(
            {"name": _("您已有名为“%(name)s”的常用筛选，请换一个名称。") % {"name": row.name}}
        )
    row.full_clean(exclude=["tenant", "post"])
    row.save()
    return row
