"""Importing a workbook by the page: upload, findings, answers, acceptance, undo."""

import hashlib
import re
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum

from assessment.models import ImportBatch
from assessment.services import opinions
from projects.models import Claim, Return
from tests import county
from tests import world as worlds
from tests.pages import fresh
from tests.world import CANARY, acting

commits = pytest.mark.django_db(transaction=True)
HIDDEN = re.compile(r'name="(token|file_name)" value="([^"]*)"')


def told(answer) -> str:
    return answer.content.decode()


def upload(content: bytes | None = None, name: str = "county-h1-2012.xlsx") -> dict:
    content = county.OFFICE.read_bytes() if content is None else content
    return {"workbook": SimpleUploadedFile(name, content)}


def edited(*edits: tuple[str, str, object]) -> bytes:
    """The office's workbook with some cells (sheet, address) written anew."""
    book = openpyxl.load_workbook(county.OFFICE)
    for sheet, address, value in edits:
        book[sheet][address] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def cell_of(sheet: str, words: str) -> str:
    """Address of the first cell of a sheet that says this."""
    for row in openpyxl.load_workbook(county.OFFICE)[sheet].iter_rows():
        for cell in row:
            if cell.value == words:
                return cell.coordinate
    raise LookupError(words)


def kept(page: str) -> dict[str, str]:
    """The hidden fields that name the uploaded workbook."""
    return dict(HIDDEN.findall(page))


def named(content: bytes) -> dict[str, str]:
    """The fields of an uploaded workbook where the page, with nothing to accept, has no form."""
    return {"token": hashlib.sha256(content).hexdigest(), "file_name": "county.xlsx"}


def rows_of(post) -> tuple[int, int]:
    with acting(post):
        return Claim.objects.count(), ImportBatch.objects.count()


@commits
@pytest.mark.covers("S2-06", "F-38")
def test_a_workbook_is_looked_at_accepted_and_found_registered_the_second_time(world, sign_in):
    people = fresh.set_up()
    client = sign_in("f_clerk")
    page = told(client.post("/workbooks/check/", upload()))
    for words in (
        "2012年上半年",
        "任务分解表",
        "到位资金：142,000.00",
        "没有需要改正或确认的问题，可以导入",
        "没有发现问题",
    ):
        assert words in page
    assert "写法" in page
    assert rows_of(people.posts["clerk"]) == (0, 0)
    answer = client.post("/workbooks/load/", {**kept(page), "accept": "all"}, follow=True)
    listed = told(answer)
    assert answer.redirect_chain == [("/workbooks/", 302)]
    assert "申报 270" in listed
    assert "county-h1-2012.xlsx" in listed
    assert "招商局·招商局经办" in listed
    with acting(people.posts["clerk"]):
        paid = Claim.objects.filter(kind="paid_in").aggregate(total=Sum("reported"))["total"]
    assert paid == Decimal(142_000)
    page = told(client.post("/workbooks/check/", upload()))
    assert "工作簿的内容都已登记过" in page
    assert 'name="accept"' not in page
    answer = client.post(
        "/workbooks/load/", {**named(county.OFFICE.read_bytes()), "accept": "all"}, follow=True
    )
    assert "都已登记过，没有写入任何数据" in told(answer)
    assert rows_of(people.posts["clerk"]) == (270, 1)


@commits
def test_an_import_is_undone_with_a_reason_and_may_be_loaded_again(world, sign_in):
    people = fresh.load()
    client = sign_in("f_clerk")
    batch = batch_of(people)
    page = told(client.get(f"/workbooks/{batch}/undo/"))
    assert "申报全部冲销" in page
    assert "请写明撤销的理由" in told(client.post(f"/workbooks/{batch}/undo/", {"reason": " "}))
    done = told(client.post(f"/workbooks/{batch}/undo/", {"reason": "传错了文件"}, follow=True))
    assert f"第 {batch} 批已撤销" in done
    assert "已撤销" in done
    with acting(people.posts["clerk"]):
        assert Claim.objects.aggregate(total=Sum("reported"))["total"] == 0
        assert not Return.objects.filter(submitted_at__isnull=False).exists()
    assert "这个批次已经撤销" in told(client.post(f"/workbooks/{batch}/undo/", {"reason": "再撤销"}))
    page = told(client.post("/workbooks/check/", upload()))
    answer = client.post("/workbooks/load/", {**kept(page), "accept": "all"}, follow=True)
    assert "已导入第" in told(answer)


@commits
def test_an_import_on_which_somebody_decided_is_not_undone(world, sign_in):
    people = fresh.load()
    with acting(people.posts["second_clerk"]) as post:
        opinions.decide_clean(post=post, step="first_review")
    batch = batch_of(people)
    answer = sign_in("f_clerk").post(f"/workbooks/{batch}/undo/", {"reason": "传错了文件"})
    assert answer.status_code == 200
    assert "有了核实意见，不能撤销整批" in told(answer)
    assert "传错了文件" in told(answer)


def batch_of(people) -> int:
    with acting(people.posts["clerk"]):
        return ImportBatch.objects.latest("pk").pk


@commits
def test_every_finding_is_shown_and_only_clean_rows_are_taken(world, sign_in):
    people = fresh.set_up()
    client = sign_in("f_clerk")
    hostile = county.HOSTILE.read_bytes()
    page = told(client.post("/workbooks/check/", upload(hostile, "有问题.xlsx")))
    words = page.partition("发现的问题")[2]
    shown = len(re.findall(r"红·错误|黄·请确认|蓝·提醒", words))
    assert f"（{shown} 处）" in words
    assert shown >= 20
    for word in ("红·错误", "黄·请确认", "蓝·提醒"):
        assert word in words
    assert "全部导入" not in page
    refused = client.post("/workbooks/load/", {**kept(page), "accept": "all"})
    assert refused.status_code == 200
    assert "没有写入任何数据" in told(refused)
    assert rows_of(people.posts["clerk"]) == (0, 0)
    answer = client.post("/workbooks/load/", {**kept(page), "accept": "clean"}, follow=True)
    assert "处问题所在的行没有导入" in told(answer)
    assert rows_of(people.posts["clerk"])[0] > 0


@commits
def test_what_is_asked_is_answered_in_the_form_and_remembered(world, sign_in):
    people = fresh.load()
    client = sign_in("f_clerk")
    ask = edited(("零报告", cell_of("零报告", "妇联"), "县妇联"))
    page = told(client.post("/workbooks/check/", upload(ask, "问.xlsx")))
    key = re.search(r'name="ask-1" value="([^"]+)"', page)[1]
    assert "是“妇联”" in page
    assert "还有问题没有解决" in page
    answered = {**kept(page), "ask-1": key, "answer-1": "妇联"}
    page = told(client.post("/workbooks/check/", answered))
    assert "没有需要改正或确认的问题" in page
    assert 'value="妇联" selected' in page
    answer = client.post("/workbooks/load/", {**answered, "accept": "all"}, follow=True)
    assert "单位别名 1" in told(answer)
    again = told(client.post("/workbooks/check/", upload(ask, "问.xlsx")))
    assert "工作簿的内容都已登记过" in again
    refused = told(client.post("/workbooks/check/", {**kept(page), "ask-1": key, "answer-1": "没有的单位"}))
    assert "检查结果" in refused
    assert rows_of(people.posts["clerk"])[1] == 2


@commits
def test_a_changed_amount_is_listed_and_refused(world, sign_in):
    people = fresh.load()
    client = sign_in("f_clerk")
    book = openpyxl.load_workbook(county.OFFICE)["任务分解表"]
    row = next(cell.row for line in book.iter_rows() for cell in line if cell.value == "水沟镇")
    column = next(cell.column_letter for cell in book[row] if cell.value == 10000)
    changed = edited(("任务分解表", f"{column}{row}", 10001))
    page = told(client.post("/workbooks/check/", upload(changed, "改.xlsx")))
    assert "与已登记不一致（1 处，不导入）" in page
    assert "10000万元" in page
    assert "10001万元" in page
    answer = client.post("/workbooks/load/", {**named(changed), "accept": "all"})
    assert "没有写入任何数据" in told(answer)
    assert rows_of(people.posts["clerk"])[1] == 1


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "空.xlsx", "文件是空的"),
        (b"a,b\n1,2\n", "表.csv", "不是 .xlsx 或 .xls 工作簿"),
        (b"<html></html>", "网页.xlsx", "是网页或文本"),
        (b"PK\x03\x04junk", "坏.xlsx", "已损坏"),
    ],
)
def test_what_is_no_workbook_is_told(world, sign_in, content, name, said):
    answer = sign_in("a_clerk").post("/workbooks/check/", upload(content, name))
    assert answer.status_code == 200
    assert said in told(answer)


def test_without_a_file_the_form_says_so(world, sign_in):
    assert "请选择要导入的工作簿" in told(sign_in("a_clerk").post("/workbooks/check/", {}))


@pytest.mark.parametrize("stem", ["reporter", "head", "party_inspector", "leader", "auditor", "admin"])
def test_only_the_bureau_imports(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    assert client.get("/workbooks/").status_code == 403
    assert client.get(f"/workbooks/{world.a.rows['batch']}/undo/").status_code == 403
    assert client.post("/workbooks/check/", upload()).status_code == 403
    assert client.post("/workbooks/load/", {"token": "0" * 64}).status_code == 403


def test_the_neighbours_batches_and_files_are_not_there(world, sign_in):
    neighbour = sign_in("b_clerk")
    token = kept(told(neighbour.post("/workbooks/check/", upload())))["token"]
    client = sign_in("a_clerk")
    assert CANARY not in told(client.get("/workbooks/"))
    assert client.get(f"/workbooks/{world.b.rows['batch']}/undo/").status_code == 404
    for address in ("/workbooks/check/", "/workbooks/load/"):
        for stolen in (token, "../../" + token, "0" * 64, ""):
            answer = client.post(address, {"token": stolen, "file_name": "x.xlsx", "accept": "all"})
            assert answer.status_code == 404, stolen


def test_other_methods_are_not_answered(world, sign_in):
    client = sign_in("a_clerk")
    assert client.post("/workbooks/").status_code == 405
    assert client.get("/workbooks/check/").status_code == 405
    assert client.get("/workbooks/load/").status_code == 405
    assert client.delete(f"/workbooks/{world.a.rows['batch']}/undo/").status_code == 405


@commits
def test_the_list_needs_the_same_queries_for_one_batch_and_for_three(
    world, sign_in, django_assert_num_queries
):
    client = sign_in("a_clerk")
    with django_assert_num_queries(18):
        client.get("/workbooks/")
    post = world.a.posts["clerk"]
    for number in range(2):
        with acting(post):
            change = worlds.act("workbook.load", reason="测试")
            ImportBatch.objects.create(
                sha256=str(number) * 64,
                file_name="x.xlsx",
                period_id=world.a.rows["period"],
                change_id=change,
                summary={"claims": 3},
            )
    with django_assert_num_queries(18):
        page = told(client.get("/workbooks/"))
    assert page.count("/undo/") == 3
