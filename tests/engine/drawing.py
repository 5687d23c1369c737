"""Random schemes and facts for the property tests."""

import json
from decimal import Decimal

from hypothesis import strategies as st

HEAD = {
    "schema": 1,
    "key": "p",
    "version": 1,
    "title": "随机",
    "period": "year",
    "zero_unit_share": 1000000,
    "groups": {"town": {"title": "乡镇"}},
    "items": {
        "project": {"title": "项目", "fields": {"amount": "亿元", "foreign": "是否", "industry": "文字"}},
        "late": {"title": "迟报"},
    },
    "lookups": {
        "factor": {
            "title": "系数",
            "for": "project",
            "by": "industry",
            "else": 0.5,
            "rows": [{"is": "工业", "value": 1}, {"is": "农业", "value": 1.5}],
        }
    },
    "measures": {
        "paid": {"title": "到位资金", "figure": "paid", "unit": "亿元"},
        "task": {"title": "任务", "target": "paid", "unit": "亿元"},
        "last": {"title": "上年", "figure": "paid", "unit": "亿元", "window": "last_year"},
        "signed": {"title": "签约", "figure": "signed", "unit": "个"},
        "large": {"title": "大项目", "count": "project", "where": "amount >= 1亿元", "unit": "个"},
        "contract": {"title": "合同额", "sum": "amount * factor", "of": "project", "unit": "亿元"},
    },
}
points = st.integers(1, 60).map(lambda n: n / 2)
money = st.sampled_from(["paid", "contract", "paid + contract", "max(paid, last)"])


@st.composite
def shares(draw):
    spec = {"points": draw(points), "value": draw(money), "target": draw(st.sampled_from(["task", "last"]))}
    if draw(st.booleans()):
        spec["cap"] = draw(st.sampled_from(["80%", "100%", "120%"]))
    return {"share": spec}


@st.composite
def composites(draw):
    weight = draw(st.integers(1, 99))
    return {
        "share": {
            "points": draw(points),
            "parts": [
                {
                    "value": draw(money),
                    "target": "task",
                    "weight": f"{weight}%",
                    "cap": draw(st.sampled_from(["100%", "150%"])),
                },
                {"value": "signed", "target": "large", "weight": f"{100 - weight}%", "cap": "100%"},
            ],
        }
    }


@st.composite
def steps(draw):
    side = draw(st.sampled_from(["over", "under"]))
    return {
        "steps": {
            "value": draw(money),
            "base": "task",
            "step": draw(st.sampled_from(["1亿元", "3000万元", "0.7亿元"])),
            "points": draw(points) * (1 if side == "over" else -1),
            "side": side,
            "whole": draw(st.booleans()),
        }
    }


@st.composite
def gates(draw, inner):
    return {
        "cases": [
            {
                "when": draw(
                    st.sampled_from(
                        [
                            "paid >= task",
                            "paid / task >= 80% 且 large >= 1",
                            "非 (signed < 3) 或 last > 2亿元",
                        ]
                    )
                ),
                "points": draw(inner),
            },
            {"points": draw(points)},
        ]
    }


@st.composite
def bands(draw, inner):
    marks = sorted(draw(st.sets(st.integers(1, 30), min_size=1, max_size=4)))
    return {
        "bands": {
            "value": draw(money),
            "ends": draw(st.sampled_from(["upper", "lower"])),
            "rows": [{"from": f"{mark}亿元", "points": draw(inner)} for mark in marks],
            "else": 0,
        }
    }


@st.composite
def tiers(draw):
    lows = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))
    gains = sorted(draw(st.lists(points, min_size=len(lows), max_size=len(lows))))
    spec = {
        "items": "project",
        "points": [
            {
                "bands": {
                    "value": "amount",
                    "rows": [
                        {"from": f"{low}亿元", "points": gain} for low, gain in zip(lows, gains, strict=True)
                    ],
                    "else": 0,
                }
            },
            {"cases": [{"when": "foreign", "points": draw(points)}]},
        ],
    }
    if draw(st.booleans()):
        spec |= {"at_most": draw(st.integers(1, 3)), "order": draw(st.sampled_from(["first", "best"]))}
    return {"each": spec}


brackets = st.fixed_dictionaries(
    {
        "brackets": st.fixed_dictionaries(
            {
                "value": money,
                "benchmark": st.sampled_from(["mean(paid)", "task", "last", "highest(paid)"]),
                "above": st.just([{"width": "1亿元", "per": "0.3亿元"}, {"per": "2亿元"}]),
                "below": st.sampled_from([[{"per": "1亿元"}], [{"width": "2亿元", "per": "0.7亿元"}]]),
            }
        )
    }
)
spreads = st.fixed_dictionaries(
    {
        "spread": st.fixed_dictionaries(
            {
                "value": money,
                "equal": st.sampled_from(["high", "low", "middle"]),
                "better": st.sampled_from(["more", "fewer"]),
            }
        )
    }
)
places = st.fixed_dictionaries(
    {
        "rank": st.fixed_dictionaries(
            {
                "value": money,
                "points": points,
                "step": st.sampled_from([0.5, 1, 3]),
                "floor": st.just(0.5),
                "ties": st.sampled_from(["competition", "dense", "average"]),
            }
        )
    }
)
late = st.just({"each": {"items": "late", "points": -0.7}})


@st.composite
def limited(draw, inner):
    """A node with limits around it; a cap far enough up not to be refused as under its own bonus."""
    spec = draw(inner)
    body = (
        dict(spec)
        if isinstance(spec, dict) and not {"cap", "floor", "round"} & spec.keys()
        else {"sum": [spec]}
    )
    if draw(st.booleans()):
        body["cap"] = draw(st.integers(100, 130))
    if draw(st.booleans()):
        body["floor"] = draw(st.integers(-5, 2))
    if draw(st.booleans()):
        body["round"] = {
            "to": draw(st.sampled_from([0.01, 0.1, 0.5, 1])),
            "mode": draw(st.sampled_from(["half_up", "half_even", "down", "up", "floor", "ceil"])),
        }
    return body


def per_month(inner):
    return st.builds(
        lambda node, every: {"periods": {"every": every, "points": node}},
        inner,
        st.sampled_from(["month", "quarter"]),
    )


leaves = st.one_of(
    points,
    shares(),
    composites(),
    steps(),
    tiers(),
    brackets,
    spreads,
    places,
    late,
    per_month(st.one_of(tiers(), late)),
)
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        gates(inner),
        bands(inner),
        limited(inner),
        st.lists(inner, min_size=1, max_size=3),
        st.builds(lambda parts: {"best": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda node, factor: {"times": [node, factor]}, inner, st.sampled_from([0.5, "30%", 2])),
    ),
    max_leaves=6,
)


def scheme(*scores, **settings):
    """The text of a scheme with these scores."""
    indicators = [{"key": f"i{n}", "title": f"指标{n}", "score": score} for n, score in enumerate(scores)]
    return json.dumps({**HEAD, **settings, "indicators": indicators}, ensure_ascii=False)


amounts = st.one_of(st.just("0"), *[st.integers(0, 3000).map(lambda n: str(Decimal(n) / 100))] * 6)
days = st.dates(
    min_value=__import__("datetime").date(2023, 6, 1), max_value=__import__("datetime").date(2025, 6, 30)
).map(str)


tasks = st.sampled_from(["0", "1", "2.5", "5", "7.77", "12", "20"])


@st.composite
def facts(draw, least=2, most=5):
    """Facts of a few towns; tasks and figures are missing now and then, days lie in and out of the year."""
    units = [f"U{n}" for n in range(draw(st.integers(least, most)))]
    out = {
        "schema": 1,
        "period": "2024",
        "units": [],
        "targets": [],
        "figures": [],
        "items": [],
        "events": [],
    }
    for unit in units:
        out["units"].append(
            {"unit": unit, "group": "town", "competes": draw(st.sampled_from([True, True, True, False]))}
        )
        if draw(st.integers(0, 9)):
            out["targets"].append({"unit": unit, "target": "paid", "period": "2024", "amount": draw(tasks)})
        for figure, year in (("paid", "2024"), ("paid", "2023"), ("signed", "2024")):
            if draw(st.integers(0, 9)):
                out["figures"].append(
                    {
                        "unit": unit,
                        "figure": figure,
                        "period": year,
                        "value": draw(amounts if figure == "paid" else st.integers(0, 9).map(str)),
                    }
                )
        for n in range(draw(st.integers(0, 4))):
            out["items"].append(
                {
                    "id": f"{unit}-{n}",
                    "unit": unit,
                    "kind": "project",
                    "date": draw(days),
                    "amount": draw(amounts),
                    "foreign": draw(st.booleans()),
                    "industry": draw(st.sampled_from(["工业", "农业", "文旅"])),
                }
            )
        out["events"] += [
            {"unit": unit, "event": "late", "date": draw(days)} for _ in range(draw(st.integers(0, 3)))
        ]
    return out


def text(found):
    return json.dumps(found, ensure_ascii=False)


one = st.one_of(points, shares(), steps(), tiers())
up_and_down = st.one_of(nodes, steps(), brackets, st.just({"each": {"items": "late", "points": -20}}))
OF_KIND = {
    "share": st.one_of(shares(), composites()),
    "steps": steps(),
    "cases": gates(one),
    "bands": bands(one),
    "each": tiers(),
    "brackets": brackets,
    "spread": spreads,
    "rank": places,
    "periods": per_month(st.one_of(tiers(), late, limited(late))),
    "best": st.builds(lambda parts: {"best": parts}, st.lists(one, min_size=2, max_size=3)),
    "times": st.builds(lambda node, factor: {"times": [node, factor]}, one, st.sampled_from([0.5, "30%", 2])),
    "limits": limited(st.one_of(one, brackets, late)),
    "mixed": nodes,
}
