"""A mail server on disk: it notes every message that it takes, and can hold senders at two doors.

``taken`` has a line for each message taken, its Message-ID. A server that drops doubles is the same one
read differently: what it had taken before reaches nobody. While the file ``hold-before`` (or ``hold-after``)
lies in the directory, whoever comes leaves ``at-before`` (``at-after``) and waits.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend

DIRECTORY = "OFFICE"
BEFORE, AFTER = "before", "after"


class Backend(BaseEmailBackend):
    """Django's way to it."""

    def send_messages(self, email_messages):
        office = Path(os.environ[DIRECTORY])
        for message in email_messages:
            _door(office, BEFORE)
            with (office / "taken").open("a") as taken:
                taken.write(message.extra_headers["Message-ID"] + "\n")
            _door(office, AFTER)
        return len(email_messages)


def taken(office: Path) -> Counter:
    """How often each message was taken."""
    book = office / "taken"
    return Counter(book.read_text().split()) if book.exists() else Counter()


def _door(office: Path, door: str) -> None:
    # Long enough that a kill at a random moment often falls between the two doors.
    time.sleep(random.uniform(0, 0.01))
    while (office / f"hold-{door}").exists():
        (office / f"at-{door}").touch()
        time.sleep(0.02)
