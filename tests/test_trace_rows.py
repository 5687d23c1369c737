"""The marker ``covers``: what it refuses, and what ``make trace`` prints."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAD = """
import pytest
from django.core.management import call_command

@pytest.fixture
def client():
    return "a browser"

@pytest.fixture
def signed_in(client):
    return client

def operate():
    call_command("standing")
"""


def collect(directory: Path, body: str) -> tuple[int, str]:
    """Exit code and output of ``pytest --trace-rows`` over a file with these tests."""
    (directory / "test_tried.py").write_text(HEAD + body)
    traced = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(directory), "-qq"),
            *("-p", "no:cacheprovider", "-p", "no:django", "-p", "tests.trace_rows"),
            *("--trace-rows", str(directory / "test_tried.py")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return traced.returncode, traced.stdout + traced.stderr


@pytest.mark.parametrize(
    "test",
    [
        "def test_it(client): pass",
        "def test_it(signed_in): pass",
        "def test_it(): call_command('standing')",
        "def test_it(): operate()",
        "class TestIt:\n    def test_it(self): operate()",
    ],
)
def test_a_row_may_stand_where_a_user_enters(tmp_path, test):
    code, printed = collect(tmp_path, f'pytestmark = pytest.mark.covers("S2-06", "F-36")\n{test}')
    assert code == 0
    assert [line for line in printed.splitlines() if not line.startswith(" ")][:2] == ["F-36", "S2-06"]
    assert "2 rows, 1 tests" in printed


def test_a_row_on_a_test_that_enters_nowhere_is_refused(tmp_path):
    code, printed = collect(tmp_path, '@pytest.mark.covers("I5", "F-36")\ndef test_it(): assert 1 + 1 == 2')
    assert code != 0
    assert "carries F-36 but enters by no page, API or command" in printed


def test_an_invariant_may_stand_anywhere(tmp_path):
    body = '@pytest.mark.parametrize("n", [1, 2])\n@pytest.mark.covers("I5")\ndef test_it(n): pass'
    code, printed = collect(tmp_path, body)
    assert code == 0
    assert printed.splitlines()[:3] == ["I5", "    test_tried.py::test_it", "1 rows, 1 tests"]


@pytest.mark.parametrize("row", ["S2-6", "F36", "I", "X-1", "s2-06", "S2-06 "])
def test_an_id_of_another_shape_is_refused(tmp_path, row):
    code, printed = collect(tmp_path, f"@pytest.mark.covers({row!r})\ndef test_it(client): pass")
    assert code != 0
    assert f"{row!r} is no id of a row" in printed
