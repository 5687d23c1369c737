"""Turns a workbook on standard input into JSON on standard output. A program, started by ``reader``.

It is a process of its own because 5 kB of workbook can ask the native reader for hundreds of gigabytes (one
value in the last cell of a sheet is enough), and an allocation that fails there ends the process at once. So
it runs with limits on memory and time and without the secrets of the portal's environment.
"""

import io
import json
import resource
import sys
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MEMORY = 1 << 30
SECONDS = 30
MOST_ROWS = 50_000  # of a sheet
MOST_COLUMNS = 200
MOST_SHEETS = 60
MOST_OUTPUT = 128 << 20


def main() -> None:
    """Read, print, leave. Prints {"refused": reason} for what is no readable workbook."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        answer = {"sheets": _sheets(sys.stdin.buffer.read())}
    except PasswordError:
        answer = {"refused": "password"}
    except CalamineError:
        answer = {"refused": "broken"}
    except OverflowError as error:
        answer = {"refused": "large", "where": str(error)}
    out = json.dumps(answer, default=_tagged)
    sys.stdout.write(out if len(out) <= MOST_OUTPUT else json.dumps({"refused": "large"}))


def _sheets(content: bytes) -> list[dict]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    tabs = [tab for tab in book.sheets_metadata if tab.typ == SheetTypeEnum.WorkSheet]
    if len(tabs) > MOST_SHEETS:
        raise OverflowError
    found = []
    for tab in tabs:
        sheet = book.get_sheet_by_name(tab.name)
        if sheet.end and (sheet.end[0] >= MOST_ROWS or sheet.end[1] >= MOST_COLUMNS):
            raise OverflowError(tab.name)
        rows = sheet.to_python(skip_empty_area=False)
        found.append(
            {
                "title": tab.name,
                "hidden": tab.visible != SheetVisibleEnum.Visible,
                "rows": [row if any(cell != "" for cell in row) else [] for row in rows],
                "merged": sheet.merged_cell_ranges or [],
            }
        )
    return found


def _tagged(value) -> dict:
    """Dates keep their type; a time or a duration becomes what a person sees."""
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else {"text": str(value)}


if __name__ == "__main__":
    main()
