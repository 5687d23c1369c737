"""The demo's web server: its port, its end, and what is left behind (nothing)."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import serving
from tests.test_engines import ROOT, environment, gone

# Serves what a command would serve after it has loaded its data.
SERVER = """
import sys
from pathlib import Path
from portal import engines, serving
try:
    engine = engines.ensure(Path(sys.argv[1]), fsync=False, own=True)
    print(engine.process.pid, flush=True)
    serving.serve({}, var=Path(sys.argv[1]), say=lambda line: print(line, flush=True))
except (engines.EngineError, serving.ServingError) as error:
    sys.exit(str(error))
"""
PORT = 18420


class Served:
    """A serving process, its address and its children, each by the word that its command line has."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.database = int(process.stdout.readline())
        self.address = re.search(r"http://\S+", process.stdout.readline()).group()
        self.broker = self._child("valkey-server")
        self.web = self._child("gunicorn")
        self.worker = self._child("worker")
        self.scheduler = self._child("beat")

    def everyone(self) -> list[int]:
        """The children and theirs, down to the last."""
        found, looked_at = [], [self.process.pid]
        while looked_at:
            theirs = Path(f"/proc/{looked_at[-1]}/task/{looked_at.pop()}/children").read_text().split()
            looked_at += map(int, theirs)
            found += map(int, theirs)
        return found

    def _child(self, word: str) -> int:
        """Wait for the child whose command line has this word."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            for child in children:
                words = re.split(r"[\0 ]", Path(f"/proc/{child}/cmdline").read_text())
                if any(each.rpartition("/")[2] == word for each in words):
                    return int(child)
            time.sleep(0.05)
        raise AssertionError(f"no {word}")


@contextlib.contextmanager
def served(var: Path, **more: str) -> Iterator[Served]:
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings.dev", "PORTAL_PORT": str(PORT)}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(var)],
        cwd=ROOT,
        env=environment() | settings | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Served(process)
        finally:
            process.kill()


def settled(portal: Served) -> list[int]:
    """Everyone, once the worker has its two processes."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children = Path(f"/proc/{portal.worker}/task/{portal.worker}/children").read_text().split()
        if len(children) == 2:
            return portal.everyone()
        time.sleep(0.1)
    raise AssertionError("the worker has no processes")


def status(address: str) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=10) as answer:
        return answer.status


def test_a_taken_port_is_passed_over():
    with serving.listen(PORT) as first, serving.listen(PORT) as second:
        assert second.getsockname()[1] > first.getsockname()[1] >= PORT
        assert first.getsockname()[0] == second.getsockname()[0] == "127.0.0.1"


def test_without_a_free_port_the_way_out_is_named():
    with socket.socket() as taken:
        with contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", 65535))
        with pytest.raises(serving.ServingError, match="PORTAL_PORT"):
            serving.listen(65535)


@pytest.mark.battery
def test_two_directories_serve_at_two_addresses(place):
    with served(place / "a") as one, served(place / "b") as other:
        assert one.address != other.address
        assert [status(each.address) for each in (one, other)] == [200, 200]


@pytest.mark.battery
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_in_order(place, how):
    with served(place) as portal:
        everyone = settled(portal)
        portal.process.send_signal(how)
        out, err = portal.process.communicate(timeout=30)
        assert (portal.process.returncode, err) == (0, "")
        assert "正在停止" in out
        assert [pid for pid in everyone if not gone(pid, 0.1)] == []
    assert "database system is shut down" in (place / "postgres.log").read_text()


@pytest.mark.battery
def test_a_killed_server_leaves_nothing_behind(place):
    with served(place) as portal:
        everyone = settled(portal)
        portal.process.kill()
        assert [pid for pid in everyone if not gone(pid)] == []
    assert "database system is shut down" in (place / "postgres.log").read_text()
    with served(place) as again:
        assert status(again.address) == 200


@pytest.mark.battery
@pytest.mark.parametrize(
    ("child", "words"),
    [
        ("web", "网页服务已退出"),
        ("database", "数据库已退出"),
        ("broker", "任务队列已退出"),
        ("worker", "后台任务已退出"),
        ("scheduler", "定时器已退出"),
    ],
)
def test_the_end_of_a_child_ends_all(place, child, words):
    with served(place) as portal:
        everyone = settled(portal)
        os.kill(getattr(portal, child), signal.SIGKILL)
        _, err = portal.process.communicate(timeout=30)
        assert portal.process.returncode == 1
        assert words in err
        assert "Traceback" not in err
        assert [pid for pid in everyone if not gone(pid)] == []


@pytest.mark.battery
def test_a_portal_that_cannot_answer_says_where_to_look(place):
    started = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-c", SERVER, str(place)],
        cwd=ROOT,
        env=environment() | {"DJANGO_SETTINGS_MODULE": "portal.settings.dev", "PORTAL_SESSION_HOURS": "99"},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert process.returncode == 1
    assert f"网页服务没有启动成功，请看 {place}/web.log" in process.stderr
    assert "PORTAL_SESSION_HOURS" in (place / "web.log").read_text()
    assert time.monotonic() - started < 60
