"""People who are to get an account together: one row each, as a sheet names them."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 300


@dataclass(frozen=True)
class Row:
    """A row of the sheet. ``number`` is its line there; ``faults`` are what could not be read.

    ``asked``: the username stood in the sheet and was not made from the name.
    """

    number: int
    name: str = ""
    username: str = ""
    unit: str = ""
    role: str = ""
    from_on: dt.date | None = None
    faults: tuple[str, ...] = ()
    asked: bool = True


def to_json(rows: Iterable[Row]) -> str:
    """The rows as a form carries them from the check to the creation."""
    fields = [(row.number, row.name, row.username, row.unit, row.role, row.from_on) for row in rows]
    return json.dumps(fields, ensure_ascii=False, default=dt.date.isoformat)


def from_json(text: str) -> list[Row]:
    """The rows of such a text. Raises ValueError for another one."""
    try:
        fields = json.loads(text)
        rows = [
            Row(int(number), *map(str, (name, username, unit, role)), dt.date.fromisoformat(from_on))
            for number, name, username, unit, role, from_on in fields[: MOST + 1]
        ]
    except (TypeError, KeyError, AttributeError) as fault:
        raise ValueError("not rows of newcomers") from fault
    if not rows or len(rows) > MOST:
        raise ValueError("not rows of newcomers")
    return rows
