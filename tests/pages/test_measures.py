"""Counting rules through their pages: versions from a day on, compared before they are published."""

import datetime as dt
import re

import pytest

from assessment.models import Measure
from assessment.queries.standing import standing
from tests.pages.test_shell import text_of
from tests.world import CANARY, TODAY, acting

commits = pytest.mark.django_db(transaction=True)


def rule(**changed) -> dict:
    return {
        "valid_from": "2012-07-01",
        "carry_over": "none",
        "zero_threshold": "300",
        "document": "县招商〔2012〕9号",
        "reason": "剔除续建项目",
        **changed,
    }


def published(client, address: str, **changed):
    """Preview, then publish what was looked at."""
    preview = text_of(client.post(address, rule(**changed)))
    seen = re.search(r'name="seen" value="([^"]*)"', preview)
    given = {"seen": seen[1].replace("&#x27;", "'") if seen else "", "publish": "1"}
    return client.post(address, rule(**changed, **given), follow=True)


def address_of(world) -> str:
    return f"/measures/{world.a.rows['measure']}/next/"


@pytest.mark.covers("I13", "F-40")
def test_measures_say_in_words_what_they_count(world, sign_in):
    page = text_of(sign_in("a_leader").get("/measures/"))
    assert "统计招商引资条线的到位资金；破零线为0万元" in page
    assert "只计协议类型为合同的项目" in page
    assert "现行" in page
    assert CANARY not in page


@commits
@pytest.mark.covers("F-40", "I13", "I3")
def test_a_version_is_compared_and_then_published_from_its_day_on(world, sign_in):
    client = sign_in("a_clerk")
    address = address_of(world)
    preview = text_of(client.post(address, rule()))
    assert "新旧口径对照" in preview
    assert "不含续建项目；破零线为300万元" in preview
    # Five claims of May in the year, none in July, under both rules.
    rows = re.findall(r"第 (\d) 版</td>(.*?)</tr>", preview, re.DOTALL)
    cells = {number: re.findall(r'class="number">([^<]*)<', row) for number, row in rows}
    assert cells == {number: ["0", "0.00", "0.00", "5", "2,000.00", "200.00"] for number in "12"}
    with acting(world.a.posts["clerk"]):
        assert Measure.objects.filter(name="到位资金").count() == 1
    page = text_of(published(client, address))
    assert "已发布第 2 版口径" in page
    for words in ("县招商〔2012〕9号", "剔除续建项目", "2012-06-30"):
        assert words in page
    with acting(world.a.posts["leader"]):
        town = world.a.units["水沟镇"]
        june, july = (
            next(line for line in standing(as_of=day).lines if line.unit_id == town)
            for day in (dt.date(2012, 6, 30), TODAY)
        )
        assert (june.unit_class, july.unit_class) == ("behind", "zero")  # 200 verified, the line is 300 now
        assert Measure.objects.get(pk=world.a.rows["measure"]).zero_threshold == 0
    again = published(client, address, valid_from="2012-08-01")
    assert "已有更新的版本" in text_of(again)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"valid_from": "1999-01-01"}, "应晚于现行版本的生效日期 2000-01-01"),
        ({"carry_over": "", "zero_threshold": "0"}, "没有需要发布的"),
        ({"reason": " "}, "请写明理由"),
        ({"document": ""}, "必填"),
        ({"zero_threshold": "-1"}, "大于或等于"),
        ({"agreement_kinds": ["planet"]}, "planet"),
    ],
)
def test_a_version_that_cannot_be_is_told(world, sign_in, changed, message):
    answer = sign_in("a_clerk").post(address_of(world), rule(**changed))
    assert answer.status_code == 200
    assert message in text_of(answer)


def test_only_what_was_looked_at_is_published(world, sign_in):
    client = sign_in("a_clerk")
    page = text_of(client.post(address_of(world), rule(publish="1", seen="another rule")))
    assert "新旧口径对照" in page
    with acting(world.a.posts["clerk"]):
        assert Measure.objects.filter(name="到位资金").count() == 1


def test_who_reads_and_who_publishes(world, sign_in):
    own = f"/measures/{world.a.rows['measure']}/"
    for stem, reads in (("leader", 200), ("party_inspector", 200), ("reporter", 200), ("auditor", 403)):
        client = sign_in(f"a_{stem}")
        assert client.get("/measures/").status_code == reads
        assert client.get(own).status_code == reads
        assert client.post(f"{own}next/", rule()).status_code == 403
    page = text_of(sign_in("a_reporter").get(own))
    assert "本月计入" not in page
    client = sign_in("a_clerk")
    theirs = f"/measures/{world.b.rows['measure']}/"
    assert client.get(theirs).status_code == 404
    assert client.post(f"{theirs}next/", rule()).status_code == 404
    for address in ("/measures/", own):
        assert client.post(address).status_code == 405
    assert client.delete(f"{own}next/").status_code == 405


@commits
def test_queries_of_the_list(world, sign_in, django_assert_num_queries):
    client = sign_in("a_clerk")
    with django_assert_num_queries(18):
        before = text_of(client.get("/measures/")).partition("<tbody>")[2].count("<tr>")
    published(client, address_of(world))
    with django_assert_num_queries(18):
        assert text_of(client.get("/measures/")).partition("<tbody>")[2].count("<tr>") == before + 1
