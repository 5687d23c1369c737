"""Damaged documents never break the engine: they are refused with reasons, or they run."""

import copy
import json
import os
import random

import pytest
import yaml

from assessment.engine import DocumentError, lint, load_facts, load_scheme, score

from .cases import SCHEMES

SEED = int(os.environ.get("ENGINE_SEED", "20120702"))
ROUNDS = int(os.environ.get("ENGINE_EXAMPLES", "60"))
NAMES = sorted(path.name.removesuffix(".facts.yaml") for path in SCHEMES.glob("*.facts.yaml"))
JUNK = [
    None,
    True,
    -1,
    0,
    0.5,
    10**30,
    "",
    "x",
    "1亿元",
    "-5%",
    "paid >= task",
    "a / 0",
    "mean(mean(paid))",
    [],
    {},
    [None],
    [1, 2],
    {"x": 1},
    "2024-02-30",
    "2024-05-01",
    "999999",
    "( ( (",
    "非 " * 50,
    "(" * 200,
    "9" * 400,
    {"share": None},
    {"sum": [{"sum": []}]},
    {"cases": [{}]},
    {"bands": {"value": 1, "rows": [{}]}},
    {"each": {"items": "project", "points": 1}},
]


def damage(data, pick):
    data = copy.deepcopy(data)
    for _ in range(pick.choice([1, 1, 2, 4])):
        spots = list(places(data))
        if not spots:
            return data
        parent, key = pick.choice(spots)
        match pick.randrange(4):
            case 0 if isinstance(parent, dict):
                del parent[key]
            case 1 if isinstance(parent, dict):
                parent[pick.choice(["x", "points", "value", "when", "rows", "cap", "titel"])] = parent.pop(
                    key
                )
            case 2:
                other, name = pick.choice(spots)
                parent[key] = copy.deepcopy(other[name])
            case _:
                parent[key] = copy.deepcopy(pick.choice(JUNK))
    return data


def places(data):
    rows = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in list(rows):
        yield data, key
        if isinstance(value, dict | list):
            yield from places(value)


def written(data):
    return json.dumps(data, ensure_ascii=False, default=str)


@pytest.mark.parametrize("name", NAMES)
def test_damaged_documents_are_refused_or_run(name):
    scheme, facts = (
        yaml.safe_load((SCHEMES / f"{name}{part}.yaml").read_text(encoding="utf-8"))
        for part in ("", ".facts")
    )
    pick = random.Random(f"{SEED} {name}")
    refused = ran = refused_facts = 0
    for turn in range(ROUNDS):
        text = written(damage(scheme, pick))
        faults = lint(text)
        assert all(fault.path and fault.reason for fault in faults)
        if faults:
            refused += 1
            assert all("Traceback" not in fault.reason for fault in faults)
        else:
            try:
                score(load_scheme(text), load_facts(written(facts)))
                ran += 1
            except DocumentError:
                refused_facts += 1
        if turn % 2:
            try:
                score(load_scheme(written(scheme)), load_facts(written(damage(facts, pick))))
                ran += 1
            except DocumentError as error:
                refused_facts += bool(error.faults)
    assert refused
    assert ran + refused_facts
