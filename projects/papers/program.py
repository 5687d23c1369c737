"""Copies papers and shows them, each in a process of its own. A program, started and asked by ``desk``.

Some kilobytes of PDF or Excel can ask a reader for any amount of memory and time or end its process, so each
file gets a process with limits on both, without the secrets of the portal's environment. That process is
forked from this one, which has the readers in memory already: it costs milliseconds.
"""

import json
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

from projects.papers import copies, office, pages
from projects.papers.marks import Mark

MEMORY = 1 << 30
SECONDS = 6  # of computing, for one file; twenty megabytes of scans take one
PATIENCE = 8  # on the clock


def main() -> None:
    """Fork for each line that is handed over, until the portal's process closes its end."""
    pages.prepare()
    orders = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        word, lines, _flags, _sender = socket.recv_fds(orders, 1, 1)
        if not word:
            return
        if os.fork() == 0:
            try:
                orders.close()
                _limit()
                _serve(socket.socket(fileno=lines[0]))
            finally:
                os._exit(0)
        os.close(lines[0])


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(PATIENCE)


def _serve(line: socket.socket) -> None:
    """One order: a line of JSON and the bytes after it. One answer: a word and a size on a line, the work."""
    with line, line.makefile("rwb") as file:
        order = json.loads(file.readline())
        content = file.read(order["size"])
        try:
            word, made = "made", _made(order, content, file.read)
        except copies.Unfit as fault:
            word, made = str(fault), b""
        except MemoryError:
            word, made = "endless", b""
        except Exception:  # noqa: BLE001 -- whatever a torn file makes the reader say
            word, made = "broken", b""
        file.write(f"{word} {len(made)}\n".encode() + made)


def _made(order: dict[str, Any], content: bytes, more: Callable[[int], bytes]) -> bytes:
    """What is ordered by ``work``; what a copy needs beside its file is read from ``more``."""
    if order["work"] == "count":
        return str(pages.count(content)).encode()
    if order["work"] == "page":
        return pages.drawn(content, order["number"])
    if order["work"] in ("text", "sheets"):
        read = office.text if order["work"] == "text" else office.sheets
        return json.dumps(read(content)).encode()
    mark = None
    if told := order["mark"]:
        pixels = told["width"] * told["height"]
        mark = Mark(**told, grey=more(pixels), alpha=more(pixels))
    return copies.copied(content, strip=order["strip"], mark=mark)


if __name__ == "__main__":
    main()
