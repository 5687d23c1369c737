"""Makes copies of PDF files, each in a process of its own. A program, started and asked by ``desk``.

Some kilobytes of PDF can ask a reader for any amount of memory and time or end its process, so each file gets
a process with limits on both, without the secrets of the portal's environment. That process is forked from
this one, which has the reader in memory already: it costs milliseconds.
"""

import json
import os
import resource
import signal
import socket

from projects.papers import copies
from projects.papers.marks import Mark

MEMORY = 1 << 30
SECONDS = 6  # of computing, for one file; twenty megabytes of scans take one
PATIENCE = 8  # on the clock


def main() -> None:
    """Fork for each line that is handed over, until the portal's process closes its end."""
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
    """One order: a line of JSON and the bytes after it. One answer: a word and a size on a line, the copy."""
    with line, line.makefile("rwb") as file:
        order = json.loads(file.readline())
        content = file.read(order["size"])
        mark = None
        if told := order["mark"]:
            pixels = told["width"] * told["height"]
            mark = Mark(**told, grey=file.read(pixels), alpha=file.read(pixels))
        try:
            word, copy = "made", copies.copied(content, strip=order["strip"], mark=mark)
        except copies.Unfit as fault:
            word, copy = str(fault), b""
        except MemoryError:
            word, copy = "endless", b""
        except Exception:  # noqa: BLE001 -- whatever a torn file makes the reader say
            word, copy = "broken", b""
        file.write(f"{word} {len(copy)}\n".encode() + copy)


if __name__ == "__main__":
    main()
