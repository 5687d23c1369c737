"""Every example of the help page runs and prints what the page says it prints."""

import html
import re
from pathlib import Path

import pytest
import yaml

from assessment.engine import lint, load_facts, load_scheme, score

from . import cases, reader

PAGE = (Path(__file__).parents[2] / "assessment/templates/assessment/help/schemes.html").read_text(
    encoding="utf-8"
)


def blocks(attribute):
    found = re.findall(rf'<(?:pre|p) data-{attribute}="(\w+)"[^>]*>(.*?)</(?:pre|p)>', PAGE, re.DOTALL)
    return {name: html.unescape(text).strip() + "\n" for name, text in found}


DOCUMENTS, SCORES, WORDS = blocks("document"), blocks("score"), blocks("words")


def with_score(name):
    """The page's own scheme with one more indicator."""
    body = "\n".join("      " + line for line in SCORES[name].rstrip().split("\n"))
    extra = f"  - key: example\n    title: 例子\n    score:\n{body}\n"
    return DOCUMENTS["scheme"] + extra


def test_the_whole_example_runs():
    result = score(load_scheme(DOCUMENTS["scheme"]), load_facts(DOCUMENTS["facts"]))
    assert cases.table(result) == {
        "A": ["100.00", "100.00"],
        "B": ["100.00", "100.00"],
        "C": ["30.00", "30.00"],
    }


def test_every_example_has_its_words():
    assert set(SCORES) == set(WORDS)
    assert len(SCORES) >= 22


@pytest.mark.parametrize("name", SCORES)
def test_an_example_gives_the_words_on_the_page(name):
    assert lint(with_score(name)) == ()
    result = score(load_scheme(with_score(name)), load_facts(DOCUMENTS["facts"]))
    line = cases.units(result)["A"].lines[-1]
    assert line.words.split("；")[0] == WORDS[name].strip(), line.words
    cases.agree(reader.points(line.words), line.points, line.words)


PRIMITIVES = {
    "amount",
    "share",
    "steps",
    "cases",
    "bands",
    "each",
    "brackets",
    "spread",
    "rank",
    "periods",
    "sum",
    "best",
    "times",
}


def test_every_primitive_of_the_schema_has_an_example():
    from assessment.engine import schema

    known = set(schema()["$defs"]["score"]["properties"]) - {"cap", "floor", "round", "otherwise"}
    assert known == PRIMITIVES
    for name in PRIMITIVES:
        assert any(re.search(rf"\b{name}:", text) for text in SCORES.values()), name


def test_the_examples_are_plain_yaml():
    assert all(yaml.safe_load(text) is not None for text in SCORES.values())
