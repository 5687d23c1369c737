"""Typed rows of the five tables. A cell that could not be read is None and has its reason in ``faults``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Row:
    """Where the row stands and what its cells said. ``raw`` and ``faults`` are keyed by field name."""

    sheet: str
    number: int
    raw: Mapping[str, str] = field(repr=False)
    faults: Mapping[str, str]

    @property
    def place(self) -> tuple[str, int]:
        """Sheet and row, which identify the row in the workbook."""
        return self.sheet, self.number


@dataclass(frozen=True, kw_only=True)
class TaskRow(Row):
    """任务分解表: the year's task of one unit in 万元. ``kind`` is the stored value of ``group`` (类别)."""

    unit: str | None
    group: str | None = None
    kind: str | None = None
    amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class CountyTargetRow(Row):
    """县级目标: the county's own target for one measure, in 万元."""

    measure: str | None
    amount: Decimal | None
    document: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProjectRow(Row):
    """项目台账: one project and its signature. ``carry_over``: signed before the period (续建)."""

    name: str | None
    investor: str | None
    credit_code: str | None = None
    unit: str | None
    division: str | None = None
    industry: str | None = None
    total: Decimal | None
    introduced: Decimal | None
    agreement_kind: str | None
    signed_on: date | None
    carry_over: bool | None


@dataclass(frozen=True, kw_only=True)
class FundRow(Row):
    """到位资金明细: one voucher. ``payer`` defaults to the project's investor once the row is checked."""

    project: str | None
    unit: str | None
    on: date | None
    amount: Decimal | None
    voucher_kind: str | None
    voucher_number: str | None
    payer: str | None = None


@dataclass(frozen=True, kw_only=True)
class ZeroRow(Row):
    """零报告: a unit says that it brought in nothing in the period."""

    unit: str | None
    amount: Decimal | None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class UnitRow(Row):
    """单位名册: one unit. ``kind`` is its stored value once the row is checked."""

    name: str | None
    kind: str | None
    group: str | None = None
    parent: str | None = None
    leader_office: str | None = None
    organisation_code: str | None = None
    exempt: bool | None = None
    starts_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class IssuedRow(Row):
    """目标任务表: one task as it is written; ``counted_in`` is the unit of its amount."""

    unit: str | None
    measure: str | None
    period: str | None = None
    amount: str | None
    counted_in: str | None = None


@dataclass(frozen=True, kw_only=True)
class FigureRow(Row):
    """独立数据表: a figure of a firm or a measure in a month (its first day), in the unit of its table."""

    credit_code: str | None = None
    firm: str | None = None
    measure: str | None = None
    month: date | None
    value: Decimal | None


@dataclass(frozen=True)
class Rows:
    """Rows of all five tables, in the order of the sheets."""

    tasks: tuple[TaskRow, ...] = ()
    targets: tuple[CountyTargetRow, ...] = ()
    projects: tuple[ProjectRow, ...] = ()
    funds: tuple[FundRow, ...] = ()
    zeros: tuple[ZeroRow, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, (self.tasks, self.targets, self.projects, self.funds, self.zeros)))


@dataclass(frozen=True)
class TotalRow:
    """A 合计 row: it sums the rows from ``first`` to ``last``.

    ``scope``: all, new (新引进 only), carry_over (续建 only), or part (小计: since the part before).
    """

    number: int
    label: str
    scope: str
    amounts: Mapping[str, Decimal]
    raw: Mapping[str, str]
    faults: Mapping[str, str]
    first: int = 0
    last: int = 0

    def includes(self, row: Row) -> bool:
        """True when the row is one of those that are summed."""
        if not self.first <= row.number <= self.last:
            return False
        if self.scope in ("new", "carry_over"):
            return row.carry_over is (self.scope == "carry_over")
        return True
