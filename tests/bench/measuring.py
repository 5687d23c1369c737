"""Measuring by ratio: what is compared runs in turns, so that a busy machine slows both sides alike."""

import statistics
import time
from collections.abc import Callable, Iterable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(rounds: int, **sides: Callable[[], object]) -> dict[str, float]:
    """Median seconds of each side, called in turns. Each was called once before, to be warm."""
    took: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            took[name].append(seconds(work))
    return {name: statistics.median(times) for name, times in took.items()}


def statements(work: Callable[[], object]) -> list[str]:
    """The SQL that a call sends, with its values."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured.captured_queries]


def plan(statement: str) -> str:
    """How the server runs a statement in the present scope."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement.replace("%", "%%"), [])
        return "\n".join(row[0] for row in cursor.fetchall())


def show(title: str, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    """Print a table."""
    lines = [header, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    print(f"\n{title}")
    for line in lines:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def ms(value: float) -> str:
    return f"{value * 1000:.1f}"
