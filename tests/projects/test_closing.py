"""Returns over their life: late, on behalf, closed for reports and for opinions, reopened, closed by time."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import Change, ChangeRow
from accounts.refusals import Forbidden, Refused
from accounts.tasks import inside
from assessment.models import Opinion
from assessment.services import opinions
from projects import tasks
from projects.choices import VoucherKind
from projects.models import Period, Project, Return
from projects.services import closing, periods, returns, vouchers
from tests.world import TODAY, acting, picture

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2012, 7, 2, 1, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def opened(world, kind: str = "month", first: dt.date = dt.date(2012, 6, 1), **dates) -> Period:
    with acting(world.a.posts["clerk"]) as clerk:
        return periods.open_period(post=clerk, kind=kind, starts_on=first, **dates)


def return_of(world, period: Period, unit: str = "水沟镇") -> Return:
    with acting(world.a.posts["clerk"]):
        return Return.objects.select_related("period").get(period=period, unit__name=unit)


def submitted(world, found: Return, stem: str = "head", today: dt.date | None = TODAY) -> Return:
    with acting(world.a.posts[stem]) as post:
        return returns.submit(post=post, return_id=found.pk, today=today)


def entered(world, number: str = "JH9001", day: dt.date = dt.date(2012, 6, 5)) -> int:
    with acting(world.a.posts["reporter"]) as post:
        project = Project.objects.get(pk=world.a.rows["project"])
        entry = vouchers.Entry(
            project=project, kind=VoucherKind.BANK_SLIP, number=number, dated_on=day, face_wan=Decimal(10),
            files=[picture(77)],
        )  # fmt: skip
        done = vouchers.record(post=post, entry=entry, unit=project.unit, today=TODAY, late_ok=True)
        return done.claim.pk


def decided(world, claim_id: int) -> None:
    for stem, step in (("clerk", "first_review"), ("party_inspector", "inspection")):
        with acting(world.a.posts[stem]) as post:
            opinions.give(post=post, claim_id=claim_id, step=step, verdict="accept", today=TODAY)


def closed(world, period: Period) -> None:
    with acting(world.a.posts["party_inspector"]) as post:
        closing.close_period(post=post, period_id=period.pk)


def reopened(world, found: Return, lasting: dt.timedelta = HOUR, reason: str = "漏报一笔") -> Return:
    with acting(world.a.posts["party_inspector"]) as post:
        return closing.reopen(post=post, return_id=found.pk, reason=reason, until=NOW + lasting, now=NOW)


def passed(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


# Dates --------------------------------------------------------------------------------------------------


def test_dates_follow_the_rule_in_work_days(world):
    june = opened(world)
    # Three work days after Saturday 30 June, then five more.
    assert (june.opens_on, june.due_on, june.closes_on) == (
        dt.date(2012, 6, 1),
        dt.date(2012, 7, 4),
        dt.date(2012, 7, 11),
    )
    with acting(world.a.posts["clerk"]) as clerk:
        periods.set_rule(post=clerk, kind="quarter", filed=True, due_days=1, close_days=2)
    # The notice of 2012 works on Saturday 29 September and rests until 7 October.
    third = opened(world, "quarter", dt.date(2012, 7, 1))
    assert (third.due_on, third.closes_on) == (dt.date(2012, 10, 8), dt.date(2012, 10, 10))


def test_a_half_year_is_due_on_its_last_day_as_before(world):
    second = opened(world, "half", dt.date(2012, 7, 1))
    assert (second.due_on, second.closes_on) == (dt.date(2012, 12, 31), dt.date(2013, 1, 8))


def test_dates_beyond_the_calendar_are_asked_for(world):
    with pytest.raises(Refused, match="2027年的工作日历还没有载入"):
        opened(world, "month", dt.date(2026, 12, 1))
    with pytest.raises(ValidationError, match="不晚于"):
        opened(world, due_on=dt.date(2012, 7, 9), closes_on=dt.date(2012, 7, 5))
    given = opened(
        world, "month", dt.date(2026, 12, 1), due_on=dt.date(2027, 1, 5), closes_on=dt.date(2027, 1, 8)
    )
    assert given.closes_on == dt.date(2027, 1, 8)


def test_who_keeps_the_rules(world):
    with acting(world.a.posts["head"]) as head, pytest.raises(Forbidden):
        periods.set_rule(post=head, kind="month", filed=True, due_days=1, close_days=2)
    with acting(world.a.posts["clerk"]) as clerk, pytest.raises(ValidationError):
        periods.set_rule(post=clerk, kind="month", filed=True, due_days=61, close_days=2)


# Late, on behalf ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "overdue"),
    [(dt.date(2012, 7, 4), False), (dt.date(2012, 7, 5), True), (None, False)],
)
def test_what_comes_after_the_due_day_is_late_and_taken(world, today, overdue):
    found = return_of(world, opened(world))
    submitted(world, found, today=today)
    filed = return_of(world, found.period)
    assert (filed.submitted_on, filed.overdue) == (today, overdue)


def test_what_was_filed_on_behalf_is_confirmed_by_the_head(world):
    found = return_of(world, opened(world))
    filed = submitted(world, found, "clerk")
    assert filed.to_confirm
    for stem in ("clerk", "other_head", "reporter"):
        with acting(world.a.posts[stem]) as post, pytest.raises(Forbidden):
            returns.confirm(post=post, return_id=found.pk)
    with acting(world.a.posts["head"]) as head:
        confirmed = returns.confirm(post=head, return_id=found.pk)
    assert (confirmed.on_behalf, confirmed.to_confirm, confirmed.confirmed_by) == (True, False, "水沟镇·head")
    with acting(world.a.posts["head"]) as head, pytest.raises(Refused, match="已确认"):
        returns.confirm(post=head, return_id=found.pk)
    # Filed once more on behalf: to be confirmed once more; by the head itself: nothing to confirm.
    assert submitted(world, found, "clerk").to_confirm
    assert not submitted(world, found).on_behalf


def test_a_sealed_return_is_still_confirmed_and_keeps_its_seal(world):
    period = opened(world)
    found = return_of(world, period)
    submitted(world, found, "clerk")
    closed(world, period)
    before = return_of(world, period)
    with acting(world.a.posts["head"]) as head:
        after = returns.confirm(post=head, return_id=found.pk)
    assert (after.seal, after.opinions_closed_at) == (before.seal, before.opinions_closed_at)


# Closing for reports and for opinions -------------------------------------------------------------------


@pytest.mark.covers("I5")
def test_reports_close_apart_from_opinions(world):
    june = opened(world)
    claim = entered(world)
    submitted(world, return_of(world, june))
    with acting(world.a.posts["clerk"]) as clerk:
        assert closing.close_reports(post=clerk, period_id=june.pk).reports_closed_at is not None
    with acting(world.a.posts["clerk"]) as clerk, pytest.raises(Refused, match="已经关闭"):
        closing.close_reports(post=clerk, period_id=june.pk)
    with pytest.raises(Refused, match="已关闭填报"):
        submitted(world, return_of(world, june))
    # Nothing more is booked in June; the same slip goes to the open half-year. Opinions go on.
    with acting(world.a.posts["reporter"]):
        assert not Return.objects.filter(period=june, reports_closed_at__isnull=True).exists()
    with acting(world.a.posts["party_inspector"]) as post, pytest.raises(Refused, match="1 笔申报没有核实完"):
        closing.close_period(post=post, period_id=june.pk)
    decided(world, claim)
    closed(world, june)
    sealed = return_of(world, june)
    assert len(sealed.seal) == 64
    with acting(world.a.posts["head"]) as head, pytest.raises(Forbidden):
        closing.close_reports(post=head, period_id=june.pk)


def test_a_period_closes_for_reports_after_its_day(world):
    june = opened(world, closes_on=dt.date(2012, 7, 5))
    with inside(world.a.tenant_id):
        assert closing.reclose_expired(today=june.closes_on) == 0
    with inside(world.a.tenant_id):
        assert closing.reclose_expired(today=june.closes_on + dt.timedelta(days=1)) == 1
    assert return_of(world, june).reports_closed_at is not None
    with inside(world.a.tenant_id):
        assert closing.reclose_expired(today=june.closes_on + dt.timedelta(days=1)) == 0
    with acting(world.a.posts["leader"]):
        assert Change.objects.get(act="return.reclose").post_label == "系统·定时任务"


# Reopening ----------------------------------------------------------------------------------------------


@pytest.mark.covers("I5")
def test_one_return_is_reopened_and_closes_by_itself(world):
    june = opened(world)
    submitted(world, return_of(world, june))
    closed(world, june)
    before = return_of(world, june)
    other = return_of(world, june, "城关镇")
    again = reopened(world, before, dt.timedelta(seconds=3))
    assert (again.seal, again.opinions_closed_at, again.reopened) == ("", None, True)
    assert return_of(world, june, "城关镇").seal == other.seal
    claim = entered(world)
    assert submitted(world, again).submitted_at > again.submitted_at
    passed(3)
    # The end has come and no task has run: nothing is taken.
    with pytest.raises(Refused, match="已关闭"):
        submitted(world, again)
    with acting(world.a.posts["reporter"]) as post:
        booked = returns.to_book(post_unit(world), happened_on=dt.date(2012, 6, 5), today=TODAY, late_ok=True)
        assert booked.period_id != june.pk
        assert post.unit_id == booked.unit_id
    # It closes for reports at once, and is sealed again when its new claim is decided.
    tasks.reclose(world.a.tenant_id)
    waiting = return_of(world, june)
    assert (waiting.reports_closed_at is None, waiting.opinions_closed_at) == (False, None)
    decided(world, claim)
    tasks.reclose(world.a.tenant_id)
    sealed = return_of(world, june)
    assert sealed.opinions_closed_at is not None
    assert len(sealed.seal) == 64
    assert sealed.seal != before.seal
    with acting(world.a.posts["leader"]):
        seals = [
            line.before.get("seal")
            for line in ChangeRow.objects.filter(table="projects_return", row=before.pk, op="U")
        ]
    assert before.seal in seals


def post_unit(world):
    with acting(world.a.posts["reporter"]):
        return Project.objects.select_related("unit").get(pk=world.a.rows["project"]).unit


@pytest.mark.covers("I5")
def test_what_got_nothing_new_keeps_its_seal(world):
    june = opened(world)
    claim = entered(world)
    submitted(world, return_of(world, june))
    decided(world, claim)
    closed(world, june)
    before = return_of(world, june)
    reopened(world, before, dt.timedelta(seconds=1))
    passed(1)
    tasks.reclose(world.a.tenant_id)
    after = return_of(world, june)
    assert after.seal == before.seal
    assert (after.reopened, after.reopen_reason) == (False, "漏报一笔")


def test_after_the_end_no_decision_is_changed(world):
    june = opened(world)
    claim = entered(world)
    submitted(world, return_of(world, june))
    decided(world, claim)
    closed(world, june)
    found = reopened(world, return_of(world, june), dt.timedelta(seconds=2))
    change = {"claim_id": claim, "step": "inspection", "verdict": "reduce", "reason": "票据重复"}
    with acting(world.a.posts["party_inspector"]) as post:
        last = Opinion.objects.filter(claim_id=claim, step="inspection").latest("pk").pk
        last = opinions.give(post=post, **change, accepted=Decimal(4), supersedes_id=last, today=TODAY).pk
    passed(2)
    with acting(world.a.posts["party_inspector"]) as post, pytest.raises(Refused, match="核实已关闭"):
        opinions.give(post=post, **change, accepted=Decimal(3), supersedes_id=last, today=TODAY)
    assert found.reopened


def test_what_a_reopening_needs(world):
    june = opened(world)
    found = return_of(world, june)
    with pytest.raises(Refused, match="没有关闭"):
        reopened(world, found)
    closed(world, june)
    for lasting, reason in ((HOUR, " "), (-HOUR, "漏报"), (dt.timedelta(days=31), "漏报")):
        with pytest.raises(Refused, match="理由"):
            reopened(world, found, lasting, reason)
    for stem in ("clerk", "head", "leader"):
        with acting(world.a.posts[stem]) as post, pytest.raises(Forbidden):
            closing.reopen(post=post, return_id=found.pk, reason="漏报", until=NOW + HOUR, now=NOW)
