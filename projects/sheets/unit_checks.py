"""Checks of the tables that are about units: 任务分解表, 县级目标, 零报告."""

from collections import defaultdict
from dataclasses import replace

from projects.sheets import cells, known, names, spellings
from projects.sheets.findings import ERROR, FLAG
from projects.sheets.rows import CountyTargetRow, FundRow, TaskRow, ZeroRow
from projects.sheets.work import Work, keyed, others, places

_GROUPS = {kind: word for word, kind in reversed(spellings.UNIT_KINDS.items())}


def check_tasks(work: Work) -> None:
    """任务分解表. In a fresh tenant its names become units; later sheets must name one of them."""
    listed: dict[str, list[TaskRow]] = defaultdict(list)
    kinds = keyed(work.known.unit_kinds)
    for row in work.book.rows("tasks"):
        unit = _tasked(work, row)
        kind = work.meaning(row, "group", kinds, "unit_kind_unknown")
        if unit and row.group is None:
            kind = work.known.units.get(unit) or _kind_by_name(unit)
        read = replace(row, unit=unit, kind=kind, group=row.group or _GROUPS.get(kind))
        work.read[row.place] = read
        work.positive(row, "amount")
        if row.amount == 0:
            work.findings.cell(
                row, "amount", FLAG, "task_zero", "任务为 0，完成率无从计算。不下任务的单位请从本表删去。"
            )
        if unit:
            listed[unit].append(read)
    for unit, rows in listed.items():
        for row in rows if len(rows) > 1 else ():
            work.findings.cell(
                row,
                "unit",
                ERROR,
                "unit_twice",
                f"单位“{unit}”列了{len(rows)}次（另见{others(rows, row)}）。请只保留一行。",
            )
        if len(rows) == 1 and unit in work.known.tasks:
            work.changes(rows[0], unit, [("amount", work.known.tasks[unit], rows[0].amount)])


def _kind_by_name(unit: str) -> str:
    """A list without 类别 leaves only the name to go by; the sheet carries a flag that says so."""
    return "town" if unit.endswith(("镇", "乡", "街道", "街道办", "街道办事处")) else "department"


def _tasked(work: Work, row: TaskRow) -> str | None:
    """The unit of a task. In a fresh tenant a name that is nobody's yet is a new unit."""
    if row.unit is None:
        return None
    meaning = work.names.meaning(row.unit, near=not work.known.fresh)
    if meaning.state == names.ASK:
        work.ask(row, meaning)
    elif meaning.state == names.UNKNOWN and work.known.fresh:
        work.names.add(row.unit, usable=True)
        return row.unit
    elif meaning.state == names.UNKNOWN:
        work.unknown_unit(row, refused=meaning.refused)
        work.names.add(row.unit, usable=False)
        return row.unit
    elif meaning.state == names.PENDING:
        work.unknown_unit(row, refused=False)
    return meaning.unit or None


def check_targets(work: Work) -> None:
    """县级目标: each measure once, and one that the tenant counts."""
    measures = {cells.name_key(measure): measure for measure in sorted(work.known.measures)}
    recorded = keyed(work.known.targets)
    listed: dict[str, list[CountyTargetRow]] = defaultdict(list)
    for row in work.book.rows("targets"):
        work.positive(row, "amount")
        read = replace(row, measure=work.meaning(row, "measure", measures, "measure_unknown"))
        work.read[row.place] = read
        if read.measure:
            listed[read.measure].append(read)
    for measure, rows in listed.items():
        for row in rows if len(rows) > 1 else ():
            work.findings.cell(
                row,
                "measure",
                ERROR,
                "measure_twice",
                f"指标“{measure}”列了{len(rows)}次（另见{others(rows, row)}）。请只保留一行。",
            )
        if len(rows) == 1 and (key := cells.name_key(measure)) in recorded:
            work.changes(rows[0], measure, [("amount", recorded[key], rows[0].amount)])


def check_zeros(work: Work, paid: dict[str, list[FundRow]]) -> None:
    """零报告: zero, once, and of units without money. ``paid``: the rows of 到位资金明细 by unit."""
    listed: dict[str, list[ZeroRow]] = defaultdict(list)
    for row in work.book.rows("zeros"):
        unit = work.unit(row)
        read = work.read[row.place] = replace(row, unit=unit)
        if row.amount:
            work.findings.cell(
                row,
                "amount",
                ERROR,
                "zero_not_zero",
                f"零报告的到位资金应为 0，这里是 {cells.plain(row.amount)} 万元。"
                "有到位资金请列入到位资金明细，没有请填 0。",
            )
        if unit:
            listed[unit].append(read)
    for unit, rows in listed.items():
        _check_zero_unit(work, unit, rows, paid.get(unit, []))


def _check_zero_unit(work: Work, unit: str, rows: list[ZeroRow], paid: list[FundRow]) -> None:
    state = work.known.zero_reports.get(unit)
    for row in rows:
        if len(rows) > 1:
            reason = f"单位“{unit}”列了{len(rows)}次（另见{others(rows, row)}）。请只保留一行。"
            work.findings.cell(row, "unit", ERROR, "unit_twice", reason)
        if paid:
            reason = f"“{unit}”作了零报告，{places(paid, row.sheet)}却有它引进的到位资金。请删去其中之一。"
            work.findings.cell(row, "unit", ERROR, "zero_with_money", reason)
        elif state == known.REPORTED:
            reason = f"“{unit}”本期已登记了数据，不能再作零报告。请删去本行。"
            work.findings.cell(row, "unit", ERROR, "zero_with_money", reason)
        elif state in (known.ZERO, known.NO_MONEY):
            work.same.add(row.place)
    for row in paid:
        if row.unit == unit:
            reason = f"“{unit}”在{places(rows, row.sheet)}作了零报告，这里却有到位资金。请删去其中之一。"
            work.findings.cell(row, "unit", ERROR, "zero_with_money", reason)
