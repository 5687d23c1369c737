"""A clamd of our own for tests: speaks INSTREAM on a real socket, in a thread, and knows one virus."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """``seen`` are the streams that it was sent; ``says`` replaces its answer, None lets it judge."""

    def __init__(self, listener: socket.socket, says: bytes | None):
        self.listener, self.says, self.seen = listener, says, []

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                self.answer(line, stream)

    def answer(self, line: socket.socket, stream) -> None:
        assert stream.read(10) == b"zINSTREAM\0"
        pieces = []
        while size := struct.unpack(">I", stream.read(4))[0]:
            pieces.append(stream.read(size))
        self.seen.append(b"".join(pieces))
        verdict = b"stream: Eicar-Test-Signature FOUND" if EICAR in self.seen[-1] else b"stream: OK"
        line.sendall((verdict if self.says is None else self.says) + b"\0")


@contextmanager
def clamd(path: str = "", says: bytes | None = None) -> Iterator[tuple[Clamd, tuple[str, int] | str]]:
    """A running daemon and its address, at a path or a free port."""
    if path:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
    else:
        listener = socket.create_server(("127.0.0.1", 0))
    listener.listen()
    daemon = Clamd(listener, says)
    thread = threading.Thread(target=daemon.serve, daemon=True)
    thread.start()
    try:
        yield daemon, path or listener.getsockname()
    finally:
        # A thread that waits in accept is woken by nothing but this.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
