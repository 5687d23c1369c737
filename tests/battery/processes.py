"""Functions of the tests run in processes of their own, each with its own connection to the tests' database.

They are forked from a process that has set Django up once and never held a connection. Each one says that
it is ready, waits to be let go, runs its function and sends back what that returns.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from django.conf import settings
from django.db import connections

PATIENCE_SECONDS = 300
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.battery.preloaded"])

_parent: Connection | None = None


class Worker:
    """One process that will run ``function(**arguments)``."""

    def __init__(self, function: Callable[..., Any], **arguments: Any):
        self.line, theirs = FORKS.Pipe()
        database = connections["default"].settings_dict["NAME"]
        fixed = {name: getattr(settings, name) for name in ("EVIDENCE_DIR", "PORTAL_NOW")}
        self.process = FORKS.Process(
            target=_run, args=(theirs, database, fixed, function, arguments), daemon=True
        )
        self.process.start()
        theirs.close()

    def hear(self) -> Any:
        """The next thing that the process says; fails when it says nothing any more."""
        assert self.line.poll(PATIENCE_SECONDS), "the process is silent"
        return self.line.recv()

    def go(self) -> None:
        self.line.send("go")

    def result(self) -> Any:
        """What the function returned, after whatever it said. EOFError when the process failed."""
        while True:
            match self.hear():
                case ("result", value):
                    self.process.join(PATIENCE_SECONDS)
                    return value

    def running(self) -> bool:
        return self.process.is_alive()

    def kill(self) -> list[Any]:
        """kill -9, as a crash would; what it had said and nobody had heard yet."""
        self.process.kill()
        self.process.join(PATIENCE_SECONDS)
        heard = []
        try:
            while True:
                heard.append(self.line.recv())
        except (EOFError, ConnectionResetError):
            return heard


def say(something: Any) -> None:
    """Tell the process that started this one."""
    assert _parent is not None
    _parent.send(something)


@contextmanager
def crew(*workers: Worker) -> Iterator[None]:
    """All of them ready, then let go at the same moment; none outlives the block."""
    try:
        for worker in workers:
            assert worker.hear() == "ready"
        for worker in workers:
            worker.go()
        yield
    finally:
        for worker in workers:
            if worker.running():
                worker.kill()


def at_once(*workers: Worker) -> list[Any]:
    """The results of processes that run side by side."""
    with crew(*workers):
        return [worker.result() for worker in workers]


def _run(
    parent: Connection, database: str, fixed: dict[str, Any], function: Callable[..., Any], arguments: dict
) -> None:
    global _parent  # noqa: PLW0603 -- the process's one line to its parent
    _parent = parent
    connections["default"].settings_dict["NAME"] = database
    for name, value in fixed.items():
        setattr(settings, name, value)
    connections["default"].ensure_connection()
    say("ready")
    parent.recv()
    say(("result", function(**arguments)))
    connections["default"].close()
