"""Returns: submitting, confirming, withdrawing, and finding the one in which a fact is booked."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from projects import rules
from projects.models import Return


class PeriodClosed(Refused):
    """The fact's own period is closed; ``open_return`` is where it may be booked as 补报."""

    def __init__(self, message: str, open_return: Return):
        self.open_return = open_return
        super().__init__(message, "PT101")


def to_book(unit: Unit, *, happened_on: dt.date, today: dt.date, late_ok: bool) -> Return:
    """The Return in which a fact of this day is booked.

    The unit's Return of the filed period that holds the day, while it is open for reports; else,
    once the user agreed (``late_ok``), the unit's earliest open Return after it (补报). Raises
    PeriodClosed to ask, Refused when nothing is open.
    """
    returns = Return.objects.filter(unit=unit, period__filed=True, reports_closed_at__isnull=True)
    # What was reopened takes entries until its end, by the clock that the database refuses by.
    returns = returns.filter(Q(reopened_until__isnull=True) | Q(reopened_until__gt=Now()))
    returns = returns.filter(period__starts_on__lte=today).select_related("period")
    own = returns.filter(period__starts_on__lte=happened_on, period__ends_on__gte=happened_on)
    # A month before the half-year that ends with it.
    if found := own.order_by("period__ends_on", "-period__starts_on", "pk").first():
        return found
    later = returns.filter(period__starts_on__gt=happened_on).order_by("period__starts_on", "pk").first()
    if later is None:
        raise Refused(
            "该日期所在的填报期没有开启或已关闭，目前也没有可以补报的填报期，请联系招商局。", "PT103"
        )
    if not late_ok:
        raise PeriodClosed(
            f"{happened_on:%Y年%-m月%-d日}所在的填报期已关闭。"
            f"确认后这笔数据将登记在“{later.period.name}”，并标注“补报”；已公布的数字不变。",
            later,
        )
    return later


@transaction.atomic
def submit(*, post: ActingPost, return_id: int, today: dt.date | None = None) -> Return:
    """Submit a unit's Return: its head for the unit, or the bureau on its behalf (代填, to be confirmed).

    Without a claim it is a zero report (零报告). Claims that were added since an earlier
    submission are covered by submitting again. After the period's due day it is late (逾期), which
    is not known without ``today``. Raises Forbidden, NotFound, Refused when closed.
    """
    act("return.submit")
    found = _locked(return_id)
    if not rules.may_submit_of(post, found.unit_id):
        raise Forbidden("本单位报表由单位负责人上报，或由招商局代填。")
    if found.reports_closed_at is not None:
        raise Refused(f"“{found.period.name}”已关闭填报，不能再上报。", "PT105")
    mark_submitted([found], on_behalf=post.unit_id != found.unit_id, today=today)
    found.refresh_from_db()
    return found


def mark_submitted(returns: list[Return], *, on_behalf: bool, today: dt.date | None = None) -> None:
    """Submit these Returns inside the caller's act. The trigger writes the moment and the post."""
    with explained():
        Return.objects.filter(pk__in=[item.pk for item in returns]).update(
            submitted_at=Now(), submitted_on=today, on_behalf=on_behalf
        )


@transaction.atomic
def confirm(*, post: ActingPost, return_id: int) -> Return:
    """The unit's head confirms what was submitted on the unit's behalf (确认代填), also after closing."""
    act("return.confirm")
    found = _locked(return_id)
    if not rules.may_confirm_of(post, found.unit_id):
        raise Forbidden("代填的报表由该单位负责人确认。")
    if not found.to_confirm:
        raise Refused("这份报表不是代填的，或已确认。")
    with explained():
        Return.objects.filter(pk=found.pk).update(confirmed_at=Now())
    found.refresh_from_db()
    return found


@transaction.atomic
def withdraw(*, post: ActingPost, return_id: int) -> Return:
    """Take a submitted Return back, while nobody has acted on its claims."""
    act("return.withdraw")
    found = _locked(return_id)
    if not rules.may_submit_of(post, found.unit_id):
        raise Forbidden("只有单位负责人或招商局可以撤回报表。")
    if found.submitted_at is None:
        raise Refused("这份报表还没有上报。")
    unsubmit([found])
    found.refresh_from_db()
    return found


def unsubmit(returns: list[Return]) -> None:
    """Back to unsubmitted, inside the caller's act; refused once somebody has acted on a claim."""
    with explained():
        Return.objects.filter(pk__in=[item.pk for item in returns]).update(submitted_at=None)


def _locked(return_id: int) -> Return:
    """The Return, locked for this act. Raises NotFound outside the scope."""
    found = (
        Return.objects.select_for_update(of=("self",), no_key=True)
        .select_related("period", "unit")
        .filter(pk=return_id)
        .first()
    )
    if found is None:
        raise NotFound("没有这份报表。")
    return found
