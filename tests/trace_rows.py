"""Which required rows which tests cover: the marker ``covers`` and ``pytest --trace-rows``.

A row is an id of the requirements: S2-06 (a sentence of a source), F-36 (an expected feature), I5 (an
invariant). Only a test that enters by a page, the API or a command may carry an S- or F-row: a row is
what a user gets, and a function that nobody can reach gives him nothing.
"""

import re
from collections import defaultdict
from types import CodeType

import pytest

ROW = re.compile(r"S\d-\d{2}|F-\d{1,3}|I\d{1,2}")
# Fixtures and names through which a test enters as a user, a client or an operator does.
ENTRANCES = frozenset({"client", "page", "live_server", "call_command", "execute_from_command_line"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that prints instead of running."""
    parser.addoption("--trace-rows", action="store_true", help="print which rows the collected tests cover")


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the marker."""
    config.addinivalue_line("markers", "covers(*rows): the required rows that this test shows")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse unknown ids, and S- or F-rows on a test that enters nowhere."""
    if faults := [fault for item in items for fault in faults_of(item)]:
        raise pytest.UsageError("\n".join(faults))


def pytest_collection_finish(session: pytest.Session) -> None:
    """With --trace-rows: print the rows with their tests, and end without running any."""
    if not session.config.getoption("--trace-rows"):
        return
    covered: dict[str, set[str]] = defaultdict(set)
    for item in session.items:
        for row in rows_of(item):
            covered[row].add(item.nodeid.split("[")[0])
    for row in sorted(covered, key=_order):
        print(row)
        for test in sorted(covered[row]):
            print(f"    {test}")
    print(f"{len(covered)} rows, {len(set().union(*covered.values()))} tests")
    pytest.exit("traced, nothing was run", returncode=0)


def rows_of(item: pytest.Item) -> list[str]:
    """The ids that this test carries, by its own marker or its class's or module's."""
    return [str(row) for marker in item.iter_markers("covers") for row in marker.args]


def faults_of(item: pytest.Item) -> list[str]:
    """What is wrong with this test's rows, in words."""
    rows = rows_of(item)
    faults = [f"{item.nodeid}: {row!r} is no id of a row" for row in rows if not ROW.fullmatch(row)]
    promised = [row for row in rows if row.startswith(("S", "F"))]
    if promised and not enters(item):
        faults.append(f"{item.nodeid}: carries {', '.join(promised)} but enters by no page, API or command")
    return faults


def enters(item: pytest.Item) -> bool:
    """Whether the test uses one of the entrances, itself or through a fixture that it requests."""
    code = getattr(getattr(item, "function", None), "__code__", None)
    names = set(getattr(item, "fixturenames", ())) | (_names_in(code) if code else set())
    return not ENTRANCES.isdisjoint(names)


def _names_in(code: CodeType) -> set[str]:
    nested = (_names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*nested)


def _order(row: str) -> tuple[str, list[int]]:
    return row[0], [int(number) for number in re.findall(r"\d+", row)]
