"""Checks of 目标任务表 and 任务分解表: which tasks are new, which change, which stand as they are."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.sheets import cells, layouts, names, periods, sheet_checks
from projects.sheets.book import Sheet, open_book
from projects.sheets.findings import ERROR, FLAG, Examined, Findings
from projects.sheets.known import Known
from projects.sheets.names import Names
from projects.sheets.periods import Span
from projects.sheets.rows import Row
from projects.sheets.work import Work, others

WHOLE = "全县"
WHOLES = frozenset({WHOLE, "全市", "全区", "县级", "市级"})
PIECES = "个"


@dataclass(frozen=True)
class Task:
    """One task as it will be issued; ``unit`` "" is the whole county. ``was``: the amount it replaces."""

    row: Row
    unit: str
    measure: str
    kind: str
    span: Span
    amount: Decimal
    was: Decimal | None


@dataclass(frozen=True)
class Counted:
    """A measure: its kind, what that counts instead of 万元 (个, 次; "" for money), from which day on."""

    kind: str
    pieces: str
    since: date


@dataclass(frozen=True)
class Told:
    """What the tenant has: units, who is exempt, measures by name, tasks that stand.

    ``tasks``: (unit, measure, kind of period, first day) -> amount.
    """

    units: Collection[str]
    aliases: Mapping[str, str]
    exempt: Collection[str]
    measures: Mapping[str, Counted]
    tasks: Mapping[tuple[str, str, str, date], Decimal]
    first_measure: str


@dataclass(frozen=True)
class Listed(Examined):
    """All findings, the tasks to write, and how many stand already as the list has them."""

    tasks: tuple[Task, ...]
    unchanged: int


def check(content: bytes, file_name: str, *, told: Told, revising: bool, today: date) -> Listed:
    """Read a list and check every row; with ``revising`` a task that stands is replaced, else refused.

    Raises ``BookRefused`` when the file cannot be read. Writes nothing.
    """
    book = open_book(content, file_name, (layouts.ISSUED, layouts.TASKS))
    known = Known(units=dict.fromkeys(told.units, ""), aliases=told.aliases)
    work = Work(book, known, today, Names(known, {}), Findings(book))
    if not book.sheets:
        headers = "、".join(column.headers[0] for column in layouts.ISSUED.columns if column.required)
        reason = f"没有认出目标任务表（应有列：{headers}）。请下载模板，照模板的列名填写。"
        work.findings.book("no_sheets", reason)
    sheet_checks.check_sheets(work)
    tasks = _Reader(work, told).read()
    _once(work, tasks)
    new, same = [], 0
    for task in tasks:
        if task.row.place in work.findings.held or task.row.sheet in work.findings.blocked:
            continue
        if task.was == task.amount:
            same += 1
            continue
        if task.was is not None and not revising:
            reason = (
                f"“{task.unit or WHOLE}”{task.span.label}的{task.measure}已下达 {cells.plain(task.was)}。"
                "调整任务请在上传时写明调整理由和文件。"
            )
            work.findings.cell(task.row, "amount", ERROR, "changed", reason)
            continue
        new.append(task)
    return Listed(work.findings.in_order(), tuple(new), same)


class _Reader:
    """Turns rows of both tables into tasks; what cannot be read has its finding."""

    def __init__(self, work: Work, told: Told):
        self.work, self.told = work, told
        self.measures = {cells.name_key(name): name for name in told.measures}

    def read(self) -> list[Task]:
        """The tasks of all rows that can be read."""
        read = (self._task(sheet, row) for sheet in self.work.book.sheets for row in sheet.rows)
        return [task for task in read if task is not None]

    def _task(self, sheet: Sheet, row) -> Task | None:
        plain = sheet.layout is layouts.ISSUED
        unit = self._unit(row, whole=plain)
        measure = (
            self.work.meaning(row, "measure", self.measures, "measure_unknown")
            if plain
            else self.told.first_measure
        )
        span = self._span(sheet, row, row.period if plain else None)
        amount = self._amount(row, measure) if plain else row.amount
        if amount is not None and amount <= 0:
            reason = "目标数应大于零；没有任务的单位不列入本表。"
            self.work.findings.cell(row, "amount", ERROR, "not_positive", reason)
        if unit is None or measure is None or span is None or amount is None:
            return None
        counted = self.told.measures[measure]
        if span.end < counted.since:
            reason = f"口径“{measure}”从 {counted.since} 起才有，不能下达{span.label}的任务。"
            self.work.findings.cell(row, "measure" if plain else "unit", ERROR, "measure_later", reason)
            return None
        was = self.told.tasks.get((unit, measure, span.kind, span.start))
        return Task(row, unit, measure, counted.kind, span, amount, was)

    def _unit(self, row, *, whole: bool) -> str | None:
        """The unit's name, "" for the whole county, None with a finding."""
        if row.unit is None:
            return None
        if whole and row.unit in WHOLES:
            return ""
        meaning = self.work.names.meaning(row.unit)
        if meaning.state == names.ASK:
            best = "”或“".join(meaning.proposals)
            reason = f"没有单位“{row.unit}”，可能是“{best}”。请改成系统中的名称，或先在单位页面登记别名。"
            self.work.findings.cell(row, "unit", ERROR, "unit_spelling", reason)
        elif meaning.state != names.KNOWN:
            reason = f"系统中没有单位“{row.unit}”。请改正名称，或先新增这个单位。"
            self.work.findings.cell(row, "unit", ERROR, "unit_unknown", reason)
        elif meaning.unit in self.told.exempt:
            reason = f"“{meaning.unit}”登记为不参加考核，任务照样下达，但不计入任务进度。请核对。"
            self.work.findings.cell(row, "unit", FLAG, "unit_exempt", reason)
        return meaning.unit or None

    def _span(self, sheet: Sheet, row, written: str | None) -> Span | None:
        """The row's period, else that of the title."""
        span = periods.span_of(written) if written else sheet.span
        if span is None or span.kind == "range":
            reason = (
                f"“{written}”不是一个月、季度、半年或全年。请写成 2012年、2012年上半年、2012年第三季度。"
                if written
                else "没有写明期间，表题里也没有年份。请填“期间”，或在表题写明，如“2012年目标任务”。"
            )
            column = "period" if sheet.layout is layouts.ISSUED else "unit"
            self.work.findings.cell(row, column, ERROR, "period_unknown", reason)
            return None
        return span

    def _amount(self, row, measure: str | None) -> Decimal | None:
        """The amount in 万元, or a whole number for a measure that counts."""
        if row.amount is None or measure is None:
            return None
        pieces, unit = self.told.measures[measure].pieces, cells.narrow(row.counted_in or "")
        try:
            if pieces:
                return _whole(row.amount, unit, pieces)
            return _money(row.amount, unit)
        except cells.Unreadable as reason:
            self.work.findings.cell(row, "amount", ERROR, "unreadable", str(reason))
            return None


def _money(written: str, unit: str) -> Decimal | None:
    """An amount in 万元."""
    if unit and unit not in cells.IN_WAN:
        raise cells.Unreadable(f"计量单位“{unit}”不能换算成万元。请改用元、万元或亿元。")
    return cells.amount(written, unit or "万元")


def _whole(written: str, unit: str, pieces: str) -> Decimal:
    """A whole number of things; 个 goes for all of them."""
    if unit not in ("", PIECES, pieces):
        raise cells.Unreadable(f"这项指标按{pieces}数下达，计量单位不能是“{unit}”。请填“{pieces}”。")
    text = cells.narrow(written).removesuffix(PIECES).removesuffix(pieces)
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise cells.Unreadable(f"{cells.quoted(written)}不是整数。这项指标按{pieces}数下达，请填整数。")
    return Decimal(text)


def _once(work: Work, tasks: list[Task]) -> None:
    """Each task stands once in the list."""
    listed: dict[tuple, list[Task]] = defaultdict(list)
    for task in tasks:
        listed[task.unit, task.measure, task.span.kind, task.span.start].append(task)
    for same in listed.values():
        for task in same if len(same) > 1 else ():
            rows = [other.row for other in same]
            reason = (
                f"“{task.unit or WHOLE}”{task.span.label}的{task.measure}列了{len(same)}次"
                f"（另见{others(rows, task.row)}）。请只保留一行。"
            )
            work.findings.cell(task.row, "unit", ERROR, "task_twice", reason)
