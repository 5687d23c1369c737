"""Returns, periods and procedures of a walk: submitted, closed, reopened, closed by their time, published."""

import datetime as dt
import time
from typing import Any

from accounts import clock
from assessment.services import procedures
from projects.choices import PeriodKind
from projects.services import closing, periods, returns
from tests.battery.ledger_ground import read_periods
from tests.battery.ledger_model import Filing, Hand, Steps
from tests.battery.ledger_walk import CLERKS, INSPECTORS, SERVICE, TODAY, Walk

BRIEF = dt.timedelta(milliseconds=250)
NOT_YET = dt.date(2012, 12, 31)
NEXT = [
    *((PeriodKind.MONTH, dt.date(2012, month, 1)) for month in range(1, 8)),
    *((PeriodKind.QUARTER, dt.date(2012, month, 1)) for month in (1, 4)),
]


def submit(walk: Walk, way: str) -> None:
    waiting = [walk.ledger.filings[entry.booked_in] for entry in walk.waiting() if not walk.covered(entry)]
    filings = list(walk.ledger.filings.values())
    submit_filing(walk, way, walk.rng.choice(waiting if waiting and walk.chance(0.7) else filings))


def submit_filing(walk: Walk, way: str, filing: Filing) -> None:
    """上报."""
    hand = _filer(walk, filing)
    post = walk.scene.posts[hand.name]

    def service() -> int:
        return returns.submit(post=post, return_id=filing.id, today=TODAY).pk

    def sql() -> int:
        return walk.sql("UPDATE projects_return SET submitted_at = now() WHERE id = %s", filing.id)

    if (
        walk.attempt("上报", way, hand, service if way == SERVICE else sql, about=f"return {filing.id}")
        is not None
    ):
        assert walk.ledger.takes_claims(filing), walk.story(f"submitted when closed: {filing}")
        filing.submitted = walk.number


def _filer(walk: Walk, filing: Filing) -> Hand:
    return walk.who(lambda hand: (hand.role == "head" and hand.unit == filing.unit) or hand.role == "bureau")


def unsubmit(walk: Walk, way: str) -> None:
    """撤回报表."""
    sent = [
        one for one in walk.ledger.filings.values() if one.submitted is not None and not one.reports_closed
    ]
    filing = walk.rng.choice(sent if sent and walk.chance(0.9) else list(walk.ledger.filings.values()))
    hand = _filer(walk, filing)
    post = walk.scene.posts[hand.name]

    def service() -> int:
        return returns.withdraw(post=post, return_id=filing.id).pk

    def sql() -> int:
        return walk.sql("UPDATE projects_return SET submitted_at = NULL WHERE id = %s", filing.id)

    done = walk.attempt(
        "撤回报表", way, hand, service if way == SERVICE else sql, about=f"return {filing.id}"
    )
    if done is not None and filing.submitted is not None:
        booked = [entry for entry in walk.ledger.claims.values() if entry.booked_in == filing.id]
        acted = [
            entry.id
            for entry in booked
            if walk.state(entry) not in {"submitted", "reversed"} or any(walk.ledger.now[entry.id][:3])
        ]
        assert not acted, walk.story(f"unsubmitted although somebody has acted: {acted}")
        assert walk.ledger.takes_claims(filing), walk.story(f"unsubmitted when closed: {filing}")
        filing.submitted = None


def close_reports(walk: Walk, way: str) -> None:
    """关闭填报: a period by the service, one Return by a statement."""
    hand = walk.hand(*CLERKS, *INSPECTORS)
    span, filing = _open_span(walk), _open_filing(walk)
    post = walk.scene.posts[hand.name]

    def service() -> int:
        return closing.close_reports(post=post, period_id=span.id).pk

    def sql() -> int:
        return walk.sql("UPDATE projects_return SET reports_closed_at = now() WHERE id = %s", filing.id)

    done = walk.attempt("关闭填报", way, hand, service if way == SERVICE else sql, about=f"period {span.id}")
    if done is not None and way == SERVICE:
        span.reports_closed = True
        for one in _of(walk, span.id):
            one.reports_closed = True
    elif done is not None:
        filing.reports_closed = True


def close_opinions(walk: Walk, way: str) -> None:
    """关闭核实: a period by the service, one Return by a statement; nothing undecided is in it."""
    hand = walk.hand(*INSPECTORS)
    span = walk.ledger.periods[walk.heading] if walk.heading else _open_span(walk)
    ripe = [
        one for one in _of(walk, span.id) if not one.opinions_closed and not walk.ledger.unsettled(one.id)
    ]
    filing = walk.rng.choice(ripe) if ripe and walk.chance(0.7) else _open_filing(walk)
    post = walk.scene.posts[hand.name]

    def service() -> int:
        return closing.close_period(post=post, period_id=span.id).pk

    def sql() -> int:
        return walk.sql(
            "UPDATE projects_return SET opinions_closed_at = now(),"
            " reports_closed_at = coalesce(reports_closed_at, now()) WHERE id = %s",
            filing.id,
        )

    done = walk.attempt("关闭核实", way, hand, service if way == SERVICE else sql, about=f"period {span.id}")
    if done is None:
        return
    closed = _of(walk, span.id) if way == SERVICE else [filing]
    for one in closed:
        assert not walk.ledger.unsettled(one.id), walk.story(f"closed while undecided: {one}")
        one.reports_closed = one.opinions_closed = True
    if way == SERVICE:
        span.reports_closed = span.closed = True
    note_closings(walk)


def note_closings(walk: Walk) -> None:
    """Keep the digest of what has just been closed."""
    fresh = [one for one in walk.ledger.filings.values() if one.opinions_closed and one.digest is None]
    for filing, digest in walk.owner.digests([one.id for one in fresh]).items():
        walk.ledger.filings[filing].digest = digest


def _of(walk: Walk, period: int) -> list[Filing]:
    return [one for one in walk.ledger.filings.values() if one.period == period]


def _open_span(walk: Walk) -> Any:
    spans = list(walk.ledger.periods.values())
    open_spans = [one for one in spans if not one.closed]
    return walk.rng.choice(open_spans if open_spans and walk.chance(0.8) else spans)


def _open_filing(walk: Walk) -> Filing:
    filings = list(walk.ledger.filings.values())
    return walk.rng.choice([one for one in filings if not one.opinions_closed] or filings)


def reopen(walk: Walk, way: str) -> None:
    """重新开放: a closed Return, for a day or for a moment."""
    closed = [one for one in walk.ledger.filings.values() if one.reports_closed]
    filing = walk.rng.choice(closed if closed and walk.chance(0.85) else list(walk.ledger.filings.values()))
    hand = walk.hand(*INSPECTORS)
    post, brief = walk.scene.posts[hand.name], walk.chance(0.3)
    time_open = BRIEF if brief else dt.timedelta(days=1)
    reason = "补正" if walk.chance(0.9) else " "

    def service() -> int:
        now = clock.now()
        return closing.reopen(
            post=post, return_id=filing.id, reason=reason, until=now + time_open, now=now
        ).pk

    def sql() -> int:
        return walk.sql(
            "UPDATE projects_return SET reports_closed_at = NULL, opinions_closed_at = NULL, seal = '',"
            " reopened_until = clock_timestamp() + %s, reopen_reason = %s WHERE id = %s",
            *(time_open, reason, filing.id),
        )

    done = walk.attempt(
        "重新开放", way, hand, service if way == SERVICE else sql, about=f"return {filing.id}"
    )
    if done is None:
        return
    assert filing.reports_closed, walk.story(f"reopened although open: {filing}")
    assert reason.strip(), walk.story(f"reopened without a reason: {filing}")
    kept = {"unit": filing.unit, "period": filing.period, "submitted": filing.submitted}
    walk.ledger.filings[filing.id] = Filing(filing.id, **kept, reopened=True, over=brief)
    if brief:
        time.sleep(BRIEF.total_seconds() * 1.2)


def reclose(walk: Walk, _way: str) -> None:
    """到期关闭, by the portal itself."""
    ended = [one for one in walk.ledger.filings.values() if one.over and not one.reports_closed]
    to_seal = [
        one
        for one in walk.ledger.filings.values()
        if one.reopened and (one in ended or one.reports_closed) and not one.opinions_closed
        if walk.ledger.periods[one.period].closed and not walk.ledger.unsettled(one.id)
    ]
    due = {one.id for one in (*ended, *to_seal)}

    def service() -> int | None:
        return closing.reclose_expired(today=TODAY) or None

    found = walk.attempt("到期关闭", SERVICE, None, service)
    assert (found or 0) == len(due), walk.story(f"closed {found}, due {sorted(due)}")
    for one in ended:
        one.reports_closed = True
    for one in to_seal:
        one.opinions_closed = True
    note_closings(walk)


def open_period(walk: Walk, _way: str) -> None:
    """开启填报期."""
    known = {(span.kind, span.starts) for span in walk.ledger.periods.values()}
    fresh = [one for one in NEXT if one not in known]
    if not fresh:
        return
    kind, starts_on = fresh[0] if walk.chance(0.6) else walk.rng.choice(fresh)
    hand = walk.hand(*CLERKS)
    dates = {"due_on": NOT_YET, "closes_on": NOT_YET}

    def service() -> int:
        post = walk.scene.posts[hand.name]
        return periods.open_period(post=post, kind=kind, starts_on=starts_on, **dates).pk

    if walk.attempt("开启填报期", SERVICE, hand, service) is not None:
        read_periods(walk.ledger, walk.owner)


def publish(walk: Walk, way: str) -> None:
    """发布核实程序: a version of the steps from some day on."""
    hand = walk.hand(*INSPECTORS)
    steps = Steps(
        walk.rng.choice(["", "paid_in"]),
        dt.date(2011, 12, 1) + dt.timedelta(days=walk.rng.randrange(220)),
        *(walk.chance(share) for share in (0.4, 0.7, 0.5)),
    )
    if walk.ledger.steps and walk.chance(0.2):
        steps = walk.rng.choice(walk.ledger.steps)  # there is one of this day
    post, days = walk.scene.posts[hand.name], walk.rng.choice([None, 3] if steps.first_review else [None])

    def service() -> int:
        rule = {
            "kind": steps.kind,
            "valid_from": steps.since,
            "review_days": days,
            "document": "县办〔2012〕3号",
        }
        parts = {"completeness": steps.completeness, "first_review": steps.first_review, "joint": steps.joint}
        return procedures.publish(post=post, **rule, **parts, reason="会议纪要", today=TODAY).pk

    def sql() -> int:
        return walk.sql(
            "INSERT INTO assessment_procedure (tenant_id, kind, valid_from, completeness, first_review,"
            " joint, review_days, document) VALUES (%s, %s, %s, %s, %s, %s, %s, '') RETURNING id",
            *(walk.scene.tenant_id, *steps, days),
        )

    if walk.attempt("发布程序", way, hand, service if way == SERVICE else sql) is not None:
        walk.ledger.steps.append(steps)
