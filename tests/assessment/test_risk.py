"""The risk of a claim: points from facts, each with its arithmetic; nothing unknown gives a point."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment import risk
from assessment.risk import Factor, Facts, History, Risk

amounts = st.decimals(min_value=0, max_value=10**6, places=2)
histories = st.builds(
    History,
    figures=st.integers(0, 20),
    median=st.none() | amounts,
    reported=st.none() | amounts,
    verified=st.none() | amounts,
)
facts = st.builds(
    Facts,
    kind=st.just("到位资金"),
    reported=st.decimals(min_value=-(10**6), max_value=10**6, places=2),
    unit_of_quantity=st.just("万元"),
    period_total=st.none() | amounts,
    of_unit=histories,
    of_kind=histories,
    first_report=st.booleans(),
    doubts=st.integers(0, 9),
    correction=st.booleans(),
    resubmissions=st.integers(0, 5),
)


def of(reported: str = "100", **more) -> Risk:
    return risk.of(Facts("到位资金", Decimal(reported), "万元", **more))


def history(figures: int = 5, median: str = "10", reported: str | None = None, verified: str | None = None):
    exact = [None if value is None else Decimal(value) for value in (reported, verified)]
    return History(figures, Decimal(median), *exact)


def test_nothing_known_is_no_risk():
    nothing = of()
    assert (nothing.points, nothing.high) == (0, False)
    assert nothing.words == "风险 0：没有需要特别留意的情况"


@pytest.mark.parametrize(
    ("reported", "points"),
    [("50", 0), ("50.01", 1), ("100", 1), ("100.01", 2), ("-120", 2)],
)
def test_an_amount_is_measured_by_the_median_of_the_units_own_figures(reported, points):
    assert of(reported, of_unit=history()).points == points
    assert of(reported, of_unit=history(figures=4)).points == 0, "four figures are no history"
    assert of(reported, of_unit=history(median="0")).points == 0


def test_the_arithmetic_is_told():
    told = of("120", of_unit=history(), of_kind=history(figures=40, median="20"))
    assert told.points == 3
    assert told.words == (
        "风险 3：数额为本单位已核实到位资金（5 笔）中位数 10 万元的 12 倍（+2）；"
        "数额为全县已核实到位资金（40 笔）中位数 20 万元的 6 倍（+1）"
    )


@pytest.mark.parametrize(("total", "points"), [("400", 2), ("400.01", 1), ("1000", 1), ("1000.01", 0)])
def test_a_large_share_of_the_periods_money_counts(total, points):
    assert of("100", period_total=Decimal(total)).points == points


@pytest.mark.parametrize(("verified", "points"), [("80", 2), ("80.01", 1), ("95", 1), ("95.01", 0)])
def test_what_was_reduced_before_counts_by_exact_values(verified, points):
    before = history(figures=1, reported="100", verified=verified)
    assert of("10", of_unit=before).points == points


def test_doubts_first_report_correction_and_resubmission():
    assert [of(doubts=number).points for number in range(6)] == [0, 2, 3, 4, 4, 4]
    rest = of(first_report=True, correction=True, resubmissions=2)
    assert rest.points == 3
    assert "退回后重报，第 3 次报送（+1）" in rest.words
    assert of(first_report=True, doubts=3).high


@given(facts)
def test_the_points_are_the_sum_of_what_is_told(found):
    told = risk.of(found)
    assert told.points == sum(factor.points for factor in told.factors) >= 0
    assert all(
        factor.points > 0 and f"{factor.words}（+{factor.points}）" in told.words for factor in told.factors
    )
    assert len({factor.key for factor in told.factors}) == len(told.factors)
    assert told == risk.of(found)


@given(facts, st.integers(1, 5))
def test_more_doubts_never_lower_a_risk(found, more):
    doubtful = Facts(**{**found.__dict__, "doubts": found.doubts + more})
    assert risk.of(doubtful).points >= risk.of(found).points


@given(st.lists(facts, min_size=1, max_size=4))
def test_a_card_has_each_factor_once_and_is_as_risky_as_its_riskiest_claim(several):
    risks = [risk.of(found) for found in several]
    card = risk.of_card(risks)
    assert card.points >= max(one.points for one in risks)
    assert card.points <= sum(one.points for one in risks)
    assert {factor.key for factor in card.factors} == {factor.key for one in risks for factor in one.factors}
    assert card.points == risk.of_card(reversed(risks)).points


def test_the_weightiest_factor_of_a_card_comes_first():
    few, many = Risk((Factor("doubts", 2, "有 1 处疑点"),)), Risk((Factor("doubts", 4, "有 3 处疑点"),))
    assert (
        risk.of_card([few, many, Risk((Factor("first", 1, "首次"),))]).words
        == "风险 5：有 3 处疑点（+4）；首次（+1）"
    )
