"""Checks of 单位名册: which rows are new units, which are there already, what is wrong with the others."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from projects.sheets import cells, layouts, sheet_checks, spellings
from projects.sheets.book import open_book
from projects.sheets.findings import ERROR, Examined, Findings
from projects.sheets.known import Known
from projects.sheets.names import Names
from projects.sheets.rows import Row, UnitRow
from projects.sheets.work import Work, keyed, others

OWN = [field.name for field in fields(UnitRow) if field.name not in {field.name for field in fields(Row)}]


@dataclass(frozen=True)
class Listed(Examined):
    """What a list of units says: all findings, the rows to add, and how many are there value for value."""

    new: tuple[UnitRow, ...]
    unchanged: int


def check(
    content: bytes,
    file_name: str,
    *,
    known: Mapping[str, Mapping[str, object]],
    aliases: Mapping[str, str],
    today: date,
) -> Listed:
    """Read a list and check every row. ``known``: unit -> its fields as a row has them.

    Raises ``BookRefused`` when the file cannot be read. Writes nothing.
    """
    book = open_book(content, file_name, (layouts.UNIT_LIST,))
    findings = Findings(book)
    tenant = Known(units=dict.fromkeys(known, ""), aliases=aliases)
    work = Work(book, tenant, today, Names(tenant, {}), findings)
    if not book.sheets:
        headers = "、".join(column.headers[0] for column in layouts.UNIT_LIST.columns if column.required)
        findings.book("no_sheets", f"没有认出单位名册（应有列：{headers}）。请下载模板，照模板的列名填写。")
    sheet_checks.check_sheets(work)
    kinds = keyed(spellings.UNIT_KINDS)
    for row in book.rows("units"):
        work.read[row.place] = replace(row, kind=work.meaning(row, "kind", kinds, "unit_kind_unknown"))
    rows = [work.read[row.place] for row in book.rows("units")]
    _check_names(work, rows)
    _check_known(work, rows, known)
    _check_above(work, rows, known)
    free = [row for row in rows if row.place not in findings.held and row.sheet not in findings.blocked]
    new = tuple(row for row in free if row.place not in work.same)
    return Listed(findings.in_order(), new, len(free) - len(new))


def _check_names(work: Work, rows: list[UnitRow]) -> None:
    """Each name once, and none that is another unit's alias."""
    listed: dict[str, list[UnitRow]] = defaultdict(list)
    for row in rows:
        if row.name:
            listed[cells.name_key(row.name)].append(row)
    aliases = keyed(work.known.aliases)
    for key, same in listed.items():
        for row in same:
            if len(same) > 1:
                reason = f"“{row.name}”列了{len(same)}次（另见{others(same, row)}）。请只保留一行。"
                work.findings.cell(row, "name", ERROR, "unit_twice", reason)
            if key in aliases and key not in keyed(dict.fromkeys(work.known.units, "")):
                reason = f"“{row.name}”已是“{aliases[key]}”的别名。请删去本行，或先删除别名。"
                work.findings.cell(row, "name", ERROR, "unit_alias", reason)


def _check_known(work: Work, rows: list[UnitRow], known: Mapping[str, Mapping[str, object]]) -> None:
    """A unit that is there: the row says the same, or is refused; a list adds units and changes none."""
    for row in rows:
        if row.name not in known or row.place in work.findings.held:
            continue
        was = known[row.name]
        for name in OWN:
            if getattr(row, name) not in (None, was[name]):
                said = _said(name, was[name])
                reason = f"“{row.name}”已在系统中，{said}。名册只新增单位，修改请在单位页面办理。"
                work.findings.cell(row, name, ERROR, "changed", reason)
        work.same.add(row.place)


def _check_above(work: Work, rows: list[UnitRow], known: Collection[str]) -> None:
    """Units that a row names stand in the system or in the list, and nobody stands above itself."""
    listed = {row.name: row for row in rows if row.name}
    for row in rows:
        for name in ("parent", "leader_office"):
            named = getattr(row, name)
            if named and named not in known and named not in listed:
                reason = f"系统和本表中都没有单位“{named}”。请改正名称，或把它也列入本表。"
                work.findings.cell(row, name, ERROR, "unit_unknown", reason)
        if row.leader_office and row.leader_office == row.name:
            reason = "分管领导所在办公室不能是单位自己。"
            work.findings.cell(row, "leader_office", ERROR, "own_office", reason)
        above, seen = row.parent, set()
        while above in listed and above not in seen:
            if above == row.name:
                reason = "上级单位不能是自己或自己的下级。"
                work.findings.cell(row, "parent", ERROR, "own_parent", reason)
            seen.add(above)
            above = listed[above].parent


def _said(name: str, value: object) -> str:
    if name == "kind":
        value = next(word for word, kind in spellings.UNIT_KINDS.items() if kind == value)
    if isinstance(value, bool):
        return "登记为“是”" if value else "登记为“否”"
    return f"登记为“{value}”" if value else "登记时没有填"
