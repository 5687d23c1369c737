"""Publishing what was verified: 公示 with time for objections, then the result, both frozen."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from assessment import canonical, rules
from assessment.choices import SnapshotKind
from assessment.differences import differences
from assessment.models import Snapshot
from assessment.queries import snapshots as queries
from assessment.queries.snapshot_rows import gathered
from projects.models import Period, Return
from projects.queries import workdays

# How many open units a refusal names.
NAMED = 5


@transaction.atomic
def publish(
    *,
    post: ActingPost,
    period_id: int,
    objection_days: int | None,
    answer_days: int,
    reason: str,
    tenant_name: str,
    today: dt.date,
) -> Snapshot:
    """Publish a period's verified figures for objections (公示), instead of an earlier publicity if any.

    ``objection_days``: work days for objections from tomorrow on, None: no time for objections, which
    needs a reason, as a replacement does. Raises Forbidden, NotFound, Refused (open Returns, calendar
    missing), ValidationError by field.
    """
    if not rules.publishes_results(post):
        raise Forbidden("核实结果由督查室公示。")
    act("snapshot.publish", reason=reason)
    period = _closed(period_id)
    before = queries.latest(period, SnapshotKind.PUBLICITY)
    if not reason.strip() and (before or objection_days is None):
        missing = "本期已经公示过，重新公示应写明理由。" if before else "不设公示期的应写明理由。"
        raise ValidationError({"reason": missing})
    until = None if objection_days is None else workdays.add(today, objection_days)
    return _kept(
        Snapshot(
            kind=SnapshotKind.PUBLICITY,
            period=period,
            title=f"{tenant_name}{period.name}核实结果公示稿",
            as_of=period.ends_on,
            published_on=today,
            objections_until=until,
            answer_days=answer_days,
            replaces=before,
            reason=reason.strip(),
        ),
        gathered(period),
    )


@transaction.atomic
def freeze(*, post: ActingPost, publicity_id: int, reason: str, tenant_name: str, today: dt.date) -> Snapshot:
    """Freeze the result of a publicity: the rows as they are now, with what differs from the publicity.

    A result that corrects an earlier one of the period needs a reason. Raises Forbidden, NotFound,
    Refused (time for objections, unanswered objections, open Returns), ValidationError.
    """
    if not rules.publishes_results(post):
        raise Forbidden("结果由督查室公布。")
    act("snapshot.freeze", reason=reason)
    publicity = queries.publicities().filter(pk=publicity_id).first()
    if publicity is None:
        raise NotFound("没有这份公示稿。")
    period = _closed(publicity.period_id)
    if obstacle := queries.obstacle(publicity, today=today):
        raise Refused(obstacle, "PT604")
    before = queries.latest(period, SnapshotKind.RESULT)
    if before and not reason.strip():
        raise ValidationError({"reason": "本期结果已经公布过，更正应写明理由。"})
    rows = gathered(period)
    rows["differences"] = differences(publicity.rows, canonical.plain(rows))
    rows["publicity"] = {"id": publicity.pk, "sm3": publicity.sm3}
    return _kept(
        Snapshot(
            kind=SnapshotKind.RESULT,
            period=period,
            title=f"{tenant_name}{period.name}核实结果",
            as_of=period.ends_on,
            published_on=today,
            publicity=publicity,
            replaces=before,
            reason=reason.strip(),
        ),
        rows,
    )


def download(snapshot: Snapshot) -> str:
    """The frozen text; taking it away is an act in the log."""
    act("snapshot.download", reason=snapshot.title)
    return snapshot.content


def _closed(period_id: int) -> Period:
    """The period, all Returns of its span locked and closed for opinions. Raises NotFound, Refused."""
    period = Period.objects.filter(pk=period_id).first()
    if period is None:
        raise NotFound("没有这个填报期。")
    returns = Return.objects.filter(period__in=queries.within(period))
    locked = list(returns.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not locked:
        raise Refused(f"“{period.name}”没有报表，没有可以公示的数据。")
    open_ = queries.open_units(period)
    if open_:
        more = f"，另有{len(open_) - NAMED}个单位" if len(open_) > NAMED else ""
        raise Refused(
            f"“{period.name}”还有报表没有封存：{'、'.join(open_[:NAMED])}{more}。请先核实完并关闭填报期。",
            "PT603",
        )
    return period


def _kept(snapshot: Snapshot, rows: dict[str, Any]) -> Snapshot:
    """Freeze the rows in a snapshot and keep it; who and when are the database's own."""
    snapshot.content = canonical.text({"title": snapshot.title, "kind": snapshot.kind, **rows})
    snapshot.sha256 = canonical.sha256_of(snapshot.content)
    snapshot.sm3 = canonical.sm3_of(snapshot.content)
    snapshot.full_clean(validate_unique=False)
    with explained():
        snapshot.save(force_insert=True)
    return snapshot
