"""A county's half-year from the queue to the seal by keyboard alone, then to the frozen result by clicks."""

import re
import statistics
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import serving

pytestmark = [pytest.mark.browser, pytest.mark.battery]
CLICKS = 9
CLERK, OFFICES = "sn_clerk2", ("sn_party", "sn_gov")


@pytest.fixture(scope="module")
def demo(environment, tmp_path_factory) -> Iterator[str]:
    """A demo of its own, in which the workbooks were loaded and nobody has decided anything."""
    var = tmp_path_factory.mktemp("undecided")
    with serving({**environment, "PORTAL_VAR": str(var)}, "--until", "load") as address:
        yield address


class Desk:
    """Somebody who works through the queue by keys, and what it cost."""

    def __init__(self, visitor):
        self.page = visitor.page
        self.list = f"{visitor.address}queue/"
        self.keys = self.cards = self.passed = 0
        self.seconds: list[float] = []
        self.page.on("requestfinished", self._answered)

    def _answered(self, request) -> None:
        if request.method == "POST" and "/queue/" in request.url:
            timing = request.timing
            self.seconds.append(timing["responseStart"] - timing["requestStart"])

    def press(self, key: str) -> None:
        """One key, and the page that it leads to."""
        self.keys += 1
        before = self.page.url
        self.page.keyboard.press(key)
        self.page.wait_for_function("before => location.href !== before", arg=before)
        self.page.wait_for_load_state()

    def work(self) -> None:
        """From the list, card by card, until nothing is left that this person may decide."""
        self.page.goto(self.list)
        if not self.page.query_selector("[data-key-link=next]"):
            return
        self.press("n")
        while re.search(r"/queue/\d+/", self.page.url):
            self.press("1")
            self.cards += 1


def publish_and_freeze(visitor) -> int:
    """Close the half-year, publish it without time for objections (the demo's day stands), freeze it."""
    hand = Hand(visitor)
    hand.click("nav >> text=填报期")
    hand.click("main a:text-is('关闭')")
    hand.click("main button:has-text('确认关闭并封存')")
    hand.click("nav >> text=填报期")
    hand.click("main a:text-is('公示')")
    hand.page.select_option("[name=time]", "without")
    hand.page.fill("[name=reason]", "演示日期不走动，当日公布")
    hand.click("main button:text-is('公示')")
    hand.click("main a:has-text('公布结果')")
    hand.click("main button:has-text('确认公布结果')")
    return hand.clicks + 1  # the choice of no time for objections


class Hand:
    """Somebody who goes from page to page with the mouse, and how often that was pressed."""

    def __init__(self, visitor):
        self.page, self.clicks = visitor.page, 0

    def click(self, selector: str) -> None:
        """One press, and the page that it leads to."""
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.click(selector)


def test_a_county_is_decided_by_keyboard_and_its_result_frozen(visit):
    desks = []
    for username in (CLERK, *OFFICES):
        visitor = visit()
        visitor.sign_in(username)
        desk = Desk(visitor)
        desk.work()
        desks.append(desk)
        assert not visitor.faults, visitor.faults
    cards = sum(desk.cards for desk in desks)
    waited = sorted(seconds for desk in desks for seconds in desk.seconds)
    print(
        f"{cards} cards, {sum(desk.keys for desk in desks)} keys, "
        f"{sum(desk.keys for desk in desks) / cards:.2f} a card; server "
        f"{statistics.median(waited):.0f} ms, slowest {waited[-1]:.0f} ms"
    )
    assert [desk.keys for desk in desks] == [desk.cards + 1 for desk in desks]
    assert len(waited) == cards
    # The clerk entered nothing of it, and each office has left its own house to the other.
    for desk in desks:
        desk.page.goto(desk.list)
        assert "没有等待您处理的申报" in desk.page.inner_text("main")
    leader = visit()
    leader.sign_in("sn_leader")
    clicks = publish_and_freeze(visitor)
    assert not visitor.faults, visitor.faults
    print(f"{clicks} clicks and one reason from the decided claims to the frozen result")
    assert clicks == CLICKS
    leader.open("/snapshots/")
    leader.page.click("main a:text-is('商南县2012年上半年核实结果')")
    shown = leader.page.inner_text("main")
    assert "与公示稿一致" in shown
    assert "与现数不同的 0 处" in shown
    leader.open("/standing/?as_of=2012-06-30&basis=verified")
    waiting = leader.page.get_by_role("link", name="待核实（另计）")
    assert waiting.locator("strong").inner_text() == "0.00"
