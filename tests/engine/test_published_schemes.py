"""The published schemes: one document each, no code between them, every worked example reproduced exactly."""

import pytest

from .cases import check_words, run, table, two, units

EXAMPLES = {
    "01-city-2024": {  # A and B are really published: 2.78 and 2.95
        "A": ["0.48", "0.60", "0.50", "0.50", "0.30", "0.40", "2.78"],
        "B": ["0.45", "0.60", "0.50", "0.50", "0.50", "0.40", "2.95"],
        "C": ["0.36", "0.60", "0.44", "0.00", "0.20", "0.10", "1.70"],
        "D": ["0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00"],
    },
    "03-zhoukou": {
        "P": ["5.30", "5.30", "5.00", "5.20", "6.00", "5.50", "32.30"],
        "Q": ["0.00", "5.00", "5.20", "3.00", "5.00", "3.00", "21.20"],
        "R": ["5.10", "0.00", "0.00", "0.00", "0.00", "0.00", "5.10"],
    },
    "05-county-tiers": {
        "K1": ["100.00", "0.00", "0.00", "0.00", "100.00"],
        "K2": ["75.00", "0.00", "0.00", "-3.00", "72.00"],
        "K3": ["0.00", "-5.00", "0.00", "0.00", "0.00"],
        "K4": ["50.00", "-5.00", "-5.00", "-12.00", "28.00"],
    },
    "06-city-2023-trial": {
        "A": ["50.00", "30.00", "9.00", "8.00", "97.00"],
        "B": ["30.00", "15.00", "6.00", "5.00", "56.00"],
        "C": ["0.00", "30.00", "10.00", "10.00", "50.00"],
        "D": ["49.99", "29.25", "7.50", "6.00", "92.74"],
    },
    "07-industry-taskforce": {
        "T1": ["30.00", "20.00", "16.00", "13.40", "13.00", "13.00", "105.40"],
        "T2": ["22.50", "8.00", "20.00", "10.00", "10.50", "0.00", "71.00"],
        "T3": ["0.00", "0.00", "0.00", "6.60", "7.00", "1.00", "14.60"],
    },
    "08-yulin": {
        "V1": ["9.50", "13.00", "12.25", "35.00", "69.75"],
        "V2": ["10.00", "15.00", "26.25", "17.50", "68.75"],
        "V3": ["0.00", "0.00", "0.00", "0.00", "0.00"],
    },
    "10-county-2006": {
        "M1": ["60.00", "60.00"],
        "M2": ["62.50", "62.50"],
        "M3": ["0.00", "0.00"],
        "M4": ["70.00", "70.00"],
    },
}


@pytest.mark.covers("I9", "I13")
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_worked_example_is_reproduced(name):
    result = run(name)
    assert table(result) == EXAMPLES[name]
    assert check_words(result) == sum(len(row) - 1 for row in EXAMPLES[name].values())


def test_the_formula_is_printed_as_in_the_notice():
    words = units(run("01-city-2024"))["A"].lines[2].words
    assert words.split("；")[0] == "得分=[(28÷27→100%)×50%+(177.7÷54→100%)×50%]×0.5=0.50"


DEPARTMENTS = {
    "发改局": 1,
    "交通局": 1,
    "农业局": 3,
    "水利局": 3,
    "卫健局": 5,
    "教育局": 6,
    "粮食局": 6,
    "农发办": 8,
    "公安局": 8,
    "财政局": None,
}
TOWNS = ["沙岭", "吴家", "高升", "甜水", "古城", "坝墙", "得胜", "胡家", "太平", "陈家"]


def ranks(ties):
    found = units(run("14-panshan", [("ties: competition", f"ties: {ties}")]))
    return found, [found[town].rank for town in TOWNS]


def test_published_ranks_with_competition_ties():
    found, towns = ranks("competition")
    assert {name: found[name].rank for name in DEPARTMENTS} == DEPARTMENTS
    assert towns == [1, 1, 3, 4, 5, 6, 7, 7, 9, 10]
    assert [two(found[town].total) for town in TOWNS] == [
        "80.00",
        "80.00",
        "70.00",
        "60.00",
        "54.00",
        "48.00",
        "37.00",
        "37.00",
        "32.00",
        "21.00",
    ]


def test_published_ranks_with_dense_ties():
    found, towns = ranks("dense")
    assert towns == [1, 1, 2, 3, 4, 5, 6, 6, 7, 8]
    assert [found[name].rank for name in DEPARTMENTS] == [1, 1, 2, 2, 3, 4, 4, 5, 5, None]


def test_published_ranks_with_average_ties():
    _, towns = ranks("average")
    assert [float(rank) for rank in towns] == [1.5, 1.5, 3, 4, 5, 6, 7.5, 7.5, 9, 10]


def test_prizes_are_shared_by_equal_scores_and_the_finance_bureau_is_only_listed():
    found, _ = ranks("competition")
    assert {name: found[name].prize for name in DEPARTMENTS} == {
        "发改局": "一等奖",
        "交通局": "一等奖",
        "农业局": "二等奖",
        "水利局": "二等奖",
        "卫健局": "三等奖",
        "教育局": "三等奖",
        "粮食局": "三等奖",
        "农发办": None,
        "公安局": None,
        "财政局": None,
    }
    assert two(found["财政局"].total) == "100.00"
    assert found["财政局"].notes == ("不参加评比，只列出得分",)


@pytest.mark.parametrize(("won", "points"), [("1200", "50.00"), ("640", "32.00"), ("0", "0.00")])
def test_completion_of_upward_funds(won, points):
    result = run(
        "14-panshan",
        (),
        [
            (
                "unit: 陈家, figure: won, period: 2017, value: 420",
                f"unit: 陈家, figure: won, period: 2017, value: {won}",
            )
        ],
    )
    assert two(units(result)["陈家"].lines[0].points) == points


@pytest.mark.parametrize(
    ("policy", "points", "total"),
    [
        ("redistribute", None, "60.00"),
        ("exclude", None, "30.00"),
        ("full", "50.00", "80.00"),
        ("zero", "0.00", "30.00"),
    ],
)
def test_no_target_is_not_zero_but_a_policy_of_the_scheme(policy, points, total):
    no_target = [("  - {unit: 沙岭, target: won, period: 2017, amount: 1000}\n", "")]
    found = units(run("14-panshan", [("na: redistribute", f"na: {policy}")], no_target))["沙岭"]
    assert (two(found.lines[0].points), two(found.total)) == (points, total)
    assert found.lines[0].state == "na"


# Where a published text can be read in two ways, both readings are settings of the document.
READINGS = {
    "01: the rate of item 1 is capped too": (
        "01-city-2024",
        [("rate: domestic_rate}", "rate: domestic_rate, cap: 100%}")],
        [
            (
                "figure: domestic_rate, period: 2024, value: 96%",
                "figure: domestic_rate, period: 2024, value: 106%",
            )
        ],
        "A",
        0,
        "0.53",
        "0.50",
    ),
    "01: a rate that is published as a whole percent": (
        "01-city-2024",
        [("rate: domestic_rate}", "rate: 'round(domestic_rate, 1%)'}")],
        [
            (
                "figure: domestic_rate, period: 2024, value: 96%",
                "figure: domestic_rate, period: 2024, value: 95.5%",
            )
        ],
        "A",
        0,
        "0.48",
        "0.48",
    ),
    "01: a surplus in one size offsets another": (
        "01-city-2024",
        [
            ("value: size3, base: 7", "value: size3 + size10 + size20, base: 12"),
            ("        - steps: {value: size10, base: 4, side: under, step: 1, points: -0.1}\n", ""),
            ("        - steps: {value: size20, base: 1, side: under, step: 1, points: -0.1}\n", ""),
        ],
        [
            (
                "unit: B, figure: size10, period: 2024, value: 4",
                "unit: B, figure: size10, period: 2024, value: 3",
            )
        ],
        "B",
        3,
        "0.40",
        "0.50",
    ),
    "03: exports do not count when the number is missed": (
        "03-zhoukou",
        [("when: shoe_exports > 0万美元", "when: shoe_exports > 0万美元 且 shoes >= shoes_target")],
        [
            (
                "unit: R, figure: shoe_exports, period: 2012, value: 0",
                "unit: R, figure: shoe_exports, period: 2012, value: 9",
            )
        ],
        "R",
        5,
        "2.00",
        "0.00",
    ),
    "05: half of the task without the invested part still counts": (
        "05-county-tiers",
        [("done / task >= 50% 且 invested / task >= 20%", "done / task >= 50%")],
        [],
        "K3",
        0,
        "0.00",
        "50.00",
    ),
    "05: the total may be negative": (
        "05-county-tiers",
        [(", floor: 0}", "}")],
        [],
        "K3",
        None,
        "0.00",
        "-5.00",
    ),
    "05: the task is paid-in money": (
        "05-county-tiers",
        [("figure: contract", "figure: invested")],
        [],
        "K2",
        0,
        "75.00",
        "0.00",
    ),
    "07: 0/0 own projects gives full marks": (
        "07-industry-taskforce",
        [
            (
                "{share: {points: 20, value: own, target: all}}",
                "{cases: [{when: all = 0, points: 20}, "
                "{points: {share: {points: 20, value: own, target: all}}}]}",
            )
        ],
        [],
        "T3",
        2,
        "0.00",
        "20.00",
    ),
    "07: ten points for each investor of the 500 lists": (
        "07-industry-taskforce",
        [
            ("{own: 是否,", "{own: 是否, top500: 是否,"),
            (
                "      - each:\n",
                "      - {each: {items: project, window: year_to_date, "
                "where: top500, points: 10}}\n      - each:\n",
            ),
        ],
        [("id: T2-1, ", "id: T2-1, top500: true, ")],
        "T2",
        5,
        "0.00",
        "10.00",
    ),
    "08: started projects over performed ones": (
        "08-yulin",
        [("value: started, target: signed", "value: started, target: performed")],
        [],
        "V1",
        1,
        "13.00",
        "13.68",
    ),
    "08: rates above full marks are not capped": (
        "08-yulin",
        [("target: year_target, cap: 100%", "target: year_target")],
        [],
        "V1",
        3,
        "35.00",
        "45.50",
    ),
    "08: no contracts gives full marks": (
        "08-yulin",
        [
            (
                "{share: {points: 10, value: performed, target: signed, cap: 100%}}",
                "{share: {points: 10, value: performed, target: signed, cap: 100%}, otherwise: 10}",
            )
        ],
        [],
        "V3",
        0,
        "0.00",
        "10.00",
    ),
}


@pytest.mark.covers("I13")
@pytest.mark.parametrize("name", READINGS)
def test_both_readings_of_an_ambiguous_text_are_settings(name):
    scheme, change, facts, unit, line, assumed, other = READINGS[name]

    def figure(changes):
        found = units(run(scheme, changes, facts))[unit]
        return two(found.total if line is None else found.lines[line].points)

    if "07: ten points" in name:
        assert figure(()) == assumed
    assert (figure(()), figure(change)) == (assumed, other)


def test_self_score_stands_beside_the_assessed_one():
    line = units(run("05-county-tiers"))["K2"].lines[0]
    assert (two(line.self_score), two(line.points)) == ("100.00", "75.00")


def test_a_ratio_without_denominator_is_marked_and_scores_zero():
    unit = units(run("08-yulin"))["V3"]
    assert unit.notes == ("履约率：无法计算", "开竣工率：无法计算", "资金到位率：无法计算")
    assert [line.state for line in unit.lines] == ["not_computable"] * 3 + ["ok"]
