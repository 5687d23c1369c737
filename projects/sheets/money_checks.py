"""Checks of 到位资金明细: vouchers, their projects and units."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz import process

from projects.sheets import cells, known
from projects.sheets.findings import ERROR, FLAG
from projects.sheets.known import KnownVoucher
from projects.sheets.ledger_checks import Listed
from projects.sheets.rows import FundRow
from projects.sheets.work import Work, keyed, others

ABOVE = Decimal("1.2")  # paid-in money above the introduced amount times this is a doubt
MOST_GUESSES = 50  # names of projects for which a similar one is looked up


@dataclass(frozen=True)
class _Payment:
    """A row with what is known about it: its project, and its payer by the key of the name (None: unclear)."""

    row: FundRow
    project: Listed | None
    payer: str | None


def check(work: Work, projects: dict[str, Listed]) -> dict[str, list[FundRow]]:
    """Check the money; returns its rows by unit, a row without a clear unit under its project's units."""
    kinds = keyed(work.known.voucher_kinds)
    payments: list[_Payment] = []
    paid: dict[str, list[FundRow]] = defaultdict(list)
    guesses: dict[str, str] = {}
    for row in work.book.rows("funds"):
        project = projects.get(cells.name_key(row.project)) if row.project else None
        if row.project and project is None:
            _unknown_project(work, row, projects, guesses)
        investor = project.investor if project else None
        kind = work.meaning(row, "voucher_kind", kinds, "voucher_kind_unknown")
        payer = row.payer or investor
        read = replace(row, unit=work.unit(row), voucher_kind=kind, payer=payer)
        work.read[row.place] = read
        _row(work, read, project)
        payments.append(_Payment(read, project, payer and cells.name_key(payer)))
        for unit in {read.unit} if read.unit else project.units if project else ():
            if unit:
                paid[unit].append(read)
    _vouchers(work, payments)
    _above_contract(work, payments)
    return paid


def _unknown_project(work: Work, row: FundRow, projects: dict[str, Listed], guesses: dict[str, str]) -> None:
    key = cells.name_key(row.project)
    if key not in guesses:
        near = process.extractOne(key, projects, processor=None, score_cutoff=80) if False else None
        guesses[key] = near or ""
    reason = f"项目“{row.project}”不在项目台账里，系统中也没有。请核对名称，或把它补进项目台账。"
    work.findings.cell(row, "project", ERROR, "project_unknown", reason)
