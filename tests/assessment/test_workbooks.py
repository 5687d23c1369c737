"""A county's workbook through the command: checked, accepted, loaded once, refused when it differs."""

import json
from collections import defaultdict
from decimal import Decimal

import openpyxl
import pytest

from projects.models import Claim
from tests import county
from tests.checker.workbook import FUNDS, LEDGER, TASKS, amount, body
from tests.county import ENTERS, REVIEWS
from tests.projects.workbooks import CLEAN, SHEETS, edited, made

pytestmark = pytest.mark.django_db(transaction=True)

LISTED = json.loads((county.DATA / "hostile-expected.json").read_text("utf-8"))
NOTHING_CLEAN = "工作簿有问题没有解决，没有写入任何数据。"


def place(finding: dict) -> tuple:
    """Where a finding is, and how severe."""
    return finding["sheet"], finding["row"], finding["column"], finding["severity"]


def cells(report: dict) -> list[tuple]:
    return [place(finding) for finding in report["findings"]]


def saved(folder, content: bytes, name: str = "book.xlsx"):
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.covers("F-34", "I12")
def test_a_hostile_workbook_shows_every_fault_and_writes_nothing():
    county.set_up()
    before = county.everything()

    report = county.load(county.HOSTILE, "--dry-run")
    said = county.refusal("load_workbook", county.HOSTILE, "--as", ENTERS)

    listed = {place(finding) for finding in LISTED if finding["severity"] != "none"}
    assert len(listed) == 29
    assert listed - set(cells(report)) == set()
    further = [finding for finding in report["findings"] if place(finding) not in listed]
    assert len(further) <= 25
    # Each follows from a listed one: a 合计 over a listed row, a unit or project that is held there.
    assert {finding["code"] for finding in further} <= {"total", "unit_unknown", "project_unknown"}
    ghosts = [f for f in LISTED if f["severity"] == "none"]
    assert not {(g["sheet"], g["row"]) for g in ghosts} & {found[:2] for found in cells(report)}
    assert all(f["reason"] and f["reason"][-1] in "。）" for f in report["findings"])
    assert (report["acceptable"], said) == (False, NOTHING_CLEAN)
    assert county.everything() == before


def test_the_clean_workbook_shows_nothing_and_a_dry_run_writes_nothing():
    county.set_up()
    before = county.everything()
    report = county.load(county.OFFICE, "--dry-run")
    assert (report["findings"], report["left_out"], report["acceptable"]) == ([], [], True)
    assert report["new_rows"] == {"tasks": 100, "targets": 2, "projects": 60, "funds": 132, "zeros": 47}
    assert report["period"] == "2012年上半年"
    assert [sheet["label"] for sheet in report["understood"]["sheets"]] == list(LABELS)
    assert county.everything() == before


BROKEN = {
    ("任务分解表", "B103"): "招商局",
    ("任务分解表", "D9"): "九千",
    ("县级目标", "B5"): "到位外资",
    ("项目台账", "D4"): "91420300MAMALPXF1X",
    ("项目台账", "K5"): "2012-02-30",
    ("项目台账", "E9"): "试马",
    ("项目台账", "L10"): "也许",
    ("到位资金明细", "F4"): "白条",
    ("到位资金明细", "G5"): None,
    ("到位资金明细", "E7"): "2083万美元",
    ("零报告", "B5"): "水沟镇",
    ("零报告", "C6"): None,
}
LABELS = ("任务分解表", "县级目标", "项目台账", "到位资金明细", "零报告")
ONE_OTHER_SHEET = {"车辆": [["2012年车辆登记"], ["车牌", "驾驶员", "里程"], ["陕H00001", "王五", 100]]}
OTHER_PERIODS = SHEETS | {
    "明细": [["2012年第一季度到位资金明细", "单位：万元"], *SHEETS["明细"][1:]],
    "零": [["2011年上半年零报告单位"], *SHEETS["零"][1:]],
}
WITHOUT_COLUMNS = SHEETS | {
    "明细": [row[:3] + row[4:] if len(row) > 3 else row for row in SHEETS["明细"]],
    "台账": [[*row, *row[3:4]] if len(row) > 3 else row for row in SHEETS["台账"]],
}


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (edited(CLEAN, BROKEN), {(sheet, int(cell[1:])) for sheet, cell in BROKEN}),
        (made(ONE_OTHER_SHEET), {(label, 0) for label in LABELS}),
        (made(OTHER_PERIODS), {("台账", 1), ("零", 1)}),
        (made(WITHOUT_COLUMNS), {("台账", 2), ("明细", 2)}),
    ],
    ids=["cells", "another workbook", "periods", "columns"],
)
@pytest.mark.covers("F-34", "I12")
def test_broken_workbooks_are_shown_whole_and_write_nothing(content, places, tmp_path):
    file = saved(tmp_path, content)
    county.set_up()
    before = county.everything()
    report = county.load(file, "--dry-run")
    found = {(sheet, row) for sheet, row, _, severity in cells(report) if severity in ("error", "ask")}
    assert places - found == set()
    assert len(report["findings"]) <= 25
    assert county.refusal("load_workbook", file, "--as", ENTERS) == NOTHING_CLEAN
    assert county.everything() == before


def test_a_workbook_of_another_kind_says_which_sheets_are_expected(tmp_path):
    file = saved(tmp_path, made(ONE_OTHER_SHEET))
    county.set_up()
    reasons = [f["reason"] for f in county.load(file, "--dry-run")["findings"]]
    assert len(reasons) == 5
    for reason, label in zip(reasons, LABELS, strict=True):
        assert f"没有找到“{label}”（应有列：" in reason
        assert "“车辆”（车牌、驾驶员、里程；没有认出表头）" in reason


@pytest.mark.covers("F-35", "I1")
def test_loading_twice_changes_nothing():
    county.set_up()
    first = county.load(county.OFFICE)
    before = county.everything()
    for user in (ENTERS, REVIEWS):
        again = county.load(county.OFFICE, user=user)
        assert (again["batch"], again["written"], again["findings"]) == (None, {}, [])
        assert again["unchanged"] == sum(first["new_rows"].values()) == 341
    printed = county.run("load_workbook", county.OFFICE, "--as", ENTERS)
    assert printed.splitlines()[-1] == "没有新的内容，未写入任何数据。"
    assert county.everything() == before


CHANGES = {
    ("任务分解表", "D4"): 10050,
    ("任务分解表", "D5"): 9950,
    ("县级目标", "C4"): 410000,
    ("项目台账", "J4"): "意向",
    ("项目台账", "K4"): "2012.1.12",
    ("到位资金明细", "E4"): 2093,
    ("到位资金明细", "E5"): 2073,
    ("到位资金明细", "D6"): "2012-03-04",
}


@pytest.mark.covers("F-35", "I3")
def test_changed_figures_are_listed_and_refused(tmp_path):
    file = saved(tmp_path, edited(CLEAN, CHANGES))
    county.set_up()
    county.load(county.OFFICE)
    before = county.everything()

    report = county.load(file, "--dry-run")
    changed = [f for f in report["findings"] if f["severity"] == "error"]
    assert {f["code"] for f in changed} == {"changed"}
    assert [(f["sheet"], f["row"], f["column"]) for f in changed] == [
        ("任务分解表", 4, "年度到位资金任务"),
        ("任务分解表", 5, "年度到位资金任务"),
        ("县级目标", 4, "全年目标"),
        ("项目台账", 4, "协议类型"),
        ("项目台账", 4, "签约日期"),
        ("到位资金明细", 4, "到位资金"),
        ("到位资金明细", 5, "到位资金"),
        ("到位资金明细", 6, "到位日期"),
    ]
    assert "原为“2083万元”，本表现为“2093万元”" in changed[5]["reason"]
    assert county.refusal("load_workbook", file, "--as", ENTERS) == NOTHING_CLEAN
    assert county.load(file, "--accept-clean")["written"] == {}
    assert county.everything() == before


@pytest.mark.covers("F-35", "I1", "I12")
def test_the_clean_rows_of_a_hostile_workbook_are_written_and_no_others():
    county.set_up()
    report = county.load(county.HOSTILE, "--accept-clean")
    held = defaultdict(set)
    for finding in report["findings"]:
        if finding["severity"] != "flag":
            held[finding["sheet"]].add(finding["row"])
    for left in report["left_out"]:
        held[left["sheet"]].add(left["row"])
    workbook = openpyxl.load_workbook(county.HOSTILE)

    def clean(title: str, column: str) -> list[tuple[dict, Decimal]]:
        sheet = workbook[title]
        columns, rows, _ = body(sheet)
        return [
            (columns, row, amount(sheet.cell(row, columns[column]).value))
            for row in rows
            if row not in held[title]
        ]

    funds = [value for _, _, value in clean(FUNDS, "到位资金")]
    new = [
        value
        for columns, row, value in clean(LEDGER, "引资额")
        if workbook[LEDGER].cell(row, columns["是否续建"]).value == "否"
    ]
    tasks = [value for _, _, value in clean(TASKS, "年度到位资金任务")]
    told = county.both("reported")
    assert told["figures"]["paid_in_wan"] == told["standing"]["paid_in_wan"] == sum(funds)
    assert told["figures"]["fund_entries"] == report["written"]["vouchers"] == len(funds) == 104
    assert told["figures"]["introduced_wan"] == sum(new)
    assert told["figures"]["projects_introduced"] == len(new)
    assert (told["standing"]["task_wan"], told["standing"]["units"]) == (sum(tasks), len(tasks))

    before = county.everything()
    again = county.load(county.HOSTILE, "--accept-clean")
    assert (again["written"], again["unchanged"]) == ({}, sum(report["new_rows"].values()))
    assert "changed" not in {f["code"] for f in again["findings"]}
    assert county.everything() == before


ANSWERS = {"unit:城关": "城关镇", "unit:县财政局": "财政局"}
SHORT_NAMES = SHEETS | {
    "明细": [*SHEETS["明细"][:2], ["景区开发项目", "城关", "2012-03-01", 200, "银行进账单", "J1"]],
    "零": [*SHEETS["零"][:2], ["县财政局", 0, "暂无"]],
}
MORE = {
    "明细": [*SHORT_NAMES["明细"], ["景区开发项目", "城关", "2012-04-01", 50, "银行进账单", "J2"]],
}


@pytest.mark.covers("I1")
def test_answers_are_remembered(tmp_path):
    file = saved(tmp_path, made(SHORT_NAMES))
    answers = saved(tmp_path, json.dumps(ANSWERS).encode(), "answers.json")
    county.set_up()
    before = county.everything()
    asked = county.load(file, "--dry-run")["findings"]
    assert {f["key"]: f["proposal"] for f in asked} == ANSWERS
    assert {f["severity"] for f in asked} == {"ask"}
    for other in ({"unit:城关": "城关镇"}, ANSWERS | {"unit:城关": "no"}, ANSWERS | {"unit:城关": "火星镇"}):
        wrong = saved(tmp_path, json.dumps(other).encode(), "wrong.json")
        said = county.refusal("load_workbook", file, "--as", ENTERS, "--answers", wrong)
        assert said == NOTHING_CLEAN
    assert county.everything() == before

    assert county.load(file, "--answers", answers)["written"]["aliases"] == 2
    before = county.everything()
    for words in ([], ["--answers", answers]):
        again = county.load(file, *words)
        assert (again["findings"], again["written"]) == ([], {})
    assert county.everything() == before
    more = county.load(saved(tmp_path, made(MORE), "more.xlsx"))
    assert ({f["severity"] for f in more["findings"]}, more["written"]) == (
        {"flag"},
        {"vouchers": 1, "claims": 1, "returns": 1},
    )
    assert county.standing("reported")["unit_paid_wan"] == {"城关镇": 250, "财政局": 0}


@pytest.mark.covers("I1")
def test_spellings_of_one_name_are_one_thing(tmp_path):
    """Spaces, widths and brackets do not make another project, firm or paper."""
    sheets = SHEETS | {
        "台账": [
            *SHEETS["台账"][:2],
            ["景区（一期）开发项目", "北京甲（集团）公司", "城关镇", 800, 700, "合同", "2012-02-01", "否"],
        ],
        "明细": [
            [*SHEETS["明细"][0]],
            [*SHEETS["明细"][1], "付款方"],
            ["景区(一期) 开发项目", "城 关镇", "2012-03-01", 200, "银行进账单", "j１", "北京甲(集团)公司"],
            ["景区（一期）开发项目", "城关镇", "2012-03-01", 100, "银行进账单", "J2", None],
        ],
    }
    file = saved(tmp_path, made(sheets))
    county.set_up()
    written = county.load(file)["written"]
    assert [written[what] for what in ("enterprises", "projects", "vouchers")] == [1, 1, 2]
    before = county.everything()
    assert county.load(file)["written"] == {}
    assert county.everything() == before
    assert county.figures("reported")["paid_in_new_projects_wan"] == 300


@pytest.mark.covers("I1")
def test_two_investors_with_one_credit_code_stay_two(tmp_path):
    """The doubt is a flag: what the sheet says is kept as it is, and loads once."""
    code = "91350100M000100Y43"
    header = [*SHEETS["台账"][1], "统一社会信用代码"]
    sheets = SHEETS | {
        "台账": [
            SHEETS["台账"][0],
            header,
            *([*row, code] for row in SHEETS["台账"][2:]),
        ]
    }
    file = saved(tmp_path, made(sheets))
    county.set_up()
    assert county.load(file)["written"]["enterprises"] == 2
    with county.looking():
        firms = Claim.objects.values_list("project__enterprise__name", "project__enterprise__credit_code")
        assert set(firms) == {("北京甲公司", code), ("上海乙公司", None)}
    assert county.load(file)["written"] == {}
    assert {f["code"] for f in county.load(file)["findings"]} == {"credit_code_two_names"}


def test_a_carried_over_project_without_money_loads_once(tmp_path):
    row = ["老厂项目", "北京丙公司", "城关镇", 500, 400, "合同", "2011-02-01", "是"]
    file = saved(tmp_path, made(SHEETS | {"台账": [*SHEETS["台账"], row]}))
    county.set_up()
    assert county.load(file)["written"]["projects"] == 3
    before = county.everything()
    assert county.load(file)["written"] == {}
    assert county.everything() == before
    assert county.figures("reported")["projects_introduced"] == 2
