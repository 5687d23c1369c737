"""Asks the program for copies, pages and words of papers. Each process of the portal starts it once."""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from projects.papers.marks import Mark

PATIENCE = 10  # seconds; the program's own limits are shorter
ROOT = Path(__file__).resolve().parents[2]
_one_at_a_time = threading.Lock()


class NoCopy(Exception):
    """Why nothing was made: ``password``, ``pages``, ``form``, ``absent``, ``broken`` or ``endless``."""


class _Program:
    """The running program and the line on which it is handed work; of one process, not of its children."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.orders, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-s", "-E", "-m", "projects.papers.program"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
            )

    def usable(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def end(self) -> None:
        self.orders.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()


_running: _Program | None = None


def copy(content: bytes, *, strip: bool, mark: Mark | None = None) -> bytes:
    """A PDF without what it tells beside its pages (``strip``), with a mark over each. Raises NoCopy."""
    told = mark and {"width": mark.width, "height": mark.height, "letters": mark.letters}
    beside = mark.grey + mark.alpha if mark else b""
    return _made(content, beside, work="copy", strip=strip, mark=told)


def count(content: bytes) -> int:
    """How many pages a PDF has. Raises NoCopy."""
    return int(_made(content, work="count"))


def page(content: bytes, number: int) -> bytes:
    """A page of a PDF as a JPEG, numbered from 1. Raises NoCopy, "absent" beyond the last."""
    return _made(content, work="page", number=number)


def text(content: bytes) -> dict[str, Any]:
    """A Word file as ``office.text`` tells it. Raises NoCopy."""
    return json.loads(_made(content, work="text"))


def sheets(content: bytes) -> dict[str, Any]:
    """An Excel file as ``office.sheets`` tells it. Raises NoCopy."""
    return json.loads(_made(content, work="sheets"))


def _made(content: bytes, beside: bytes = b"", **order: object) -> bytes:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _hand_over(theirs)
        ours.settimeout(PATIENCE)
        answer, _end, made = _asked(ours, content, beside, order).partition(b"\n")
    word, _space, size = answer.decode().partition(" ")
    if word != "made" or int(size) != len(made):
        # No word, or half a copy: it ran out of time or fell over the file. No paper of an office does that.
        raise NoCopy(word if word and word != "made" else "endless")
    return made


def _hand_over(line: socket.socket) -> None:
    """Give the program the other end of a line. Starts it when there is none, or none any more."""
    global _running  # noqa: PLW0603 -- one for each process is what it is about
    with _one_at_a_time:
        for _attempt in range(2):
            if _running is None or not _running.usable():
                _close()
                _running = _Program()
            try:
                socket.send_fds(_running.orders, [b"."], [line.fileno()])
            except OSError:
                _close()
            else:
                return
    raise NoCopy("endless")


def _asked(line: socket.socket, content: bytes, beside: bytes, order: dict[str, object]) -> bytes:
    head = json.dumps({"size": len(content), **order}).encode() + b"\n"
    answer = bytearray()
    try:
        line.sendall(head + content + beside)
        while more := line.recv(1 << 20):
            answer += more
    except OSError:
        return b""
    return bytes(answer)


@atexit.register
def _close() -> None:
    global _running  # noqa: PLW0603 -- likewise
    if _running is not None:
        _running.end()
    _running = None
