"""The engine is pure: no framework, clock, float or eval; its schema is a JSON Schema."""

import ast
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from assessment import engine

from .cases import SCHEMES

FILES = sorted(Path(engine.__file__).parent.glob("*.py"))
ALLOWED = {
    "__future__",
    *(
        "collections",
        "collections.abc",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "functools",
        "itertools",
    ),
    *(
        "json",
        "jsonschema",
        "jsonschema.protocols",
        "jsonschema.validators",
        "operator",
        "pathlib",
        "re",
        "typing",
    ),
    "yaml",
}
FORBIDDEN = {"eval", "exec", "compile", "open", "float", "globals", "print", "input", "__import__", "setattr"}
CLOCK = {"now", "today", "utcnow", "time", "getcontext", "setcontext", "environ", "random"}


@pytest.mark.covers("I8")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_module_of_the_engine_is_pure(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {name.name for name in node.names} <= ALLOWED
        elif isinstance(node, ast.ImportFrom):
            assert not node.level
            assert node.module in ALLOWED or f"{node.module}.".startswith("assessment.engine.")
        elif isinstance(node, ast.Name):
            assert node.id not in FORBIDDEN, f"{file.name}:{node.lineno}"
        elif isinstance(node, ast.Attribute):
            assert node.attr not in CLOCK, f"{file.name}:{node.lineno}"
        elif isinstance(node, ast.Global | ast.Nonlocal):
            pytest.fail(f"{file.name}:{node.lineno}")
        elif isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), f"{file.name}:{node.lineno}"


def test_the_modules_stay_small():
    for file in FILES:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 400, file.name


def test_the_published_schema_is_a_json_schema_and_knows_every_document():
    schema = engine.schema()
    Draft202012Validator.check_schema(schema)
    checked = 0
    for path in SCHEMES.glob("*.yaml"):
        if not path.name.endswith(".facts.yaml"):
            text = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
            assert not list(Draft202012Validator(schema).iter_errors(typed(text)))
            checked += 1
    assert checked >= 14


def typed(data):
    """What an editor sees: numbers are numbers, days are text."""
    if isinstance(data, dict):
        return {key: typed(value) for key, value in data.items()}
    if isinstance(data, list):
        return [typed(value) for value in data]
    value = yaml.safe_load(data) if data[:1] in "0123456789-.tf" and "\n" not in data else data
    return value if isinstance(value, int | float) else data


def test_two_runs_of_the_same_documents_are_equal_to_the_last_word():
    from .cases import run

    assert run("07-industry-taskforce").plain() == run("07-industry-taskforce").plain()
