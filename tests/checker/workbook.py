"""Read a county's workbook into plain rows, or refuse it with every fault found.

Written without a look at the product, for its judge: openpyxl and the standard library only. Money is exact,
in 万元. A workbook that contradicts itself is refused, because a judge that guesses is none.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

TASKS, TARGETS, LEDGER, FUNDS, ZERO = "任务分解表", "县级目标", "项目台账", "到位资金明细", "零报告"
CATEGORIES = {"镇": "town", "部门": "department"}
WAN_IN = {
    "亿元": Decimal(10_000),
    "亿": Decimal(10_000),
    "万元": Decimal(1),
    "万": Decimal(1),
    "元": Decimal("0.0001"),
}


class NotClean(ValueError):
    """The workbook cannot be judged; the message lists every fault, one a line."""


@dataclass(frozen=True)
class Unit:
    """A row of 任务分解表; the task of the year in 万元."""

    row: int
    name: str
    category: str
    task: Decimal


@dataclass(frozen=True)
class Project:
    """A row of 项目台账; amounts in 万元."""

    row: int
    name: str
    unit: str
    total: Decimal
    introduced: Decimal
    agreement: str
    signed_on: date
    carried_over: bool


@dataclass(frozen=True)
class Voucher:
    """A row of 到位资金明细; the amount in 万元."""

    row: int
    project: str
    unit: str
    on: date
    amount: Decimal
    number: str


@dataclass(frozen=True)
class County:
    """All that a workbook says; `zero` gives the row of each unit's zero report."""

    as_of: date
    units: tuple[Unit, ...]
    introduced_task: Decimal
    paid_task: Decimal
    projects: tuple[Project, ...]
    vouchers: tuple[Voucher, ...]
    zero: dict[str, int]

    def paid(self, unit: str) -> Decimal:
        """Money that has arrived on the unit's projects, in 万元."""
        return Decimal(sum(voucher.amount for voucher in self.vouchers if voucher.unit == unit))


def text(value: object) -> str:
    """The cell as text: full-width letters and digits made plain, outer blanks gone, nothing as ''."""
    return "" if value is None else unicodedata.normalize("NFKC", str(value)).strip()


def amount(value: object) -> Decimal:
    """An amount in 万元 from any spelling of an office (1200, "1,200万元", "0.12亿元", "１２００").

    Raises ValueError for anything that is not a plain amount of zero or more.
    """
    # repr gives the shortest decimal that names the float, which is what the office typed.
    plain = f"{Decimal(repr(value)):f}" if isinstance(value, float) else text(value)
    found = re.fullmatch(r"(\d+(?:,\d{3})*(?:\.\d+)?) *(亿元|亿|万元|万|元)?", plain)
    if not found:
        raise ValueError(f"{value!r} is not an amount")
    return Decimal(found[1].replace(",", "")) * WAN_IN[found[2] or "万元"]


def day(value: object) -> date:
    """A date from a date cell or any spelling of an office; raises ValueError otherwise."""
    if isinstance(value, datetime):
        return value.date()
    found = re.fullmatch(r"(\d{4})([.年/-])(\d{1,2})([.月/-])(\d{1,2})日?", text(value))
    if not found:
        raise ValueError(f"{value!r} is not a date")
    return date(int(found[1]), int(found[3]), int(found[5]))


def body(sheet: Worksheet) -> tuple[dict[str, int], list[int], int | None]:
    """Columns by their header, the rows of data by number, and the row of 合计 if there is one."""
    top = next((row for row in range(1, 11) if text(sheet.cell(row, 1).value) == "序号"), None)
    if top is None:
        raise NotClean(f"{sheet.title}: no row of headers")
    columns = {text(cell.value): cell.column for cell in sheet[top] if cell.value is not None}
    rows = []
    for row in range(top + 1, sheet.max_row + 1):
        # The second column names the project or unit; the footer fills only the first.
        name = text(sheet.cell(row, 2).value)
        if name.startswith("合计"):
            return columns, rows, row
        if name:
            rows.append(row)
    return columns, rows, None


class Reader:
    """One sheet's cells, by header; every fault is kept, with its place."""

    def __init__(self, workbook: Workbook, title: str, faults: list[str]) -> None:
        if title not in workbook.sheetnames:
            raise NotClean(f"{title}: no such sheet")
        self.sheet, self.faults = workbook[title], faults
        self.columns, self.rows, self.total_row = body(self.sheet)
        places = [text(self.sheet.cell(row, 1).value) for row in self.rows]
        if places != [str(place) for place in range(1, len(self.rows) + 1)]:
            faults.append(f"{title}: 序号 does not run from 1 to {len(self.rows)}")

    def name(self, row: int, column: str) -> str:
        """The cell as a name, letter for letter, without outer blanks."""
        value = self.sheet.cell(row, self.columns[column]).value
        return "" if value is None else str(value).strip()

    def read(self, parse, row: int, column: str, instead):
        """The cell read by `parse`; a fault and `instead` when it cannot be read."""
        try:
            return parse(self.sheet.cell(row, self.columns[column]).value)
        except ValueError as error:
            self.faults.append(f"{self.sheet.title} {row} {column}: {error}")
            return instead

    def wan(self, row: int, column: str) -> Decimal:
        """The cell as an amount in 万元."""
        return self.read(amount, row, column, Decimal(0))

    def check_total(self, column: str, amounts: list[Decimal]) -> None:
        """合计 must be there and be the sum of the amounts."""
        expected = Decimal(sum(amounts))
        if self.total_row is None:
            self.faults.append(f"{self.sheet.title}: no 合计")
        elif (found := self.wan(self.total_row, column)) != expected:
            place = f"{self.sheet.title} {self.total_row} {column}"
            self.faults.append(f"{place}: 合计 {found}, rows give {expected}")


def read(workbook: Workbook) -> County:
    """The county as its workbook has it; raises NotClean with all faults."""
    faults: list[str] = []
    tasks, targets, ledger, funds, zero = (
        Reader(workbook, title, faults) for title in (TASKS, TARGETS, LEDGER, FUNDS, ZERO)
    )
    goals = {targets.name(row, "指标"): targets.wan(row, "全年目标") for row in targets.rows}
    if missing := {"引进资金", "到位资金"} - goals.keys():
        raise NotClean(f"{TARGETS}: no row for {'、'.join(sorted(missing))}")
    county = County(
        as_of=as_of_in(workbook),
        units=tuple(unit_in(tasks, row) for row in tasks.rows),
        introduced_task=goals["引进资金"],
        paid_task=goals["到位资金"],
        projects=tuple(project_in(ledger, row) for row in ledger.rows),
        vouchers=tuple(voucher_in(funds, row) for row in funds.rows),
        zero={zero.name(row, "单位"): row for row in zero.rows},
    )
    new = [project for project in county.projects if not project.carried_over]
    tasks.check_total("年度到位资金任务", [unit.task for unit in county.units])
    ledger.check_total("总投资", [project.total for project in new])
    ledger.check_total("引资额", [project.introduced for project in new])
    funds.check_total("到位资金", [voucher.amount for voucher in county.vouchers])
    zero.check_total("到位资金", [])
    faults += [f"{ZERO} {row}: not zero" for row in zero.rows if zero.wan(row, "到位资金")]
    faults += [f"{ZERO}: a unit twice"] * (len(county.zero) != len(zero.rows))
    if faults := faults + contradictions(county):
        raise NotClean("\n".join(faults))
    return county


def as_of_in(workbook: Workbook) -> date:
    """The cut-off day that the line under every title names (截至2012年6月30日)."""
    lines = [text(sheet["A2"].value) for sheet in workbook]
    days = {found[1] for line in lines if (found := re.search(r"截至(\d{4}年\d{1,2}月\d{1,2}日)", line))}
    if len(days) != 1:
        raise NotClean(f"the sheets name {len(days)} cut-off days")
    return day(days.pop())


def unit_in(tasks: Reader, row: int) -> Unit:
    """One row of 任务分解表."""
    return Unit(row, tasks.name(row, "单位"), tasks.name(row, "类别"), tasks.wan(row, "年度到位资金任务"))


def voucher_in(funds: Reader, row: int) -> Voucher:
    """One row of 到位资金明细."""
    return Voucher(
        row=row,
        project=funds.name(row, "项目名称"),
        unit=funds.name(row, "引进单位"),
        on=funds.read(day, row, "到位日期", date.min),
        amount=funds.wan(row, "到位资金"),
        number=funds.name(row, "凭证号"),
    )


def project_in(ledger: Reader, row: int) -> Project:
    """One row of 项目台账."""
    agreement, carried = ledger.name(row, "协议类型"), ledger.name(row, "是否续建")
    if agreement not in ("合同", "意向") or carried not in ("是", "否"):
        ledger.faults.append(f"{LEDGER} {row}: {agreement!r} or {carried!r} is unknown")
    return Project(
        row=row,
        name=ledger.name(row, "项目名称"),
        unit=ledger.name(row, "引进单位"),
        total=ledger.wan(row, "总投资"),
        introduced=ledger.wan(row, "引资额"),
        agreement=agreement,
        signed_on=ledger.read(day, row, "签约日期", date.min),
        carried_over=carried == "是",
    )


def contradictions(county: County) -> list[str]:
    """What cannot be true at once, over all sheets."""
    units = {unit.name for unit in county.units}
    projects = {project.name: project for project in county.projects}
    numbers = Counter(voucher.number for voucher in county.vouchers)
    first = county.as_of.replace(month=1, day=1)
    faults = [f"{TASKS}: a unit twice"] * (len(units) != len(county.units))
    faults += [f"{LEDGER}: a project twice"] * (len(projects) != len(county.projects))
    faults += [f"{TASKS} {u.row}: category" for u in county.units if u.category not in CATEGORIES]
    faults += [f"{TASKS} {u.row}: no task" for u in county.units if not u.task]
    faults += [f"{LEDGER} {p.row}: {p.unit!r} is unknown" for p in county.projects if p.unit not in units]
    faults += [f"{LEDGER} {p.row}: introduced above total" for p in county.projects if p.introduced > p.total]
    faults += [
        f"{LEDGER} {p.row}: signed {p.signed_on}"
        for p in county.projects
        if p.signed_on > county.as_of or (p.signed_on < first) != p.carried_over
    ]
    for v in county.vouchers:
        if v.project not in projects or projects[v.project].unit != v.unit:
            faults.append(f"{FUNDS} {v.row}: {v.project!r} of {v.unit!r} is in no list")
        elif not max(first, projects[v.project].signed_on) <= v.on <= county.as_of:
            faults.append(f"{FUNDS} {v.row}: date {v.on}")
        if not v.amount or not v.number or numbers[v.number] > 1:
            faults.append(f"{FUNDS} {v.row}: {v.amount} on voucher {v.number!r}")
    faults += [f"{ZERO} {row}: {name!r} is unknown" for name, row in county.zero.items() if name not in units]
    faults += [f"{ZERO} {row}: {name!r} has money" for name, row in county.zero.items() if county.paid(name)]
    if county.paid_task != sum(unit.task for unit in county.units):
        faults.append(f"{TARGETS}: 到位资金 is not the sum of the tasks")
    return faults
