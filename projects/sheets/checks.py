"""The one entrance to the checks: everything that is wrong with a workbook, and what of it is clean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.sheets import cells, ledger_checks, money_checks, sheet_checks, totals, unit_checks
from projects.sheets.book import Book, Sheet
from projects.sheets.findings import ASK, ERROR, Finding, Findings
from projects.sheets.known import Known
from projects.sheets.names import Names
from projects.sheets.periods import Span
from projects.sheets.rows import Row, Rows
from projects.sheets.work import Work

KINDS = ("tasks", "targets", "projects", "funds", "zeros")


@dataclass(frozen=True)
class Spelling:
    """A cell whose wording is not the value itself: what was written, what was read."""

    sheet: str
    row: int
    column: str
    written: str
    read: str


@dataclass(frozen=True)
class SheetRead:
    """What a sheet was taken for. ``columns``: table's column -> header as written; sums in 万元."""

    title: str
    label: str
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    period: str
    up_to: date | None
    unit: str
    rows: int
    sums: Mapping[str, Decimal]


@dataclass(frozen=True)
class Understood:
    """How the workbook was read, to be looked at before anything is accepted."""

    span: Span | None
    year: int | None
    sheets: tuple[SheetRead, ...]
    ignored: tuple[tuple[str, str], ...]
    spellings: tuple[Spelling, ...]


@dataclass(frozen=True)
class LeftOut:
    """A row without a fault of its own that waits for another; ``because`` is a Chinese sentence."""

    sheet: str
    row: int
    because: str


@dataclass(frozen=True)
class Result:
    """What a workbook says and what of it may be written.

    ``clean``: new rows without error or open ask, their words replaced by what they mean, that depend on
    nothing unclean. ``unchanged``: rows that the tenant already has, value for value. ``left_out``: rows
    that only wait for others. ``aliases``: spellings that the answers settled, to be remembered.
    """

    findings: tuple[Finding, ...]
    understood: Understood
    clean: Rows
    unchanged: Rows
    left_out: tuple[LeftOut, ...]
    aliases: Mapping[str, str]

    @property
    def is_clean(self) -> bool:
        """True when nothing stands against writing the whole workbook."""
        return not any(finding.severity in (ERROR, ASK) for finding in self.findings)


def check(book: Book, known: Known, today: date, answers: Mapping[str, str] | None = None) -> Result:
    """Run every check on every row of the workbook. Writes nothing, asks no clock and no database.

    ``answers`` maps the key of an ask to the name of a unit, or to "no".
    """
    findings = Findings(book)
    work = Work(book, known, today, Names(known, answers or {}), findings)
    sheet_checks.check(work)
    unit_checks.check_tasks(work)
    unit_checks.check_targets(work)
    projects = ledger_checks.check(work)
    unit_checks.check_zeros(work, money_checks.check(work, projects))
    totals.check(work)
    sieve = _Sieve(work)
    clean, unchanged, left_out = sieve.sift()
    return Result(
        findings=findings.in_order(),
        understood=_understood(book),
        clean=clean,
        unchanged=unchanged,
        left_out=left_out,
        aliases={name: unit for name, unit in work.names.confirmed.items() if unit in sieve.units},
    )


class _Sieve:
    """Parts the rows that may be written from those that wait."""

    def __init__(self, work: Work):
        self.work = work
        self.units = set(work.known.units)
        self.projects = {cells.name_key(name) for name in work.known.projects}
        self.left_out: list[LeftOut] = []

    def sift(self) -> tuple[Rows, Rows, tuple[LeftOut, ...]]:
        clean: dict[str, tuple] = {}
        unchanged: dict[str, tuple] = {}
        for kind in KINDS:
            rows = [row for row in self._free(kind) if kind == "tasks" or self._supported(row)]
            clean[kind] = tuple(row for row in rows if row.place not in self.work.same)
            unchanged[kind] = tuple(row for row in rows if row.place in self.work.same)
            if kind == "tasks":
                self.units.update(row.unit for row in rows)
            if kind == "projects":
                self.projects.update(cells.name_key(row.name) for row in rows)
        order = {sheet.title: place for place, sheet in enumerate(self.work.book.sheets)}
        left_out = sorted(self.left_out, key=lambda left: (order[left.sheet], left.row))
        return Rows(**clean), Rows(**unchanged), tuple(left_out)

    def _free(self, kind: str) -> Iterable[Row]:
        """The rows of a table that have no error and no open ask of their own."""
        for row in self.work.book.rows(kind):
            if row.place in self.work.findings.held:
                continue
            if row.sheet in self.work.findings.blocked:
                self.left_out.append(LeftOut(row.sheet, row.number, "本表表头或表题有错误，整张表没有读入。"))
            else:
                yield self.work.read[row.place]

    def _supported(self, row: Row) -> bool:
        """True when the unit and the project that the row names are there or will be."""
        unit, project = getattr(row, "unit", None), getattr(row, "project", None)
        because = ""
        if project and cells.name_key(project) not in self.projects:
            because = f"项目“{project}”还有问题没有解决，见项目台账。"
        elif unit and unit not in self.units:
            because = f"单位“{unit}”还有问题没有解决，见任务分解表。"
        if because:
            self.left_out.append(LeftOut(row.sheet, row.number, because))
        return not because


def _understood(book: Book) -> Understood:
    return Understood(
        span=book.span,
        year=book.year,
        sheets=tuple(_sheet_read(sheet) for sheet in book.sheets),
        ignored=tuple((ignored.title, ignored.why) for ignored in book.ignored),
        spellings=tuple(
            Spelling(sheet.title, row.number, sheet.columns[name], row.raw[name], read)
            for sheet in book.sheets
            for row in sheet.rows
            for name, read in _respelled(sheet, row)
        ),
    )


def _respelled(sheet: Sheet, row: Row) -> Iterable[tuple[str, str]]:
    """Amounts and dates of the row whose wording differs from the value that was read."""
    for column in sheet.layout.columns:
        value = getattr(row, column.name)
        if value is None or column.type not in ("amount", "date"):
            continue
        read = cells.plain(value) if column.type == "amount" else value.isoformat()
        if read != row.raw[column.name]:
            yield column.name, read


def _sheet_read(sheet: Sheet) -> SheetRead:
    sums: dict[str, Decimal] = {}
    for column in sheet.layout.columns:
        if column.type != "amount" or column.name not in sheet.columns:
            continue
        header = sheet.columns[column.name]
        groups = {header: sheet.rows}
        if sheet.layout.kind == "projects":
            groups[f"{header}（新引进）"] = tuple(row for row in sheet.rows if row.carry_over is False)
            groups[f"{header}（续建）"] = tuple(row for row in sheet.rows if row.carry_over)
        for label, rows in groups.items():
            sums[label] = sum((getattr(row, column.name) or Decimal(0) for row in rows), Decimal(0))
    return SheetRead(
        title=sheet.title,
        label=sheet.layout.label,
        columns={
            c.headers[0]: sheet.columns[c.name] for c in sheet.layout.columns if c.name in sheet.columns
        },
        unused=sheet.unused,
        period=sheet.span.label if sheet.span else "",
        up_to=sheet.up_to,
        unit=sheet.unit or "",
        rows=len(sheet.rows),
        sums=sums,
    )
