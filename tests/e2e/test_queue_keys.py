"""A county's half-year from the queue to the seal, by keyboard alone."""

import re
import statistics
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import serving

pytestmark = [pytest.mark.browser, pytest.mark.battery]
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


def test_a_county_is_decided_by_keyboard(visit):
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
    leader.open("/standing/?as_of=2012-06-30&basis=verified")
    assert (
        leader.page.locator("a, div", has_text="待核实（另计）").first.locator("strong").inner_text()
        == "0.00"
    )
