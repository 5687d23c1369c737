"""Schemes that mix forms. Their documents use only what the help page says; the sums are done by hand."""

from decimal import Decimal

import pytest

from .cases import check_words, run, table, units

# Every figure is worked out by hand beside it.
BY_HAND = {
    # 功效系数 (x-0)÷(10-0)×40+60, times 0.4; tiers 5/10/20 with +5 for foreign; 20 - 2 × late
    "mixed-1-efficacy-tiers-veto": {
        "甲": ["40.00", "40.00", "18.00", "59.00"],  # 5 + (10+5) + 20 = 40; the veto caps 98 at 59
        "乙": ["33.60", "10.00", "20.00", "63.60"],  # (24+60)×0.4; 1 yi 10, 0.49 yi 0
        "丙": ["27.20", "40.00", "0.00", "67.20"],  # (8+60)×0.4; 25+20=45 -> 40; 20-22 -> 0
        "丁": ["24.00", "0.00", "20.00", "44.00"],  # 60×0.4; the 9-yi project is of last year
    },
    # X: Jan +3 = 2+2 -> 3, Feb +1 = 2, Mar +2 = 3: 8 -> 6; Apr -1, May +2/3 = 4/3: 6+1/3 -> 4
    # Y: -1+2+0; -1-1/3 = -1/3.   Z: -2 -> -1 three times; +2 = 2+1 = 3; -1/3: -1/3
    "mixed-2-brackets-over-mean": {
        "X": ["4.00", "96.00", "100.00"],
        "Y": ["-0.33", "96.00", "95.67"],  # 13 of 30×5/12 = 12.5
        "Z": ["-0.33", "76.80", "76.47"],  # 10/12.5 = 80 %
    },
    "mixed-3-slope-by-task": {
        "big": ["61.40", "35.00", "96.40"],  # 7 steps × 0.2; 137.5 % is second
        "mid": ["58.00", "30.00", "88.00"],  # 16 % short: one step of -2; third, two share the first place
        "small": ["61.00", "40.00", "101.00"],  # 1.9 over: one step × 1
        "tiny": ["60.00", "40.00", "100.00"],  # 0.475 over: no step
    },
    "mixed-4-growth-and-decline": {
        "A": ["42.00", "30.00", "72.00"],  # 36 + 3 × 2
        "B": ["28.80", "25.50", "54.30"],  # 0.8 × 36
        "C": ["20.00", "40.00", "60.00"],  # nothing last year
        "P": ["60.00", "38.00", "98.00"],  # 36 + 40 -> 24
        "Q": ["-2.00", "10.00", "8.00"],  # 25 % down: 2 steps
    },
    "mixed-5-staged-and-lookups": {
        "U": ["11.90", "5.50", "3.00", "20.40"],  # 10×1×1 + 5×0.5×0.6 + 2×1×0.2; 3+2+0.5; Jan 3 -> 2, Feb 1
        "V": ["0.00", "2.00", "10.00", "12.00"],  # 6 × 2 = 12 -> 10
    },
    "mixed-6-peers-and-weights": {
        "X": ["32.00", "32.20", "15.00", "4.00", "3.00", "0.00", "84.20"],  # 85×0.7+70×0.3=80.5; 7 -> 5
        "Y": [None, "36.20", "20.00", "0.00", "0.00", "-10.00", "83.67"],  # 56.2 × 100÷60 - 10
        "Z": ["40.00", "0.00", "0.00", "0.00", "1.00", "-50.00", "-9.00"],  # two raters are too few
    },
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_mixed_scheme_gives_the_points_worked_out_by_hand(name):
    result = run(name)
    assert table(result) == BY_HAND[name]
    assert check_words(result) == sum(
        figure is not None for row in BY_HAND[name].values() for figure in row[:-1]
    )


def test_exact_values_behind_the_printed_ones():
    found = units(run("mixed-2-brackets-over-mean"))
    third = Decimal(1) / 3
    for unit in "YZ":
        assert abs(found[unit].lines[0].points + third) < Decimal("1e-25")
    y = units(run("mixed-6-peers-and-weights"))["Y"]
    assert abs(y.total - (Decimal("56.2") * 100 / 60 - 10)) < Decimal("1e-25")


def test_veto_ranks_and_grades():
    found = units(run("mixed-1-efficacy-tiers-veto"))
    assert {key: (one.rank, one.grade) for key, one in found.items()} == {
        "甲": (3, "不合格"),
        "乙": (2, "合格"),
        "丙": (1, "合格"),
        "丁": (4, "不合格"),
    }
    assert found["甲"].notes == ("安全事故一票否决：发生较大安全事故（县安委〔2024〕8号）",)
    assert found["丁"].notes == ()  # nothing paid in, but its total is 不合格 by itself


def test_without_the_decision_there_is_no_veto():
    decision = "  - {unit: 甲, decision: accident, document: 县安委〔2024〕8号, reason: 发生较大安全事故}\n"
    one = units(run("mixed-1-efficacy-tiers-veto", (), [(decision, ""), ("decisions:\n", "")]))["甲"]
    assert (one.total, one.rank, one.grade) == (Decimal(98), 1, "优秀")


def test_a_unit_without_the_task_is_marked_and_its_weight_is_spread():
    y = units(run("mixed-6-peers-and-weights"))["Y"]
    assert (y.lines[0].state, y.lines[0].points, y.lines[0].notes) == ("na", None, ("不适用",))
    assert "不适用指标的40分由其他指标按比例分摊" in y.total_words


def test_too_few_raters_are_not_a_zero_but_not_computable():
    z = units(run("mixed-6-peers-and-weights"))["Z"]
    assert (z.lines[1].state, z.notes) == ("not_computable", ("互评：无法计算",))


def test_a_group_of_raters_that_nobody_belongs_to_may_spread_its_weight():
    no_town = [("  - {unit: X, rating: peers, rater: 乡镇1, weight_group: 乡镇, value: 70}\n", "")]
    fewer = [("min_raters: 3", "min_raters: 2")]
    refused = units(run("mixed-6-peers-and-weights", fewer, no_town))["X"].lines[1]
    assert refused.state == "not_computable"
    spread = [("min_raters: 3", "min_raters: 2, absent: spread")]
    assert units(run("mixed-6-peers-and-weights", spread, no_town))["X"].lines[1].points == Decimal(
        34
    )  # 85 × 0.4


@pytest.mark.parametrize(("equal", "points"), [("high", "40"), ("low", "24"), ("middle", "32"), ("90", "36")])
def test_efficacy_when_all_are_equal(equal, points):
    same = [
        (
            f"unit: {unit}, figure: paid, period: 2024, value: {value}",
            f"unit: {unit}, figure: paid, period: 2024, value: 3",
        )
        for unit, value in (("甲", 10), ("乙", 6), ("丙", 2), ("丁", 0))
    ]
    result = run(
        "mixed-1-efficacy-tiers-veto",
        [("equal: high", f"equal: {equal}"), ("overrides:", "zero_unit_share: 100%\noverrides:")],
        same,
    )
    assert {one.lines[0].points for one in result.units} == {Decimal(points)}


def test_steps_may_be_proportional():
    whole = [("step: 1亿元, points: slope}", "step: 1亿元, points: slope, whole: false}")]
    found = units(run("mixed-3-slope-by-task", whole))
    assert [found[key].lines[0].points for key in ("big", "small", "tiny")] == [
        Decimal("61.5"),
        Decimal("61.9"),
        Decimal("60.475"),
    ]  # 7.5 × 0.2; 1.9 × 1; 0.475 × 1
