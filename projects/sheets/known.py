"""What a tenant already has, as far as a workbook may touch it. Plain facts, gathered by a query."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from projects.sheets import spellings

# A unit's state in the period: submitted without claims; with claims but no money; with money.
ZERO, NO_MONEY, REPORTED = "zero", "no_money", "reported"


@dataclass(frozen=True)
class KnownProject:
    """A project and its signature. Not ``live``: its figures were undone, so its row may be loaded again."""

    investor: str
    unit: str
    total: Decimal | None
    introduced: Decimal | None
    agreement_kind: str
    signed_on: date | None
    carry_over: bool
    live: bool = True


@dataclass(frozen=True)
class KnownVoucher:
    """A voucher and the claim on it. Not ``live``: the claim was undone, so its row may be loaded again."""

    amount: Decimal
    on: date
    unit: str
    project: str
    live: bool = True


@dataclass(frozen=True)
class Known:
    """The tenant before the import; amounts in 万元.

    ``fresh``: no tasks yet, so that 任务分解表 creates units. ``units``: name -> kind. ``vouchers`` are keyed
    by kind, number and payer. ``zero_reports``: unit -> ZERO, NO_MONEY or REPORTED. Tasks, targets and zero
    reports are those of the workbook's year and period, projects and vouchers those of all time.
    """

    fresh: bool = False
    units: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    measures: Collection[str] = frozenset()
    agreement_kinds: Mapping[str, str] = field(default_factory=lambda: spellings.AGREEMENTS)
    voucher_kinds: Mapping[str, str] = field(default_factory=lambda: spellings.VOUCHERS)
    unit_kinds: Mapping[str, str] = field(default_factory=lambda: spellings.UNIT_KINDS)
    credit_codes: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, KnownProject] = field(default_factory=dict)
    vouchers: Mapping[tuple[str, str, str], KnownVoucher] = field(default_factory=dict)
    tasks: Mapping[str, Decimal] = field(default_factory=dict)
    targets: Mapping[str, Decimal] = field(default_factory=dict)
    zero_reports: Mapping[str, str] = field(default_factory=dict)
