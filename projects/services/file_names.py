"""What a browser calls a file, made fit to be shown, stored and sent in a header."""

import re

LONGEST = 200


def tidy(name: str) -> str:
    """The last part of a path without invisible characters, its ending kept when it is too long.

    What turns the direction of writing, ends a line or a text goes: none of it belongs to a name.
    """
    last = re.split(r"[/\\]", name)[-1]
    return "".join(char for char in last if char.isprintable()).strip()[-LONGEST:]
