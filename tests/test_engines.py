"""The embedded PostgreSQL in every place and after every accident that an evaluation may bring."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal import engines, homes

ROOT = Path(__file__).resolve().parent.parent
OURS = (
    "DATABASE_URL",
    "MIGRATE_DATABASE_URL",
    "REDIS_URL",
    "PORTAL_VAR",
    "PORTAL_SECRET_KEY",
    "PORTAL_SCOPE_KEY",
)
as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

# Holds the server until its standard input ends; says whether it owns it.
HOLDER = """
import sys
from pathlib import Path
from portal import engines
try:
    engine = engines.ensure(Path(sys.argv[1]), own="demo" in sys.argv[2:])
except engines.EngineError as error:
    sys.exit(str(error))
print("owner" if engine.owned else "guest", engine.process.pid if engine.owned else 0, flush=True)
sys.stdin.read()
engine.stop()
print("gone", flush=True)
"""


def environment() -> dict[str, str]:
    """Ours without what the tests' own server put there, and with the packages for any interpreter."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return inherited | {"PYTHONPATH": str(Path(psycopg.__file__).parent.parent)}


@contextlib.contextmanager
def holder(var: Path, *arguments: str, python: str = sys.executable, **options) -> Iterator[subprocess.Popen]:
    """A process that holds the server of ``var``, up to its first line."""
    process = subprocess.Popen(
        [python, "-c", HOLDER, str(var), *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen) -> tuple[str, int]:
    role, pid = process.stdout.readline().split()
    return role, int(pid)


def superuser(var: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=str(homes.home_of(var).sockets), user="postgres", dbname="portal", autocommit=True
    )


def gone(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # Ended; whoever adopted it has not looked yet.
            return True
        time.sleep(0.02)
    return False


def test_serves_in_a_path_with_spaces_on_a_private_socket_only_and_keeps_its_data(place):
    var = place / "a clerk's" / "变 量"
    with engines.ensure(var) as first:
        assert first.owned
        assert first.home.data == var / "pg"
        assert stat.S_IMODE(first.home.sockets.stat().st_mode) == 0o700
        with superuser(var) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with pytest.raises(psycopg.OperationalError):
        superuser(var)
    with engines.ensure(var), superuser(var) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_roles_have_exactly_their_rights(place):
    with engines.ensure(place, fsync=False), superuser(place) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolconfig FROM pg_roles"
            " WHERE rolname IN ('app', 'migrator') ORDER BY 1"
        ).fetchall()
        owner = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'portal'")
        assert owner.fetchone() == ("migrator",)
    limits = ["statement_timeout=60s", "idle_in_transaction_session_timeout=60s"]
    assert roles == [
        ("app", False, False, False, False, limits),
        ("migrator", False, True, False, True, None),
    ]


def test_a_second_process_is_a_guest_and_the_owner_waits_for_it(place):
    with holder(place) as owner:
        assert said(owner)[0] == "owner"
        with holder(place) as guest:
            assert said(guest) == ("guest", 0)
            owner.stdin.close()
            with pytest.raises(subprocess.TimeoutExpired):
                owner.wait(1)
            with superuser(place) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            guest.stdin.close()
            assert guest.wait(10) == 0
        assert owner.wait(10) == 0


def test_a_second_demo_in_the_same_directory_is_refused_and_a_command_is_not(place):
    with holder(place, "demo") as demo:
        assert said(demo)[0] == "owner"
        with holder(place, "demo") as second:
            _, words = second.communicate(timeout=20)
            assert second.returncode == 1
            assert f"门户已在此目录运行（{place}）" in words
            assert "Traceback" not in words
        with holder(place) as command:
            assert said(command) == ("guest", 0)


@pytest.mark.battery
def test_a_demo_waits_for_a_command_that_owns_the_server_and_then_owns_it(place):
    with holder(place) as command:
        assert said(command)[0] == "owner"
        with holder(place, "demo") as demo:
            time.sleep(1)
            command.stdin.close()
            assert said(demo)[0] == "owner"


@pytest.mark.battery
def test_two_directories_serve_side_by_side(place):
    with engines.ensure(place / "a", fsync=False) as one, engines.ensure(place / "b", fsync=False) as other:
        assert one.owned
        assert other.owned
        assert engines.current() is other
    assert engines.current() not in (one, other)


@pytest.mark.battery
def test_a_long_path_gets_its_socket_elsewhere(place):
    var = place / ("很长的目录名" * 8)
    with engines.ensure(var, fsync=False) as engine:
        assert engine.home.data == var / "pg"
        assert engine.home.sockets == engine.home.elsewhere / "run"
        assert engine.alive()


@pytest.mark.battery
@pytest.mark.parametrize("name", ["a,b", 'say "so"', "pay $1"])
def test_a_path_that_postgresql_cannot_use_is_served_from_elsewhere(place, name):
    var = place / name
    with engines.ensure(var, fsync=False) as engine:
        assert engine.home.data == engine.home.elsewhere / "pg"
        assert engine.alive()


@pytest.mark.battery
@as_root_only
def test_roots_server_under_a_closed_directory_is_reached_without_opening_it(place):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with engines.ensure(closed / "var", fsync=False) as engine:
        assert engine.home.data == engine.home.elsewhere / "pg"
        assert stat.S_IMODE(engine.home.elsewhere.stat().st_mode) == 0o711
        assert engine.alive()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.battery
@as_root_only
def test_binaries_that_the_account_cannot_reach_are_copied(place, monkeypatch):
    monkeypatch.delenv("PORTAL_PG_BIN", raising=False)
    package = homes.home_of(place).source_binaries.parent.parent
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for folder in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(folder, closed / folder.name, symlinks=True)
    monkeypatch.setenv("PORTAL_PG_BIN", str(closed / package.name / "pginstall" / "bin"))
    with engines.ensure(place / "var", fsync=False) as engine:
        assert engine.home.binaries.is_relative_to(engine.home.elsewhere)
        assert engine.alive()


def interpreter_of(account: dict) -> str:
    """A Python that this account may run: ours may lie in a directory that only root may enter."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            tried = [python, "-c", "import psycopg"]
            subprocess.run(tried, **account, cwd=ROOT, env=environment(), check=True)
            return python
    pytest.skip(f"the account can run neither {sys.executable} nor the system's Python in {ROOT}")


@pytest.mark.battery
@as_root_only
def test_an_ordinary_user_runs_it_as_himself(place):
    nobody = pwd.getpwnam("nobody")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)
    account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = interpreter_of(account)
    with holder(place, python=python, **account) as process:
        role, pid = said(process)
        assert role == "owner"
        assert Path(f"/proc/{pid}").stat().st_uid == nobody.pw_uid


@pytest.mark.battery
@as_root_only
def test_a_directory_that_somebody_else_made_first_is_refused(place):
    var = place / ("x" * 100)
    var.mkdir()
    elsewhere = homes.home_of(var).elsewhere
    elsewhere.mkdir()
    os.chown(elsewhere, 12345, 12345)
    with pytest.raises(engines.EngineError, match="属于其他用户"):
        engines.ensure(var)
    elsewhere.rmdir()
    elsewhere.symlink_to(place)
    with pytest.raises(engines.EngineError, match="属于其他用户"):
        engines.ensure(var)
    elsewhere.unlink()


def test_a_place_that_cannot_be_written_is_named(place):
    (place / "file").touch()
    with pytest.raises(engines.EngineError, match="无法建立目录"):
        engines.ensure(place / "file" / "var")


@pytest.mark.battery
def test_data_of_another_version_is_refused_with_words(place):
    engines.ensure(place, fsync=False).stop()
    (place / "pg" / "PG_VERSION").write_text("12\n")
    with pytest.raises(engines.EngineError, match="由 PostgreSQL 12 建立"):
        engines.ensure(place)


@pytest.mark.battery
def test_a_server_that_cannot_start_shows_its_own_words(place):
    engines.ensure(place, fsync=False).stop()
    with (place / "pg" / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")
    with pytest.raises(engines.EngineError, match="no_such_setting"):
        engines.ensure(place)


@pytest.mark.battery
def test_an_interrupted_initdb_is_done_again(place):
    (place / "pg.new").mkdir()
    (place / "pg.new" / "PG_VERSION").write_text("18\n")
    with engines.ensure(place, fsync=False) as engine:
        assert engine.alive()


def test_a_stale_lock_file_is_not_believed_even_if_its_process_lives(place):
    engines.ensure(place, fsync=False).stop()
    (place / "pg" / "postmaster.pid").write_text(f"{os.getppid()}\n{place}/pg\n")
    with engines.ensure(place, fsync=False) as engine:
        assert engine.alive()


def test_secrets_are_made_once_and_for_the_owner_only(place):
    first = homes.secrets_of(place)
    assert homes.secrets_of(place) == first
    assert stat.S_IMODE((place / "secrets").stat().st_mode) == 0o600
    assert [path.name for path in place.iterdir()] == ["secrets"]
    assert homes.secrets_of(Path(tempfile.mkdtemp(dir=place))) != first


def test_the_key_of_checkpoints_is_made_once_and_for_the_owner_only(place, monkeypatch):
    first = homes.checkpoint_key_of(place)
    made = first.read_bytes()
    assert homes.checkpoint_key_of(place).read_bytes() == made
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert [path.name for path in place.iterdir()] == ["checkpoint.pem"]
    monkeypatch.setenv("PORTAL_CHECKPOINT_KEY", "/mine.pem")
    engines.announce(place)
    assert os.environ["PORTAL_CHECKPOINT_KEY"] == "/mine.pem"


def test_a_named_server_is_not_overruled(place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/portal")
    monkeypatch.delenv("MIGRATE_DATABASE_URL")
    monkeypatch.setenv("PORTAL_SECRET_KEY", "mine")
    engines.announce(place)
    assert os.environ["DATABASE_URL"] == "postgresql://app@db/portal"
    assert "MIGRATE_DATABASE_URL" not in os.environ
    assert os.environ["PORTAL_SECRET_KEY"] == "mine"


@pytest.mark.battery
def test_after_the_server_is_killed_what_was_committed_is_there(place):
    with holder(place) as owner:
        _, pid = said(owner)
        with superuser(place) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)
    with engines.ensure(place), superuser(place) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


@pytest.mark.battery
def test_a_killed_owner_takes_the_server_along_and_the_next_start_works_at_once(place):
    with holder(place) as owner:
        _, pid = said(owner)
        owner.kill()
        with holder(place) as heir:
            role, other = said(heir)
            assert role == "owner"
            assert other != pid
        assert gone(pid)
    assert gone(other)


@pytest.mark.battery
def test_many_overlapping_processes_all_get_a_server(place):
    seconds = (0.1, 0.5, 0.0, 1.0, 0.2, 0.7, 0.0, 0.3, 0.1, 0.9)
    started = [engines_process(place, each) for each in seconds]
    ended = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * len(started), ended
    assert {out.split()[0] for out, _ in ended} == {"owner", "guest"}
    assert not (place / "pg" / "postmaster.pid").exists()


def engines_process(var: Path, seconds: float) -> subprocess.Popen:
    """A process that uses the server for a while: writes through it and reads it back."""
    code = f"""
import sys, time, psycopg
from pathlib import Path
from portal import engines
engine = engines.ensure(Path(sys.argv[1]))
print("owner" if engine.owned else "guest", flush=True)
with psycopg.connect(host=str(engine.home.sockets), user="migrator", dbname="portal") as connection:
    connection.execute("SELECT pg_sleep({seconds})")
"""
    return subprocess.Popen(
        [sys.executable, "-c", code, str(var)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_socket_cannot_be_reached_over_the_network(place):
    with engines.ensure(place, fsync=False) as engine:
        inodes = {
            link.stat().st_ino
            for link in Path(f"/proc/{engine.process.pid}/fd").iterdir()
            if stat.S_ISSOCK(link.stat().st_mode)
        }
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    assert inodes
    assert not [inode for inode in inodes if f" {inode} " in listening]
