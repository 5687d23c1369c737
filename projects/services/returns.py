"""Returns: submitting, withdrawing, closing, and finding the one in which a fact is booked."""

import datetime as dt

from django.db import transaction
from django.db.models.functions import Now

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from projects import rules
from projects.choices import ClaimState
from projects.models import Claim, Period, Return

SETTLED = (ClaimState.DECIDED, ClaimState.REVERSED)


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
    returns = returns.filter(period__starts_on__lte=today).select_related("period")
    own = returns.filter(period__starts_on__lte=happened_on, period__ends_on__gte=happened_on)
    if found := own.order_by("period__ends_on", "pk").first():
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
def submit(*, post: ActingPost, return_id: int) -> Return:
    """Submit a unit's Return: its head for the unit, or the bureau on its behalf (代填, recorded).

    Without a claim it is a zero report (零报告). Claims that were added since an earlier
    submission are covered by submitting again. Raises Forbidden, NotFound, Refused when closed.
    """
    act("return.submit")
    found = _locked(return_id)
    if not rules.may_submit_of(post, found.unit_id):
        raise Forbidden("本单位报表由单位负责人上报，或由招商局代填。")
    if found.reports_closed_at is not None:
        raise Refused(f"“{found.period.name}”已关闭填报，不能再上报。", "PT105")
    mark_submitted([found], on_behalf=post.unit_id != found.unit_id)
    found.refresh_from_db()
    return found


def mark_submitted(returns: list[Return], *, on_behalf: bool) -> None:
    """Submit these Returns inside the caller's act. The trigger writes the moment and the post."""
    with explained():
        Return.objects.filter(pk__in=[item.pk for item in returns]).update(
            submitted_at=Now(), on_behalf=on_behalf
        )


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


@transaction.atomic
def close_period(*, post: ActingPost, period_id: int) -> Period:
    """Close every Return of a period for reports and opinions and seal it, then the period itself.

    The rows are locked first, in key order; the seals are computed by the trigger afterwards, over
    what was committed until then. Refused while a claim is undecided; the message counts them.
    """
    if not rules.may_close_period(post):
        raise Forbidden("只有督查室可以关闭填报期。")
    act("return.close")
    period = Period.objects.select_for_update(no_key=True).filter(pk=period_id).first()
    if period is None:
        raise NotFound("没有这个填报期。")
    if period.closed_at is not None:
        raise Refused(f"“{period.name}”已经关闭。", "PT105")
    returns = Return.objects.select_for_update(no_key=True).filter(period=period).order_by("pk")
    ids = [item.pk for item in returns]
    still_open = Return.objects.filter(pk__in=ids, opinions_closed_at__isnull=True)
    if undecided := Claim.objects.filter(booked_in__in=ids).exclude(state__in=SETTLED).count():
        raise Refused(
            f"“{period.name}”还有 {undecided} 笔申报没有核实完，不能关闭。请到核实队列逐项处理。", "PT104"
        )
    with explained():
        still_open.update(reports_closed_at=Now(), opinions_closed_at=Now())
        Period.objects.filter(pk=period.pk).update(closed_at=Now())
    period.refresh_from_db()
    return period


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
