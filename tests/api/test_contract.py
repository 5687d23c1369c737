"""The API answers what its description says, whatever it is asked: cases made from the description itself."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import hypothesis
import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
ENOUGH = 5_000


@contextmanager
def served() -> Iterator:
    """The portal as a WSGI application inside the test's transaction, reached from this machine."""
    application = get_wsgi_application()

    def local(environ, start_response):
        return application({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)

    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield local
    finally:
        for signal in (signals.request_started, signals.request_finished):
            signal.connect(close_old_connections)


def ask(key: str, each: int) -> tuple[Counter, list[str]]:
    """So many cases of each operation and kind of data, all checks on each; the cases, and what was found."""
    counted, found = Counter(), []
    headers = {"Authorization": f"Bearer {key}"}
    with served() as application:
        schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=headers)
        for result in schema.get_all_operations():
            operation = result.ok()
            for mode in MODES:
                for failure in _failures(operation.as_strategy(mode), each, headers):
                    counted[operation.label, mode.value] += 1
                    found += [f"{operation.label} {mode.value}: {failure}"] if failure else []
    return counted, found


def _failures(cases, each: int, headers: dict) -> list[str]:
    """For each case what its checks found, in words; empty for a case that is well."""
    told = []

    @hypothesis.given(case=cases)
    @hypothesis.settings(
        max_examples=each,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    def one(case):
        try:
            case.call_and_validate(headers=headers, checks=list(CHECKS.get_all()))
            told.append("")
        except BaseExceptionGroup as failures:
            told.append(str(failures.exceptions))

    one()
    return told


@pytest.mark.covers("F-87", "S0-34")
def test_a_few_hundred_cases_find_nothing(world):
    counted, found = ask(world.a.key, 4)
    assert found == []
    assert len(counted) == 2 * 28
    assert counted.total() > 200


@pytest.mark.battery
@pytest.mark.covers("F-87", "S0-34")
def test_thousands_of_cases_find_nothing(world, capsys):
    counted, found = ask(world.a.key, 100)
    assert len(CHECKS.get_all()) > 10
    with capsys.disabled():
        print()
        for (operation, mode), cases in sorted(counted.items()):
            print(f"{operation:<40}{mode:<10}{cases:>6}")
        checks = ", ".join(check.__name__ for check in CHECKS.get_all())
        print(f"{counted.total()} cases, {len(found)} found; checks: {checks}")
    assert found == []
    assert counted.total() >= ENOUGH
