"""Serves the portal on this machine for evaluation: the web server as a child, beside the embedded database.

The first process to end takes the others with it, in reverse order of their start; when this process is
killed outright, the kernel tells its children. A real installation runs gunicorn from its own service
manager instead (deploy/README.md).
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from portal import engines, environment

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
_PORTS_TRIED = 50
_START_SECONDS = 60
_STOP_SECONDS = 10


class ServingError(Exception):
    """The portal could not be served; the text says why and what to do."""


def serve(
    extra: Mapping[str, str], *, log: Path, lines: Sequence[str] = (), say: Callable[[str], object] = print
) -> None:
    """Serve until Ctrl-C, a termination signal, or the end of the web server or the embedded database.

    ``extra`` is added to the web server's environment (PORTAL_NOW, for one); ``log`` takes its output;
    ``lines`` are printed below the address once the first page has been answered. The port is
    PORTAL_PORT or 8000, or the next free one. Close the database connections before the call. Raises
    ``ServingError`` when no page could be served or a child ended by itself. Main thread only.
    """
    engine = engines.current()
    listener = listen(environment.whole("PORTAL_PORT", FIRST_PORT, low=1, high=65535))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    web = None
    try:
        web = _start_web(listener, extra, log)
        listener.close()
        _await_page(address, web, log)
        say(f"招商门户已启动 / the portal is at {address}")
        for line in (*lines, "按 Ctrl-C 停止 / Ctrl-C stops it"):
            say(line)
        _watch(web, engine, log)
    except _Stopped:
        say("正在停止 / stopping")
    finally:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        listener.close()
        if web is not None:
            engines.end(web, signal.SIGTERM, _STOP_SECONDS)
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


def _start_web(listener: socket.socket, extra: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    number = listener.fileno()
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"fd://{number}"]
    # The control socket would lie in the home directory, shared by all instances of this user.
    command += ["--workers", "2", "--timeout", "120", "--graceful-timeout", "5", "--no-control-socket"]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 -- our own command
            command,
            cwd=ROOT,
            env={**os.environ, **extra},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[number],
            preexec_fn=engines.child_setup(signal.SIGTERM),  # noqa: PLW1509 -- see there
        )


def _await_page(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    # A proxy named in the environment has no business between us and ourselves.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and web.poll() is None:
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
    raise ServingError(f"网页服务没有启动成功，请看 {log} / the web server does not answer: see {log}")


def _watch(web: subprocess.Popen[bytes], engine: engines.Engine | None, log: Path) -> None:
    while web.poll() is None:
        if engine is not None and not engine.alive():
            raise ServingError(f"数据库已退出，请看 / the database ended, see {engine.home.log}")
        time.sleep(0.2)
    raise ServingError(f"网页服务已退出，请看 {log} / the web server ended: see {log}")


class _Stopped(BaseException):
    """A signal asked us to end. Not an Exception, so that nothing on the way takes it for a fault."""


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise _Stopped
