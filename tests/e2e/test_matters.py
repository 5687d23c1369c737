"""A 督办单 from issue to closing in a browser, the town on its phone; and a claim that is changed."""

import re

import pytest

from tests.e2e.conftest import SIZES
from tests.e2e.test_walk import look

pytestmark = pytest.mark.browser


def said(visitor) -> str:
    return visitor.page.inner_text("main")


def look_at_both(visitor, name: str, *addresses: str) -> None:
    """Pictures of these pages at both sizes."""
    for size, room in SIZES.items():
        visitor.page.set_viewport_size(room)
        for number, address in enumerate(addresses):
            visitor.page.goto(address)
            look(visitor, f"{name}-{number}-{size}")
    visitor.page.set_viewport_size(SIZES["wide"])


def test_an_order_is_issued_answered_on_a_phone_and_closed(visit):
    desk, phone = visit("wide"), visit("phone")
    desk.sign_in("sn_party")
    desk.open("/projects/")
    desk.page.click("table.rows a[href^='/projects/']")
    desk.page.click("main a[href^='/matters/new/?project=']")
    look_at_both(desk, "matter-form", desk.page.url)
    desk.page.select_option("#id_unit", label="水沟镇")
    desk.page.fill("#id_title", "补齐到位资金凭证原件")
    desk.page.fill("#id_text", "经核对，上半年两张进账单只有复印件。\n请补齐原件，并说明资金用途。")
    desk.page.click("main form.sheet button[type=submit]:has-text('下达')")
    desk.page.wait_for_url(re.compile(r"/matters/\d+/$"))
    # The demo's town has one already.
    assert "已下达督办〔2012〕2号，已提醒水沟镇。" in said(desk)
    order = desk.page.url

    phone.sign_in("sn_town")
    phone.open("/notices/")
    look(phone, "matter-notice-phone")
    phone.page.click("main li:has-text('督办〔2012〕2号') button")
    assert phone.page.url == order
    look(phone, "matter-reply-phone")
    phone.page.fill("#reply_text", "两张进账单原件已送县委督查室，资金用于厂房建设。")
    phone.page.click("main button:has-text('回复督查室')")
    phone.page.wait_for_selector("main >> text=待销号")

    more = (f"{desk.address}{path}" for path in ("matters/", "help/matters/"))
    look_at_both(desk, "matter", order, f"{order}print/", *more)
    desk.page.goto(order)
    desk.page.fill("#close_text", "原件齐全，用途属实，予以销号。")
    desk.page.click("main button:has-text('销号')")
    desk.page.wait_for_selector("main >> text=已销号")
    look(desk, "matter-closed-wide")
    assert not desk.faults, desk.faults
    assert not phone.faults, phone.faults


def test_a_changed_claim_shows_what_it_touches(visit):
    desk = visit("wide")
    desk.sign_in("ql_party")
    desk.open("/queue/?kind=money")
    desk.page.click("main table.rows a[href^='/queue/']")
    claim = re.search(r"/queue/(\d+)/", desk.page.url)[1]
    desk.open(f"/queue/{claim}/?single=1")
    desk.page.check("main input[value=accept]")
    desk.page.click("main form[data-verdicts] button.btn-primary")
    desk.page.wait_for_selector("text=已处理：认可。")
    desk.open(f"/claims/{claim}/")
    desk.page.check("main input[value=reduce]")
    desk.page.fill("main input[name=accepted]", "1")
    desk.page.select_option("main select[name=code]", "amount")
    desk.page.fill("main textarea[name=reason]", "复核发现金额与凭证不符")
    desk.page.click("main button:has-text('提交意见')")
    desk.page.wait_for_selector("main >> text=核实数更改的影响")
    look_at_both(desk, "claim-changed", desk.page.url)
    assert not desk.faults, desk.faults
