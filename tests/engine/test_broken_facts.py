"""Broken facts are refused: every fault at once, with path, line and reason."""

import re

import pytest

from assessment.engine import FactsError, load_facts, load_scheme, score

from .test_broken_documents import BASE

FACTS = """schema: 1
period: 2024
units:
  - {unit: A, group: town}
targets:
  - {unit: A, target: paid, period: 2024, amount: 5, in: 亿元}
figures:
  - {unit: A, figure: paid, period: 2024, value: 3, in: 亿元}
"""
BROKEN_FACTS = {
    "an unknown basis": (
        [("period: 2024\n", "period: 2024\nbasis: guessed #1\n")],
        [("1", "basis", "可用的有：verified（核实数）")],
    ),
    "an unknown section": ([("figures:", "figurs: [] #1\nfigures:")], [("1", "figurs", "不认识的内容")]),
    "an unknown unit": (
        [
            ("{unit: A, figure: paid", "{unit: B, figure: paid"),
            ("value: 3, in: 亿元}", "value: 3, in: 亿元} #1"),
        ],
        [("1", "figures[0].unit", "没有单位“B”")],
    ),
    "not a number": (
        [("value: 3, in: 亿元}", "value: 三, in: 亿元} #1")],
        [("1", "figures[0].value", "“三”不是一个数")],
    ),
    "a missing amount": (
        [("period: 2024, amount: 5, in: 亿元}", "period: 2024, in: 亿元} #1")],
        [("1", "targets[0]", "缺少“amount”")],
    ),
    "a wrong period": (
        [("period: 2024, value: 3, in: 亿元}", "period: 2024-13, value: 3} #1")],
        [("1", "figures[0].period", "不是考核期")],
    ),
    "a figure twice": (
        [
            (
                "  - {unit: A, figure: paid, period: 2024, value: 3, in: 亿元}\n",
                "  - {unit: A, figure: paid, period: 2024, "
                "value: 3}\n  - {unit: A, figure: paid, period: 2024, value: 4} #1\n",
            )
        ],
        [("1", "figures[1]", "同一事实只能写一次")],
    ),
    "periods that overlap": (
        [("figures:\n", "figures: #1\n  - {unit: A, figure: paid, period: 2024Q1, value: 3}\n")],
        [("1", "figures", "时段重叠")],
    ),
    "a unit twice, without group": (
        [("  - {unit: A, group: town}\n", "  - {unit: A, group: town}\n  - {unit: A} #1\n")],
        [("1", "units[1].unit", "写了两次"), ("1", "units[1]", "没有写 group")],
    ),
    "a judged score without reason": (
        [
            (
                "figures:",
                "manual:\n  - {unit: A, manual: m, value: 1, scorer: 督查室, reason: ''} #1\nfigures:",
            )
        ],
        [("1", "manual[0].reason", "必须写明评分人和理由")],
    ),
    "a decision without document": (
        [("figures:", "decisions:\n  - {unit: A, decision: d, document: '', reason: x} #1\nfigures:")],
        [("1", "decisions[0].document", "必须写明文件和理由")],
    ),
    "an outside figure without source": (
        [("figures:", "externals:\n  - {unit: A, figure: x, value: 1} #1\nfigures:")],
        [("1", "externals[0]", "缺少“as_of”"), ("1", "externals[0]", "缺少“source”")],
    ),
    "a date that does not exist": (
        [("figures:", "events:\n  - {unit: A, event: late, date: 2024-02-30} #1\nfigures:")],
        [("1", "events[0].date", "不是日期")],
    ),
}


@pytest.mark.parametrize("name", BROKEN_FACTS)
def test_broken_facts_are_refused_with_path_line_and_reason(name):
    changes, expected = BROKEN_FACTS[name]
    text = FACTS
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    lines = {m[1]: n for n, line in enumerate(text.split("\n"), 1) if (m := re.search(r" #(\d)$", line))}
    with pytest.raises(FactsError) as caught:
        load_facts(text)
    found = [(fault.line, fault.path, fault.reason) for fault in caught.value.faults]
    assert [
        one
        for one in expected
        if not any(
            (lines[one[0]], one[1]) == (line, path) and one[2] in reason for line, path, reason in found
        )
    ] == [], found
    assert len(found) == len(expected), found


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("period: 2024\nunits", "period: 2024Q1\nunits", "办法按年考核"),
        ("value: 3, in: 亿元}", "value: 3, in: 万美元}", "单位是万美元，办法里写的是亿元"),
        ("group: town}", "groups: [{group: town}, {group: park}]}", "只能属于一个组"),
        (
            "amount: 5, in: 亿元}",
            "amount: 5, issuer: 市}\n  - {unit: A, target: paid, period: 2024, amount: 6, issuer: 县}",
            "issuer",
        ),
        (
            "figures:",
            "items:\n  - {id: P1, unit: A, kind: project, date: 2024-01-01, amount: 五亿}\nfigures:",
            "应当是以亿元计的数",
        ),
    ],
)
def test_facts_that_do_not_fit_the_scheme(old, new, reason):
    assert old in FACTS
    with pytest.raises(FactsError) as caught:
        score(load_scheme(BASE), load_facts(FACTS.replace(old, new)))
    assert [reason in fault.reason for fault in caught.value.faults] == [True], caught.value
