"""Checks of 项目台账: projects, their investors and their signatures."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal

from projects import validators
from projects.sheets import cells
from projects.sheets.findings import ERROR, FLAG
from projects.sheets.known import KnownProject
from projects.sheets.rows import ProjectRow, TotalRow
from projects.sheets.work import Work, keyed, others

MOST_TOTALS = 9  # 合计 rows of a sheet that are looked at; an honest one has one to three
LARGE, LEAST = 10, 3  # without a 合计: so many times the sum of the others, of which there are so many


@dataclass
class Listed:
    """A project as the workbook and the tenant know it, for the checks of its money."""

    name: str
    rows: list[ProjectRow] = field(default_factory=list)
    known: KnownProject | None = None

    @property
    def units(self) -> set[str | None]:
        """Who introduced it; more than one where names clash, None where the unit is not clear."""
        return {row.unit for row in self.rows} or ({self.known.unit} if self.known else set())

    @property
    def investor(self) -> str | None:
        """The investor, None where names clash."""
        names = {row.investor for row in self.rows} or ({self.known.investor} if self.known else set())
        return names.pop() if len(names) == 1 else None

    @property
    def bound(self) -> tuple[Decimal, str] | None:
        """What its money may not pass, with its name: the introduced amount, or the total if that is less."""
        sources = self.rows or ([self.known] if self.known else [])
        amounts = [(one.introduced, "引资额") for one in sources] + [(one.total, "总投资") for one in sources]
        return min((pair for pair in amounts if pair[0] is not None), default=None, key=lambda pair: pair[0])


def check(work: Work) -> dict[str, Listed]:
    """Check the projects; returns them, with those that the tenant has, by the key of their name."""
    listed = {cells.name_key(name): Listed(name, known=known) for name, known in work.known.projects.items()}
    kinds = keyed(work.known.agreement_kinds)
    for row in work.book.rows("projects"):
        kind = work.meaning(row, "agreement_kind", kinds, "agreement_unknown")
        read = replace(row, unit=work.unit(row), agreement_kind=kind)
        work.read[row.place] = read
        _amounts(work, row)
        if read.name:
            listed.setdefault(cells.name_key(read.name), Listed(read.name)).rows.append(read)
    _codes(work)
    _magnitudes(work)
    for project in listed.values():
        _names(work, project)
    for row in work.book.rows("projects"):
        _signed(work, row)
    return listed


def _names(work: Work, project: Listed) -> None:
    for row in project.rows if len(project.rows) > 1 else ():
        where = others(project.rows, row)
        reason = f"有{len(project.rows)}个项目都叫“{project.name}”（另见{where}）。请改名或删去重复的行。"
        work.findings.cell(row, "name", ERROR, "project_twice", reason)
    was = project.known
    if len(project.rows) == 1 and was:
        row = project.rows[0]
        same_investor = row.investor and cells.name_key(row.investor) == cells.name_key(was.investor)
        fields = ("unit", "total", "introduced", "agreement_kind", "signed_on", "carry_over")
        pairs = [
            ("investor", was.investor, was.investor if same_investor else row.investor),
            *((name, getattr(was, name), getattr(row, name)) for name in fields),
        ]
        if was.live:
            work.changes(row, project.name, pairs)
        elif row.carry_over and all(recorded == read for _, recorded, read in pairs):
            work.same.add(row.place)  # a carried-over project has no figures of its own that could be undone


def _amounts(work: Work, row: ProjectRow) -> None:
    work.positive(row, "total", zero="总投资为 0。请填实际数；不知道的请留空。")
    work.positive(row, "introduced")
    if row.total is not None and row.introduced is not None and row.introduced > row.total:
        reason = (
            f"引资额 {cells.plain(row.introduced)} 万元大于总投资 {cells.plain(row.total)} 万元。"
            "引资额是总投资中由外来投资方投入的部分，请核对两个数和单位。"
        )
        work.findings.cell(row, "introduced", ERROR, "introduced_above_total", reason)


def _signed(work: Work, row: ProjectRow) -> None:
    """A new project is signed within the period, a carried-over one before it, none after today.

    A project on record has passed its own period.
    """
    span = work.findings.sheets[row.sheet].span or work.book.span
    if row.signed_on is None:
        return
    if row.signed_on > work.today:
        reason = f"签约日期 {row.signed_on} 在今天（{work.today}）之后。请按协议改正。"
        work.findings.cell(row, "signed_on", ERROR, "future", reason)
    elif row.place in work.same:
        return
    elif span and row.carry_over is False and not span.covers(row.signed_on):
        reason = (
            f"新引进项目的签约日期 {row.signed_on} 不在{span.label}（{span.start} 至 {span.end}）。"
            "请核对日期；以前签约的项目，“是否续建”应填“是”。"
        )
        work.findings.cell(row, "signed_on", ERROR, "outside_period", reason)
    elif span and row.carry_over and row.signed_on >= span.start:
        reason = (
            f"标为续建，签约日期 {row.signed_on} 却不早于本期开始（{span.start}）。请核对日期或改填“否”。"
        )
        work.findings.cell(row, "carry_over", ERROR, "carry_over_signed_now", reason)


def _codes(work: Work) -> None:
    """统一社会信用代码: valid, and one investor each."""
    holders: dict[str, dict[str, str]] = defaultdict(dict)
    rows: dict[str, list[ProjectRow]] = defaultdict(list)
    for row in work.book.rows("projects"):
        if row.credit_code is None:
            continue
        if fault := validators.credit_code_fault(row.credit_code):
            work.findings.cell(row, "credit_code", ERROR, "credit_code", fault)
        elif row.investor:
            holders[row.credit_code].setdefault(cells.name_key(row.investor), row.investor)
            rows[row.credit_code].append(row)
    for code, names in holders.items():
        recorded = work.known.credit_codes.get(code)
        if recorded:
            names.setdefault(cells.name_key(recorded), recorded)
        if len(names) == 1:
            continue
        for row in rows[code]:
            where = f"（另见{others(rows[code], row)}）" if len(rows[code]) > 1 else "（系统中已登记）"
            investors = "、".join(names.values())
            reason = f"信用代码 {code} 用在{len(names)}个投资方名下：{investors}{where}。请核对营业执照。"
            work.findings.cell(row, "credit_code", FLAG, "credit_code_two_names", reason)


def _magnitudes(work: Work) -> None:
    """One project above the county's 合计 and above all other projects together: a slip of the unit.

    Without a 合计 to compare with it must be many times all others, and there must be some.
    """
    for sheet in work.book.of("projects"):
        for name in ("total", "introduced"):
            rest = [row for row in sheet.rows if (getattr(row, name) or 0) > 0]
            totals = [total for total in sheet.totals if name in total.amounts and total.scope != "part"]
            for total in (*totals[:MOST_TOTALS], None):
                covered = [row for row in rest if total is None or total.includes(row)]
                rest = [row for row in rest if total and not total.includes(row)]
                whole = sum((getattr(row, name) for row in covered), Decimal(0))
                for row in covered:
                    others_sum = whole - getattr(row, name)
                    limit = max(total.amounts[name], others_sum) if total else LARGE * others_sum
                    if getattr(row, name) > limit and (total or len(covered) > LEAST):
                        _too_large(work, row, name, total, others_sum)


def _too_large(work: Work, row: ProjectRow, name: str, total: TotalRow | None, others_sum: Decimal) -> None:
    if ERROR in work.findings.at(row, name):
        return  # its amount is already refused for another reason
    against = (
        f"大于“{total.label}”的 {cells.plain(total.amounts[name])} 万元，也大于"
        if total
        else f"超过{LARGE}倍于"
    )
    header = work.findings.sheets[row.sheet].header(name)
    advice = "请核对。" if total else "请核对；属实的请加上合计行。"
    reason = (
        f"{header}“{row.raw[name]}”合 {cells.plain(getattr(row, name))} 万元，{against}"
        f"其余项目之和 {cells.plain(others_sum)} 万元，多半是单位或小数点写错。{advice}"
    )
    work.findings.cell(row, name, ERROR, "magnitude", reason)
