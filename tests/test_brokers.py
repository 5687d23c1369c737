"""The embedded Valkey: private, without a trace on disk, gone with its starter, and not missed when gone."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from portal import brokers, homes
from portal.homes import EngineError
from tests.test_engines import ROOT, as_root_only, environment, gone

STARTER = """
import sys
from pathlib import Path
from portal import brokers
broker = brokers.Broker(Path(sys.argv[1]))
print(broker.process.pid, flush=True)
sys.stdin.read()
"""


def client(var: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(homes.home_of(var).sockets / homes.BROKER_SOCKET))


def test_serves_in_a_path_with_spaces_on_a_private_socket_and_keeps_nothing(place):
    var = place / "a clerk's" / "变 量"
    var.mkdir(parents=True)
    for _ in range(2):
        with brokers.Broker(var) as broker, contextlib.closing(client(var)) as asked:
            assert asked.dbsize() == 0
            asked.set("kept", "no")
            assert asked.config_get("port")["port"] == "0"
            assert stat.S_IMODE(broker.home.sockets.stat().st_mode) == 0o700
        assert not broker.alive()
    kept = {path.name for path in var.rglob("*") if path.is_file()}
    assert kept == {"broker.server", "valkey.log"}


def test_a_second_one_in_the_same_directory_is_refused(place, monkeypatch):
    monkeypatch.setattr(brokers, "_START_SECONDS", 0.2)
    with brokers.Broker(place), pytest.raises(EngineError, match="已在运行"):
        brokers.Broker(place)


@pytest.mark.battery
def test_a_killed_starter_takes_it_along_and_the_next_start_works_at_once(place):
    command = [sys.executable, "-c", STARTER, str(place)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment(), text=True, **pipes) as starter:
        pid = int(starter.stdout.readline())
        starter.kill()
        with brokers.Broker(place) as heir:
            assert heir.alive()
            assert gone(pid)


@pytest.mark.battery
def test_after_it_is_killed_it_can_be_started_again(place):
    with brokers.Broker(place) as first:
        os.kill(first.process.pid, signal.SIGKILL)
        assert gone(first.process.pid)
        assert not first.alive()
        with brokers.Broker(place) as second:
            assert second.alive()


@pytest.mark.battery
def test_a_long_path_gets_its_socket_elsewhere(place):
    var = place / ("很长的目录名" * 8)
    var.mkdir()
    with brokers.Broker(var) as broker:
        assert broker.home.sockets == broker.home.elsewhere / "run"
        assert broker.alive()
    shutil.rmtree(broker.home.elsewhere)


@pytest.mark.battery
@as_root_only
def test_roots_broker_under_a_closed_directory_is_an_ordinary_accounts(place, monkeypatch):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    binary = shutil.copy(homes._broker_binary(), closed / "valkey-server")
    monkeypatch.setattr(homes, "_broker_binary", lambda: Path(binary))
    (closed / "var").mkdir()
    with brokers.Broker(closed / "var") as broker:
        assert Path(f"/proc/{broker.process.pid}").stat().st_uid == broker.home.account["user"]
        assert Path(f"/proc/{broker.process.pid}/exe").readlink().parent == broker.home.elsewhere
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    shutil.rmtree(broker.home.elsewhere)


@pytest.mark.battery
def test_one_that_cannot_start_shows_its_own_words(place, monkeypatch):
    monkeypatch.setattr(homes, "BROKER_SOCKET", "no/such/directory.sock")
    with pytest.raises(EngineError, match=r"valkey\.log"):
        brokers.Broker(place)
