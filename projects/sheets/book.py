"""The workbook as typed rows: which table each sheet is, its period and unit, its rows, its 合计 rows."""

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from projects.sheets import cells, layouts, periods, reader
from projects.sheets.layouts import Column, Layout
from projects.sheets.periods import Span
from projects.sheets.reader import BookRefused, Grid
from projects.sheets.rows import Row, TotalRow

__all__ = ["Book", "BookRefused", "Ignored", "Sheet", "open_book"]

TOTAL = re.compile(r"(合计|总计|小计|共计|累计)([(:].*)?|其中:?.*(新引进|新签|新建|续建|结转).*")
FOOTER = re.compile(
    r"(审核人?|审批人?|复核人?|填报人|填表人|制表人?|经办人|负责人|单位负责人|主管领导|分管领导|主要领导|联系人|联系电话"
    r"|填报单位|填报日期|填报时间|报送单位|报送日期|制表日期|盖章|注|备注|说明)[0-9]?(\(.*?\))?:"
)
# Columns of figures: what a merged block says of several rows is the figure of none.
MEASURED = ("amount", "count")
READERS = {
    "date": cells.date,
    "month": cells.month,
    "yes_no": cells.yes_no,
    "code": cells.credit_code,
}
PROGRESS = re.compile(r"到位|完成|进度|占比|排名|名次")


@dataclass(frozen=True)
class Sheet:
    """One recognised worksheet. ``columns`` maps fields to headers as written, from left to right.

    ``unit`` is the word after 单位：; ``unit_assumed``: some amounts name no unit and are read in 万元.
    """

    title: str
    layout: Layout
    header_row: int
    columns: Mapping[str, str]
    missing: tuple[Column, ...]
    doubled: tuple[Column, ...]
    unused: tuple[str, ...]
    heading: str
    heading_row: int
    span: Span | None
    up_to: date | None
    unit: str | None
    unit_assumed: bool
    rows: tuple[Row, ...]
    totals: tuple[TotalRow, ...]

    def header(self, name: str) -> str:
        """The header above a field; the table's own word for it where the sheet has no such column."""
        return self.columns.get(name) or next(c.headers[0] for c in self.layout.columns if c.name == name)


@dataclass(frozen=True)
class Ignored:
    """A worksheet that is not imported; ``layout`` when it looks like one that should be."""

    title: str
    why: str
    headers: tuple[str, ...] = ()
    layout: Layout | None = None


@dataclass(frozen=True)
class Book:
    """A workbook that could be opened. Its rows may still be full of faults."""

    sheets: tuple[Sheet, ...]
    ignored: tuple[Ignored, ...]

    def of(self, kind: str) -> tuple[Sheet, ...]:
        """The sheets of one table."""
        return tuple(sheet for sheet in self.sheets if sheet.layout.kind == kind)

    def rows(self, kind: str) -> tuple:
        """The rows of one table, over all its sheets."""
        return tuple(row for sheet in self.of(kind) for row in sheet.rows)

    @property
    def span(self) -> Span | None:
        """The reported period: that of the money, else of the projects, else of the zero reports."""
        return self._span("funds", "projects", "zeros")

    @property
    def year(self) -> int | None:
        """The year of the tasks: that of the reported period, else of the titles of tasks and targets."""
        span = self.span or self._span("tasks", "targets")
        return span.start.year if span else None

    def _span(self, *kinds: str) -> Span | None:
        sheets = (sheet for kind in kinds for sheet in self.of(kind))
        return next((sheet.span for sheet in sheets if sheet.span), None)


def open_book(content: bytes, filename: str, among: tuple[Layout, ...] = layouts.LAYOUTS) -> Book:
    """Read an .xlsx or .xls file into typed rows of these tables. Checks nothing beyond single cells.

    Raises ``BookRefused`` when the file as a whole cannot be read: another kind of file, broken, with a
    password, with macros, too large.
    """
    grids = reader.read(content, filename)
    found = [(grid, layouts.recognise(grid.rows, grid.title, among)) for grid in grids]
    plain = {fit.layout.kind for grid, fit in found if fit and not grid.hidden and not _why_spare(fit)}
    sheets, ignored = [], []
    for grid, fit in found:
        if fit is None:
            if any(not cells.blank(cell) for row in grid.rows for cell in row):
                ignored.append(Ignored(grid.title, "没有认出表头", _words(grid)))
        elif grid.hidden:
            ignored.append(Ignored(grid.title, "是隐藏的工作表", tuple(fit.headers.values()), fit.layout))
        elif fit.layout.kind in plain and (why := _why_spare(fit)):
            ignored.append(Ignored(grid.title, why, tuple(fit.headers.values())))
        else:
            sheets.append(_sheet(grid, fit))
    return Book(tuple(sheets), tuple(ignored))


def _why_spare(fit: layouts.Fit) -> str:
    """Why the sheet is not needed when another one is the table itself; "" when it is one."""
    if fit.layout is layouts.TASKS and any(PROGRESS.search(word) for word in fit.unused):
        return "是进度表，其中的数由系统计算"
    if fit.missing and fit.layout not in (layouts.PROJECTS, layouts.FUNDS):
        return f"不是完整的{fit.layout.label}"
    return ""


def _words(grid: Grid) -> tuple[str, ...]:
    """The row that most looks like a header, for the message about a sheet that was not recognised."""
    rows = [[cells.shown(cell).strip() for cell in row] for row in grid.rows[: layouts.HEADER_ROWS]]
    widest = max(rows, key=lambda row: len([word for word in row if word]), default=[])
    return tuple(word for word in widest if word)[:20]


def _sheet(grid: Grid, fit: layouts.Fit) -> Sheet:
    lines = [
        (number, cells.shown(cell))
        for number, row in enumerate(grid.rows[: fit.header], start=1)
        for cell in row
        if not cells.blank(cell)
    ]
    titled = next(((number, line) for number, line in lines if periods.span_of(line)), None)
    heading_row, heading = titled or (lines[0] if lines else (fit.header + 1, ""))
    unit = next((unit for _, line in lines if (unit := periods.unit_of(line))), None)
    rows, totals = _Body(grid, fit, unit).read()
    order = sorted(fit.columns, key=fit.columns.__getitem__)
    return Sheet(
        title=grid.title,
        layout=fit.layout,
        header_row=fit.header + 1,
        columns={name: fit.headers[name] for name in order},
        missing=fit.missing,
        doubled=fit.doubled,
        unused=fit.unused,
        heading=heading.strip(),
        heading_row=heading_row,
        span=periods.span_of(heading),
        up_to=next((day for _, line in lines if (day := periods.up_to(line))), None),
        unit=unit,
        unit_assumed=unit is None
        and any(
            c.type == "amount" and c.name in fit.columns.keys() - fit.units.keys() for c in fit.layout.columns
        ),
        rows=rows,
        totals=totals,
    )


class _Body:
    """What stands below the header of one sheet."""

    def __init__(self, grid: Grid, fit: layouts.Fit, unit: str | None):
        self.grid, self.fit = grid, fit
        self.columns = [column for column in fit.layout.columns if column.name in fit.columns]
        self.units = {
            column.name: fit.units.get(column.name, unit if unit in cells.IN_WAN else "万元")
            for column in self.columns
        }
        self.start = min(fit.columns.values())  # 合计 is written in one of the first columns
        self.headers = {place: fit.headers[name] for name, place in fit.columns.items()}
        self.spread, self.torn = self._merged()

    def read(self) -> tuple[tuple[Row, ...], tuple[TotalRow, ...]]:
        rows, totals = [], []
        for place, line in enumerate(self.grid.rows[self.fit.header + 1 :], start=self.fit.header + 1):
            if all(cells.blank(cell) for cell in line):
                continue
            if total := next((cell for cell in line[: self.start + 3] if _is_total(cell)), None):
                totals.append(self._total(place, line, cells.text(total)))
            elif not _is_footer(line) and not self._header_again(line) and (row := self._row(place, line)):
                rows.append(row)
        return tuple(rows), tuple(_bounded(totals, rows))

    def _row(self, place: int, line: list) -> Row | None:
        if all(cells.blank(line[at]) for at in self.fit.columns.values() if at < len(line)):
            return None  # numbered in advance, never filled in
        values, raw, faults = {}, {}, {}
        for column in self.columns:
            at = self.fit.columns[column.name]
            cell = self._cell(place, line, at)
            raw[column.name] = cells.shown(cell)
            try:
                values[column.name] = self._value(column, place, at, cell)
            except cells.Unreadable as reason:
                values[column.name] = None
                faults[column.name] = str(reason)
        for column in self.fit.layout.columns:
            values.setdefault(column.name, None)
        return self.fit.layout.row(sheet=self.grid.title, number=place + 1, raw=raw, faults=faults, **values)

    def _value(self, column: Column, place: int, at: int, cell):
        if column.type in ("text", "number"):
            return (cells.text if column.type == "text" else cells.number_text)(cell, column.longest)
        if column.type in MEASURED:
            if (place, at) in self.torn:
                raise cells.Unreadable("这一格与上下行合并，看不出金额属于哪一行。请取消合并，逐行填写。")
            return (
                cells.amount(cell, self.units[column.name]) if column.type == "amount" else cells.number(cell)
            )
        return READERS[column.type](cell)

    def _total(self, place: int, line: list, label: str) -> TotalRow:
        amounts, raw, faults = {}, {}, {}
        for column in self.columns:
            cell = self._cell(place, line, self.fit.columns[column.name])
            if column.type != "amount" or cells.blank(cell):
                continue
            raw[column.name] = cells.shown(cell)
            try:
                amounts[column.name] = cells.amount(cell, self.units[column.name])
            except cells.Unreadable as reason:
                faults[column.name] = str(reason)
        return TotalRow(place + 1, label, _scope(label, self.fit.layout.kind), amounts, raw, faults)

    def _cell(self, place: int, line: list, at: int):
        """The cell, or what a merged block says that covers it from above."""
        cell = line[at] if at < len(line) else None
        return self.spread.get((place, at), cell) if cell is None else cell

    def _merged(self) -> tuple[dict[tuple[int, int], object], set[tuple[int, int]]]:
        """What blocks merged downwards lend to their rows, and the amounts that they leave unclear."""
        amounts = {self.fit.columns[column.name] for column in self.columns if column.type in MEASURED}
        spread, torn = {}, set()
        last = len(self.grid.rows) - 1
        for top, left, bottom, _ in self.grid.merged:
            if top <= self.fit.header or bottom == top or left not in self.headers:
                continue
            places = [(place, left) for place in range(top, min(bottom, last) + 1)]
            line = self.grid.rows[top]
            if left in amounts:
                torn.update(places)
            else:
                spread.update(dict.fromkeys(places, line[left] if left < len(line) else None))
        return spread, torn

    def _header_again(self, line: list) -> bool:
        """True for the header printed again at the top of a page."""
        for place, header in self.headers.items():
            cell = line[place] if place < len(line) else None
            if not isinstance(cell, str) or " ".join(cell.split()) != header:
                return False
        return True


def _bounded(totals: list[TotalRow], rows: list[Row]) -> Iterator[TotalRow]:
    """Give each 合计 the rows it sums: those above it, or those below when it stands on top.

    A 小计 sums the rows since the 小计 before it.
    """
    numbers = [row.number for row in rows]
    parts = [total.number for total in totals if total.scope == "part"]
    for total in totals:
        before, after = 0, numbers[-1] if numbers else 0
        if total.scope == "part":
            place = parts.index(total.number)
            before = parts[place - 1] if place else 0
            after = parts[place + 1] if place + 1 < len(parts) else after
        above = bisect(numbers, total.number) > bisect(numbers, before)
        first, last = (before + 1, total.number - 1) if above else (total.number + 1, after)
        yield replace(total, first=first, last=last)


def _is_total(cell) -> bool:
    return isinstance(cell, str) and bool(TOTAL.fullmatch("".join(cells.narrow(cell).split())))


def _is_footer(line: list) -> bool:
    """True for signatures and notes below the table, judged by the first words of the line."""
    first = next((cell for cell in line if isinstance(cell, str) and not cells.blank(cell)), "")
    return bool(FOOTER.match("".join(cells.narrow(first).split())))


def _scope(label: str, kind: str) -> str:
    if kind == "projects" and re.search(r"新引进|新签|新建|新增", label):
        return "new"
    if kind == "projects" and re.search(r"续建|结转", label):
        return "carry_over"
    return "part" if label.startswith("小计") else "all"
