"""Two workbooks as offices spoil them, with every finding that they must get and no other."""

from decimal import Decimal

from projects.sheets.checks import KINDS, check
from tests.projects.workbooks import FRESH, FUND_HEADER, SHEETS, TODAY, after, found, opened

LEDGER_HEADER = ["序号", "签约时间", "项目名称", "投资商", "信用代码", "责任单位"]
LEDGER_HEADER += ["总投资额（亿元）", "引资额（万元）", "合同类型", "续建", "备注"]


def first_try():
    """A county's first workbook: no zero reports, amounts in four units, cells torn, swapped and made up."""
    tasks = [
        ["", "2012年度全县招商引资任务表"],
        ["", "单位：千元"],
        ["序号", "镇和部门", "类型", "任务数"],
        [1, "城关镇", "镇", 90000],
        [2, " 清油河\n镇 ", "镇", "8000万元"],
        [3, "林业局", "火星", 35000],
        [4, None, "部门", 35000],
        [5, "财政局", "部门", "约3500万元"],
        [6, "农业局", "部门", -20000],
        [7, "残联", "部门", 0],
        [8, "审计局", None, 10000],
        [9, "文联", "部门", 10000],
        [None, "小计", None, 260000],
        [],
        ["审核人：　　填报人："],
    ]
    targets = [
        ["2012年县级目标　单位：万美元"],
        ["指标名称", "目标值", "文号"],
        ["到位资金", 279000, "商政发〔2012〕6号"],
        ["引资", 400000, None],
        ["到位 资金", "27.9亿元", None],
    ]
    ledger = [
        ["2012年1—6月项目台账（单位：万元）"],
        LEDGER_HEADER,
        [
            1,
            "2012.02.30",
            "甲项目",
            "甲公司",
            "000000000000000000",
            "城关镇",
            1.2,
            9000,
            "合同",
            "否",
            "日期",
        ],
        [
            2,
            "2012年2月",
            "乙项目",
            "乙公司",
            "9135010OM000100Y43",
            "城关镇",
            0.5,
            "五千万",
            "正式合同",
            "否",
            "",
        ],
        [3, "2012-03-01", "丙项目", "城关镇", "暂无", "丙公司", 0.5, 5000, "合同", "否", "投资方与单位填反"],
        [4, "12.3.1", "丁项目", "丁公司", 91350100.0, "清油河镇", 0.5, 5000, "投资意向书", "否", ""],
        [5, "2012-04-01", "戊项目", "戊公司", None, "清油河镇", "0.5", "3,000-5,000", "框架协议", "待定", ""],
        [6, "2012-05-01", "己项目", None, None, "财政局", "0.3%", 2000, "投资协议", "否", ""],
        [None, None, None, None, None, None, None, None, None, None, None],
        [7, "2012-05-02", "甲 项目", "甲公司", None, "县财政局", 0.3, 2000, "合同", "否", "项目重名"],
        ["合计", None, None, None, None, None, 9, 31000, None, None, None],
    ]
    funds = [
        ["2012年上半年到位资金明细"],
        ["单位：元"],
        ["凭证号", "凭证类型", "到位资金", "到位日期", "引进单位", "项目名称", "付款方"],
        ["A1", "银行进账单", 35000000, "2012-03-05", "城关镇", "丁项目", None],
        ["A2", "进账单", "３５，０００，０００", 41000, "清油河镇", "丁项目", None],
        ["A3", "收条", "1.5亿", "20120601", "清油河镇", "丁项目", None],
        [None, "设备发票", 1000.001, "2012-06-02", "清油河镇", "丁项目", None],
        ["A4", "设备发票", 1000000, "2012-06-03", "林业局", "庚项目", "庚公司"],
        ["A4", "设备发票", None, "2012-06-04", "文联", "庚项目", "庚公司"],
        ["A5", None, 0, None, "城 关 镇", None, "辛公司"],
        ["总 计", None, "7.1万", None, None, None, None],
    ]
    return opened(
        {"Sheet1": funds, "Sheet2": ledger, "Sheet3": targets, "Sheet4": tasks},
        merged={"Sheet1": ["C8:C9"], "Sheet4": ["B1:D1", "B2:D2"]},
    )


FIRST_TRY = [
    ("零报告", 0, "", "error", "sheet_missing"),
    ("Sheet1", 4, "引进单位", "flag", "unit_differs"),
    ("Sheet1", 6, "凭证类型", "error", "voucher_kind_unknown"),
    ("Sheet1", 6, "到位资金", "flag", "above_contract"),
    ("Sheet1", 7, "凭证号", "error", "blank"),
    ("Sheet1", 7, "到位资金", "error", "unreadable"),
    ("Sheet1", 8, "凭证号", "error", "voucher_twice"),
    ("Sheet1", 8, "到位资金", "error", "unreadable"),
    ("Sheet1", 8, "项目名称", "error", "project_unknown"),
    ("Sheet1", 9, "凭证号", "error", "voucher_twice"),
    ("Sheet1", 9, "到位资金", "error", "unreadable"),
    ("Sheet1", 9, "项目名称", "error", "project_unknown"),
    ("Sheet1", 10, "凭证类型", "error", "blank"),
    ("Sheet1", 10, "到位资金", "error", "zero"),
    ("Sheet1", 10, "到位日期", "error", "blank"),
    ("Sheet1", 10, "项目名称", "error", "blank"),
    ("Sheet1", 11, "到位资金", "error", "total"),
    ("Sheet2", 3, "签约时间", "error", "unreadable"),
    ("Sheet2", 3, "项目名称", "error", "project_twice"),
    ("Sheet2", 3, "信用代码", "error", "credit_code"),
    ("Sheet2", 4, "签约时间", "error", "unreadable"),
    ("Sheet2", 4, "信用代码", "error", "credit_code"),
    ("Sheet2", 4, "引资额（万元）", "error", "unreadable"),
    ("Sheet2", 5, "责任单位", "error", "unit_unknown"),
    ("Sheet2", 6, "签约时间", "error", "unreadable"),
    ("Sheet2", 6, "信用代码", "error", "credit_code"),
    ("Sheet2", 7, "引资额（万元）", "error", "unreadable"),
    ("Sheet2", 7, "续建", "error", "unreadable"),
    ("Sheet2", 8, "投资商", "error", "blank"),
    ("Sheet2", 8, "总投资额（亿元）", "error", "unreadable"),
    ("Sheet2", 8, "合同类型", "error", "agreement_unknown"),
    ("Sheet2", 10, "项目名称", "error", "project_twice"),
    ("Sheet2", 10, "责任单位", "ask", "unit_spelling"),
    ("Sheet2", 11, "总投资额（亿元）", "error", "total"),
    ("Sheet2", 11, "引资额（万元）", "error", "total"),
    ("Sheet3", 1, "表题", "error", "unit_of_amounts"),
    ("Sheet3", 3, "指标名称", "error", "measure_twice"),
    ("Sheet3", 4, "指标名称", "error", "measure_unknown"),
    ("Sheet3", 5, "指标名称", "error", "measure_twice"),
    ("Sheet4", 6, "类型", "error", "unit_kind_unknown"),
    ("Sheet4", 7, "镇和部门", "error", "blank"),
    ("Sheet4", 8, "任务数", "error", "unreadable"),
    ("Sheet4", 9, "任务数", "error", "negative"),
    ("Sheet4", 10, "任务数", "flag", "task_zero"),
    ("Sheet4", 11, "类型", "error", "blank"),
    ("Sheet4", 13, "任务数", "error", "total"),
]


def test_a_countys_first_try_gets_every_finding_at_once():
    result = check(first_try(), FRESH, TODAY)
    assert found(result) == FIRST_TRY
    assert {row.unit: row.amount for row in result.clean.tasks} == {
        "城关镇": Decimal(9000),
        "清油河镇": Decimal(8000),
        "残联": Decimal(0),
        "文联": Decimal(1000),
    }
    assert [len(getattr(result.clean, kind)) for kind in KINDS] == [4, 0, 0, 0, 0]
    assert [(out.sheet, out.row, out.because) for out in result.left_out] == [
        ("Sheet1", 4, "项目“丁项目”还有问题没有解决，见项目台账。"),
        ("Sheet1", 5, "项目“丁项目”还有问题没有解决，见项目台账。"),
    ]


def test_the_first_try_was_read_in_its_own_units():
    result = check(first_try(), FRESH, TODAY)
    sums = {sheet.title: sheet.sums for sheet in result.understood.sheets}
    assert sums["Sheet1"] == {"到位资金": Decimal(22000)}
    assert sums["Sheet2"]["总投资额（亿元）"] == Decimal(35000)
    assert sums["Sheet4"] == {"任务数": Decimal(9000 + 8000 + 3500 + 3500 - 2000 + 0 + 1000 + 1000)}


def test_every_reason_of_the_first_try_is_a_sentence_that_tells_what_to_do():
    for finding in check(first_try(), FRESH, TODAY).findings:
        assert finding.reason.endswith("。"), finding
        assert any(word in finding.reason for word in ("请", "确认", "改正")), finding


def next_quarter():
    """A later workbook: periods that disagree, columns missing and doubled, a list copied, a hidden sheet."""
    ledger = [
        ["2012年第二季度项目台账", None, None, "单位：万元"],
        ["项目名称", "投资方", "引进单位", "总投资", "引资额", "协议类型", "签约日期", "开竣工时间"],
        ["新项目", "新公司", "城关镇", 500, 400, "合同", "2012-05-01", "2013年"],
    ]
    funds = [
        ["2012年4—6月到位资金明细"],
        [*FUND_HEADER, "到位资金"],
        ["景区开发项目", "城关镇", "2012-05-01", 100, "银行进账单", "K1", 100],
        ["新项目", "城关镇", "2012-05-01", 100, "银行进账单", "K2", 100],
    ]
    more = [
        ["2012年第二季度到位资金明细（补充）"],
        FUND_HEADER,
        ["景区开发项目", "城关镇", "2012-03-01", 200, "银行进账单", "J1"],
        ["景区开发项目", "城关镇", "2012-04-01", 10, "银行进账单", "K3"],
        ["养殖项目", "城关镇", "2012-06-31", 10, "银行进账单", "K4"],
        ["合计", None, None, "210.0", None, None],
    ]
    zeros = [
        ["2012年上半年零报告"],
        ["单位", "到位资金", "说明"],
        ["财政局", 0, None],
        ["财政局", None, None],
    ]
    again = [
        ["2012年第二季度零报告"],
        ["单位", "到位资金", "说明"],
        ["财政局", "0元", None],
        ["财 政 局", 0, None],
    ]
    tasks = [
        ["2011年任务分解表　单位：万元"],
        ["单位", "类别", "年度任务"],
        ["城关镇", "镇", 900],
        ["财政局", "部门", 101],
    ]
    return opened(
        {
            "台账": ledger,
            "明细": funds,
            "补充": more,
            "零": zeros,
            "零2": again,
            "任务": tasks,
            "旧任务": tasks,
        },
        hidden=("旧任务",),
    )


NEXT_QUARTER = [
    ("县级目标", 0, "", "flag", "sheet_missing"),
    ("旧任务", 0, "", "flag", "sheet_hidden"),
    ("台账", 2, "是否续建", "error", "column_missing"),
    ("明细", 2, "到位资金", "error", "column_twice"),
    ("明细", 2, "到位资金", "flag", "unit_assumed"),
    ("补充", 2, "到位资金", "flag", "unit_assumed"),
    ("补充", 5, "引进单位", "flag", "unit_differs"),
    ("补充", 5, "到位日期", "error", "unreadable"),
    ("补充", 6, "到位资金", "error", "total"),
    ("零", 1, "表题", "error", "period_differs"),
    ("零", 3, "单位", "error", "unit_twice"),
    ("零", 4, "单位", "error", "unit_twice"),
    ("零", 4, "到位资金", "error", "blank"),
    ("零2", 3, "单位", "error", "unit_twice"),
    ("零2", 4, "单位", "error", "unit_twice"),
    ("任务", 1, "表题", "error", "year_differs"),
    ("任务", 4, "年度任务", "error", "changed"),
]


def test_the_next_quarters_workbook_gets_every_finding_at_once():
    known = after(check(opened(SHEETS), FRESH, TODAY))
    result = check(next_quarter(), known, TODAY)
    assert found(result) == NEXT_QUARTER
    assert [row.voucher_number for row in result.clean.funds] == ["K3"]
    assert [len(getattr(result.clean, kind)) for kind in KINDS] == [0, 0, 0, 1, 0]
    assert [row.voucher_number for row in result.unchanged.funds] == ["J1"]
    assert [(out.sheet, out.row) for out in result.left_out] == [
        ("台账", 3),
        ("明细", 3),
        ("明细", 4),
        ("任务", 3),
    ]
    assert result.understood.ignored == (("旧任务", "是隐藏的工作表"),)
    column = next(finding for finding in result.findings if finding.code == "column_missing")
    assert column.reason == (
        "“项目台账”缺少“是否续建”列。没有用上的列有：开竣工时间。请补上该列，或改成这个列名。"
    )


def test_periods_that_no_calendar_has_and_titles_without_one():
    sheets = {**SHEETS, "台账": [["2012年1-5月台账　单位：万元"], *SHEETS["台账"][1:]]}
    del sheets["明细"], sheets["零"]
    assert [place for place in found(check(opened(sheets), FRESH, TODAY)) if place[1]] == [
        ("台账", 1, "表题", "error", "period_not_calendar")
    ]
    sheets["台账"] = [["招商项目台账　单位：万元"], *SHEETS["台账"][1:]]
    result = check(opened(sheets), FRESH, TODAY)
    assert [place for place in found(result) if place[1]] == [("台账", 1, "表题", "error", "period_missing")]
    assert (result.clean.projects, len(result.clean.tasks)) == ((), 2)
