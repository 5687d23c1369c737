"""Asking ClamAV's daemon (clamd) whether a file carries something known to do harm (查毒)."""

import socket
import struct

from django.conf import settings

CONNECT_SECONDS = 3
# A request waits for it, and a web worker is killed after 30 seconds.
ANSWER_SECONDS = 15
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class Unavailable(Exception):
    """The scanner is set up but has not judged the file."""


def ready() -> bool:
    """Whether the operator has named a scanner."""
    return settings.PORTAL_CLAMAV is not None


def found_in(content: bytes) -> str:
    """What clamd calls the harm that it finds, empty when it finds none. Raises Unavailable."""
    try:
        with _connected() as line:
            answer = _asked(line, content)
    except OSError as error:
        raise Unavailable(str(error)) from error
    if answer.endswith(" OK"):
        return ""
    if answer.endswith(" FOUND"):
        return answer.removesuffix(" FOUND").removeprefix("stream: ")
    raise Unavailable(answer)


def _connected() -> socket.socket:
    """A line to the daemon: at a path when the setting is one, else at a host and port."""
    place = settings.PORTAL_CLAMAV or ""
    if isinstance(place, tuple):
        return socket.create_connection(place, CONNECT_SECONDS)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(CONNECT_SECONDS)
        line.connect(place)
    except OSError:
        line.close()
        raise
    return line


def _asked(line: socket.socket, content: bytes) -> str:
    """The INSTREAM command: pieces with their lengths, a length of zero; one answer up to a zero byte."""
    line.settimeout(ANSWER_SECONDS)
    line.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), CHUNK):
        piece = content[start : start + CHUNK]
        line.sendall(struct.pack(">I", len(piece)) + piece)
    line.sendall(struct.pack(">I", 0))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        more = line.recv(LONGEST_ANSWER)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
