"""Closing: a period for reports and for opinions, apart; one Return opened again, and closed by its time."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import MESSAGES, Forbidden, NotFound, Refused, explained
from projects import rules
from projects.models import Claim, Period, Return
from projects.queries.returns import SETTLED

# Longer reopenings would be another period.
MOST_DAYS = 30


@transaction.atomic
def close_period(*, post: ActingPost, period_id: int) -> Period:
    """Close every Return of a period for reports and opinions and seal it, then the period itself.

    The rows are locked first, in key order; the seals are computed by the trigger afterwards, over
    what was committed until then. Refused while a claim is undecided; the message counts them.
    """
    if not rules.may_close_period(post):
        raise Forbidden("只有督查室可以关闭填报期。")
    act("return.close")
    period = _locked_period(period_id)
    returns = _locked_returns(Return.objects.filter(period=period))
    if undecided := Claim.objects.filter(booked_in__in=returns).exclude(state__in=SETTLED).count():
        raise Refused(
            f"“{period.name}”还有 {undecided} 笔申报没有核实完，不能关闭。请到核实队列逐项处理。", "PT104"
        )
    with explained():
        _close_reports(Return.objects.filter(pk__in=returns))
        _seal(Return.objects.filter(pk__in=returns))
        Period.objects.filter(pk=period.pk).update(closed_at=Now())
    period.refresh_from_db()
    return period


@transaction.atomic
def close_reports(*, post: ActingPost, period_id: int) -> Period:
    """Close a period for reports; what is in its Returns is still decided. Raises Forbidden, Refused."""
    if not rules.may_close_reports(post):
        raise Forbidden("只有招商局或督查室可以关闭填报。")
    act("return.close_reports")
    period = _locked_period(period_id)
    if not period.takes_reports:
        raise Refused(f"“{period.name}”的填报已经关闭。", "PT105")
    with explained():
        _close_reports_of(period)
    period.refresh_from_db()
    return period


@transaction.atomic
def reopen(*, post: ActingPost, return_id: int, reason: str, until: dt.datetime, now: dt.datetime) -> Return:
    """Open one closed Return again, with a reason and an end, after which it is closed whatever runs.

    ``until`` and ``now`` are business moments; the end that is kept is as far from the database's
    clock as they are from each other. The old seal stays in the change log. The inspection does it, or a
    superior inside the county that he has entered. Raises Forbidden, NotFound, Refused.
    """
    if not rules.may_reopen(post):
        raise Forbidden(str(MESSAGES["PT108"]))
    act("return.reopen", reason=reason)
    found = Return.objects.select_for_update(of=("self",), no_key=True).filter(pk=return_id).first()
    if found is None:
        raise NotFound("没有这份报表。")
    if found.reports_closed_at is None:
        raise Refused("这份报表没有关闭，不需要重新开放。", "PT107")
    if not reason.strip() or not dt.timedelta(0) < until - now <= dt.timedelta(days=MOST_DAYS):
        raise Refused(f"重新开放应写明理由，期限不超过{MOST_DAYS}天。", "PT107")
    with explained():
        Return.objects.filter(pk=found.pk).update(
            reports_closed_at=None,
            opinions_closed_at=None,
            seal="",
            reopened_until=Now() + (until - now),
            reopen_reason=reason.strip(),
        )
    found.refresh_from_db()
    return found


@transaction.atomic
def reclose_expired(*, today: dt.date) -> int:
    """Close what its time has closed, as the system's own act; returns how many periods and Returns.

    Periods whose closing day has passed close for reports. Reopened Returns whose end has passed
    close for reports, and are sealed again once the period was and nothing in them is undecided.
    """
    periods = Period.objects.filter(
        filed=True, closes_on__lt=today, reports_closed_at__isnull=True, closed_at__isnull=True
    )
    if not (periods.exists() or _over().exists() or _to_seal().exists()):
        return 0
    act("return.reclose")
    done = 0
    with explained():
        for period in periods.select_for_update(no_key=True).order_by("pk"):
            _close_reports_of(period)
            done += 1
        ended = _locked_returns(_over())
        _close_reports(Return.objects.filter(pk__in=ended))
        sealed = _locked_returns(_to_seal())
        _seal(Return.objects.filter(pk__in=sealed))
    return done + len({*ended, *sealed})


def _over() -> QuerySet[Return]:
    """Reopened Returns whose end has passed by the database's clock, still open for reports."""
    return Return.objects.filter(reports_closed_at__isnull=True, reopened_until__lte=Now())


def _to_seal() -> QuerySet[Return]:
    """Returns of a sealed period that were reopened, are closed for reports and wait for nothing.

    Not those whose end has passed only since ``_over`` was asked: they are open for reports still.
    """
    undecided = Claim.objects.filter(booked_in=OuterRef("pk")).exclude(state__in=SETTLED)
    return Return.objects.filter(
        ~Exists(undecided),
        reports_closed_at__isnull=False,
        opinions_closed_at__isnull=True,
        reopened_until__isnull=False,
        period__closed_at__isnull=False,
    )


def _locked_period(period_id: int) -> Period:
    period = Period.objects.select_for_update(no_key=True).filter(pk=period_id).first()
    if period is None:
        raise NotFound("没有这个填报期。")
    if period.closed_at is not None:
        raise Refused(f"“{period.name}”已经关闭。", "PT105")
    return period


def _locked_returns(returns: QuerySet[Return]) -> list[int]:
    """Lock these Returns in key order and give their ids."""
    locked = returns.select_for_update(of=("self",), no_key=True).order_by("pk")
    return [item.pk for item in locked]


def _close_reports_of(period: Period) -> None:
    """Close the Returns of a locked period for reports, then the period; reopened ones run to their end."""
    returns = _locked_returns(Return.objects.filter(period=period))
    _close_reports(Return.objects.filter(pk__in=returns))
    Period.objects.filter(pk=period.pk).update(reports_closed_at=Now())


def _close_reports(returns: QuerySet[Return]) -> None:
    returns.filter(reports_closed_at__isnull=True).update(reports_closed_at=Now())


def _seal(returns: QuerySet[Return]) -> None:
    returns.filter(opinions_closed_at__isnull=True).update(opinions_closed_at=Now())
