"""Serves the portal on this machine for evaluation, beside the embedded database.

Its children are the broker, the web server, and the worker and the scheduler of background tasks. The first
process to end takes the others with it, in reverse order of their start; when this process is killed
outright, the kernel tells its children. A real installation runs each of them from its own service manager
instead (deploy/README.md).
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from portal import brokers, engines, environment, homes

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
# Two processes suffice for a county; gossip and mingle are talk between workers that have nothing to say.
WORKER = ("worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
_PORTS_TRIED = 50
# A guard against a server that hangs: one that ends is noticed at once, and a busy machine may be slow.
_START_SECONDS = 180
_STOP_SECONDS = 10


class ServingError(Exception):
    """The portal could not be served; the text says why and what to do."""


@dataclass(frozen=True)
class Child:
    """A process of the portal: its name for people, in two languages, and where it writes."""

    name: str
    english: str
    process: subprocess.Popen[bytes]
    log: Path


def serve(
    extra: Mapping[str, str], *, var: Path, lines: Sequence[str] = (), say: Callable[[str], object] = print
) -> None:
    """Serve until Ctrl-C, a termination signal, or the end of a child or of the embedded database.

    ``extra`` is added to the children's environment (PORTAL_NOW, for one); their logs lie in ``var``;
    ``lines`` are printed below the address once the first page has been answered; the worker and the
    scheduler of background tasks start after that. A broker is started unless REDIS_URL names another. The
    port is PORTAL_PORT or 8000, or the next free one. Close the database connections before the call.
    Raises ``ServingError`` when no page could be served or a child ended by itself, ``EngineError`` when
    the broker does not start. Main thread only.
    """
    engine = engines.current()
    listener = listen(environment.whole("PORTAL_PORT", FIRST_PORT, low=1, high=65535))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    running: list[Child] = []
    try:
        if os.environ.get("REDIS_URL") == homes.home_of(var).broker_url:
            broker = brokers.Broker(var)
            running.append(Child("任务队列", "the broker", broker.process, broker.log))
        running.append(_start_web(listener, extra, var / "web.log"))
        listener.close()
        _await_page(address, running[-1])
        say(f"招商门户已启动 / the portal is at {address}")
        for line in (*lines, "按 Ctrl-C 停止 / Ctrl-C stops it"):
            say(line)
        running.append(_start_worker(extra, var))
        running.append(_start_scheduler(extra, var))
        _watch(running, engine)
    except _Stopped:
        say("正在停止 / stopping")
    finally:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        listener.close()
        for child in reversed(running):
            _end(child)
        if engine is not None:
            engine.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(wanted: int) -> socket.socket:
    """A socket that listens on 127.0.0.1 at ``wanted`` or the next free port.

    It is handed to the web server as it is: looking for a free port and opening it later would let a
    neighbour take it in between, and would then show the neighbour's pages under our address.
    """
    for port in range(wanted, min(wanted + _PORTS_TRIED, 65536)):
        candidate = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
            candidate.listen(128)
        except OSError:
            candidate.close()
            continue
        return candidate
    raise ServingError(
        f"127.0.0.1 上从 {wanted} 起没有空闲端口，请另设 PORTAL_PORT / no free port, set PORTAL_PORT"
    )


def _start_web(listener: socket.socket, extra: Mapping[str, str], log: Path) -> Child:
    number = listener.fileno()
    # The control socket would lie in the home directory, shared by all instances of this user.
    command = ["gunicorn", "portal.wsgi:application", "--bind", f"fd://{number}", "--no-control-socket"]
    command += ["--workers", "2", "--timeout", "120", "--graceful-timeout", "5"]
    return Child("网页服务", "the web server", _start(command, extra, log, number), log)


def _start_worker(extra: Mapping[str, str], var: Path) -> Child:
    log = var / "worker.log"
    process = _start(["celery", "--app", "portal.celery", *WORKER], extra, log)
    return Child("后台任务", "the worker", process, log)


def _start_scheduler(extra: Mapping[str, str], var: Path) -> Child:
    log = var / "beat.log"
    command = ["celery", "--app", "portal.celery", "beat", "--loglevel", "WARNING", "--pidfile", ""]
    return Child("定时器", "the scheduler", _start(command, extra, log), log)


def _start(
    module: Sequence[str], extra: Mapping[str, str], log: Path, *handed: int
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 -- our own command
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env={**os.environ, **extra},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=handed,
            preexec_fn=engines.child_setup(signal.SIGTERM),  # noqa: PLW1509 -- see there
        )


def _await_page(address: str, web: Child) -> None:
    deadline = time.monotonic() + _START_SECONDS
    # A proxy named in the environment has no business between us and ourselves.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and web.process.poll() is None:
        try:
            opener.open(address, timeout=30).close()
            return
        except urllib.error.HTTPError as answer:
            with answer:
                if answer.code < 500:
                    return
            break
        except OSError:
            time.sleep(0.05)
    raise ServingError(
        f"网页服务没有启动成功，请看 {web.log} / the web server does not answer: see {web.log}"
    )


def _end(child: Child) -> None:
    """Ask a child to end and wait for it; then kill what it left, should it have died before its own."""
    engines.end(child.process, signal.SIGTERM, _STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)


def _watch(running: Sequence[Child], engine: engines.Engine | None) -> None:
    while True:
        for child in running:
            if child.process.poll() is not None:
                raise ServingError(
                    f"{child.name}已退出，请看 {child.log} / {child.english} ended: see {child.log}"
                )
        if engine is not None and not engine.alive():
            raise ServingError(f"数据库已退出，请看 / the database ended, see {engine.home.log}")
        time.sleep(0.2)


class _Stopped(BaseException):
    """A signal asked us to end. Not an Exception, so that nothing on the way takes it for a fault."""


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise _Stopped
