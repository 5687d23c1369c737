"""Gives the tests their own database server, beside whatever else runs, unless one is named.

Loaded by ``-p`` before Django reads its settings: the address is known at once, the server starts with
the session. With ``DATABASE_URL`` and ``MIGRATE_DATABASE_URL`` set the tests use that server.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import engines, homes

# With pytest -n the first process sets the environment and owns the server; the others find both named.
FIRST = "PYTEST_XDIST_WORKER" not in os.environ
VAR = Path(os.environ.get("PORTAL_VAR") or Path(__file__).resolve().parent.parent / "var") / "test"
NAMED = "DATABASE_URL" in os.environ or "MIGRATE_DATABASE_URL" in os.environ

if FIRST:
    os.environ["PORTAL_VAR"] = str(VAR)
    engines.announce(VAR)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server, without fsync: what a crash would lose are the tests' own rows."""
    asked_only = session.config.option.collectonly or session.config.option.trace_rows
    if not NAMED and not asked_only:
        session.config.add_cleanup(engines.ensure(VAR, fsync=False).stop)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the server's account can reach; pytest's own is closed to other accounts."""
    made = Path(tempfile.mkdtemp(prefix="portal test [", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    for lock in [made / "engine.server", *made.rglob("engine.server")]:
        if lock.exists():
            with lock.open() as held:  # A server whose owner was killed may still be ending.
                fcntl.flock(held, fcntl.LOCK_EX)
        shutil.rmtree(homes.home_of(lock.parent).elsewhere, ignore_errors=True)
    shutil.rmtree(made)
