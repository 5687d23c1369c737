"""Properties that hold for every scheme and all facts.

ENGINE_SEED=n repeats a run; ENGINE_EXAMPLES=n sets the effort.
"""

import copy
import os
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st

from assessment.engine import SchemeError, load_facts, load_scheme, score

from . import cases, drawing, reader

SEED = int(os.environ.get("ENGINE_SEED", "20120702"))
EFFORT = int(os.environ.get("ENGINE_EXAMPLES", "50"))
SEEN = Counter()


def examples(test):
    quiet = settings(
        max_examples=EFFORT, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    return seed(SEED)(quiet(test))


def run(scheme_text, found):
    try:
        scheme = load_scheme(scheme_text)
    except SchemeError:
        SEEN["refused"] += 1
        assume(False)
    return score(scheme, load_facts(drawing.text(found)))


def figures(result):
    """Unit -> exact points and total, without the ids of facts."""
    return {one.unit: ([line.points for line in one.lines], one.total, one.rank) for one in result.units}


@pytest.mark.covers("I9")
@pytest.mark.parametrize("kind", drawing.OF_KIND)
def test_words_and_points_always_agree(kind):
    @examples
    @given(drawing.OF_KIND[kind], drawing.facts())
    def check(node, found):
        for unit in run(drawing.scheme(node), found).units:
            line = unit.lines[0]
            if line.points is not None:
                cases.agree(reader.points(line.words), line.points, line.words)
                SEEN[f"words: {kind}"] += line.points != 0
                SEEN["words: cap or floor"] += "→" in line.formula
                SEEN["words: not computable"] += line.state == "not_computable"

    check()


@examples
@given(drawing.up_and_down, drawing.facts(), st.sampled_from([0, 1, 3, 10, 20]))
def test_points_never_exceed_a_stated_cap(node, found, cap):
    free = run(drawing.scheme({"times": [node, 1]}), found)
    held = run(drawing.scheme({"times": [node, 1], "cap": cap, "floor": -cap}), found)
    for before, after in zip(free.units, held.units, strict=True):
        one, two = before.lines[0], after.lines[0]
        assert (one.points is None) == (two.points is None)
        if two.points is not None and two.state != "unknown":
            assert two.points == min(max(one.points, -cap), cap)
            SEEN["cap"] += 1
            SEEN["cap that bit"] += one.points > cap
            SEEN["floor that bit"] += one.points < -cap


@examples
@given(st.sampled_from(["80%", "100%", "120%"]), drawing.points, drawing.facts())
def test_a_rate_never_counts_above_its_cap(cap, full, found):
    spec = {"share": {"points": full, "value": "paid", "target": "task", "cap": cap}}
    for unit in run(drawing.scheme(spec), found).units:
        if unit.lines[0].points is not None:
            most = Decimal(str(full)) * Decimal(cap[:-1]) / 100
            assert 0 <= unit.lines[0].points <= most
            SEEN["rate cap that bit"] += unit.lines[0].points == most


MONOTONE = {
    "linear": drawing.shares().filter(
        lambda spec: spec["share"]["value"] == "paid" and spec["share"]["target"] == "task"
    ),
    "tier": drawing.tiers(),
    "gate": st.builds(
        lambda base, step: {
            "cases": [
                {
                    "when": "paid >= task",
                    "points": [
                        base + 60,
                        {
                            "steps": {"value": "paid / task", "base": "100%", "step": step, "points": 0.5},
                            "cap": 10,
                        },
                    ],
                },
                {"points": base},
            ]
        },
        st.integers(0, 20),
        st.sampled_from(["10%", "7%", "33%"]),
    ),
}


@pytest.mark.parametrize("kind", MONOTONE)
def test_a_larger_amount_never_lowers_the_points(kind):
    @examples
    @given(MONOTONE[kind], drawing.facts(), st.integers(1, 3000), st.randoms(use_true_random=False))
    def check(spec, found, more, pick):
        if kind == "tier":
            rows = [row for row in found["items"] if row["date"].startswith("2024")]
        else:
            rows = [row for row in found["figures"] if (row["figure"], row["period"]) == ("paid", "2024")]
        assume(rows)
        row = pick.choice(rows)
        before = figures(run(drawing.scheme(spec), found))[row["unit"]][0][0]
        name = "amount" if kind == "tier" else "value"
        row[name] = str(Decimal(row[name]) + Decimal(more) / 100)
        after = figures(run(drawing.scheme(spec), found))[row["unit"]][0][0]
        if before is not None and after is not None:
            assert after >= before
            SEEN[f"monotone: {kind}"] += 1
            SEEN[f"monotone: {kind} rose"] += after > before

    check()


@examples
@given(drawing.nodes, drawing.facts(), st.integers())
def test_the_order_of_units_and_items_never_matters(node, found, shuffle):
    scheme = drawing.scheme(node, ranks={"basis": "测试", "ties": "competition"})
    straight = run(scheme, found)
    pick = random.Random(shuffle)
    other = copy.deepcopy(found)
    for rows in other.values():
        if isinstance(rows, list):
            pick.shuffle(rows)
    mixed = run(scheme, other)
    assert figures(straight) == figures(mixed)
    assert {one.unit: [line.words for line in one.lines] for one in straight.units} == {
        one.unit: [line.words for line in one.lines] for one in mixed.units
    }
    SEEN["order"] += 1
    SEEN["order changed"] += other != found


@examples
@given(
    drawing.nodes,
    drawing.facts(),
    st.sampled_from(["2022-12-31", "2023-12-31", "2025-01-01", "2031-06-01"]),
    drawing.amounts,
)
def test_facts_outside_the_window_change_nothing(node, found, day, amount):
    scheme = drawing.scheme(node)
    before = run(scheme, found)
    unit = found["units"][0]["unit"]
    found["items"].append(
        {
            "id": "outside",
            "unit": unit,
            "kind": "project",
            "date": day,
            "amount": amount,
            "foreign": True,
            "industry": "工业",
        }
    )
    found["events"].append({"unit": unit, "event": "late", "date": day})
    found["figures"].append({"unit": unit, "figure": "paid", "period": "2025", "value": amount})
    found["figures"].append({"unit": unit, "figure": "paid", "period": "2022", "value": amount})
    found["targets"].append({"unit": unit, "target": "paid", "period": "2025", "amount": amount})
    found["targets"].append({"unit": unit, "target": "paid", "period": "2024Q1", "amount": amount})
    after = run(scheme, found)
    assert [one.lines for one in after.units] == [one.lines for one in before.units]
    SEEN["outside the window"] += 1


@examples
@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 200))
def test_nothing_is_rounded_unless_the_scheme_says_so(actual, target, full):
    found = one_unit(actual, target)
    share = {"share": {"points": full, "value": "paid", "target": "task"}}
    exact = Fraction(actual, target) * full
    plain, rounded = (
        run(drawing.scheme(share, rounding=rule), found).units[0].lines[0]
        for rule in ({"show": 2}, {"points": {"to": 0.01, "mode": "half_up"}})
    )
    assert abs(Fraction(plain.points) - exact) <= abs(exact) / 10**50
    cent = exact * 100
    wanted = Fraction((cent.numerator * 2 + cent.denominator) // (2 * cent.denominator), 100)
    assert Fraction(rounded.points) == wanted
    SEEN["rounded"] += Fraction(rounded.points) != exact
    SEEN["not rounded"] += 1


def one_unit(actual, target):
    return {
        "schema": 1,
        "period": "2024",
        "units": [{"unit": "A", "group": "town"}],
        "targets": [{"unit": "A", "target": "paid", "period": "2024", "amount": str(target)}],
        "figures": [{"unit": "A", "figure": "paid", "period": "2024", "value": str(actual)}],
    }


GATE = {"cases": [{"when": "paid / task >= 100%", "points": 60}]}


@pytest.mark.covers("I8")
def test_49999_of_50000_is_not_met_and_prints_100_percent():
    line = run(drawing.scheme(GATE), one_unit(49999, 50000)).units[0].lines[0]
    assert line.points == 0
    assert line.words.split("；")[1] == "49999÷50000≈100.00%＜100%，不满足"
    assert run(drawing.scheme(GATE), one_unit(50000, 50000)).units[0].lines[0].points == 60


@examples
@given(st.integers(1, 10**14), st.integers(-3, 3))
def test_gates_are_exact_however_large_the_numbers(target, delta):
    actual = max(target + delta, 0)
    line = run(drawing.scheme(GATE), one_unit(actual, target)).units[0].lines[0]
    assert (line.points == 60) == (actual >= target)
    SEEN["gate missed by a hair"] += target - actual > 0 and f"{actual / target:.2%}" == "100.00%"
    SEEN["gate met"] += actual >= target


@examples
@given(st.lists(st.integers(1, 30), min_size=2, max_size=6))
def test_sums_of_endless_fractions_meet_their_gate(parts):
    """1/3 + 2/3 is 1: a gate over rates that do not end is decided as if computed with fractions."""
    total = sum(parts)
    terms = " + ".join(f"{part} * paid / task" for part in parts)
    spec = {"cases": [{"when": f"{terms} >= 1", "points": 5}]}
    assert run(drawing.scheme(spec), one_unit(1, total)).units[0].lines[0].points == 5
    assert run(drawing.scheme(spec), one_unit(1, f"{total}.000001")).units[0].lines[0].points == 0
    SEEN["endless"] += any((10**40 * part) % total for part in parts)


@examples
@given(drawing.nodes, drawing.facts())
def test_the_same_arguments_give_the_same_result(node, found):
    assert run(drawing.scheme(node), found) == run(drawing.scheme(node), found)
    SEEN["same"] += 1


WANTED = [
    *(f"words: {kind}" for kind in (*drawing.OF_KIND, "cap or floor", "not computable")),
    *("cap", "cap that bit", "floor that bit", "rate cap that bit"),
    *(f"monotone: {kind}{rose}" for kind in MONOTONE for rose in ("", " rose")),
    *(
        "order",
        "order changed",
        "outside the window",
        "rounded",
        "not rounded",
        "gate missed by a hair",
        "gate met",
    ),
    *("endless", "same"),
]


def test_every_kind_of_example_was_seen(capsys):
    """Runs last: no examples of a kind would mean that nothing was shown."""
    if "same" not in SEEN:
        pytest.fail("run the whole file: the kinds are counted over all its tests")
    with capsys.disabled():
        print(
            f"\nseed {SEED}, {EFFORT} examples each: "
            + ", ".join(f"{kind} {SEEN[kind]}" for kind in (*WANTED, "refused"))
        )
    assert [kind for kind in WANTED if not SEEN[kind]] == []
