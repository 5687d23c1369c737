"""Checks of the 合计 rows: what a sheet says its rows add up to, against what they add up to."""

from bisect import bisect_left, bisect_right
from decimal import Decimal
from itertools import accumulate

from projects.sheets import cells
from projects.sheets.book import Sheet
from projects.sheets.rows import Row, TotalRow
from projects.sheets.work import Work, places

SCOPES = {"new": (False, None), "carry_over": (True, None)}


class _Column:
    """One amount column of the rows that a scope sums: any stretch of it, without walking the rows again."""

    def __init__(self, work: Work, sheet: Sheet, scope: str, name: str):
        wanted = SCOPES.get(scope)
        rows = [row for row in sheet.rows if wanted is None or row.carry_over in wanted]
        amounts = [
            (row.number, getattr(row, name)) for row in rows if wanted is None or row.carry_over is not None
        ]
        self.counted = [number for number, amount in amounts if amount is not None]
        self.sums = list(
            accumulate((amount for _, amount in amounts if amount is not None), initial=Decimal(0))
        )
        # A row whose 是否续建 cannot be read belongs to no scope of its own.
        self.uncounted = [
            row for row in rows if getattr(row, name) is None or (wanted and row.carry_over is None)
        ]
        self.doubtful = [
            row for row in rows if getattr(row, name) is not None and work.findings.at(row, name)
        ]

    def between(self, first: int, last: int) -> Decimal:
        """Sum of the amounts from row ``first`` to row ``last``."""
        return self.sums[bisect_right(self.counted, last)] - self.sums[bisect_left(self.counted, first)]


def check(work: Work) -> None:
    """Compare every 合计 with its rows. Runs last: it names rows that have another fault in that column."""
    for sheet in work.book.sheets:
        columns: dict[tuple[str, str], _Column] = {}
        for total in sheet.totals:
            for name, reason in total.faults.items():
                work.findings.total(sheet, total, name, "unreadable", reason)
            for name, written in total.amounts.items():
                key = total.scope, name
                if key not in columns:
                    columns[key] = _Column(work, sheet, *key)
                found = columns[key].between(total.first, total.last)
                if found != written:
                    reason = _difference(sheet, total, columns[key], written, found)
                    work.findings.total(sheet, total, name, "total", reason)


def _difference(sheet: Sheet, total: TotalRow, column: _Column, written: Decimal, found: Decimal) -> str:
    what = {"new": "新引进项目", "carry_over": "续建项目"}.get(total.scope, "")
    reason = (
        f"{total.label}写的是 {cells.plain(written)} 万元，各行{what}相加是 {cells.plain(found)} 万元，"
        f"相差 {cells.plain(abs(written - found))} 万元"
    )
    unread = "金额或是否续建" if what else "金额"
    if uncounted := _inside(column.uncounted, total):
        reason += f"；{places(uncounted, sheet.title)}的{unread}读不出，未计入"
    if doubtful := _inside(column.doubtful, total):
        reason += f"；{places(doubtful, sheet.title)}的金额另有问题"
    return f"{reason}。请核对各行和合计。"


def _inside(rows: list[Row], total: TotalRow) -> list[Row]:
    first = bisect_left(rows, total.first, key=lambda row: row.number)
    return rows[first : bisect_right(rows, total.last, key=lambda row: row.number)]
