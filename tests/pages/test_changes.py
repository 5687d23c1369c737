"""What happened: the change log as people read it (F-97)."""

import csv
import io
import re

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.acts import act
from accounts.models import Change, Unit
from accounts.queries import history
from accounts.services import change_exports
from tests.world import CANARY, acting

commits = pytest.mark.django_db(transaction=True)


def told(answer) -> str:
    return answer.content.decode()


def plain(page: str) -> str:
    """The page's words without its tags, blanks put together."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def position(world, name: str) -> int:
    """Where the first act of this name stands in county A's chain."""
    with acting(world.a.posts["clerk"]):
        return Change.objects.filter(act=name).order_by("pos").first().pos


@pytest.mark.covers("F-97")
@pytest.mark.parametrize("stem", ["clerk", "party_inspector", "leader"])
def test_acts_are_listed_newest_first_in_sentences(world, sign_in, stem):
    page = told(sign_in(f"a_{stem}").get("/changes/"))
    numbers = [int(pos) for pos in re.findall(r'href="/changes/(\d+)/"', page)]
    assert numbers == sorted(numbers, reverse=True)
    words = plain(page)
    assert "登记了凭证并申报到位资金 水沟镇·填报员 areporter" in words
    assert "提出了核实意见" in words
    assert "凭证 1" in words


@pytest.mark.covers("F-97")
def test_the_page_reads_the_same_under_every_plan(sign_in):
    """Statistics change while people read: the database groups the lines sorted first and hashed then."""
    client, read = sign_in("a_leader"), []
    for avoided in (["hashagg"], ["sort", "incremental_sort", "indexscan"]):
        planned = ", ".join(f"set_config('enable_{name}', 'off', true)" for name in avoided)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {planned}")
            read.append(re.findall(r"<td>([^<]*)</td>", told(client.get("/changes/"))))
            transaction.set_rollback(True)
    assert read[0] == read[1]
    assert any("、" in cell for cell in read[0])


@pytest.mark.covers("F-97")
def test_one_act_tells_before_and_after_in_the_words_of_people(world, sign_in):
    client = sign_in("a_leader")
    with acting(world.a.posts["clerk"]):
        decided = Change.objects.filter(act="opinion.give").order_by("pos").first()
    words = plain(told(client.get(f"/changes/{decided.pos}/")))
    assert "更改申报“水沟镇·水沟镇电子项目”" in words
    assert "初审数 空 200 万元" in words
    assert "状态 待初审 待核实" in words
    assert "岗位 招商局·招商局经办" in words
    assert "步骤 初审" in words
    # What did not change and what only machines read is left out.
    assert "发生日期" not in words
    assert "tenant" not in words


@pytest.mark.covers("F-97")
def test_personal_columns_are_named_and_not_told(world, sign_in):
    words = plain(told(sign_in("a_leader").get(f"/changes/{position(world, 'voucher.record')}/")))
    assert "原文件名 已更改（不记录内容）" in words
    assert "进账单" in words  # the kind of the paper
    assert "进账单1.png" not in words
    assert "面额 1,000 万元" in words
    assert "付款方 恒盛公司" in words
    appointed = plain(told(sign_in("a_leader").get(f"/changes/{position(world, 'user.add')}/")))
    assert "姓名 已更改（不记录内容）" in appointed
    assert "角色 填报员" in appointed


@commits
def test_a_change_of_a_personal_column_alone_is_told(world):
    with acting(world.a.posts["clerk"]) as post:
        act("password.change")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_user SET password = %s WHERE id = %s",
                [make_password("another-one"), post.user_id],
            )
    with acting(world.a.posts["clerk"]) as post:
        [entry] = history.of_rows([("accounts_user", post.user_id)], limit=1)
    assert entry.sentence == "修改了密码"
    assert {field.label for line in entry.lines for field in line.fields} >= {"密码"}
    assert {field.after for line in entry.lines for field in line.fields} == {"已更改（不记录内容）"}


@commits
def test_exact_amounts_stay_exact(world):
    with acting(world.a.posts["clerk"]):
        act("target.issue")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO assessment_measure"
                " (tenant_id, name, version, valid_from, line, kind, agreement_kinds,"
                " zero_threshold, document)"
                " SELECT tenant_id, '大数', 1, valid_from, line, kind, '[]', 12345678901234.123456, ''"
                " FROM assessment_measure WHERE name = '到位资金' RETURNING id"
            )
            measure = cursor.fetchone()[0]
    with acting(world.a.posts["clerk"]):
        [entry] = history.of_rows([("assessment_measure", measure)])
    shown = {field.label: field.after for line in entry.lines for field in line.fields}
    assert shown["破零线"] == "12,345,678,901,234.123456"


@pytest.mark.covers("F-97")
def test_the_audit_administrator_reads_headers_and_no_values(world, sign_in):
    client = sign_in("a_auditor")
    page = told(client.get("/changes/"))
    assert "登记了凭证并申报到位资金" in page
    assert "涉及" not in page
    assert 'name="table"' not in page
    one = told(client.get(f"/changes/{position(world, 'voucher.record')}/"))
    assert "具体内容不对审计管理员显示" in one
    for value in ("恒盛公司", "JH0001", "1,000", "面额"):
        assert value not in page
        assert value not in one
    # A filter over values would answer questions about them.
    everything = len(re.findall(r'href="/changes/\d+/"', page))
    narrowed = told(client.get(f"/changes/?table=projects_voucher&row={world.a.rows['claim:voucher']}"))
    assert len(re.findall(r'href="/changes/\d+/"', narrowed)) == everything


@pytest.mark.parametrize("stem", ["reporter", "head", "admin"])
def test_who_may_not_read_the_log(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    assert client.get("/changes/").status_code == 403
    assert client.get("/changes/1/").status_code == 403


def test_a_unit_reads_what_happened_on_its_own_records(world, sign_in):
    words = plain(told(sign_in("a_reporter").get(f"/claims/{world.a.rows['claim']}/")))
    assert "登记了凭证并申报到位资金" in words


def test_a_superior_reads_the_countys_log(world, sign_in):
    client = sign_in("city_officer")
    assert "恒盛公司" not in told(client.get("/changes/"))
    client.post("/county/", {"county": world.a.tenant_id})
    page = told(client.get(f"/changes/{position(world, 'voucher.record')}/"))
    assert "恒盛公司" in page


def test_the_neighbours_log_is_not_there(world, sign_in):
    client = sign_in("a_leader")
    address = "/changes/?"
    while address:
        page = told(client.get(address))
        assert CANARY not in page
        older = re.search(r'href="\?([^"]*before=\d+)"', page)
        address = f"/changes/?{older[1]}" if older else ""
    with acting(world.b.posts["clerk"]):
        last = Change.objects.order_by("-pos").first().pos
    for pos in range(1, last + 1):
        assert CANARY not in told(client.get(f"/changes/{pos}/"))
    assert client.get("/changes/99999/").status_code == 404
    assert client.get("/changes/99999999999999999999999/").status_code == 404


def test_other_methods_are_not_answered(world, sign_in):
    client = sign_in("a_leader")
    assert client.post("/changes/").status_code == 405
    assert client.post("/changes/1/").status_code == 405


def test_the_log_is_narrowed_by_unit_act_record_and_day(world, sign_in):
    client = sign_in("a_leader")

    def found(query: str) -> int:
        return len(re.findall(r'href="/changes/\d+/"', told(client.get(f"/changes/?{query}"))))

    assert found("act=return.submit") == 3
    assert found("unit=水沟镇") == 5  # three vouchers, the Return and a reply
    assert found("unit=水沟镇&act=voucher.record") == 3
    assert found(f"table=projects_voucher&row={world.a.rows['claim:voucher']}") == 1
    assert found("since=2999-01-01") == 0
    assert found("until=2000-01-01") == 0
    assert "止期不能早于起期" in told(client.get("/changes/?since=2012-02-01&until=2012-01-01"))
    assert "请先选择对象" in told(client.get("/changes/?row=5"))
    assert found("before=junk") > 3


@commits
def test_the_log_goes_back_page_by_page(world, sign_in):
    for number in range(55):
        with acting(world.a.posts["clerk"]):
            act("evidence.download", reason=f"第{number}次")
    client = sign_in("a_leader")
    first = told(client.get("/changes/"))
    numbers = re.findall(r'href="/changes/(\d+)/"', first)
    assert len(numbers) == 50
    older = re.search(r'href="\?(before=\d+)"', first)[1]
    second = re.findall(r'href="/changes/(\d+)/"', told(client.get(f"/changes/?{older}")))
    assert int(second[0]) == int(numbers[-1]) - 1


@pytest.mark.parametrize(
    ("query", "queries"),
    [("act=workbook.load", 20), ("act=return.submit", 20), ("", 20)],
)
def test_the_log_needs_the_same_queries_for_one_act_and_for_many(
    world, sign_in, django_assert_num_queries, query, queries
):
    client = sign_in("a_leader")
    with django_assert_num_queries(queries):
        client.get(f"/changes/?{query}")


def test_a_panel_needs_the_same_queries_for_one_row_and_for_three(world, django_assert_num_queries):
    rows = [("projects_claim", world.a.rows[key]) for key in ("claim", "decided_claim", "office_claim")]
    with acting(world.a.posts["leader"]):
        Unit.objects.first()
        with django_assert_num_queries(9):
            assert len(history.of_rows(rows[:1])) == 1
        with django_assert_num_queries(9):
            assert len(history.of_rows(rows)) == 5


@commits
@pytest.mark.covers("F-56", "F-112")
def test_the_log_is_taken_along_as_a_file_that_names_its_taker(world, sign_in):
    client = sign_in("a_leader")
    assert 'href="/changes/export/?act=opinion.give"' in told(client.get("/changes/?act=opinion.give"))
    answer = client.get("/changes/export/?act=opinion.give")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    about, heads, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert "事项 提出了核实意见" in about[0]
    assert "aleader 导出于 2012-07-02" in about[0]
    assert heads[0] == "序号"
    with acting(world.a.posts["leader"]):
        kept = Change.objects.filter(act="opinion.give").order_by("-pos")
        assert [(row[0], row[-1]) for row in rows] == [(str(one.pos), one.hash.hex()) for one in kept]
        taken = Change.objects.get(act="changes.export")
        assert taken.reason == f"事项 提出了核实意见：{len(rows)} 条"
    assert "导出了变更记录" in told(sign_in("a_auditor").get("/access/"))


@commits
@pytest.mark.covers("F-56", "I6")
def test_who_takes_the_log_along_and_what_is_left_out(world, sign_in):
    """The audit administrator takes headers alone; a reason that a spreadsheet would reckon stays text."""
    with acting(world.a.posts["clerk"]):
        act("workbook.load", reason="=1+1")
    rows = told(sign_in("a_leader").get("/changes/export/"))
    assert "'=1+1" in rows
    assert "凭证 1" in rows
    assert CANARY not in rows
    headers = told(sign_in("a_auditor").get("/changes/export/"))
    assert "'=1+1" in headers
    assert "凭证 1" not in headers
    assert sign_in("a_reporter").get("/changes/export/").status_code == 403
    assert sign_in("a_leader").post("/changes/export/").status_code == 405


def test_too_many_acts_are_refused_with_a_way_out(monkeypatch, sign_in):
    monkeypatch.setattr(change_exports, "MOST_ACTS", 1)
    page = told(sign_in("a_leader").get("/changes/export/", follow=True))
    assert "一次最多导出 1 条变更，请选择起止日期后分次导出。" in page
