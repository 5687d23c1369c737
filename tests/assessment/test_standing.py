"""Standing: the class of a unit, the window of a day, and how figures are printed."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import GroupMembership, Unit, UnitGroup
from assessment.choices import UnitClass
from assessment.models import Measure, Target
from assessment.percent import percent
from assessment.queries.standing import (
    Line,
    Standing,
    as_json,
    classify,
    elapsed_months,
    groups_on,
    standing,
)
from projects.choices import PeriodKind
from projects.models import Project
from projects.services import periods
from tests.assessment.acts import (
    MID_YEAR,
    accept,
    amounts,
    classes,
    close,
    decide,
    issue,
    look,
    pay,
    submit,
    working,
)
from tests.world import acting

FEN = Decimal("0.000001")  # 1 分 in 万元
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
    line = Line(
        unit_id=1,
        name="甲镇",
        group="town",
        unit_class=UnitClass.BEHIND,
        target=Decimal(3),
        amount=Decimal(1),
        pending=Decimal(0),
        completion=Decimal("33.33"),
        schedule=Decimal("41.67"),
    )
    assert str(line.ahead) == "-8.34"


# The tables of county A


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
    idle = {line.name: line.amount for line in reported.lines if line.name in ("县委督查室", "县政府办")}
    assert idle == {"县政府办": None}


@pytest.mark.covers("I12")
def test_the_window_ends_at_the_day_and_begins_with_its_year(world):
    assert amounts(look(world, dt.date(2012, 5, 1), "reported")) == {"水沟镇": 1000}
    assert look(world, dt.date(2012, 5, 4), "reported").amount == 1900
    for day in (dt.date(2012, 4, 30), dt.date(2011, 12, 31), dt.date(2013, 6, 30)):
        assert look(world, day, "reported").amount == 0
    january = look(world, dt.date(2012, 1, 30), "reported")
    # Nothing is due yet and nothing is reported: 未报, not zero; nothing has elapsed.
    assert {line.name: line.unit_class for line in january.tasked} == {"水沟镇": "not_reported"}
    assert [(line.schedule, line.amount, line.completion) for line in january.tasked] == [(0, None, None)]
    # A claim is a word, before its Return is due.
    assert look(world, dt.date(2012, 6, 29), "reported").of_class("not_reported") == []
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
    for basis in ("reported", "reviewed"):
        assert look(world, basis=basis).amount == 2000
    assert look(world) == printed
    assert look(world, dt.date(2012, 7, 2)).amount == 2077


@pytest.mark.covers("I12")
def test_a_unit_whose_claims_wait_is_at_zero_and_before_them_unknown(world):
    with working(world, "target.issue"):
        issue(Unit.objects.get(name="城关镇"), "900")
    assert classes(world, basis="reported")["城关镇"] == "behind"
    assert classes(world)["城关镇"] == "zero"
    assert classes(world, dt.date(2012, 4, 30))["城关镇"] == "not_reported"


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
        days = [dt.date(2011, 12, 31), dt.date(2012, 5, 30), dt.date(2012, 5, 31), dt.date(2012, 6, 1)]
        assert [groups_on(day).get(town) for day in days] == [None, "town", "town", "park"]
    assert look(world, dt.date(2012, 5, 31), "reported").counts()["behind"] == {"town": 1}
    assert look(world, basis="reported").counts()["behind"] == {"park": 1}


def test_the_number_of_queries_does_not_grow(world, django_assert_num_queries):
    with acting(world.a.posts["leader"]), django_assert_num_queries(7):
        standing(as_of=MID_YEAR, basis="verified")
