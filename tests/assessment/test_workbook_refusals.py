"""What the import refuses: one line for people, exit code 1, no trace, nothing written."""

import json

import pytest
from django.core.management import ManagementUtility, call_command

from accounts.refusals import MESSAGES, Forbidden, Refused
from assessment.services import workbooks
from tests import county, world
from tests.county import CODE, ENTERS, PARTY, REVIEWS
from tests.projects.workbooks import DATA, SHEETS, made

pytestmark = pytest.mark.django_db(transaction=True)

SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。"
BROKEN = f"工作簿不能读取：已损坏、不完整，或设有打开密码。{SAVE_AS}"
OFFICE = county.OFFICE.read_bytes()
FILES = {
    "half.xlsx": OFFICE[: len(OFFICE) // 2],
    "torn.xlsx": OFFICE[:2000] + bytes(2000) + OFFICE[4000:],
    "empty.xlsx": b"",
    "text.xlsx": "单位,到位资金\n城关镇,100\n".encode("gb18030"),
    "page.xls": b"<html><table><tr><td>1</td></tr></table></html>",
    "notes.txt": OFFICE,
    "password.xlsx": (DATA / "sheets" / "password.xlsx").read_bytes(),
}
SAYS = {
    "half.xlsx": BROKEN,
    "torn.xlsx": BROKEN,
    "empty.xlsx": "文件是空的。请重新选择文件。",
    "text.xlsx": f"文件内容不是工作簿。{SAVE_AS}",
    "page.xls": f"文件内容是网页或文本，只是用了工作簿的名字。{SAVE_AS}",
    "notes.txt": f"“notes.txt”不是 .xlsx 或 .xls 工作簿。{SAVE_AS}",
    "password.xlsx": f"工作簿设有打开密码，不能读取。请去掉密码。{SAVE_AS}",
}


def typed(capsys, *words: object) -> tuple[int, str, str]:
    """Exit code and what stood on the screen after these words were typed behind ``manage.py``."""
    capsys.readouterr()
    try:
        ManagementUtility(["manage.py", *map(str, words), "--skip-checks"]).execute()
        code = 0
    except SystemExit as end:
        code = end.code
    screen = capsys.readouterr()
    return code, screen.out, screen.err


def test_a_file_that_is_no_workbook_is_refused_in_one_line(capsys, tmp_path):
    county.set_up()
    before = county.everything()
    said = {}
    for name, content in FILES.items():
        file = tmp_path / name
        file.write_bytes(content)
        code, out, err = typed(capsys, "load_workbook", "--tenant", CODE, "--as", ENTERS, file)
        assert (code, out) == (1, "")
        said[name] = err
    assert said == {name: f"CommandError: {words}\n" for name, words in SAYS.items()}
    assert county.everything() == before


@pytest.mark.covers("S3-29", "F-3")
def test_who_may_not_load_is_told_so_in_one_line(capsys):
    county.set_up()
    before = county.everything()
    post = "没有可办理此事的岗位。"
    said = {}
    here = [(CODE, user) for user in (PARTY, county.ADMIN, "a_clerk", "ghost")]
    for tenant, user in [*here, ("999999", ENTERS)]:
        code, out, err = typed(capsys, "load_workbook", "--tenant", tenant, "--as", user, county.OFFICE)
        assert (code, out) == (1, "")
        said[tenant, user] = err.removeprefix("CommandError: ").rstrip("\n")
    assert said == {
        (CODE, PARTY): f"zhao 在 {CODE} {post}",
        (CODE, county.ADMIN): f"chen 在 {CODE} {post}",
        (CODE, "a_clerk"): f"a_clerk 在 {CODE} {post}",
        ("999999", ENTERS): f"lin 在 999999 {post}",
        (CODE, "ghost"): "没有用户 ghost，或已停用。",
    }
    for command in ("standing", "figures"):
        code, out, err = typed(capsys, command, "--tenant", "999999", "--as-of", county.AS_OF, "--json")
        assert (code, out, err) == (1, "", "CommandError: 没有行政区划代码为 999999 的辖区。\n")
    assert county.everything() == before


def test_missing_files_and_odd_words_are_refused_in_one_line(capsys, tmp_path):
    county.set_up()
    before = county.everything()
    load = ("load_workbook", "--tenant", CODE, "--as", ENTERS)
    standing = ("standing", "--tenant", CODE, "--as-of", county.AS_OF)
    for words, said in {
        (*load, tmp_path / "none.xlsx"): f"读不到文件 {tmp_path / 'none.xlsx'}。",
        (*load, tmp_path): f"读不到文件 {tmp_path}。",
        load: "请写明要导入的文件。",
        (*load, county.OFFICE, "--answers", tmp_path / "none"): f"读不到文件 {tmp_path / 'none'}。",
        (*load, "--undo", 77): "没有编号为 77 的导入批次。",
        (*standing, "--measure", "到位外资"): "没有名为“到位外资”的统计口径。",
    }.items():
        assert typed(capsys, *words) == (1, "", f"CommandError: {said}\n")
    assert county.everything() == before


def test_answers_that_are_none_are_refused(capsys, tmp_path):
    county.set_up()
    before = county.everything()
    file = tmp_path / "answers.json"
    no_json = (b"", b"\xff\xfe\x00", "水沟=水沟镇".encode(), b"[" * 100_000)
    for content in (*no_json, b"[1]", b"null", b'{"unit:a": 1}'):
        file.write_bytes(content)
        code, out, err = typed(
            capsys, "load_workbook", "--tenant", CODE, "--as", ENTERS, county.OFFICE, "--answers", file
        )
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert err.startswith(f"CommandError: 答复文件 {file} 不能读取。")
    assert county.everything() == before


@pytest.mark.covers("F-35", "I5")
def test_after_closing_a_late_workbook_is_refused_whole(capsys, tmp_path):
    on_time = tmp_path / "book.xlsx"
    on_time.write_bytes(made(SHEETS))
    county.set_up()
    county.load(on_time)
    county.decide(REVIEWS, PARTY)
    county.close()
    county.run("add_unit", "--as", county.ADMIN, "--name", "高新区", "--kind", "park")
    before, told = county.everything(), county.both()
    assert county.load(on_time)["written"] == {}
    title = ["2012年上半年到位资金明细", "单位：万元"]
    header = SHEETS["明细"][1]

    def paid(unit: str) -> dict:
        return {"明细": [title, header, ["景区开发项目", unit, "2012-06-29", 10, "银行进账单", "JH9"]]}

    late = {
        "closed": (paid("城关镇"), MESSAGES["PT101"]),
        "zero": ({"零": [SHEETS["零"][0], SHEETS["零"][1], ["县委办", 0, "暂无"]]}, MESSAGES["PT105"]),
        "new unit": (paid("高新区"), "“高新区”没有“2012年上半年”的报表，不能导入它的数据："),
        "office": (paid("县委督查室"), "“县委督查室”没有“2012年上半年”的报表，不能导入它的数据："),
    }
    for name, (sheets, said) in late.items():
        file = tmp_path / f"{name}.xlsx"
        file.write_bytes(made(sheets))
        for more in ([], ["--accept-clean"]):
            code, out, err = typed(capsys, "load_workbook", "--tenant", CODE, "--as", ENTERS, file, *more)
            assert (code, out) == (1, "")
            assert err.startswith(f"CommandError: {said}")
            assert err.count("\n") == 1
    assert county.everything() == before
    assert county.both() == told


def test_an_office_in_an_open_period_is_refused_too(capsys, tmp_path):
    file = tmp_path / "book.xlsx"
    file.write_bytes(made(SHEETS | {"零": [*SHEETS["零"], ["县委督查室", 0, "暂无"]]}))
    county.set_up()
    before = county.everything()
    code, out, err = typed(capsys, "load_workbook", "--tenant", CODE, "--as", ENTERS, file)
    assert (code, out) == (1, "")
    assert err.startswith("CommandError: “县委督查室”没有“2012年上半年”的报表，不能导入它的数据：")
    assert county.everything() == before


def test_the_service_refuses_by_itself_whoever_calls_it():
    county.set_up()
    before = county.everything()
    hostile = {"content": county.HOSTILE.read_bytes(), "file_name": "h.xlsx", "today": world.TODAY}
    with pytest.raises(Refused, match="没有写入任何数据"), county.acting(ENTERS) as clerk:
        workbooks.load(post=clerk, **hostile)
    with pytest.raises(Forbidden, match="工作簿由招商局导入"), county.acting(PARTY) as inspector:
        workbooks.load(post=inspector, **hostile, accept_clean=True)
    with pytest.raises(Forbidden, match="导入由招商局撤销"), county.acting(PARTY) as inspector:
        workbooks.undo(post=inspector, batch_id=1, reason="", today=world.TODAY)
    assert county.everything() == before


def test_the_whole_report_is_printed_in_lines_before_the_refusal(capsys):
    county.set_up()
    code, out, err = typed(capsys, "load_workbook", "--tenant", CODE, "--as", ENTERS, county.HOSTILE)
    assert (code, err) == (1, "CommandError: 工作簿有问题没有解决，没有写入任何数据。\n")
    lines = out.splitlines()
    assert len(lines) == 1 + 38
    assert {line[1:3] for line in lines[1:]} == {"错误", "请确", "提醒"}
    assert "[错误] 到位资金明细 第10行 到位资金：“约500万”不是确切的金额。请填凭证或协议上的实际数。" in lines
    words = ("load_workbook", "--tenant", CODE, "--as", ENTERS, county.HOSTILE, "--dry-run", "--json")
    code, out, err = typed(capsys, *words)
    assert (code, err, len(json.loads(out)["findings"])) == (0, "", 38)


def test_the_clerk_reads_what_was_written(capsys, tmp_path):
    file = tmp_path / "book.xlsx"
    file.write_bytes(made(SHEETS))
    county.set_up()
    code, out, err = typed(capsys, "load_workbook", "--tenant", CODE, "--as", ENTERS, file)
    assert (code, err) == (0, "")
    first, last = out.splitlines()
    assert first.startswith("期间：2012年上半年；新行：")
    assert last.endswith("：单位 2，目标任务 3，企业 2，项目 2，协议 2，凭证 1，申报 7，报表上报 2")
    call_command("standing", "--tenant", CODE, "--as-of", county.AS_OF, "--basis", "reported")
    told = capsys.readouterr().out.splitlines()
    assert told[0] == (
        "到位资金（申报数）截至 2012-06-30：任务 1000 万元，完成 200 万元，待核实 200 万元，"
        "完成率 20.00%，时序 50.00%"
    )
    assert told[1:] == [
        "完成任务 0 个：",
        "达到进度 0 个：",
        "未达进度 1 个：城关镇",
        "未破零 1 个：财政局",
        "未报 0 个：",
        "不适用 3 个：县委办、县政府办、招商局",
    ]
