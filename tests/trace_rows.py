"""Which required rows which tests cover: the marker ``covers`` and ``pytest --trace-rows``.

A row is an id of the requirements: S2-06 (a sentence of a source), F-36 (an expected feature), I5 (an
invariant). Only a test that enters by a page, the API or a command may carry an S- or F-row: a row is
what a user gets, and a function that nobody can reach gives him nothing.
"""

import inspect
import re
from collections import defaultdict
from types import CodeType, FunctionType, ModuleType

import pytest

ROW = re.compile(r"S\d-\d{2}|F-\d{1,3}|I\d{1,2}")
# Fixtures and names through which a test enters as a user, a client or an operator does.
ENTRANCES = frozenset(
    {"client", "Client", "page", "live_server", "sync_playwright", "call_command", "get_wsgi_application"}
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that prints instead of running."""
    parser.addoption("--trace-rows", action="store_true", help="print which rows the collected tests cover")


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the marker."""
    config.addinivalue_line("markers", "covers(*rows): the required rows that this test shows")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse unknown ids, and S- or F-rows on a test that enters nowhere."""
    if faults := [fault for item in session.items for fault in faults_of(item)]:
        raise pytest.UsageError("\n".join(faults))


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """With --trace-rows: print the rows with their tests instead of running any."""
    if not session.config.getoption("--trace-rows"):
        return None
    covered: dict[str, set[str]] = defaultdict(set)
    for item in session.items:
        for row in rows_of(item):
            covered[row].add(item.nodeid.split("[")[0])
    for row in sorted(covered, key=_order):
        print(row)
        for test in sorted(covered[row]):
            print(f"    {test}")
    print(f"{len(covered)} rows, {len(set().union(*covered.values()))} tests")
    return True


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
    """Whether the test uses one of the entrances: itself, through a fixture or through a test's function."""
    if not isinstance(item, pytest.Function):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs
    used = [definition.func for definitions in fixtures.values() for definition in definitions]
    names = set(fixtures).union(*(_names(function, set()) for function in [item.function, *used]))
    return not ENTRANCES.isdisjoint(names)


def _names(function: object, seen: set[object]) -> set[str]:
    """The names that a function uses, and those that our own test functions behind them use."""
    if not isinstance(function, FunctionType) or function in seen:
        return set()
    seen.add(function)
    names = _names_in(function.__code__)
    behind = [function.__globals__.get(name) for name in names]
    modules = [each for each in behind if isinstance(each, ModuleType) and each.__name__.startswith("tests.")]
    behind += [getattr(module, name, None) for module in modules for name in names]
    functions = [inspect.unwrap(other) for other in behind if callable(other)]
    ours = [other for other in functions if (other.__module__ or "").startswith(("tests.", "test_"))]
    return names.union(*(_names(other, seen) for other in ours))


def _names_in(code: CodeType) -> set[str]:
    nested = (_names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*nested)


def _order(row: str) -> tuple[str, list[int]]:
    return row[0], [int(number) for number in re.findall(r"\d+", row)]
