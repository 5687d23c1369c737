"""The marker ``covers``: what it refuses, and what ``make trace`` prints."""

import os
import subprocess
import sys
from pathlib import Path

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


def test_a_row_may_stand_where_a_user_enters(tmp_path):
    code, printed = collect(
        tmp_path,
        """
pytestmark = pytest.mark.covers("S2-06", "F-36")
def test_by_a_page(client): pass
def test_by_a_fixture_behind_it(signed_in): pass
def test_by_a_command(): call_command("standing")
def test_by_a_function_of_ours(): operate()
class TestMore:
    @pytest.mark.parametrize("n", [1, 2])
    @pytest.mark.covers("I5", "S1-07")
    def test_in_a_class(self, n): operate()
""",
    )
    assert code == 0, printed
    inner = ["    test_tried.py::TestMore::test_in_a_class"]
    ways = ["command", "fixture_behind_it", "function_of_ours", "page"]
    below = [*inner, *(f"    test_tried.py::test_by_a_{way}" for way in ways)]
    rows = ["F-36", *below, "I5", *inner, "S1-07", *inner, "S2-06", *below]
    assert printed.strip().splitlines() == [*rows, "4 rows, 5 tests"]


def test_faults_are_listed_all_at_once(tmp_path):
    wrong = ["S2-6", "F36", "I", "X-1", "s2-06", "S2-06 "]
    code, printed = collect(
        tmp_path,
        f"""
@pytest.mark.covers("I5", "F-36")
def test_that_enters_nowhere(): assert 1 + 1 == 2
@pytest.mark.covers("I5")
def test_of_an_invariant(): pass
@pytest.mark.covers(*{wrong})
def test_with_odd_ids(client): pass
""",
    )
    assert code != 0
    assert "test_that_enters_nowhere: carries F-36 but enters by no page, API or command" in printed
    assert "test_of_an_invariant" not in printed
    assert [row for row in wrong if f"{row!r} is no id of a row" not in printed] == []
