"""Checks of 到位资金明细: vouchers, their projects and units."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz import fuzz, process

from projects.sheets import cells
from projects.sheets.findings import ERROR, FLAG
from projects.sheets.known import ZERO, KnownVoucher
from projects.sheets.ledger_checks import Listed
from projects.sheets.rows import FundRow
from projects.sheets.work import Work, keyed, others

ABOVE = Decimal("1.2")  # paid-in money above the introduced amount times this is a doubt
SIMILAR = 85  # of 100: the name of a project that may be meant
MOST_GUESSES = 50  # names of projects for which a similar one is looked up


@dataclass(frozen=True)
class _Payment:
    """A row with its project and, by the key of the name, its payer (None: unclear)."""

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
        payments.append(_Payment(read, project, payer and cells.name_key(payer)))
        for unit in {read.unit} if read.unit else project.units if project else ():
            if unit:
                paid[unit].append(read)
    _vouchers(work, payments)
    for payment in payments:
        _row(work, payment.row, payment.project)
        _zero_reported(work, payment.row)
    _above_contract(work, payments)
    return paid


def _unknown_project(work: Work, row: FundRow, projects: dict[str, Listed], guesses: dict[str, str]) -> None:
    key = cells.name_key(row.project)
    if key not in guesses and len(guesses) < MOST_GUESSES:
        near = process.extractOne(key, list(projects), scorer=fuzz.ratio, score_cutoff=SIMILAR)
        guesses[key] = f"名称最接近的是“{projects[near[0]].name}”。" if near else ""
    work.findings.cell(
        row,
        "project",
        ERROR,
        "project_unknown",
        f"项目“{row.project}”不在项目台账里，系统中也没有。{guesses.get(key, '')}"
        "请核对名称，或把它补进项目台账。",
    )


def _row(work: Work, row: FundRow, project: Listed | None) -> None:
    """Checks that need nothing but the row and its project. A row on record has passed its own period."""
    work.positive(row, "amount", zero="到位资金为 0。没有到位资金的单位请列入零报告，本行请删去。")
    span = work.findings.sheets[row.sheet].span or work.book.span
    if row.on and row.on > work.today:
        reason = f"到位日期 {row.on} 在今天（{work.today}）之后。请按凭证改正。"
        work.findings.cell(row, "on", ERROR, "future", reason)
    elif row.on and span and not span.covers(row.on) and row.place not in work.same:
        reason = (
            f"到位日期 {row.on} 不在{span.label}（{span.start} 至 {span.end}）。"
            "请按凭证改正；确属其他时期的，请随那一期的报表导入，或在系统中补报。"
        )
        work.findings.cell(row, "on", ERROR, "outside_period", reason)
    if row.unit and project and None not in project.units and row.unit not in project.units:
        reason = (
            f"项目“{project.name}”由{'、'.join(sorted(project.units))}引进，这里记在“{row.unit}”名下。"
            "请核对；确属共同引进的，请在系统中登记分成协议。"
        )
        work.findings.cell(row, "unit", FLAG, "unit_differs", reason)


def _zero_reported(work: Work, row: FundRow) -> None:
    if work.known.zero_reports.get(row.unit) == ZERO and row.place not in work.same:
        reason = f"“{row.unit}”本期已在系统中作了零报告。有新的到位资金，请先在系统中撤回零报告。"
        work.findings.cell(row, "unit", ERROR, "zero_reported", reason)


def _vouchers(work: Work, payments: list[_Payment]) -> None:
    """One paper is entered once; one number under two payers is a doubt.

    A paper is known by its kind, number and payer. A payer that is unclear is nobody else's.
    """
    papers: dict[tuple[str, str], dict[str, list[_Payment]]] = defaultdict(lambda: defaultdict(list))
    for payment in payments:
        row = payment.row
        if row.voucher_number:
            kind = row.voucher_kind or f"?{cells.name_key(row.raw.get('voucher_kind', ''))}"
            payer = payment.payer or f"?{cells.name_key(row.project or '')}"
            papers[kind, cells.name_key(row.voucher_number)][payer].append(payment)
    recorded: dict[tuple[str, str], dict[str, KnownVoucher]] = defaultdict(dict)
    for (kind, number, payer), voucher in work.known.vouchers.items():
        if voucher.live:
            recorded[kind, cells.name_key(number)][cells.name_key(payer)] = voucher
    for paper, holders in papers.items():
        known_holders = recorded.get(paper, {})
        for payer, held in holders.items():
            _one_paper(work, [payment.row for payment in held], known_holders.get(payer))
        named = {payer for payer in (*holders, *known_holders) if not payer.startswith("?")}
        if len(named) > 1:
            _two_payers(
                work, [p.row for payer in holders if payer in named for p in holders[payer]], known_holders
            )


def _one_paper(work: Work, rows: list[FundRow], was: KnownVoucher | None) -> None:
    """A paper's rows in the workbook, and what is recorded for it."""
    for row in rows if len(rows) > 1 else ():
        kind = row.raw.get("voucher_kind", "").strip() or "类型未填"
        reason = (
            f"凭证 {row.voucher_number}（{kind}，付款方{row.payer or '不明'}）"
            f"登记了{len(rows)}次（另见{others(rows, row)}）。"
            "一张凭证请只登记一次；几家分享的，登记一笔并在系统中登记分成协议。"
        )
        work.findings.cell(row, "voucher_number", ERROR, "voucher_twice", reason)
    if len(rows) == 1 and was:
        row = rows[0]
        same_project = row.project and cells.name_key(row.project) == cells.name_key(was.project)
        pairs = [
            ("project", was.project, was.project if same_project else row.project),
            ("unit", was.unit, row.unit),
            ("on", was.on, row.on),
            ("amount", was.amount, row.amount),
        ]
        work.changes(row, f"凭证 {row.voucher_number}", pairs)


def _two_payers(work: Work, rows: list[FundRow], recorded: dict[str, KnownVoucher]) -> None:
    for row in rows:
        where = f"另见{others(rows, row)}" if len(rows) > 1 else "系统中已登记"
        projects = sorted({voucher.project for voucher in recorded.values()})
        known_as = f"，已登记在项目“{'”“'.join(projects[:3])}”" if projects else ""
        reason = (
            f"同一凭证号 {row.voucher_number} 出现在不同付款方名下"
            f"（{where}{known_as}；本行付款方为{row.payer}）。请核对是否同一张凭证重复使用。"
        )
        work.findings.cell(row, "voucher_number", FLAG, "voucher_two_payers", reason)


def _above_contract(work: Work, payments: list[_Payment]) -> None:
    """Money of a project above its introduced amount x 1.2: a doubt at the largest of its rows."""
    by_project: dict[str, list[_Payment]] = defaultdict(list)
    recorded: dict[str, Decimal] = defaultdict(Decimal)
    for voucher in work.known.vouchers.values():
        if voucher.live:
            recorded[cells.name_key(voucher.project)] += voucher.amount
    for payment in payments:
        if payment.project and (payment.row.amount or 0) > 0:
            by_project[cells.name_key(payment.project.name)].append(payment)
    for key, own in by_project.items():
        project, bound = own[0].project, own[0].project.bound
        new = [payment.row for payment in own if payment.row.place not in work.same]
        if bound is None or not new:
            continue
        limit, what = bound
        paid = sum((row.amount for row in new), recorded[key])
        if paid > limit * ABOVE:
            largest = max(new, key=lambda row: row.amount)
            before = f"（其中已登记 {cells.plain(recorded[key])} 万元）" if recorded[key] else ""
            reason = (
                f"项目“{project.name}”的到位资金共 {cells.plain(paid)} 万元{before}，"
                f"超过{what} {cells.plain(limit)} 万元的 1.2 倍（{cells.plain(limit * ABOVE)} 万元）。"
                "请核对金额、单位和凭证；确实如此的可以照此导入。"
            )
            work.findings.cell(largest, "amount", FLAG, "above_contract", reason)
