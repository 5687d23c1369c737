"""Documents of the tests and how they are run."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

from assessment.engine import load_facts, load_scheme, score

from . import reader

SCHEMES = Path(__file__).parent.parent / "data" / "schemes"


def text(name):
    return (SCHEMES / f"{name}.yaml").read_text(encoding="utf-8")


def run(name, change_scheme=(), change_facts=()):
    """Score a scheme of tests/data/schemes with its facts; changes are (old, new) texts that must occur."""
    scheme, facts = text(name), text(f"{name}.facts")
    for old, new in change_scheme:
        assert old in scheme, old
        scheme = scheme.replace(old, new)
    for old, new in change_facts:
        assert old in facts, old
        facts = facts.replace(old, new)
    return score(load_scheme(scheme), load_facts(facts))


def units(result):
    return {one.unit: one for one in result.units}


def two(value):
    """A figure as it is printed: two places, half up."""
    return None if value is None else str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def table(result):
    """Unit -> printed points of each line and the printed total."""
    return {one.unit: [*(two(line.points) for line in one.lines), two(one.total)] for one in result.units}


def check_words(result):
    """Every line and total says in words what it gives; returns the number of lines checked."""
    checked = 0
    for unit in result.units:
        for line in unit.lines:
            if line.points is None:
                assert line.words.startswith("得分：不计"), line.words
                continue
            agree(reader.points(line.words), line.points, line.words)
            checked += 1
    return checked


def agree(read, points, words):
    assert abs(read - Fraction(points)) < Fraction(1, 10**25), (words, points)
