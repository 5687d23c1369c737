"""Functions of the tests run in processes of their own, each with its own connection to the tests' database.

A process sets itself up, says "ready", waits for "go", runs the function and prints what it returns as JSON.
"""

import base64
import importlib
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 300


class Worker:
    """One process that will run ``function(**arguments)``."""

    def __init__(self, function: Callable[..., Any], **arguments: Any):
        task = {
            "function": (function.__module__, function.__name__),
            "arguments": arguments,
            "database": connections["default"].settings_dict["NAME"],
            "settings": {name: getattr(settings, name) for name in ("EVIDENCE_DIR", "PORTAL_NOW")},
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings.test"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._tell(base64.b64encode(pickle.dumps(task)).decode())

    def _tell(self, line: str) -> None:
        print(line, file=self.process.stdin, flush=True)

    def await_line(self, expected: str) -> None:
        """Wait until the process says this."""
        said = self.process.stdout.readline()
        assert said == expected + "\n", said

    def go(self) -> None:
        self._tell("go")

    def result(self) -> Any:
        """What the function returned. Fails when the process did."""
        out, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        assert self.process.returncode == 0, self.process.returncode
        return json.loads(out.splitlines()[-1])

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self.process.kill()
        self.process.communicate()


@contextmanager
def crew(*workers: Worker) -> Iterator[tuple[Worker, ...]]:
    """All of them ready, then let go at the same moment; none outlives the block."""
    try:
        for worker in workers:
            worker.await_line("ready")
        for worker in workers:
            worker.go()
        yield workers
    finally:
        for worker in workers:
            if worker.process.poll() is None:
                worker.kill()


def at_once(*workers: Worker) -> list[Any]:
    """The results of processes that run side by side."""
    with crew(*workers):
        return [worker.result() for worker in workers]


def main() -> None:
    """The process itself."""
    import django

    django.setup()
    task = pickle.loads(base64.b64decode(sys.stdin.readline()))
    connections["default"].settings_dict["NAME"] = task["database"]
    for name, value in task["settings"].items():
        setattr(settings, name, value)
    module, name = task["function"]
    function = getattr(importlib.import_module(module), name)
    connections["default"].ensure_connection()
    print("ready", flush=True)
    assert sys.stdin.readline() == "go\n"
    print(json.dumps(function(**task["arguments"])), flush=True)


if __name__ == "__main__":
    main()
