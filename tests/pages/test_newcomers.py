"""Accounts from a sheet: every fault at once, one act, slips that are shown once."""

import html
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Change, Post, User
from tests.world import CANARY, acting

pytestmark = pytest.mark.covers("F-109")
HEAD = ["姓名", "用户名", "单位", "角色", "任职起"]
GOOD = [
    ["王小明", "", "城关镇", "填报员", "2012-07-01"],
    ["王小明", "wxm", "水沟镇", "填报员", None],
    ["李 红", "", "城关镇", "单位负责人", "2012年7月1日"],
]


def told(answer) -> str:
    return answer.content.decode()


def sheet(*rows: list, head: list | None = None) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in (["账户名单"], HEAD if head is None else head, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("名单.xlsx", out.getvalue())


@pytest.fixture
def admin(sign_in):
    return sign_in("a_admin")


def checked(admin, *rows: list, **more):
    return admin.post("/users/import/", {"people": sheet(*rows, **more)})


def rows_in(answer) -> str:
    return html.unescape(re.search(r'name="rows" value="([^"]*)"', told(answer))[1])


def test_a_clean_list_is_shown_with_made_usernames_and_writes_nothing(world, admin):
    page = told(checked(admin, *GOOD))
    assert "共 3 人，没有错误" in page
    for username in ("wangxiaoming", "wxm", "lihong"):
        assert f"<td>{username}</td>" in page
    with acting(world.a.posts["admin"]):
        assert not User.objects.filter(username__in=["wangxiaoming", "wxm", "lihong"]).exists()


def test_every_fault_of_every_row_is_told_at_once(world, admin):
    page = told(
        checked(
            admin,
            ["", "", "城关镇", "填报员", ""],
            ["甲", "", "没有的镇", "书记", "2012年7月"],
            ["乙", "a_reporter", "城关镇", "填报员", ""],
            ["丙", "b_reporter", "城关镇", "填报员", ""],
            ["丁", "tongming", "城关镇", "填报员", ""],
            ["戊", "tongming", "城关镇", "填报员", ""],
            ["aother_head", "", "城关镇", "填报员", ""],
            ["己", "有汉字", "", "市级经办", ""],
            ["庚", "", "城关镇", "填报员", ""],
        )
    )
    assert "共 9 人，其中 8 行有错误" in page
    for message in (
        "没有填写姓名",
        "没有名为“没有的镇”的单位",
        "没有“书记”这个角色",
        "没有写到日",
        "用户名 a_reporter 已被使用",
        "用户名 b_reporter 已被使用",
        "用户名 tongming 在名单中重复",
        "该单位已有同名用户 a_other_head",
        "小写字母",
        "没有填写单位",
        "没有“市级经办”这个角色",
    ):
        assert message in page, message
    assert 'name="rows"' not in page
    assert CANARY not in page


@pytest.mark.django_db(transaction=True)
def test_all_are_created_in_one_act_and_their_slips_are_shown_once(world, admin):
    rows = rows_in(checked(admin, *GOOD))
    answer = admin.post("/users/import/create/", {"rows": rows})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = told(answer)
    assert page.count('class="slip"') == 3
    secrets = re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", page)
    assert len(set(secrets)) == 3
    with acting(world.a.posts["admin"]):
        change = Change.objects.latest("pk")
        assert (change.act, change.rows.count()) == ("users.add", 6)
        lines = str(list(change.rows.values_list("before", "after")))
        assert not [secret for secret in secrets if secret in lines]
        made = Post.objects.get(user__username="lihong")
        assert (made.unit.name, made.role, f"{made.from_on}") == ("城关镇", "head", "2012-07-01")
    person = Client()
    assert person.post("/login/", {"username": "wangxiaoming", "password": secrets[0]}).status_code == 302
    assert person.get("/").url == "/password/"
    # Sent again by a reload: nothing is made, nothing is shown.
    again = admin.post("/users/import/create/", {"rows": rows})
    assert "没有建立任何账户" in told(again)
    assert "只显示那一次" in told(again)
    assert not re.findall(r"\w{4}-\w{4}-\w{4}", told(again))
    # The same list uploaded again warns of people of the same name.
    assert "其中 3 行有错误" in told(checked(admin, *GOOD))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (SimpleUploadedFile("名单.xlsx", b"PK\x03\x04 no workbook"), "不能读取"),
        (SimpleUploadedFile("名单.txt", b"text"), "xlsx"),
        (None, "字段是必填项"),
    ],
)
def test_what_is_no_list_is_refused(world, admin, file, message):
    answer = admin.post("/users/import/", {"people": file} if file else {})
    assert answer.status_code == 200
    assert message in told(answer)


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        ([], None, "名单是空的"),
        ([["甲", "城关镇"]], ["名字", "单位"], "没有找到表头"),
        ([["甲", "", "城关镇", "填报员", ""]] * 301, None, "一次最多建立 300 人"),
    ],
)
def test_a_list_without_its_columns_or_people(world, admin, rows, head, message):
    assert message in told(checked(admin, *rows, head=head))


@pytest.mark.parametrize(
    "rows", ["", "x", "{}", "[]", '[["a"]]', '[[1,"甲","jia","城关镇","填报员",null]]', "[1]"]
)
def test_rows_that_are_none_create_nobody(world, admin, rows):
    answer = admin.post("/users/import/create/", {"rows": rows}, follow=True)
    assert "页面已过期" in told(answer)


def test_rows_changed_on_the_way_are_examined_again(world, admin):
    planted = '[[1, "甲", "jia", "乙县的镇", "填报员", "2012-07-01"]]'
    answer = admin.post("/users/import/create/", {"rows": planted})
    assert "没有名为“乙县的镇”的单位" in told(answer)


def test_the_template_is_a_list_that_can_be_filled(world, admin):
    answer = admin.get("/users/import/template/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book["账户名单"][3]] == HEAD
    choices = book["可选内容"]
    assert "城关镇" in {cell.value for cell in choices["A"]}
    roles = {cell.value for cell in choices["B"]}
    assert {"填报员", "督查室"} <= roles
    assert "市级经办" not in roles
    book["账户名单"].append(["赵六", None, "城关镇", "填报员", None])
    out = io.BytesIO()
    book.save(out)
    page = told(admin.post("/users/import/", {"people": SimpleUploadedFile("x.xlsx", out.getvalue())}))
    assert "共 1 人，没有错误" in page


def test_wrong_methods_and_rights(world, admin, sign_in):
    assert admin.get("/users/import/create/").status_code == 405
    assert admin.post("/users/import/template/").status_code == 405
    clerk = sign_in("a_clerk")
    assert clerk.get("/users/import/template/").status_code == 403
    assert clerk.post("/users/import/create/", {"rows": "[]"}).status_code == 403
