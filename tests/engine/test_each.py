"""Points for each item: events that happened several times, and items that do not say everything."""

from decimal import Decimal

import pytest

from assessment.engine import FactsError, lint, load_facts, load_scheme, score

from .cases import agree, units
from .reader import points

SCHEME = """schema: 1
key: each
version: 1
title: 逐项
period: year
groups: {{town: {{title: 乡镇}}}}
items:
  late: {{title: 迟报{late}}}
  project:
    title: 项目
    fields: {{amount: 亿元, foreign: 是否, industry: 文字, fai: 亿元}}
    external: {{fai: 统计局}}
lookups:
  factor: {{title: 行业系数, for: project, by: industry, rows: [{{is: 工业, value: 2}}]}}
measures:
  often: {{title: 次数, count: late, unit: 次}}
  paid: {{title: 到位资金, figure: paid, unit: 亿元}}
indicators:
  - key: one
    title: 指标
    score: {score}
"""
FACTS = """schema: 1
period: 2024
units:
  - {{unit: A, group: town}}
{rows}
"""
LATE = """events:
  - {unit: A, event: late, date: 2024-01-05}
  - {unit: A, event: late, date: 2024-02-05, times: 2}
  - {unit: A, event: late, date: 2024-03-05, times: }
  - {unit: A, event: late, date: 2024-04-05, times: 3}
"""
PROJECTS = """items:
  - {id: P1, name: 一厂, unit: A, kind: project, date: 2024-01-05, amount: 2, foreign: true, industry: 工业}
  - {id: P2, name: 二厂, unit: A, kind: project, date: 2024-02-05, amount: 3, industry: 工业}
  - {id: P3, name: 三厂, unit: A, kind: project, date: 2024-03-05, foreign: true, industry: 旅游}
"""


def line(score_text, rows, late=""):
    document = SCHEME.format(score=score_text, late=late)
    assert lint(document) == ()
    (unit,) = score(load_scheme(document), load_facts(FACTS.format(rows=rows))).units
    (found,) = unit.lines
    agree(points(found.words), found.points, found.words)
    return found


@pytest.mark.parametrize(
    ("score_text", "expected"),
    [
        ("often", 7),
        ("{each: {items: late, points: -1}}", -7),
        ("{each: {items: late, points: -1 * times}}", -7),
        ("{each: {items: late, points: -1, at_most: 2}}", -2),
        ("{each: {items: late, points: -1 * times, at_most: 2}}", -2),
        ("{each: {items: late, points: 1, at_most: 5}}", 5),
        ("{each: {items: late, where: times = 1, points: 1}}", 2),
        ("{each: {items: late, points: {cases: [{when: times >= 3, points: 5}, {points: 1}]}}}", 8),
        ("{periods: {every: month, points: {each: {items: late, points: 1}, cap: 2}}}", 6),
        ("{periods: {every: quarter, points: {each: {items: late, points: 1, at_most: 3}}}}", 6),
    ],
)
def test_an_event_counts_as_often_as_it_happened(score_text, expected):
    assert line(score_text, LATE).points == expected


def test_the_words_say_how_often():
    found = line("{each: {items: late, points: -0.5, at_most: 6}}", LATE)
    assert found.words.startswith(
        "得分=6×(-0.5)=-3.00；计分：2024-01-05 (-0.5)分、2024-02-05（2次） (-0.5)分"
    )
    assert "最多计6项，其余1项不计" in found.words


def test_the_best_times_are_taken_first():
    found = line(
        "{each: {items: late, points: {cases: [{when: times = 2, points: 7}, {points: 1}]}, "
        "at_most: 3, order: best}}",
        LATE,
    )
    assert found.points == 7 + 1


@pytest.mark.parametrize("times", ["-1", "1.5", "两次"])
def test_a_number_of_times_is_whole(times):
    rows = f"events:\n  - {{unit: A, event: late, date: 2024-01-05, times: {times}}}\n"
    with pytest.raises(FactsError) as caught:
        line("{each: {items: late, points: -1}}", rows)
    assert [(fault.line, fault.path.rpartition(".")[2]) for fault in caught.value.faults] == [(6, "times")]


@pytest.mark.parametrize(("field", "word"), [("times: 文字", "次数"), ("date: 文字", "日期")])
def test_times_and_date_keep_their_sense(field, word):
    fault = lint(SCHEME.format(score="1", late=f", fields: {{{field}}}"))[0]
    assert fault.path.startswith("items.late.fields.")
    assert word in fault.reason


@pytest.mark.parametrize(
    ("score_text", "expected", "notes"),
    [
        (
            "{each: {items: project, points: {cases: [{when: foreign, points: 4}, {points: 1}]}}}",
            4 + 0 + 4,
            ["二厂没有填写“foreign”，该项计0分"],
        ),
        (
            "{each: {items: project, points: [{cases: [{when: foreign, points: 4}]}, amount / 1亿元]}}",
            4 + 2,
            ["二厂没有填写“foreign”，该项计0分", "三厂没有填写“amount”，该项计0分"],
        ),
        (
            "{each: {items: project, points: "
            "[{cases: [{when: foreign, points: 4}], otherwise: 0}, {amount: amount / 1亿元, otherwise: 0}]}}",
            4 + 2 + 3 + 4,
            [],
        ),
        ("{each: {items: project, points: factor}}", 2 + 2, ["三厂：行业系数里没有“旅游”这一档"]),
        (
            "{each: {items: project, points: "
            "{bands: {value: amount, rows: [{from: 3亿元, points: 6}], else: 1}}}}",
            1 + 6,
            ["三厂没有填写“amount”，该项计0分"],
        ),
        ("{each: {items: project, where: foreign, points: 1}}", 2, []),
        (
            "{each: {items: project, points: {cases: [{when: 非 foreign, points: 1}]}}}",
            0,
            ["二厂没有填写“foreign”，该项计0分"],
        ),
    ],
)
def test_a_blank_field_concerns_only_its_item(score_text, expected, notes):
    found = line(score_text, PROJECTS)
    assert (found.points, list(found.notes), found.state) == (expected, notes, "ok")
    assert all(note in found.words for note in notes)


def test_a_figure_of_the_unit_that_nobody_reported_concerns_all_items():
    found = line("{each: {items: project, points: {cases: [{when: paid > 1亿元, points: 1}]}}}", PROJECTS)
    assert (found.points, found.state, found.notes) == (0, "unknown", ("未报",))


def test_many_blanks_are_told_shortly():
    rows = "items:\n" + "".join(
        f"  - {{id: P{i:02}, unit: A, kind: project, date: 2024-01-05}}\n" for i in range(30)
    )
    found = line("{each: {items: project, points: amount / 1亿元}}", rows)
    assert len(found.notes) == 13
    assert found.notes[-1] == "另有18处资料不全"


BROKEN = """figures:
  - {unit: A, figure: paid, period: 2024, value: 三}
  - {unit: A, figure: paid, period: 2023, value: 3, in: 万美元}
items:
  - {id: P1, unit: A, kind: project, date: 2024-01-05, fai: 3}
  - {id: P2, unit: A, kind: project, date: 2024-13-05, fai: 3}
"""


def test_all_faults_of_the_facts_come_at_once_with_their_lines():
    scheme, text = load_scheme(SCHEME.format(score="1", late="")), FACTS.format(rows=BROKEN)
    with pytest.raises(FactsError) as caught:
        load_facts(text, scheme)
    assert [(fault.line, fault.path) for fault in caught.value.faults] == [
        (6, "figures[0].value"),
        (7, "figure:A/paid/2023.in"),
        (9, "items（P1）.fai"),
        (9, "items（P1）.fai"),
        (10, "items[1].date"),
        (10, "items（P2）.fai"),
        (10, "items（P2）.fai"),
    ]


def test_a_period_that_cannot_be_read_leads_to_no_further_faults():
    scheme = load_scheme(SCHEME.format(score="1", late=""))
    with pytest.raises(FactsError) as caught:
        load_facts(FACTS.format(rows="").replace("2024", "2024Q7"), scheme)
    assert [fault.path for fault in caught.value.faults] == ["period"]


def test_what_does_not_fit_has_a_line_in_the_second_round_too():
    facts = load_facts(FACTS.format(rows="\n".join(BROKEN.split("\n")[:1] + BROKEN.split("\n")[2:5])))
    with pytest.raises(FactsError) as caught:
        score(load_scheme(SCHEME.format(score="1", late="")), facts)
    assert [fault.line for fault in caught.value.faults] == [6, 8, 8]


RULES = """overrides:
  - {title: 封顶, when: total > 5, total_cap: 100}
  - {title: 短板, when: points_one < 9, total: 3}
"""


def test_an_override_that_changes_nothing_is_silent_and_one_on_points_names_the_indicator():
    document = SCHEME.format(score="{each: {items: late, points: 1}}", late="") + RULES
    assert lint(document) == ()
    (unit,) = score(load_scheme(document), load_facts(FACTS.format(rows=LATE))).units
    assert (unit.total, unit.notes) == (Decimal(3), ("短板：指标得分7＜9",))


@pytest.mark.parametrize("ties", ["competition", "dense", "average"])
def test_ties_are_spoken_of_only_where_there_is_one(ties):
    document = SCHEME.format(score=f"{{rank: {{value: paid, points: 10, step: 1, ties: {ties}}}}}", late="")
    rows = "".join(f"  - {{unit: {unit}, group: town}}\n" for unit in "BCD") + "figures:\n"
    rows += "".join(
        f"  - {{unit: {unit}, figure: paid, period: 2024, value: {value}}}\n"
        for unit, value in zip("ABCD", (5, 4, 4, 3), strict=True)
    )
    found = units(score(load_scheme(document), load_facts(FACTS.format(rows=rows))))
    assert {key: "并列" in one.lines[0].words for key, one in found.items()} == {
        "A": False,
        "B": True,
        "C": True,
        "D": False,
    }
