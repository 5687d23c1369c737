"""One slip from the town's phone to the county's table and back to its evidence, without scripts."""

import re

import pytest

from tests.e2e.test_walk import look
from tests.world import picture

pytestmark = pytest.mark.browser

SLIP = picture(77)
PAGE_TEXT = "main"


def field(visitor, label: str):
    """The input of the page itself that stands under this label."""
    return visitor.page.locator(PAGE_TEXT).get_by_label(label, exact=False).first


def said(visitor) -> str:
    return visitor.page.inner_text(PAGE_TEXT)


def choose(visitor, words: str) -> None:
    """Take this entry of the menu; on a phone the menu opens first, without scripts."""
    entry = visitor.page.locator(f"nav >> text={words}").last
    if not entry.is_visible():
        visitor.page.click("label.menu-button")
    entry.click()


def fill_slip(visitor, *, number: str, day: str, amount: str) -> None:
    """Choose the first project and fill the voucher's form, as far as the button."""
    choose(visitor, "登记凭证")
    visitor.page.click("main .choices a >> nth=0")
    field(visitor, "凭证号").fill(number)
    field(visitor, "凭证日期").fill(day)
    field(visitor, "凭证面额").fill(amount)
    visitor.page.set_input_files(
        "input[type=file]", {"name": SLIP.name, "mimeType": "image/png", "buffer": SLIP.content}
    )


def press(visitor, words: str) -> None:
    visitor.page.click(f"main button:has-text('{words}')")


@pytest.mark.covers("S0-38", "F-34", "F-36", "F-48", "F-97")
def test_a_slip_from_the_town_to_the_table(visit):
    town = visit("phone", scripts=False)
    town.sign_in("ql_town")
    fill_slip(town, number="QL201206X001", day="2012年6月20日", amount="0.0123亿")
    town.page.click("main form.sheet button[type=submit], main form.sheet .actions button")
    assert "QL201206X001" in said(town)
    assert "123.00" in said(town)
    voucher = town.page.url

    head = visit(scripts=False)
    head.sign_in("ql_head")
    choose(head, "报表")
    head.page.click("main table a[href*='/returns/'] >> nth=0")
    press(head, "上报")
    assert "已上报" in said(head)

    # The other clerk, then an inspection office, each item by item.
    for username in ("ql_clerk", "ql_party"):
        officer = visit(scripts=False)
        officer.sign_in(username)
        choose(officer, "核实队列")
        row = officer.page.locator("main tr", has_text="QL201206X001")
        row.locator("a[href*='/queue/']").first.click()
        assert "123.00" in said(officer)
        officer.page.check("input[value=accept]")
        officer.page.click("main form.sheet .actions button")

    leader = visit(scripts=False)
    leader.sign_in("ql_leader")
    choose(leader, "任务进度")
    leader.open("/standing/?as_of=2012-06-30&basis=verified")
    line = leader.page.locator("main tr", has_text="青岚镇").first
    line.locator("a[href*='/claims/']").first.click()
    assert "123.00" in said(leader)
    leader.page.locator("main tr", has_text="QL201206X001").locator("a").first.click()
    if "/claims/" in leader.page.url:
        assert "认可" in said(leader)
        leader.page.click("main a:has-text('QL201206X001')")
    assert leader.page.url == voucher
    with leader.page.expect_download() as downloading:
        leader.page.click("main a[href*='/evidence/']")
    assert downloading.value.path().read_bytes().startswith(b"\x89PNG")
    choose(leader, "变更记录")
    assert "下载了佐证材料" in said(leader)
    assert "登记了凭证并申报到位资金" in said(leader)
    assert [
        fault for each in (town, head, leader) for fault in each.faults if not fault.startswith("asks")
    ] == []


@pytest.mark.covers("F-35")
def test_a_late_slip_is_asked_about_once_and_loses_nothing(visit):
    town = visit("phone", scripts=False)
    town.sign_in("sn_town")
    fill_slip(town, number="JH201205X009", day="2012-05-09", amount="66")
    town.page.click("main form.sheet button[type=submit], main form.sheet .actions button")
    assert "补报" in said(town)
    assert "2012年下半年" in said(town)
    town.page.click("main form button:has-text('补报'), main form button:has-text('确认')")
    assert "JH201205X009" in said(town)
    assert "补报" in said(town)
    assert SLIP.name in said(town)


def test_bad_input_says_everything_at_once_and_keeps_what_was_entered(visit):
    town = visit(scripts=False)
    town.sign_in("ql_town")
    fill_slip(town, number="QL201206X777", day="2031-01-01", amount="约500万")
    town.page.click("main form.sheet button[type=submit], main form.sheet .actions button")
    text = said(town)
    assert "晚于今天" in text
    assert re.search("不是金额|约500万", text)
    assert field(town, "凭证号").input_value() == "QL201206X777"
    assert SLIP.name in text
    assert "QL201206X777" not in look_for(visit, "ql_town")


def look_for(visit, username: str) -> str:
    visitor = visit(scripts=False)
    visitor.sign_in(username)
    choose(visitor, "凭证")
    return said(visitor)


def test_the_workbook_of_another_year_is_examined_before_anything_is_written(visit, tmp_path):
    clerk = visit(scripts=False)
    clerk.sign_in("sn_clerk")
    choose(clerk, "导入工作簿")
    clerk.page.set_input_files("input[type=file]", "tests/data/h1-2012/county-hostile.xlsx")
    press(clerk, "上传并检查")
    text = said(clerk)
    assert "约500万" in text
    assert "错误" in text
    assert clerk.faults == []


def test_pages_can_be_photographed(visit):
    """The picture check itself sees an overflow: a page that is too wide is told."""
    visitor = visit("phone")
    visitor.open("/login/")
    visitor.page.evaluate("document.querySelector('main').style.width = '900px'")
    look(visitor, "too-wide")
    assert any("px wide" in fault for fault in visitor.faults)
