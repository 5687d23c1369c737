"""A county's workbook on the operating table: cells by header, whole rows, and totals that stay right.

Also the spellings that offices use for amounts and dates.
"""

from collections.abc import Callable
from copy import copy
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from random import Random

from openpyxl import load_workbook

from tests.checker.recompute import money
from tests.checker.workbook import (
    FUNDS,
    LEDGER,
    TARGETS,
    TASKS,
    ZERO,
    Project,
    Unit,
    Voucher,
    amount,
    body,
    read,
    text,
)

WIDE = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


class Book:
    """The workbook while it is edited; `county` is what it says after the last settled edit.

    `pinned` are units whose money was put on a boundary: no later edit may move it away.
    """

    def __init__(self, content: bytes) -> None:
        self.workbook = load_workbook(BytesIO(content))
        self.columns = {sheet.title: body(sheet)[0] for sheet in self.workbook}
        self.county = read(self.workbook)
        self.pinned: set[str] = set()

    def get(self, title: str, row: int, column: str) -> object:
        """The raw cell under a header."""
        return self.workbook[title].cell(row, self.columns[title][column]).value

    def put(self, title: str, row: int, column: str, value: object) -> None:
        """Fill the cell under a header; a day becomes a date cell as the office's are."""
        cell = self.workbook[title].cell(row, self.columns[title][column])
        cell.number_format = "General"
        cell.value = value
        if isinstance(value, datetime):
            cell.number_format = "yyyy-mm-dd"

    def insert(self, title: str, row: int, values: dict[str, object]) -> None:
        """A new row before `row`, dressed as the one above it; all below moves down."""
        sheet = self.workbook[title]
        sheet.insert_rows(row)
        for column in range(1, sheet.max_column + 1):
            sheet.cell(row, column)._style = copy(sheet.cell(row - 1, column)._style)
        for column, value in values.items():
            self.put(title, row, column, value)

    def delete(self, title: str, row: int) -> None:
        """Take the row out; all below moves up."""
        self.workbook[title].delete_rows(row)

    def sum_up(self, title: str, column: str, where: Callable[[int], bool] | None = None) -> Decimal:
        """Sum of the rows' amounts (of those that `where` takes), written into 合计."""
        _, rows, total_row = body(self.workbook[title])
        total = Decimal(
            sum(amount(self.get(title, row, column)) for row in rows if where is None or where(row))
        )
        self.put(title, total_row, column, number(total))
        return total

    def settle(self) -> None:
        """Bring 序号, 合计 and the county's goal up to date and read the county again; raises NotClean."""
        for title in (TASKS, LEDGER, FUNDS, ZERO):
            for place, row in enumerate(body(self.workbook[title])[1], start=1):
                self.put(title, row, "序号", place)
        tasks = self.sum_up(TASKS, "年度到位资金任务")
        self.sum_up(FUNDS, "到位资金")
        for column in ("总投资", "引资额"):
            self.sum_up(LEDGER, column, lambda row: text(self.get(LEDGER, row, "是否续建")) == "否")
        for row in body(self.workbook[TARGETS])[1]:
            if text(self.get(TARGETS, row, "指标")) == "到位资金":
                self.put(TARGETS, row, "全年目标", number(tasks))
        self.county = read(self.workbook)

    def content(self) -> bytes:
        """The file as it stands."""
        stream = BytesIO()
        self.workbook.save(stream)
        return stream.getvalue()

    def money_of(self, project: Project) -> Decimal:
        """Money that has arrived on the project, in 万元."""
        return Decimal(sum(v.amount for v in self.county.vouchers if v.project == project.name))

    def room(self, voucher: Voucher) -> Decimal:
        """The most that the voucher may be worth without its project getting more than was introduced."""
        project = next(p for p in self.county.projects if p.name == voucher.project)
        return project.introduced - self.money_of(project) + voucher.amount

    def free_vouchers(self) -> list[Voucher]:
        """Vouchers of units that are not pinned."""
        return [voucher for voucher in self.county.vouchers if voucher.unit not in self.pinned]

    def silent(self) -> list[Unit]:
        """Tasked units with neither money nor a zero report (未报)."""
        heard = self.county.zero.keys() | {voucher.unit for voucher in self.county.vouchers}
        return [unit for unit in self.county.units if unit.name not in heard]


def number(value: Decimal) -> int | float | str:
    """A cell for the amount: a number where the file keeps it to the 分, else its digits as text."""
    whole = money(value)
    if isinstance(whole, int):
        return whole
    # openpyxl writes 16 digits; the shortest name of what is read back must be the amount itself.
    return float(whole) if Decimal(repr(float(f"{float(whole):.16g}"))) == whole else str(whole)


def spellings(value: Decimal) -> list[object]:
    """The ways an office writes an amount given in 万元."""
    wan = money(value)
    yi = f"{(Decimal(wan) / 10_000).normalize():f}"
    return [
        number(value),
        f"{wan:,}",
        f"{wan}万元",
        f"{wan:,}万元",
        f"{yi}亿元",
        str(wan).translate(WIDE),
        f"{wan:,}万元".translate(WIDE),
    ]


def spelled(value: Decimal, rng: Random) -> object:
    """The amount as a number, or about every other time in one of its other spellings."""
    return number(value) if rng.random() < 0.5 else rng.choice(spellings(value))


def dated(on: date) -> list[object]:
    """The ways an office writes a day."""
    return [
        datetime.combine(on, time()),
        f"{on:%Y-%m-%d}",
        f"{on.year}.{on.month}.{on.day}",
        f"{on.year}年{on.month}月{on.day}日",
        f"{on.year}/{on.month}/{on.day}",
        f"{on:%Y.%m.%d}",
        f"{on:%Y}年{on:%m}月{on:%d}日",
    ]


def some_amount(rng: Random, most: Decimal) -> Decimal:
    """Between 1 万元 and `most`: whole 万元 as a rule, now and then with 百元 or down to the 分."""
    step = Decimal(10) ** -rng.choice((0, 0, 2, 6))
    return rng.randint(int(1 / step), int(most / step)) * step
