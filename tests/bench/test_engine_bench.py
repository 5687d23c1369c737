"""Speed and memory of the engine: 10,000 units, 12 indicators, 200,000 items (make bench).

Seconds are those of the processor, so that other work on the machine does not count.
"""

import gc
import random
import resource
import time
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from assessment.engine import load_scheme, score
from assessment.engine.facts import Facts, Figure, Item, Membership, TargetFact, UnitFact
from assessment.engine.periods import read

SCHEME = (Path(__file__).parent.parent / "data" / "bench.yaml").read_text(encoding="utf-8")


def facts(count, seed=20120702):
    pick = random.Random(seed)
    _, window = read("2024")
    units, figures, targets, items = [], [], [], []
    for n in range(count):
        key = f"U{n}"
        units.append(UnitFact(key, f"乡镇{n}", (Membership("town", None, None),)))
        figures.append(Figure(f"f{n}", key, "exports", window, Decimal(pick.randrange(1, 2000))))
        targets.append(TargetFact(f"t{n}", key, "paid", window, Decimal(20000)))
        targets.append(TargetFact(f"e{n}", key, "exports", window, Decimal(1000)))
        for i in range(20):
            amount = Decimal(pick.randrange(100, 2_000_000)) / 100
            values = {
                "date": window.start.replace(month=1 + i % 12),
                "amount": amount,
                "paid": (amount / 7).quantize(Decimal("0.01")),
                "foreign": i % 3 == 0,
                "industry": "工业" if i % 2 else "农业",
            }
            items.append(Item(f"p{n}-{i}", "project", key, values, ""))
    return Facts("year", window, window.end, tuple(units), tuple(figures), tuple(targets), tuple(items))


def seconds(work):
    gc.collect()
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


@pytest.mark.bench
def test_ten_thousand_units_and_two_hundred_thousand_items():
    scheme, snapshot = load_scheme(SCHEME), facts(10_000)
    bare, total = seconds(lambda: sum(item.values["paid"] for _ in range(12) for item in snapshot.items))
    spent, result = seconds(lambda: score(scheme, snapshot))
    assert len(snapshot.items) == 200_000
    assert len(result.units) == 10_000
    assert sum(len(one.lines) for one in result.units) == 120_000
    assert total > 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n10,000 units x 12 indicators, 200,000 items: {spent:.1f} s; the same numbers summed 12 times "
        f"in a bare loop: {bare:.2f} s; ratio {spent / bare:.0f}; peak memory of the process {peak:.0f} MB"
    )
    assert spent < 60


@pytest.mark.bench
def test_time_and_memory_are_linear_in_units():
    scheme = load_scheme(SCHEME)
    rows = []
    for count in (100, 1_000, 10_000):
        snapshot = facts(count)
        spent = min(
            seconds(lambda snapshot=snapshot: score(scheme, snapshot))[0]
            for _ in range(3 if count < 10_000 else 1)
        )
        rows.append((count, spent, spent / count * 1000))
    snapshot = facts(1_000)
    tracemalloc.start()
    result = score(scheme, snapshot)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print("\n units   seconds   ms per unit")
    for count, spent, each in rows:
        print(f"{count:6d}  {spent:8.2f}  {each:12.3f}")
    print(
        f"1,000 units: result holds {held / 1e6:.0f} MB, peak {peak / 1e6:.0f} MB; {len(result.units)} units"
    )
    assert rows[-1][2] < 3 * rows[0][2]
