"""Facts and settings one by one: windows, schedules, issuers, N/A and unknown, look-ups, rounding, groups."""

from decimal import Decimal

import pytest

from assessment.engine import FactsError, load_facts, load_scheme, score

from .cases import SCHEMES, agree, two, units
from .reader import points

ITEMS = (SCHEMES.parent / "items.facts.yaml").read_text(encoding="utf-8")
SCHEME = """
schema: 1
key: t
version: 1
title: 测试
period: {period}
zero_unit_share: 1000
{settings}
groups:
  town: {{title: 乡镇{group}}}
  park: {{title: 园区}}
items:
  project: {{title: 项目, fields: {{amount: 亿元, usd: 万美元, firm: 文字, signed_on: 日期, industry: 文字}}}}
lookups:
  rate:
    title: 汇率
    for: project
    by: date
    unit: 元/美元
    rows: [{{from: 2024-01-01, value: 7}}, {{from: 2024-07-01, value: 8}}]
  weight: {{title: 行业系数, for: project, by: industry, rows: [{{is: 工业, value: 2}}]}}
measures:
  paid: {{title: 到位资金, figure: paid, unit: 亿元}}
{measures}
indicators:
  - key: one
    title: 指标
    {indicator}
    score: {score}
  - {{key: rest, title: 其他, groups: [park], score: 1}}
{more}
"""
FACTS = """
schema: 1
period: {period}
{as_of}
units:
  - {{unit: A, group: town}}
  - {{unit: B, group: town}}
  - {{unit: C, groups: [{{group: park, to: 2024-06-30}}, {{group: town, from: 2024-07-01}}]}}
{facts}
"""


def run(
    score_text,
    facts="",
    measures="",
    period="2024",
    as_of="",
    settings="",
    indicator="groups: [town]",
    more="",
    group="",
):
    kinds = {4: "year", 6: "half" if "H" in period else "quarter", 7: "month"}
    measures = "\n".join("  " + line for line in measures.strip().split("\n")) if measures else ""
    scheme = SCHEME.format(
        score=score_text,
        measures=measures,
        period=kinds[len(period)],
        settings=settings,
        indicator=indicator,
        more=more,
        group=group,
    )
    return score(load_scheme(scheme), load_facts(FACTS.format(facts=facts, period=period, as_of=as_of)))


def line(result, unit="A"):
    found = units(result)[unit].lines[0]
    if found.points is not None:
        agree(points(found.words), found.points, found.words)
    return found


def of(*args, **settings):
    return line(run(*args, **settings)).points


PAID = "figures:\n" + "".join(
    f"  - {{unit: A, figure: paid, period: {period}, value: {value}}}\n"
    for period, value in (("2023-03", 1), ("2024-01", 2), ("2024-02", 3), ("2024Q2", 4), ("2024H2", 5))
)


@pytest.mark.parametrize(
    ("window", "period", "value"),
    [
        ("", "2024", 14),
        ("", "2024Q1", 5),
        ("", "2024Q2", 4),
        ("", "2024-02", 3),
        ("", "2024H1", 9),
        (", window: year_to_date", "2024Q2", 9),
        (", window: last_year", "2024Q1", 1),
        (", window: all", "2024Q1", 6),
        (", window: {from: 2023-01-01}", "2024Q1", 6),
        (", take: latest", "2024", 5),
    ],
)
def test_a_figure_is_summed_over_its_own_window(window, period, value):
    measures = f"x: {{title: 资金, figure: paid, unit: 亿元{window}}}"
    assert of("x / 1亿元", PAID, measures, period) == value


def paid_of(period, value, unit="A"):
    return f"  - {{unit: {unit}, figure: paid, period: {period}, value: {value}}}\n"


def test_a_period_that_is_not_over_counts_what_it_has_brought_so_far():
    facts = "figures: [{unit: A, figure: paid, period: 2024, value: 6}]"
    assert of("paid / 1亿元", facts, as_of="as_of: 2024-05-31") == 6
    later = paid_of("2024-05", 6) + paid_of("2024-06", 9)
    assert of("paid / 1亿元", f"figures:\n{later}", as_of="as_of: 2024-05-31") == 6


TARGETS = "targets:\n" + "".join(
    f"  - {{unit: A, target: paid, period: {period}, amount: {amount}, issuer: {issuer}}}\n"
    for period, amount, issuer in (
        ("2024", 12, "县"),
        ("2024", 24, "市"),
        ("2024Q1", 2, "县"),
        ("2024Q2", 5, "县"),
    )
)


@pytest.mark.parametrize(
    ("rule", "period", "value"),
    [
        ("issuer: 县", "2024", "12"),
        ("issuer: 市", "2024", "24"),
        ("issuer: 县", "2024Q2", "5"),
        ("issuer: 县, schedule: months", "2024Q2", "6"),
        ("issuer: 市, schedule: months", "2024-05", "10"),
        ("issuer: 县, schedule: agreed", "2024Q2", "7"),
        ("issuer: 市, schedule: year", "2024Q1", "24"),
    ],
)
def test_a_task_by_issuer_and_schedule(rule, period, value):
    assert of(
        "t / 1亿元", TARGETS, f"t: {{title: 任务, target: paid, unit: 亿元, {rule}}}", period
    ) == Decimal(value)


def test_two_issuers_of_one_task_need_a_choice():
    with pytest.raises(FactsError, match="issuer"):
        run("t / 1亿元", TARGETS, "t: {title: 任务, target: paid, unit: 亿元}")


def test_unknown_is_not_zero():
    zero = line(
        run(
            "{share: {points: 10, value: paid, target: t}}",
            TARGETS + "figures: [{unit: A, figure: paid, value: 0}]",
            "t: {title: 任务, target: paid, unit: 亿元, issuer: 县}",
        )
    )
    unknown, empty = (
        line(
            run(
                "{share: {points: 10, value: paid, target: t}}",
                TARGETS + more,
                "t: {title: 任务, target: paid, unit: 亿元, issuer: 县}",
            )
        )
        for more in ("", "figures: [{unit: A, figure: paid, value: }]")
    )
    none = line(
        run(
            "{share: {points: 10, value: paid, target: t}}",
            "figures: [{unit: A, figure: paid, value: 0}]",
            "t: {title: 任务, target: paid, unit: 亿元, issuer: 县}",
        )
    )
    assert [(one.state, one.points, one.notes) for one in (zero, unknown, empty, none)] == [
        ("ok", 0, ()),
        ("unknown", 0, ("未报",)),
        ("unknown", 0, ("未报",)),
        ("na", None, ("不适用",)),
    ]
    assert "未报，按0分计（未报不等于0）" in unknown.words


def test_an_unknown_figure_may_hold_the_total_back():
    found = units(
        run(
            "{amount: paid / 1亿元}",
            "figures: [{unit: A, figure: paid, value: 2}]",
            settings="unknown: hold",
            more="ranks: {basis: 测试, ties: competition}",
        )
    )
    assert (found["A"].total, found["A"].rank) == (2, 1)
    assert (found["B"].total, found["B"].rank, found["B"].lines[0].points) == (None, None, None)
    assert found["B"].notes == ("指标未报，暂不出总分",)


def test_an_exempt_unit_is_not_applicable():
    facts = "figures: [{unit: A, figure: paid, value: 2}]"
    text = FACTS.format(facts=facts, period="2024", as_of="").replace(
        "{unit: A, group: town}", "{unit: A, group: town, exempt: [paid]}"
    )
    scheme = SCHEME.format(
        score="{amount: paid / 1亿元}",
        measures="",
        period="year",
        settings="",
        indicator="groups: [town]",
        more="",
        group="",
    )
    assert units(score(load_scheme(scheme), load_facts(text)))["A"].lines[0].state == "na"


def test_the_group_at_the_cut_off_decides():
    early, late = (units(run("1", as_of=f"as_of: {day}"))["C"].group for day in ("2024-06-30", "2024-07-01"))
    assert (early, late) == ("park", "town")


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("sum: amount, of: project, unit: 亿元", "4.5"),
        ("sum: amount, of: project, unit: 万元", "45000"),
        ("count: project, unit: 个", "3"),
        ("count: project, distinct: firm, unit: 家", "2"),
        ("count: project, date: signed_on, unit: 个", "1"),
        ("count: project, date: signed_on, window: {from: 2022-01-01}, unit: 个", "2"),
        ('count: project, where: \'industry 属于 ["工业", "农业"] 且 非 amount < 1亿元\', unit: 个', "1"),
        ("sum: usd * rate, of: project, where: usd > 0万美元, unit: 万元", "1500"),
    ],
)
def test_items_are_counted_and_summed(measure, value):
    unit = measure.rsplit("unit: ", 1)[1]
    divisor = f" / 1{unit}" if unit.endswith("元") else ""
    assert of(f"'x{divisor}'", ITEMS, f"x: {{title: 数, {measure}}}") == Decimal(value)


def test_an_item_without_its_amount_makes_the_sum_unknown():
    found = line(run("x / 1万元", ITEMS, "x: {title: 数, sum: usd * rate, of: project, unit: 万元}"))
    assert (found.state, found.points) == ("unknown", 0)
    assert "P3没有填写金额或数量，或系数表里没有它这一档（不是0）" in found.words


def test_a_look_up_without_a_row_is_not_computable():
    each = "{each: {items: project, points: weight * 3}}"
    found = line(run(each, ITEMS.replace("农业", "工业")))
    assert (found.points, found.notes) == (12, ("P3没有填写“industry”，该项计0分",))
    found = line(run(each, ITEMS.replace("firm: 乙", "firm: 乙, industry: 旅游")))
    assert found.points == 6
    assert "P3：行业系数里没有“旅游”这一档" in found.notes


def test_statistics_leave_out_units_that_only_listen_in():
    facts = "figures:\n" + paid_of(2024, 9, "A") + paid_of(2024, 3, "B") + paid_of(2024, 6, "C")

    def means(settings):
        text = FACTS.format(facts=facts, period="2024", as_of="").replace(
            "{unit: A, group: town}", "{unit: A, group: town, competes: false}"
        )
        scheme = SCHEME.format(
            score="mean(paid) / 1亿元",
            measures="",
            period="year",
            settings=settings,
            indicator="groups: [town]",
            more="",
            group="",
        )
        return units(score(load_scheme(scheme), load_facts(text)))["B"].lines[0].points

    assert (means(""), means("statistics_over: listed")) == (Decimal("4.5"), 6)


def test_a_statistic_names_its_facts_once():
    facts = "figures: [{unit: A, figure: paid, value: 9}, {unit: B, figure: paid, value: 3}]"
    result = run("mean(paid) / 1亿元", facts)
    assert line(result).facts == ("statistic:town/mean(到位资金)/2024",)
    assert [(one.key, one.value, one.facts) for one in result.statistics] == [
        ("statistic:town/mean(到位资金)/2024", 6, ("figure:A/paid/2024", "figure:B/paid/2024"))
    ]
    assert "乡镇组平均（到位资金）为6亿元（2个单位，1个单位没有数据、不计入）" in line(result).words


@pytest.mark.parametrize(
    ("mode", "value"),
    [
        ("half_up", "2.13"),
        ("half_even", "2.12"),
        ("down", "2.12"),
        ("up", "2.13"),
        ("floor", "2.12"),
        ("ceil", "2.13"),
    ],
)
def test_roundings_are_settings(mode, value):
    facts = "figures: [{unit: A, figure: paid, value: 2.125}]"
    assert of(f"{{amount: paid / 1亿元, round: {{to: 0.01, mode: {mode}}}}}", facts) == Decimal(value)
    assert of("paid / 1亿元", facts) == Decimal("2.125")
    rounded = run("paid / 1亿元", facts, settings=f"rounding: {{total: {{to: 0.01, mode: {mode}}}}}")
    assert (line(rounded).points, units(rounded)["A"].total) == (Decimal("2.125"), Decimal(value))


@pytest.mark.parametrize(
    ("ends", "value", "points_"),
    [
        ("upper", "5", 2),
        ("lower", "5", 1),
        ("upper", "10", 2),
        ("lower", "0", 1),
        ("upper", "4.99", 1),
        ("lower", "5.01", 2),
        ("upper", "10.01", 9),
        ("lower", "-0.01", 9),
    ],
)
def test_where_two_brackets_meet_the_scheme_says_who_takes_the_bound(ends, value, points_):
    rows = "[{from: 0亿元, to: 5亿元, points: 1}, {from: 5亿元, to: 10亿元, points: 2}]"
    bands = f"{{bands: {{value: paid, ends: {ends}, rows: {rows}, else: 9}}}}"
    assert of(bands, f"figures: [{{unit: A, figure: paid, value: {value}}}]") == points_


def test_sections_have_limits_of_their_own():
    more = "  - {key: two, title: 加, section: bonus, groups: [town], score: 3}\n"
    more += "  - {key: three, title: 减, section: bonus, groups: [town], score: -9}\n"
    more += "sections:\n  bonus: {title: 加减分, cap: 2, floor: -4}\n"
    found = units(run("10", more=more))["A"]
    assert (found.total, found.total_words.split("；")[0]) == (6, "总分=10+(3-9→(-4))=6")


def test_a_tie_is_broken_by_the_indicators_that_the_scheme_names():
    facts = "figures:\n" + paid_of(2024, 1, "A") + paid_of(2024, 2, "B") + paid_of(2024, 0, "C")
    more = "  - {key: two, title: 二, groups: [town], score: '5 - paid / 1亿元'}\n"
    more += "ranks: {basis: 测试, ties: competition%s}\n"
    assert [one.rank for one in run("paid / 1亿元", facts, more=more % "").units] == [1, 1, 1]
    assert [one.rank for one in run("paid / 1亿元", facts, more=more % ", then: [one]").units] == [2, 1, 3]


def test_an_attribute_of_the_unit_chooses_the_rule():
    text = FACTS.format(facts="", period="2024", as_of="").replace(
        "{unit: A, group: town}", "{unit: A, group: town, attributes: {kind: 山区, people: 3}}"
    )
    measures = "  kind: {title: 类别, attribute: kind, unit: 文字}\n"
    measures += "  people: {title: 人口, attribute: people, unit: 人}"
    scheme = SCHEME.format(
        score='{cases: [{when: kind = "山区" 且 group != "park", points: people * 2}, {points: 1}]}',
        measures=measures,
        period="year",
        settings="",
        indicator="groups: [town]",
        more="",
        group="",
    )
    found = units(score(load_scheme(scheme), load_facts(text)))
    assert (found["A"].lines[0].points, found["B"].lines[0].state) == (6, "unknown")


def test_units_outside_the_groups_are_listed_with_the_reason():
    text = FACTS.format(facts="", period="2024", as_of="").replace(
        "{unit: B, group: town}", "{unit: B, group: office}"
    )
    scheme = SCHEME.format(
        score="1", measures="", period="year", settings="", indicator="groups: [town]", more="", group=""
    )
    result = score(load_scheme(scheme), load_facts(text))
    assert result.skipped == (("B", "2024-12-31不属于办法里的任何组"),)
    assert "B" not in units(result)


def test_nothing_but_decimals_comes_out():
    facts = "figures: [{unit: A, figure: paid, value: 0.1}]"
    found = units(run("paid / 3亿元 + 0.2", facts, more="ranks: {basis: 测试, ties: average}"))["A"]
    assert {type(found.total), type(found.rank), type(found.lines[0].points)} == {Decimal}
    assert two(found.total) == "0.23"


@pytest.mark.parametrize(
    ("text", "value"), [("0.1 + 0.2", "0.3"), ("1 / 3 * 3", "1"), ("0.3 - 0.1 * 3", "0")]
)
def test_sums_are_exact(text, value):
    assert of(f"'{text}'") == Decimal(value)


VETO = """
grades: {rows: [{from: 60, grade: 合格}, {from: 0, grade: 不合格}]}
overrides:
  - {title: 一票否决, decision: accident, grade: 不合格}
"""
ACCIDENT = "decisions: [{unit: A, decision: accident, document: 县发〔2024〕1号, reason: 发生事故}]"


def test_a_recorded_decision_is_told_even_where_it_changes_nothing():
    low = units(run("50", ACCIDENT, settings=VETO))["A"]
    assert (low.total, low.grade) == (50, "不合格")
    assert low.notes == ("一票否决：发生事故（县发〔2024〕1号），总分和等次不变",)
    high = units(run("70", ACCIDENT, settings=VETO))
    assert (high["A"].grade, high["B"].grade) == ("不合格", "合格")
    assert high["A"].notes == ("一票否决：发生事故（县发〔2024〕1号）",)
    assert high["B"].notes == ()


@pytest.mark.parametrize("group", [", cap: paid / 1亿元", ", cap: 90 + paid / 0亿元"])
def test_a_limit_of_the_total_that_is_unknown_does_not_limit(group):
    assert units(run("70", group=group))["A"].total == 70


@pytest.mark.parametrize("ties", ["competition", "dense", "average"])
def test_a_shared_place_is_told_to_those_who_share_it_only(ties):
    facts = f"figures:\n{paid_of('2024', 6)}{paid_of('2024', 6, 'B')}{paid_of('2024', 2, 'C')}"
    text = f"{{rank: {{value: paid, points: 10, step: 1, floor: 1, ties: {ties}}}}}"
    found = units(run(text, facts))
    assert ["并列" in found[unit].lines[0].words for unit in "ABC"] == [True, True, False]
