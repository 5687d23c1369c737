"""Broken documents are refused: every fault at once, with path, line and reason."""

import re

import pytest

from assessment.engine import FactsError, SchemeError, lint, load_facts, load_scheme

BASE = """schema: 1
key: t
version: 1
title: 测试
period: year
groups:
  town: {title: 乡镇, full: 10}
items:
  project: {title: 项目, fields: {amount: 亿元, foreign: 是否, industry: 文字}}
measures:
  paid: {title: 到位资金, figure: paid, unit: 亿元}
  task: {title: 任务, target: paid, unit: 亿元}
  exports: {title: 出口, figure: exports, unit: 万美元}
  visits: {title: 走访, figure: visits, unit: 次}
indicators:
  - key: paid
    title: 到位资金
    full: 10
    score: {share: {points: 10, value: paid, target: task, cap: 100%}}
"""
SCORE = "    score: {share: {points: 10, value: paid, target: task, cap: 100%}}\n"
SECOND = "  - key: more\n    title: 加分\n    score:\n"


def scored(body):
    """The base with another score; lines end with #1, #2 where a fault is expected."""
    return [(SCORE, "    score:\n" + "".join(f"      {line}\n" for line in body.strip("\n").split("\n")))]


def more(body):
    """The base with one more indicator."""
    return [(SCORE, SCORE + SECOND + "".join(f"      {line}\n" for line in body.strip("\n").split("\n")))]


TOP = "indicators[0].score"
MORE = "indicators[1].score"
# name: (changes of the base, [(line marker, path, part of the reason)])
BROKEN = {
    "01 unknown keys, with a guess": (
        [("title: 测试\n", "titel: 测试 #1\n"), ("full: 10\n    score", "ful: 10 #2\n    score")],
        [
            ("", "（文档）", "缺少“title”"),
            ("1", "titel", "是不是“title”"),
            ("2", "indicators[0].ful", "是不是“full”"),
            ("g", "groups.town.full", "不等于组满分10分"),
        ],
    ),
    "02 weights that do not add up": (
        [("full: 10}", "full: 12} #1")],
        [("1", "groups.town.full", "合计10分，不等于组满分12分")],
    ),
    "03 weights of the parts of a rate": (
        scored(
            "share: #0\n  points: 10\n  parts: #1\n"
            "    - {value: paid, target: task, weight: 60%, cap: 100%}\n"
            "    - {value: paid, target: task, weight: 50%, cap: 100%}"
        ),
        [("1", f"{TOP}.share.parts", "合计110%，应为100%")],
    ),
    "04 overlapping bands": (
        scored(
            "bands:\n  value: paid / task\n  rows:\n    - {from: 0%, to: 60%, points: 5}\n"
            "    - {from: 50%, points: 10} #1"
        ),
        [("1", f"{TOP}.bands.rows[1]", "与第1行重叠")],
    ),
    "05 a band that starts where another one starts": (
        scored(
            "bands:\n  value: paid / task\n  rows:\n    - {from: 50%, points: 5}\n"
            "    - {from: 50%, points: 10} #1"
        ),
        [("1", f"{TOP}.bands.rows[1]", "起点相同")],
    ),
    "06 a band turned round": (
        scored(
            "bands:\n  value: paid / task\n  rows:\n    - {from: 80%, to: 50%, points: 10} #1\n"
            "    - {from: 90%, points: 10}"
        ),
        [("1", f"{TOP}.bands.rows[0]", "永远用不到")],
    ),
    "07 a case that can never be reached": (
        scored(
            "cases:\n  - {when: paid / task >= 50%, points: 5}\n  - {when: paid / task >= 80%, points: 10} #1"
        ),
        [("1", f"{TOP}.cases[1]", "必先满足第1行")],
    ),
    "08 a case behind the case without condition": (
        scored("cases:\n  - {points: 5}\n  - {when: paid >= task, points: 10} #1"),
        [("1", f"{TOP}.cases[1]", "第1行没有条件")],
    ),
    "09 a condition that contradicts itself": (
        scored(
            "cases:\n  - {when: paid / task >= 80% 且 paid / task < 50%, points: 10} #1\n  - {points: 10}"
        ),
        [("1", f"{TOP}.cases[0]", "自相矛盾")],
    ),
    "10 undefined measures, two at once": (
        [(SCORE, "    score: {share: {points: 10, value: payed, target: goal, cap: 100%}} #1\n")],
        [("1", f"{TOP}.share.value", "没有定义“payed”"), ("1", f"{TOP}.share.target", "没有定义“goal”")],
    ),
    "11 a group without indicators": (
        [
            (
                "  town: {title: 乡镇, full: 10}\n",
                "  town: {title: 乡镇, full: 10}\n  park: {title: 园区} #1\n",
            ),
            ("    full: 10\n", "    full: 10\n    groups: [town]\n"),
        ],
        [("1", "groups.park", "没有任何指标")],
    ),
    "12 a unit with zero everywhere still gets 98 of 100": (
        [
            ("full: 10}", "full: 100} #1"),
            ("    full: 10\n", "    full: 2\n"),
            (
                SCORE,
                "    score: {share: {points: 2, value: paid, target: task, cap: 100%}}\n"
                "  - {key: idle, title: 不扣分, full: 98, score: {amount: 98 - visits, floor: 0}}\n",
            ),
        ],
        [("1", "groups.town", "各项全为零的单位仍得98分（满分100分）")],
    ),
    "13 a cap below its own bonus": (
        scored(
            "cases:\n  - when: paid >= task\n    points:\n"
            "      sum: [10, {steps: {value: paid / task, base: 100%, step: 10%, points: 1}, cap: 5}]\n"
            "      cap: 12 #1"
        ),
        [("1", f"{TOP}.cases[0].points.cap", "封顶12分低于里面的基本分加单项加分上限（合计15分）")],
    ),
    "14 a full mark that nobody can reach": (
        [
            (SCORE, "    score: {share: {points: 8, value: paid, target: task, cap: 100%}}\n"),
            ("    full: 10\n", "    full: 10 #1\n"),
        ],
        [("1", "indicators[0].full", "最多只能得8分")],
    ),
    "15 money added to dollars": (
        [(SCORE, "    score: {amount: (paid + exports) / 1亿元, cap: 10} #1\n")],
        [("1", f"{TOP}.amount", "亿元和万美元不能相加减")],
    ),
    "16 money without unit": (
        scored("cases:\n  - {when: paid >= 5, points: 10} #1"),
        [("1", f"{TOP}.cases[0].when", "请给5写明单位（如 5亿元）")],
    ),
    "17 money given as points": (
        [(SCORE, "    score: {amount: paid, cap: 10} #1\n")],
        [("1", f"{TOP}.amount", "结果是亿元，不是分")],
    ),
    "18 a number where a condition belongs, and the other way round": (
        scored("cases:\n  - {when: paid, points: 10} #1\n  - {when: visits > 1, points: paid > 1亿元} #2"),
        [("1", f"{TOP}.cases[0].when", "这里需要条件"), ("2", f"{TOP}.cases[1].points", "这里需要一个数")],
    ),
    "19 formulas that cannot be read": (
        scored(
            "sum:\n  - 2 * (visits + 1 #1\n  - visits ** 2 #2\n  - sqrt(visits) #3\n  - __import__('os') #4"
        ),
        [
            ("1", f"{TOP}.sum[0]", "应当是“)”"),
            ("2", f"{TOP}.sum[1]", "位置不对"),
            ("3", f"{TOP}.sum[2]", "没有函数“sqrt”"),
            ("4", f"{TOP}.sum[3]", "没有函数“__import__”"),
        ],
    ),
    "20 two primitives in one place": (
        [(SCORE, "    score: {amount: 1, share: {points: 10, value: paid, target: task, cap: 100%}} #1\n")],
        [("1", TOP, "一处只能用一种计分法")],
    ),
    "21 a misspelt primitive": (
        [(SCORE, "    score: {shares: {points: 10, value: paid, target: task}} #1\n")],
        [("1", f"{TOP}.shares", "是不是“share”")],
    ),
    "22 a key written twice": (
        [("    full: 10\n", "    full: 10\n    full: 20 #1\n")],
        [("1", "indicators[0].full", "写了两次")],
    ),
    "23 measures that go round in a circle": (
        [
            (
                "  visits:",
                "  a: {title: 甲, value: b, unit: 次} #1\n  b: {title: 乙, value: a, unit: 次} #2\n  visits:",
            )
        ],
        [("1", "measures.a", "又用到自己"), ("2", "measures.b", "又用到自己")],
    ),
    "24 a measure with two sources, one with none": (
        [
            (
                "  visits: {title: 走访, figure: visits, unit: 次}",
                "  visits: {title: 走访, figure: visits, target: visits, unit: 次} #1\n"
                "  calls: {title: 来电, unit: 次} #2",
            )
        ],
        [("1", "measures.visits", "只能写一种"), ("2", "measures.calls", "没有写数据来源")],
    ),
    "25 an unknown unit and an unknown kind of item": (
        [
            (
                "figure: visits, unit: 次}",
                "figure: visits, unit: 回} #1\n  big: {title: 大项目, count: projects, unit: 个} #2",
            )
        ],
        [
            ("1", "measures.visits.unit", "没有计量单位“回”"),
            ("2", "measures.big.count", "没有定义“projects”"),
        ],
    ),
    "26 ranks without basis": (
        [("indicators:\n", "ranks: {ties: competition} #1\nindicators:\n")],
        [("1", "ranks", "缺少“basis”")],
    ),
    "27 wrong words for settings": (
        [("period: year\n", "period: weekly #1\n"), ("    full: 10\n", "    full: 10\n    na: ignore #2\n")],
        [("1", "period", "“weekly”不对"), ("2", "indicators[0].na", "“ignore”不对")],
    ),
    "28 a manual score without range": (
        [("  visits:", "  plan: {title: 方案, manual: plan, unit: 分} #1\n  visits:")],
        [("1", "measures.plan", "评定分要写明范围")],
    ),
    "29 weights of raters": (
        [
            (
                "  visits:",
                "  peers: {title: 互评, ratings: p, unit: 分, weights: {园区: 70%, 乡镇: 20%}} #1\n  visits:",
            )
        ],
        [("1", "measures.peers.weights", "合计90%，应为100%")],
    ),
    "30 overrides that lead nowhere": (
        [
            (
                "indicators:\n",
                "overrides:\n  - {title: 否决, decision: d} #1\n  - {title: 降等, when: total < 5, "
                "grade: 差} #2\n  - {title: 两可, when: total < 5, decision: d, total: 0} #3\nindicators:\n",
            )
        ],
        [
            ("1", "overrides[0]", "没有写后果"),
            ("2", "overrides[1].grade", "没有等次“差”"),
            ("3", "overrides[2]", "二者选一"),
        ],
    ),
    "31 the same indicator twice in a group": (
        [(SCORE, SCORE + "  - {key: paid, title: 再来, score: 1} #1\n")],
        [("1", "indicators[1].key", "在组“town”里重复")],
    ),
    "32 a text compared by size and an unknown text function": (
        [
            (
                "  visits:",
                "  big: {title: 大项目, count: project, where: industry > 5, unit: 个} #1\n"
                "  sized: {title: 大户, count: project, where: amount >= 1亿美元, unit: 个} #2\n  visits:",
            )
        ],
        [("1", "measures.big.where", "文字"), ("2", "measures.sized.where", "亿元和亿美元不能比较")],
    ),
    "33 a step of zero and a step in another unit": (
        more(
            "- {steps: {value: paid, base: task, step: 0亿元, points: 1}, cap: 1} #1\n"
            "- {steps: {value: paid, base: task, step: 10%, points: 1}, cap: 1} #2"
        ),
        [("1", f"{MORE}[0].steps.step", "应当大于0"), ("2", f"{MORE}[1].steps.step", "而数值的单位是亿元")],
    ),
    "34 a slice that is never reached and slices of no width": (
        more(
            "brackets:\n  value: paid\n  benchmark: mean(paid)\n  above:\n    - {per: 1亿元} #1\n"
            "    - {width: 0亿元, per: 1亿元} #2"
        ),
        [
            ("1", f"{MORE}.brackets.above[0]", "永远用不到"),
            ("2", f"{MORE}.brackets.above[1].width", "应当大于0"),
        ],
    ),
    "35 efficacy without a policy for equal values, low over high": (
        more("- spread: {value: paid} #1\n- spread: {value: paid, low: 90, high: 80, equal: same} #2"),
        [
            ("1", f"{MORE}[0].spread", "缺少“equal”"),
            ("2", f"{MORE}[1].spread.high", "应当大于最低分90"),
            ("2", f"{MORE}[1].spread.equal", "应当是 high、low、middle"),
        ],
    ),
    "36 a cap under its floor": (
        more("{amount: visits, cap: 1, floor: 2} #1"),
        [("1", f"{MORE}.cap", "上限1低于下限2")],
    ),
    "37 prizes without ranks and one over the other": (
        [
            (
                "indicators:\n",
                "prizes:\n  - {title: 一等奖, from: 1, to: 3} #1\n"
                "  - {title: 二等奖, from: 3, to: 4} #2\nindicators:\n",
            )
        ],
        [("1", "prizes[0]", "没有写 ranks"), ("2", "prizes[1]", "没有写 ranks"), ("2", "prizes[1]", "重叠")],
    ),
    "38 group statistics inside an item": (
        more("each: {items: project, points: {spread: {value: amount, equal: low}}} #1"),
        [("1", f"{MORE}.each.points.spread", "不能比较全组")],
    ),
    "39 the same text twice in a look-up table": (
        [
            (
                "measures:\n",
                "lookups:\n  f:\n    title: 系数\n    for: project\n    by: industry\n    rows:\n"
                "      - {is: 工业, value: 1}\n      - {is: [农业, 工业], value: 2} #1\nmeasures:\n",
            )
        ],
        [("1", "lookups.f.rows[1]", "永远用不到")],
    ),
    "40 an anchor": ([("full: 10}", "full: &x 10} #1")], [("1", "（文档）", "不允许使用 YAML 锚点和别名")]),
}


def broken(name):
    changes, expected = BROKEN[name]
    text = BASE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    lines = {
        "": 1,
        "g": text.split("\n").index("  town: {title: 乡镇, full: 10}") + 1
        if "g" in {e[0] for e in expected}
        else 0,
    }
    for number, line in enumerate(text.split("\n"), start=1):
        if match := re.search(r" #(\d)$", line):
            lines[match[1]] = number
    return text, [(lines[mark], path, reason) for mark, path, reason in expected]


def test_the_base_has_no_fault():
    assert lint(BASE) == ()
    assert len(BROKEN) >= 30


@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_is_told_with_path_line_and_reason(name):
    text, expected = broken(name)
    found = [(fault.line, fault.path, fault.reason) for fault in lint(text)]
    missing = [
        one
        for one in expected
        if not any((line, path) == one[:2] and one[2] in reason for line, path, reason in found)
    ]
    assert not missing, found
    assert len(found) == len(expected), found
    with pytest.raises(SchemeError):
        load_scheme(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "just text", "a: [1, 2", "{", "a: 1\n- b", "\t- x", "null", "3", "a: !!python/x 1"]
)
def test_text_that_is_no_document_at_all(text):
    assert lint(text)
    with pytest.raises(FactsError):
        load_facts(text)
