"""Standing: the class of a unit, the window of a day, credit, and how figures are printed."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from accounts.acts import act
from accounts.models import GroupMembership, Unit, UnitGroup
from accounts.queries.posts import ActingPost
from assessment.choices import UnitClass
from assessment.models import Measure, Target
from assessment.percent import percent
from assessment.queries.standing import Line, Standing, as_json, classify, elapsed_months, groups_on, standing
from assessment.services import opinions
from projects.choices import ClaimKind, PeriodKind, VoucherKind
from projects.models import Claim, Period, Project, Return, Split
from projects.services import claims, periods, returns, splits, vouchers
from tests.world import FROM, TODAY, acting, picture

FEN = Decimal("0.000001")  # 1 分 in 万元
MID_YEAR = dt.date(2012, 6, 30)
committed = pytest.mark.django_db(transaction=True)


# The class of a unit


@pytest.mark.covers("I8", "I12")
@pytest.mark.parametrize(
    ("target", "amount", "known", "months", "expected"),
    [
        ("1000", "1000", True, 6, "done"),
        ("1000", "1000.01", True, 6, "done"),
        ("1000", Decimal(1000) - FEN, True, 6, "on_schedule"),
        ("1000", "500", True, 6, "on_schedule"),
        ("1000", Decimal(500) - FEN, True, 6, "behind"),
        ("1001", "500.5", True, 6, "on_schedule"),
        ("1001", "500.499999", True, 6, "behind"),
        ("1000", "333.333333", True, 4, "behind"),  # a third of 1,000 is a little more
        ("1000", "333.333334", True, 4, "on_schedule"),
        ("1000", FEN, True, 6, "behind"),
        ("1000", FEN, True, 0, "on_schedule"),
        ("1000", "0", True, 0, "zero"),
        ("1000", "0", True, 6, "zero"),
        ("1000", "0", False, 6, "not_reported"),
        ("1000", "999.999999", True, 12, "behind"),
        ("1000", "1000", True, 12, "done"),
        (None, "0", False, 6, "not_applicable"),
        (None, "5000", True, 6, "not_applicable"),
    ],
)
def test_every_unit_is_in_exactly_one_class(target, amount, known, months, expected):
    found = classify(
        target=None if target is None else Decimal(target),
        amount=Decimal(amount),
        known=known,
        months=months,
        threshold=Decimal(0),
    )
    assert found == expected


@pytest.mark.parametrize(
    ("amount", "target", "expected"),
    [
        ("10", "1000", "zero"),
        (Decimal(10) + FEN, "1000", "behind"),
        (Decimal(10) + FEN, "10", "done"),
        ("10", "10", "zero"),  # not above the threshold: zero is not broken, whatever the task
    ],
)
def test_zero_is_broken_above_the_threshold(amount, target, expected):
    found = classify(
        target=Decimal(target), amount=Decimal(amount), known=True, months=6, threshold=Decimal(10)
    )
    assert found == expected


@pytest.mark.parametrize(
    ("day", "months"),
    [
        ((2012, 1, 1), 0),
        ((2012, 1, 30), 0),
        ((2012, 1, 31), 1),
        ((2012, 2, 28), 1),
        ((2012, 2, 29), 2),
        ((2011, 2, 28), 2),
        ((2012, 6, 29), 5),
        ((2012, 6, 30), 6),
        ((2012, 7, 1), 6),
        ((2012, 12, 30), 11),
        ((2012, 12, 31), 12),
    ],
)
def test_a_month_is_over_on_its_last_day(day, months):
    assert elapsed_months(dt.date(*day)) == months


# Printing


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [
        ("142000", "279000", "50.90"),
        ("139499.99", "279000", "50.00"),
        ("49.995", "100", "50.00"),
        ("49.9949999", "100", "49.99"),
        ("1", "3", "33.33"),
        ("2", "3", "66.67"),
        ("0", "3", "0.00"),
        ("40", "20", "200.00"),
    ],
)
def test_shares_are_printed_half_up(part, whole, printed):
    assert str(percent(Decimal(part), Decimal(whole))) == printed
    assert percent(Decimal(part), Decimal(0)) is None


def table(amount: str, target: str = "279000", schedule: str = "50.00") -> Standing:
    return Standing(
        measure=None,
        as_of=MID_YEAR,
        basis="verified",
        lines=[],
        amount=Decimal(amount),
        pending=Decimal(0),
        target=Decimal(target),
        schedule=Decimal(schedule),
        tenant_target=None,
    )


@pytest.mark.covers("I8")
def test_half_a_year_is_met_by_exact_figures_only():
    short, exact = table("139499.99"), table("139500")
    assert (str(short.completion), short.half_year_met) == ("50.00", False)
    assert (str(exact.completion), exact.half_year_met) == ("50.00", True)
    assert table("139500").ahead == 0
    nothing = table("10", target="0")
    assert (nothing.completion, nothing.ahead, nothing.half_year_met) == (None, None, False)


def test_ahead_is_the_difference_of_two_printed_figures():
    # 40.004 % against 41.666... %: exactly 1.6626... points behind, printed 40.00 against 41.67.
    found = table("40004", target="100000", schedule="41.67")
    assert (str(found.completion), str(found.ahead)) == ("40.00", "-1.67")
    line = Line(1, "甲", "town", UnitClass.BEHIND, Decimal(3), Decimal(1), Decimal(0), Decimal("33.33"), Decimal("41.67"))
    assert str(line.ahead) == "-8.34"


# The tables of a county: 水沟镇 has a task of 10,000; the world's claims were paid in on May 1st to 5th


def look(world, as_of=MID_YEAR, basis="verified", measure="到位资金") -> Standing:
    with acting(world.a.posts["leader"]):
        return standing(as_of=as_of, basis=basis, measure_name=measure)


def amounts(found: Standing, field: str = "amount") -> dict[str, Decimal]:
    return {line.name: getattr(line, field) for line in found.lines if getattr(line, field)}


def pay(world, number: str, amount: str, on: dt.date, *, unit="水沟镇", project="project", split=None) -> Claim:
    """A voucher of this amount and day, entered by a clerk."""
    with acting(world.a.posts["clerk"]) as clerk:
        entry = vouchers.Entry(
            project=Project.objects.get(pk=world.a.rows[project]),
            kind=VoucherKind.BANK_SLIP,
            number=number,
            dated_on=on,
            face_wan=Decimal(amount),
            split=split,
            files=[picture(int(number))],
        )
        found = Unit.objects.get(name=unit)
        return vouchers.record(post=clerk, entry=entry, unit=found, today=TODAY, late_ok=True).claim


def submit(world, *names: str) -> None:
    for name in names:
        with acting(world.a.posts["clerk"]) as clerk:
            return_id = Return.objects.filter(unit__name=name, reports_closed_at__isnull=True).first().pk
            returns.submit(post=clerk, return_id=return_id)


def opine(world, who: str, claim: int, step: str, verdict: str, accepted=None, supersedes=None) -> int:
    with acting(world.a.posts[who]) as post:
        return opinions.give(
            post=post,
            claim_id=claim,
            step=step,
            verdict=verdict,
            accepted=accepted,
            reason="核对凭证",
            supersedes_id=supersedes,
        ).pk


def accept(world, claim: int) -> None:
    opine(world, "second_clerk", claim, "first_review", "accept")
    opine(world, "party_inspector", claim, "inspection", "accept")


@contextmanager
def working(world, name: str) -> Iterator[ActingPost]:
    """A transaction of a clerk's in which this act is open."""
    with acting(world.a.posts["clerk"]) as clerk:
        act(name)
        yield clerk


def decide(world) -> None:
    """Everything that was submitted, by the bureau and by both inspection offices."""
    for who, step in [
        ("second_clerk", "first_review"),
        ("party_inspector", "inspection"),
        ("government_inspector", "inspection"),
    ]:
        with acting(world.a.posts[who]) as post:
            opinions.decide_clean(post=post, step=step)


def close(world) -> None:
    with acting(world.a.posts["party_inspector"]) as post:
        returns.close_period(post=post, period_id=world.a.rows["period"])


@pytest.mark.covers("I4", "I12")
def test_the_columns_stand_side_by_side(world):
    reported = look(world, basis="reported")
    assert amounts(reported) == {"水沟镇": 1400, "城关镇": 200, "招商局": 300, "县委办": 100}
    assert (reported.amount, reported.pending, reported.target) == (2000, 1800, 10000)
    verified = look(world)
    assert amounts(verified) == {"水沟镇": 200}
    assert amounts(verified, "pending") == {"水沟镇": 1200, "城关镇": 200, "招商局": 300, "县委办": 100}
    assert (verified.amount, verified.pending) == (200, 1800)
    assert look(world, basis="reviewed").amount == 200
    # Units without a task count for the county and are in no class.
    assert {line.name: line.unit_class for line in reported.lines if line.target} == {"水沟镇": "behind"}
    assert {line.unit_class for line in reported.lines if not line.target} == {"not_applicable"}
    assert [line.name for line in reported.tasked] == ["水沟镇"]
    # An office has no line; who has neither task nor figure is unknown, not zero.
    assert {line.name: line.amount for line in reported.lines if line.name in ("县委督查室", "县政府办")} == {
        "县政府办": None
    }


@pytest.mark.covers("I12")
def test_the_window_ends_at_the_day_and_begins_with_its_year(world):
    assert amounts(look(world, dt.date(2012, 5, 1), "reported")) == {"水沟镇": 1000}
    assert look(world, dt.date(2012, 5, 4), "reported").amount == 1900
    for day in (dt.date(2012, 4, 30), dt.date(2011, 12, 31), dt.date(2013, 6, 30)):
        assert look(world, day, "reported").amount == 0
    january = look(world, dt.date(2012, 1, 30), "reported")
    # Nothing is due yet and nothing is reported: 未报, not zero; nothing has elapsed.
    assert {line.name: line.unit_class for line in january.tasked} == {"水沟镇": "not_reported"}
    assert [(str(line.schedule), line.amount, line.completion) for line in january.tasked] == [("0.00", None, None)]
    assert look(world, dt.date(2012, 6, 29), "reported").of_class("not_reported") == []  # a claim is a word
    assert look(world, dt.date(2013, 6, 30)).tasked == []  # next year's task has not been issued


@committed
@pytest.mark.covers("I12")
def test_a_slip_that_is_found_later_counts_from_the_later_period_on(world):
    decide(world)
    close(world)
    printed = look(world)
    assert printed.amount == 2000
    with acting(world.a.posts["clerk"]) as clerk:
        periods.open_period(post=clerk, kind=PeriodKind.MONTH, starts_on=dt.date(2012, 7, 1))
    slip = pay(world, "71", "77", dt.date(2012, 3, 15))
    submit(world, "水沟镇")
    accept(world, slip.pk)
    for basis in ("reported", "reviewed", "verified"):
        assert look(world, basis=basis).amount == 2000
    assert look(world, basis="verified") == printed
    assert look(world, dt.date(2012, 7, 2)).amount == 2077


@pytest.mark.covers("I12")
def test_a_unit_whose_claims_wait_is_at_zero_and_before_them_unknown(world):
    with working(world, "target.issue"):
        issue(Unit.objects.get(name="城关镇"), "900")
    assert classes(world, basis="reported")["城关镇"] == "behind"
    assert classes(world)["城关镇"] == "zero"
    assert classes(world, dt.date(2012, 4, 30))["城关镇"] == "not_reported"


def issue(unit: Unit, amount: str, **more) -> Target:
    """A yearly task of 到位资金, inside the caller's act."""
    return Target.objects.create(
        unit=unit,
        measure=more.pop("measure", None) or Measure.objects.get(name="到位资金", version=1),
        period=Period.objects.get(kind="year"),
        amount=Decimal(amount),
        **more,
    )


def classes(world, as_of=MID_YEAR, basis="verified") -> dict[str, str]:
    return {line.name: line.unit_class.value for line in look(world, as_of, basis).lines}


@committed
@pytest.mark.covers("I12")
def test_a_submitted_return_without_claims_is_zero_once_it_was_due(world):
    with working(world, "target.issue"):
        issue(Unit.objects.get(name="县政府办"), "500")
    assert classes(world)["县政府办"] == "not_reported"
    submit(world, "县政府办")
    assert classes(world)["县政府办"] == "zero"
    assert classes(world, dt.date(2012, 6, 29))["县政府办"] == "not_reported"
    assert amounts(look(world), "completion") == {"水沟镇": Decimal("2.00")}
    line = next(line for line in look(world).lines if line.name == "县政府办")
    assert (line.amount, str(line.completion), str(line.ahead)) == (0, "0.00", "-50.00")


@committed
def test_an_exempt_unit_is_in_no_class_and_its_task_in_no_sum(world):
    with working(world, "target.issue"):
        issue(Unit.objects.get(name="招商局"), "600")
    assert look(world).target == 10600
    with working(world, "unit.add"):
        Unit.objects.filter(name="招商局").update(exempt=True)
    found = look(world, basis="reported")
    assert (found.target, found.amount) == (10000, 2000)
    line = next(line for line in found.lines if line.name == "招商局")
    assert (line.unit_class, line.target, line.amount, line.completion) == ("not_applicable", None, 300, None)
    assert "招商局" not in as_json(found)["unit_paid_wan"]


@committed
def test_a_replaced_task_counts_no_more(world):
    with working(world, "target.issue"):
        old = Target.objects.get(pk=world.a.rows["target"])
        new = issue(old.unit, "2800", replaces=old)
    assert (look(world).target, classes(world, basis="reported")["水沟镇"]) == (2800, "on_schedule")
    with working(world, "target.issue"):
        issue(old.unit, "1400", replaces=new)
    assert (look(world).target, classes(world, basis="reported")["水沟镇"]) == (1400, "done")


@committed
@pytest.mark.covers("I13")
def test_the_version_in_force_on_the_day_decides_what_counts(world):
    """A new counting rule does not touch days before it; tasks issued under the old one stand."""
    with working(world, "measure.publish"):
        old = Measure.objects.get(name="到位资金")
        Measure.objects.create(
            name=old.name,
            version=2,
            valid_from=dt.date(2012, 6, 1),
            line=old.line,
            kind=old.kind,
            carry_over=True,
            zero_threshold=Decimal(100),
        )
        Project.objects.filter(pk=world.a.rows["office_project"]).update(year_introduced=2011)
    assert look(world, dt.date(2012, 5, 31), "reported").amount == 2000
    found = look(world, basis="reported")
    assert (found.measure.version, found.amount, found.target) == (2, 100, 10000)
    assert amounts(found) == {"县委办": 100}
    with working(world, "target.issue"):
        issue(Unit.objects.get(name="县委办"), "100", measure=found.measure)
    assert classes(world, basis="reported")["县委办"] == "zero"  # 100 is not above the threshold


@committed
def test_groups_are_those_of_the_day(world):
    town = world.a.units["水沟镇"]
    with working(world, "unit.add"):
        GroupMembership.objects.filter(unit_id=town).update(until_on=dt.date(2012, 5, 31))
        park = UnitGroup.objects.create(code="park", name="园区")
        GroupMembership.objects.create(unit_id=town, group=park, from_on=dt.date(2012, 6, 1))
    with acting(world.a.posts["leader"]):
        found = {day: groups_on(dt.date(*day)).get(town) for day in [(2012, 5, 31), (2012, 6, 1), (2011, 12, 31)]}
    assert found == {(2012, 5, 31): "town", (2012, 6, 1): "park", (2011, 12, 31): None}
    assert look(world, dt.date(2012, 5, 31), "reported").counts()["behind"] == {"town": 1}
    assert look(world, basis="reported").counts()["behind"] == {"park": 1}


# Credit, reversals, verdicts


@committed
@pytest.mark.covers("I2")
def test_double_credit_reaches_units_and_never_the_county(world):
    with acting(world.a.posts["clerk"]) as clerk:
        shares = [
            splits.Share(Unit.objects.get(name=name), ClaimKind.PAID_IN, Decimal(1)) for name in ("水沟镇", "县政府办")
        ]
        project = Project.objects.get(pk=world.a.rows["project"])
        split = splits.agree(
            post=clerk,
            project=project,
            document="飞地协议",
            agreed_on=FROM,
            shares=shares,
            double_credit=True,
        )
    before = look(world, basis="reported")
    slip = pay(world, "81", "500", dt.date(2012, 6, 1), split=split)
    found = look(world, basis="reported")
    assert found.amount == before.amount + 500
    assert found.pending == before.pending + 500
    assert amounts(found) == {"水沟镇": 1900, "城关镇": 200, "县政府办": 500, "招商局": 300, "县委办": 100}
    submit(world, "水沟镇")
    opine(world, "second_clerk", slip.pk, "first_review", "accept")
    # The government's office shares the credit, so its inspectors may not decide; the party's may.
    opine(world, "party_inspector", slip.pk, "inspection", "reduce", accepted=Decimal("499.999999"))
    verified = look(world)
    assert amounts(verified)["县政府办"] == Decimal("499.999999")
    assert verified.amount == Decimal("699.999999")


@committed
def test_a_split_without_a_line_for_the_kind_leaves_the_credit_with_the_unit(world):
    with working(world, "split.agree"):
        split = Split.objects.create(project_id=world.a.rows["project"], document="空", agreed_on=FROM)
        return_id = Return.objects.get(unit__name="水沟镇").pk
        voucher = Claim.objects.get(pk=world.a.rows["claim"]).voucher
        voucher = type(voucher).objects.create(
            kind=voucher.kind, number="82", payer=voucher.payer, dated_on=voucher.dated_on, face_wan=10
        )
        claim = claims.of_voucher(
            voucher,
            project=Project.objects.get(pk=world.a.rows["project"]),
            unit=Unit.objects.get(name="水沟镇"),
            booked_in=Return.objects.get(pk=return_id),
            amount=Decimal(10),
            split=split,
        )
        claims.write([claim])
    assert amounts(look(world, basis="reported"))["水沟镇"] == 1410


@committed
@pytest.mark.covers("I3")
def test_a_withdrawn_claim_counts_out_at_once(world):
    with acting(world.a.posts["reporter"]) as reporter:
        claims.withdraw(post=reporter, claim_id=world.a.rows["claim"], reason="重复登记", today=TODAY)
    found = look(world, basis="reported")
    assert (amounts(found)["水沟镇"], found.amount, found.pending) == (400, 1000, 800)
    assert look(world).amount == 200


@committed
@pytest.mark.covers("I3", "I4")
def test_the_reversal_of_a_decided_claim_counts_out_when_a_second_person_agrees(world):
    decided = world.a.rows["decided_claim"]
    with working(world, "claim.withdraw"):
        origin = Claim.objects.select_related("booked_in").get(pk=decided)
        reversal = claims.write([claims.reversal(origin, booked_in=origin.booked_in)])[0]
    submit(world, "水沟镇")
    assert (look(world, basis="reported").amount, look(world).amount) == (1800, 200)
    assert look(world).pending == 1600  # what waits includes the minus
    opine(world, "second_clerk", reversal.pk, "first_review", "accept")
    assert look(world).amount == 200
    opine(world, "party_inspector", reversal.pk, "inspection", "accept")
    for basis in ("reviewed", "verified"):
        assert look(world, basis=basis).amount == 0
    assert look(world).pending == 1800
    assert classes(world)["水沟镇"] == "zero"


@committed
@pytest.mark.covers("I4", "I12")
def test_what_each_verdict_makes_of_figure_and_waiting(world):
    """Rejected is a decided zero; returned and doubted wait, and count for nothing."""
    claim = world.a.rows["claim"]
    found = {}

    def note(name: str) -> None:
        told = look(world)
        found[name] = told.amount, told.pending

    note("submitted")
    opine(world, "second_clerk", claim, "first_review", "reduce", accepted=Decimal(900))
    note("reduced at first review")
    assert look(world, basis="reviewed").amount == 1100
    opine(world, "party_inspector", claim, "inspection", "doubt")
    note("doubted")
    first = opine(world, "party_inspector", claim, "inspection", "reject")
    note("rejected")
    second = opine(world, "government_inspector", claim, "inspection", "reduce", Decimal("0.01"), supersedes=first)
    note("reduced")
    opine(world, "party_inspector", claim, "inspection", "return", supersedes=second)
    note("returned")
    opine(world, "reporter", claim, "unit", "resubmit")
    note("resubmitted")
    assert found == {
        "submitted": (200, 1800),
        "reduced at first review": (200, 1800),
        "doubted": (200, 1800),
        "rejected": (200, 800),
        "reduced": (Decimal("200.01"), 800),
        "returned": (200, 1800),
        "resubmitted": (200, 1800),
    }
    assert look(world, basis="reviewed").amount == 200


def test_the_number_of_queries_does_not_grow(world, django_assert_num_queries):
    with acting(world.a.posts["leader"]), django_assert_num_queries(7):
        standing(as_of=MID_YEAR, basis="verified")
