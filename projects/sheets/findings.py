"""What is wrong with a workbook, for people: where, what, what to do."""

from dataclasses import dataclass

from projects.sheets.book import Book, Sheet
from projects.sheets.rows import Row, TotalRow

ERROR, ASK, FLAG = "error", "ask", "flag"


@dataclass(frozen=True)
class Finding:
    """One fault (error), question (ask) or doubt (flag) at a cell.

    ``row`` is the sheet's own number from 1 and ``column`` the header as written; a finding about a whole
    sheet has the row of its header or title, one about the workbook or a missing sheet has row 0. Errors
    and asks keep their row out of the import, flags do not. An ask carries ``question``, ``proposal`` and
    ``key``: the answer under that key is the name of a unit, or "no".
    """

    sheet: str
    row: int
    column: str
    value: str
    severity: str
    code: str
    reason: str
    question: str = ""
    proposal: str = ""
    key: str = ""


@dataclass(frozen=True)
class Examined:
    """What was found in a list that is read whole before anything of it is written."""

    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """True when nothing stands against writing it."""
        return not any(finding.severity == ERROR for finding in self.findings)


class Findings:
    """Collects the findings of one workbook and remembers which rows they hold back."""

    def __init__(self, book: Book):
        self.sheets = {sheet.title: sheet for sheet in book.sheets}
        self.held: set[tuple[str, int]] = set()
        self.blocked: set[str] = set()
        self._found: dict[tuple, Finding] = {}
        self._severities: dict[tuple[str, int, str], set[str]] = {}

    def cell(self, row: Row, name: str, severity: str, code: str, reason: str, **ask: str) -> None:
        """A finding at the row's cell of the field ``name``; an error or an ask holds the row back."""
        column = self.sheets[row.sheet].header(name)
        self._add(
            Finding(row.sheet, row.number, column, row.raw.get(name, ""), severity, code, reason, **ask)
        )
        if severity != FLAG:
            self.held.add(row.place)

    def total(self, sheet: Sheet, total: TotalRow, name: str, code: str, reason: str) -> None:
        """An error at a 合计 row. It holds no other row back."""
        self._add(
            Finding(sheet.title, total.number, sheet.header(name), total.raw[name], ERROR, code, reason)
        )

    def sheet(self, sheet: Sheet, column: str, code: str, reason: str, *, severity: str = ERROR) -> None:
        """A finding about a whole sheet, at its header; an error holds all its rows back."""
        self._add(Finding(sheet.title, sheet.header_row, column, "", severity, code, reason))
        if severity == ERROR:
            self.blocked.add(sheet.title)

    def heading(self, sheet: Sheet, code: str, reason: str) -> None:
        """An error in the lines above a table; it holds all its rows back."""
        self._add(Finding(sheet.title, sheet.heading_row, "表题", sheet.heading, ERROR, code, reason))
        self.blocked.add(sheet.title)

    def book(self, code: str, reason: str, *, severity: str = ERROR, title: str = "") -> None:
        """A finding about the workbook, or about a sheet that is missing or not read."""
        self._add(Finding(title, 0, "", "", severity, code, reason))

    def at(self, row: Row, name: str) -> set[str]:
        """The severities of what was found so far at the row's cell of the field."""
        return self._severities.get((row.sheet, row.number, self.sheets[row.sheet].header(name)), set())

    def in_order(self) -> tuple[Finding, ...]:
        """All findings by sheet, row and column as they stand in the workbook."""
        sheets = {title: place for place, title in enumerate(self.sheets)}
        columns = {
            (sheet.title, header): place
            for sheet in self.sheets.values()
            for place, header in enumerate(sheet.columns.values())
        }
        return tuple(
            sorted(
                self._found.values(),
                key=lambda found: (
                    sheets.get(found.sheet, -1),
                    found.row,
                    columns.get((found.sheet, found.column), -1),
                ),
            )
        )

    def _add(self, finding: Finding) -> None:
        self._found.setdefault((finding.sheet, finding.row, finding.column, finding.code), finding)
        place = finding.sheet, finding.row, finding.column
        self._severities.setdefault(place, set()).add(finding.severity)
