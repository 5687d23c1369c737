"""Standing and figures: every printed number opens the rows that add up to it (I2)."""

import json
import re
from decimal import Decimal
from html import unescape

import pytest

from tests import county
from tests.pages import fresh
from tests.world import CANARY, TODAY

commits = pytest.mark.django_db(transaction=True)

BASES = ("reported", "reviewed", "verified")
AMOUNT = r"-?[\d,]+(?:\.\d\d)?"
LINK = re.compile(rf'<a href="(/(?:standing|figures)/[^"#]*(?:#county)?)"[^>]*>(?:<strong>)?({AMOUNT})<')
UNITS = re.compile(r'<a href="(\?[^"#]*)#units" data-units="(\d+)">(\d+)</a>')


def told(answer) -> str:
    return answer.content.decode()


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def numbers_in(page: str) -> list[tuple[str, str]]:
    """Every number of a page that is a link to rows, with its address."""
    return [(unescape(address), shown) for address, shown in LINK.findall(page)]


def rows_of(page: str) -> list[Decimal]:
    """The last column of the table: what each row adds to the number."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [number(cells[-1]) for row in rows if (cells := re.findall(rf'class="number">({AMOUNT})<', row))]


def all_rows(client, address: str) -> list[Decimal]:
    """The rows of a list, page by page."""
    rows, page_number = [], 1
    joined = "&" if "?" in address else "?"
    while True:
        page = told(client.get(f"{address}{joined}page={page_number}"))
        rows += rows_of(page)
        if "下一页" not in page:
            return rows
        page_number += 1


def opens_its_rows(client, address: str, shown: str) -> None:
    """The number leads to a page that prints it once more and lists what it is made of."""
    bare, county_own = address.removesuffix("#county"), address.endswith("#county")
    page = told(client.get(bare))
    if county_own:
        own = page.partition('id="county"')[2]
        assert f'class="number">{shown}<' in own, address
        return
    assert f'<strong id="total">{shown}</strong>' in page, address
    if "/figures/" in bare and "合计（全部页）" not in page:
        return
    rows = all_rows(client, bare) if "/targets/" not in bare else target_rows(page)
    assert sum(rows) == number(shown), address


def target_rows(page: str) -> list[Decimal]:
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [number(found[1]) for row in rows if (found := re.search(rf'class="number">({AMOUNT})<', row))]


# Every number opens its rows ----------------------------------------------------------------------


@pytest.mark.covers("I2", "S2-06", "F-36")
@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("address", ["/standing/", "/figures/"])
def test_every_number_opens_rows_that_add_up_to_it(world, sign_in, address, basis):
    client = sign_in("a_leader")
    found = numbers_in(told(client.get(f"{address}?basis={basis}")))
    assert len(found) > 8
    for link, shown in found:
        opens_its_rows(client, link, shown)


@pytest.mark.parametrize("measure", ["引进资金", "签约项目", "合同项目", "签约总投资"])
def test_every_measure_opens_its_rows(world, sign_in, measure):
    client = sign_in("a_leader")
    page = told(client.get(f"/standing/?basis=reported&measure={measure}"))
    assert f"{measure}任务进度" in page
    for link, shown in numbers_in(page):
        opens_its_rows(client, link, shown)


def test_counted_things_open_as_many_projects_as_they_count(world, sign_in):
    client = sign_in("a_leader")
    page = told(client.get("/figures/?basis=reported"))
    counted = {
        link: shown for link, shown in numbers_in(page) if re.search("projects_introduced|contracts", link)
    }
    assert set(counted.values()) == {"1"}
    for link in counted:
        projects = set(re.findall(r'href="(/projects/\d+/)"', told(client.get(link)).partition("<tbody>")[2]))
        assert len(projects) == 1


@pytest.mark.covers("I2")
def test_a_shared_claim_shows_the_share_that_is_credited(world, sign_in):
    client = sign_in("a_leader")
    partner = world.a.units["城关镇"]
    page = told(client.get(f"/standing/{partner}/claims/?basis=reported"))
    assert "计入比例" in page
    assert "50%" in page
    assert '<strong id="total">200.00</strong>' in page
    assert f"/vouchers/{world.a.rows['split_claim:voucher']}/" in page
    assert f"/evidence/{world.a.rows['split_claim:evidence']}/" in page
    # The county's total counts the claim once.
    assert '<strong id="total">2,000.00</strong>' in told(client.get("/standing/claims/?basis=reported"))


@pytest.mark.covers("S2-09", "F-65", "F-34", "I12")
def test_the_verified_figure_decides_and_what_waits_stands_beside_it(world, sign_in):
    page = told(sign_in("a_leader").get("/standing/"))
    town = page[page.index("水沟镇</th>") :]
    cells = re.findall(r'class="number">(?:<a [^>]*>)?([^<]+)<', town)[:5]
    assert cells == ["10,000.00", "200.00", "1,200.00", "2.00%", "-48.00"]
    assert "未过半" in page
    assert "截至 2012年7月2日，按核实数，单位：万元" in page
    assert "不排名次" in page
    for word in ("完成任务", "达到进度", "未达进度", "未破零", "未报", "不适用"):
        assert word in page


def test_the_task_opens_its_document_and_its_story(world, sign_in):
    page = told(sign_in("a_leader").get(f"/standing/{world.a.units['水沟镇']}/targets/"))
    assert "县发〔2012〕6号" in page
    assert "下达了目标任务" in page


@commits
@pytest.mark.covers("S0-01", "S2-07", "S2-08", "S2-10", "S2-02", "S2-05", "S3-11")
def test_the_half_year_of_a_county_opens_from_every_number(world, sign_in):
    fresh.load()
    client = sign_in("f_leader")
    expected = json.loads((county.DATA / "expected.json").read_text())["standing"]["class_counts"]
    address = f"/standing/?as_of={county.AS_OF}&basis=reported"
    page = told(client.get(address))
    assert "已过半" in page
    shown = {
        (link.partition("class=")[2]): int(count) for link, _data, count in map(parts, UNITS.findall(page))
    }
    for unit_class, by_group in expected.items():
        for group, count in by_group.items():
            assert shown[f"{unit_class}&group={group}"] == count
    for link, _data, count in map(parts, UNITS.findall(page)):
        listed = told(client.get(f"/standing/{link}"))
        assert listed.count('<tr class="unit">') == int(count), link
    links = numbers_in(page)
    assert len(links) > 290
    # Every tenth of the units' numbers, and all totals.
    for link, number_shown in [*links[:4], *links[4::10]]:
        opens_its_rows(client, link, number_shown)
    for link, number_shown in numbers_in(told(client.get(f"/figures/?as_of={county.AS_OF}&basis=reported"))):
        opens_its_rows(client, link, number_shown)


def parts(found: tuple[str, str, str]) -> tuple[str, str, str]:
    return unescape(found[0]), found[1], found[2]


# Who opens what -----------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", ["reporter", "head"])
def test_a_unit_reads_the_table_and_opens_its_own_rows_only(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    page = told(client.get("/standing/?basis=reported"))
    own, other = world.a.units["水沟镇"], world.a.units["城关镇"]
    assert "城关镇" in page
    links = numbers_in(page)
    assert links
    assert {link.split("/")[2] for link, _shown in links} == {str(own)}
    for link, shown in links:
        opens_its_rows(client, link, shown)
    for address in (
        f"/standing/{other}/claims/",
        f"/standing/{other}/targets/",
        "/standing/claims/",
        "/standing/targets/",
        "/figures/paid_in_wan/",
    ):
        assert client.get(address).status_code == 404, address
    assert not numbers_in(told(client.get("/figures/")))


@pytest.mark.parametrize("stem", ["auditor", "admin"])
def test_administrators_read_no_numbers(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    for address in ("/standing/", "/figures/", "/standing/claims/", "/figures/paid_in_wan/"):
        assert client.get(address).status_code == 403


def test_the_neighbours_rows_are_not_there(world, sign_in):
    client = sign_in("a_leader")
    foreign = world.b.units["水沟镇"]
    for address in (f"/standing/{foreign}/claims/", f"/standing/{foreign}/targets/"):
        assert client.get(address).status_code == 404
    for address in (
        "/standing/",
        "/figures/",
        "/standing/claims/",
        "/standing/targets/",
        "/figures/paid_in_wan/",
    ):
        assert CANARY not in told(client.get(f"{address}?basis=reported"))


def test_a_superior_picks_a_county_first_and_then_reads_it(world, sign_in):
    client = sign_in("city_officer")
    page = told(client.get("/figures/"))
    assert "请先选择要查看的县" in page
    assert f'value="{world.a.tenant_id}"' in page
    assert "测试市到位资金任务进度" in told(client.get("/standing/"))
    client.post("/county/", {"county": world.a.tenant_id})
    page = told(client.get("/standing/?basis=reported"))
    assert "甲县到位资金任务进度" in page
    for link, shown in numbers_in(page)[:4]:
        opens_its_rows(client, link, shown)


def test_other_methods_and_other_keys_are_not_answered(world, sign_in):
    client = sign_in("a_leader")
    for address in (
        "/standing/",
        "/standing/claims/",
        "/standing/targets/",
        "/figures/",
        "/figures/paid_in_wan/",
    ):
        assert client.post(address).status_code == 405
    assert client.get("/figures/no_such_figure/").status_code == 404
    assert client.get("/standing/?as_of=1999-01-01").status_code == 200
    assert client.get("/standing/999999999999999999999/claims/").status_code == 404


@pytest.mark.parametrize("asked", ["as_of=2012-12-31", "as_of=昨天", "basis=best", "measure=幸福指数"])
def test_a_wrong_question_is_told_and_answered_as_of_today(world, sign_in, asked):
    page = told(sign_in("a_leader").get(f"/standing/?{asked}"))
    assert 'class="message message-error"' in page
    assert f"截至 {TODAY:%Y年%-m月%-d日}，按核实数" in page


def test_an_earlier_day_counts_what_had_happened(world, sign_in):
    client = sign_in("a_leader")
    page = told(client.get("/standing/claims/?basis=reported&as_of=2012-05-02"))
    assert '<strong id="total">1,400.00</strong>' in page


# Queries ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/standing/claims/?basis=verified", 23),  # one claim
        ("/standing/claims/?basis=reported", 23),  # five claims
        ("/figures/paid_in_wan/?basis=verified", 20),
        ("/figures/paid_in_wan/?basis=reported", 20),
        ("/standing/?class=behind", 27),  # one unit
        ("/standing/", 27),  # five units
        ("/figures/", 27),
    ],
)
def test_lists_need_the_same_queries_for_one_row_and_for_many(
    world, sign_in, django_assert_num_queries, address, queries
):
    client = sign_in("a_leader")
    with django_assert_num_queries(queries):
        client.get(address)
