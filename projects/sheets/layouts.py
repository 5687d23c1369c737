"""The tables that an office's workbook may hold, and how a sheet is recognised by its headers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from projects.sheets import cells
from projects.sheets.rows import (
    CountyTargetRow,
    FigureRow,
    FundRow,
    IssuedRow,
    ProjectRow,
    Row,
    TaskRow,
    UnitRow,
    ZeroRow,
)

HEADER_ROWS = 20  # a header stands within so many rows from the top
IN_BRACKETS = re.compile(r"[(\[].*?[)\]]")


@dataclass(frozen=True)
class Column:
    """A column of a table, read by ``cells`` according to its ``type``.

    ``headers``: its spellings, best first; the first is its name in messages. ``cell`` says what a blank
    cell is: an error, a flag, or nothing worth a word ("").
    """

    name: str
    headers: tuple[str, ...]
    type: str = "text"
    required: bool = True
    cell: str = "error"
    longest: int = 120


@dataclass(frozen=True)
class Layout:
    """A table: what its rows become and its columns."""

    kind: str
    label: str
    row: type[Row]
    columns: tuple[Column, ...]


UNIT = Column(
    "unit", ("引进单位", "引资单位", "招引单位", "引荐单位", "责任单位", "单位名称", "单位"), longest=60
)
PROJECT_NAMES = ("项目名称", "引进项目名称", "招商项目名称", "引进项目", "项目名", "项目")

TASKS = Layout(
    "tasks",
    "任务分解表",
    TaskRow,
    (
        Column("unit", ("单位", "单位名称", "责任单位", "承担单位", "任务单位", "镇和部门"), longest=60),
        Column("group", ("类别", "单位类别", "单位类型", "类型", "组别"), required=False, longest=30),
        Column(
            "amount",
            (
                "年度到位资金任务",
                "到位资金任务",
                "全年到位资金任务",
                "到位资金年度任务",
                "到位资金目标任务",
                "年度任务",
                "全年任务",
                "目标任务",
                "年度目标任务",
                "任务数",
                "任务",
            ),
            "amount",
        ),
    ),
)
TARGETS = Layout(
    "targets",
    "县级目标",
    CountyTargetRow,
    (
        Column("measure", ("指标", "指标名称", "考核指标"), longest=60),
        Column(
            "amount",
            ("全年目标", "年度目标", "全年目标任务", "年度目标任务", "目标任务", "目标值", "目标"),
            "amount",
        ),
        Column(
            "document", ("下达文件", "文件", "文号", "下达文号", "依据"), required=False, cell="", longest=60
        ),
    ),
)
PROJECTS = Layout(
    "projects",
    "项目台账",
    ProjectRow,
    (
        Column("name", PROJECT_NAMES),
        Column(
            "investor",
            ("投资方", "投资方名称", "投资企业", "投资单位", "投资商", "投资主体", "客商名称", "企业名称"),
        ),
        Column(
            "credit_code",
            ("统一社会信用代码", "社会信用代码", "信用代码", "投资方信用代码"),
            "code",
            required=False,
            cell="",
        ),
        UNIT,
        Column(
            "division",
            ("投资方所在地", "投资方来源地", "资金来源地", "来源地", "投资方地址"),
            required=False,
            cell="",
            longest=60,
        ),
        Column("industry", ("行业代码", "国民经济行业代码", "行业"), required=False, cell="", longest=5),
        Column(
            "total",
            ("总投资", "总投资额", "投资总额", "项目总投资", "计划总投资", "合同总投资"),
            "amount",
            cell="flag",
        ),
        Column(
            "introduced",
            ("引资额", "合同引资额", "引进资金", "引进资金额", "拟引资额"),
            "amount",
            cell="flag",
        ),
        Column("agreement_kind", ("协议类型", "协议类别", "合同类型", "签约类型"), longest=30),
        Column("signed_on", ("签约日期", "签约时间", "签订日期", "签订时间"), "date"),
        Column("carry_over", ("是否续建", "是否续建项目", "续建", "新建或续建", "新建续建"), "yes_no"),
    ),
)
FUNDS = Layout(
    "funds",
    "到位资金明细",
    FundRow,
    (
        Column("project", PROJECT_NAMES),
        UNIT,
        Column(
            "on", ("到位日期", "到位时间", "到账日期", "到账时间", "入账日期", "凭证日期", "日期"), "date"
        ),
        Column(
            "amount",
            (
                "到位资金",
                "到位资金额",
                "到位金额",
                "本期到位资金",
                "实际到位资金",
                "到账资金",
                "到账金额",
                "金额",
            ),
            "amount",
        ),
        Column("voucher_kind", ("凭证类型", "凭证类别", "凭证种类", "凭据类型", "票据类型"), longest=30),
        Column(
            "voucher_number",
            ("凭证号", "凭证号码", "凭证编号", "凭据号", "票据号", "票据号码", "票号"),
            "number",
            longest=60,
        ),
        Column("payer", ("付款方", "付款单位", "付款人", "汇款方", "汇款单位"), required=False, cell=""),
    ),
)
ZEROS = Layout(
    "zeros",
    "零报告",
    ZeroRow,
    (
        Column("unit", ("单位", "单位名称", "零报告单位", "责任单位", "填报单位"), longest=60),
        Column("amount", ("到位资金", "到位资金额", "到位金额", "本期到位资金"), "amount"),
        Column(
            "note", ("说明", "情况说明", "零报告原因", "原因", "备注"), required=False, cell="", longest=200
        ),
    ),
)
LAYOUTS = (TASKS, TARGETS, PROJECTS, FUNDS, ZEROS)

# Lists of their own, not part of an office's workbook.
UNIT_LIST = Layout(
    "units",
    "单位名册",
    UnitRow,
    (
        Column("name", ("单位名称", "单位", "名称"), longest=60),
        Column("kind", ("类别", "单位类别", "单位类型", "类型"), longest=30),
        Column("group", ("考核分组", "分组", "组别"), required=False, cell="", longest=30),
        Column("parent", ("上级单位", "主管单位"), required=False, cell="", longest=60),
        Column(
            "leader_office",
            ("分管领导所在办公室", "分管领导办公室"),
            required=False,
            cell="",
            longest=60,
        ),
        Column(
            "organisation_code", ("组织机构代码", "机构代码"), "number", required=False, cell="", longest=18
        ),
        Column("exempt", ("不参加考核", "是否不参加考核"), "yes_no", required=False, cell=""),
        Column("starts_on", ("设立日期", "成立日期"), "date", required=False, cell=""),
    ),
)
ISSUED = Layout(
    "issued",
    "目标任务表",
    IssuedRow,
    (
        Column("unit", ("单位", "单位名称", "责任单位", "承担单位"), longest=60),
        Column("measure", ("指标", "指标名称", "考核指标"), longest=60),
        Column("period", ("期间", "考核期", "年度"), required=False, cell="", longest=30),
        Column("amount", ("目标数", "目标", "目标值", "任务数"), longest=40),
        Column("counted_in", ("计量单位",), required=False, cell="", longest=10),
    ),
)
CREDIT_CODE = ("统一社会信用代码", "信用代码", "社会信用代码", "纳税人识别号")
FIRM = ("企业名称", "单位名称", "纳税人名称", "参保单位", "用户名称", "企业")
MONTH = ("月份", "所属月份", "数据月份", "所属期", "期间")
VALUE = ("数值", "金额", "本期数", "数据")


def figures_of_firms(words: tuple[str, ...], *, money: bool) -> Layout:
    """A table of one figure a firm and month. ``words``: what its offices write above the figures."""
    return Layout(
        "figures",
        "独立数据表",
        FigureRow,
        (
            Column("credit_code", CREDIT_CODE, "code"),
            Column("firm", FIRM, required=False, cell=""),
            Column("month", MONTH, "month"),
            Column("value", (*VALUE, *words), "amount" if money else "count"),
        ),
    )


OFFICIAL = Layout(
    "figures",
    "官方口径数表",
    FigureRow,
    (
        Column("measure", ("指标", "指标名称"), longest=60),
        Column("month", MONTH, "month"),
        Column("value", (*VALUE, "官方数", "认定数"), "amount"),
        Column("credit_code", CREDIT_CODE, "code", required=False, cell=""),
        Column("firm", FIRM, required=False, cell=""),
    ),
)
BY_KIND = {layout.kind: layout for layout in LAYOUTS}


@dataclass(frozen=True)
class Fit:
    """How a sheet fits a layout: the header's last row (from 0) and where each column stands (from 0)."""

    layout: Layout
    header: int
    columns: dict[str, int]
    headers: dict[str, str]
    units: dict[str, str]
    missing: tuple[Column, ...]
    doubled: tuple[Column, ...]
    unused: tuple[str, ...]


def recognise(rows: list[list], title: str, among: tuple[Layout, ...] = LAYOUTS) -> Fit | None:
    """The best fit of a sheet among these tables, judged by its headers; None when it is none of them.

    A header may span two rows (a group above, its columns below); the lower wording wins.
    A sheet of units and money is a zero report only when it says so (零报告) or asks for the reason (说明):
    a table of progress has units and money too.
    """
    best: tuple[int, Fit] | None = None
    for header, words in _headers(rows):
        for layout in among:
            fit = _fit(layout, header, words)
            if layout is ZEROS and not _asks_for_zero(fit) and not _says_zero(rows[: header + 1], title):
                continue
            needed = [column for column in layout.columns if column.required]
            found = len(needed) - len(fit.missing)
            if found >= max(1, len(needed) / 2) and len(fit.columns) >= 2:
                score = 10 * len(fit.columns) - 5 * len(fit.missing)
                if best is None or score > best[0]:
                    best = score, fit
    return best and best[1]


def _headers(rows: list[list]) -> Iterator[tuple[int, list[str]]]:
    above: list[str] = []
    for number, row in enumerate(rows[:HEADER_ROWS]):
        words = [cells.shown(cell) for cell in row]
        if len([word for word in words if word.strip()]) >= 2:
            yield number, words
            if above:
                width = max(len(above), len(words))
                pairs = zip(
                    above + [""] * (width - len(above)), words + [""] * (width - len(words)), strict=True
                )
                yield number, [lower if lower.strip() else upper for upper, lower in pairs]
        above = words


def _fit(layout: Layout, header: int, words: list[str]) -> Fit:
    plain = [_plain(word) for word in words]
    columns: dict[str, int] = {}
    doubled = []
    for column in layout.columns:
        for wording in column.headers:
            places = [
                place for place, word in enumerate(plain) if word == wording and place not in columns.values()
            ]
            if places:
                columns[column.name] = places[0]
                if len(places) > 1:
                    doubled.append(column)
                break
    units = {name: unit for name, place in columns.items() if (unit := _unit(words[place]))}
    return Fit(
        layout,
        header,
        columns,
        {name: " ".join(words[place].split()) for name, place in columns.items()},
        units,
        tuple(column for column in layout.columns if column.required and column.name not in columns),
        tuple(doubled),
        tuple(
            word.strip() for place, word in enumerate(words) if word.strip() and place not in columns.values()
        ),
    )


def _plain(word: str) -> str:
    """A header without spaces, brackets and what they hold: 到位 资金（万元） is 到位资金."""
    return IN_BRACKETS.sub("", "".join(cells.narrow(word).split())).rstrip(":*")


def _unit(word: str) -> str | None:
    inside = re.search(r"\((?:单位:)?(.+?)\)", "".join(cells.narrow(word).split()))
    return inside[1] if inside and inside[1] in cells.IN_WAN else None


def _asks_for_zero(fit: Fit) -> bool:
    return fit.headers.get("note", "备注") != "备注" and not any("任务" in word for word in fit.unused)


def _says_zero(rows: list[list], title: str) -> bool:
    return "零报告" in title or any("零报告" in cells.shown(cell) for row in rows for cell in row)
