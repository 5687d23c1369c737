"""Zero reports are confirmed by an inspection office: listed first, one act, undone with the submission."""

import datetime as dt
import re

import pytest

from accounts.models import Change
from accounts.refusals import Forbidden, NotFound, Refused
from assessment.services import zero_reports
from projects.models import Return
from projects.services import closing, periods, returns
from tests.assessment.acts import close, decide
from tests.conftest import NOW
from tests.pages.test_shell import text_of
from tests.world import CANARY, TODAY, acting

commits = pytest.mark.django_db(transaction=True)


def submitted(world, *units: str) -> None:
    """Reports without a claim; by the bureau for those that have no head of their own."""
    for unit in units:
        with acting(world.a.posts["other_head" if unit == "城关镇" else "clerk"]) as post:
            returns.submit(post=post, return_id=world.a.rows[f"return:{unit}"], today=TODAY)


def confirmed(world, unit: str = "城关镇") -> tuple[bool, str]:
    with acting(world.a.posts["clerk"]):
        found = Return.objects.get(pk=world.a.rows[f"return:{unit}"])
        return found.zero_confirmed_at is not None, found.zero_confirmed_by


def confirm(world, *units: str, stem: str = "party_inspector") -> int:
    with acting(world.a.posts[stem]) as post:
        keys = [world.a.rows[f"return:{unit}"] for unit in units]
        return zero_reports.confirm(post=post, return_ids=keys)


@commits
@pytest.mark.covers("F-34", "I12", "F-97")
def test_zero_reports_are_listed_and_confirmed_in_one_act(world, sign_in):
    submitted(world, "城关镇", "县政府办")
    assert "由其他督查室确认（1 家）" in text_of(sign_in("a_government_inspector").get("/queue/zero/"))
    client = sign_in("a_party_inspector")
    queue = text_of(client.get("/queue/"))
    assert "确认零报告 2 家" in queue
    assert 'data-key-link="zero"' in queue
    page = text_of(client.get("/queue/zero/"))
    assert "确认零报告 2 家" in page
    assert "由其他督查室确认" not in page
    assert "水沟镇" not in page
    assert CANARY not in page
    seen = re.search(r'name="seen" value="([^"]*)"', page)[1]
    answer = client.post("/queue/zero/", {"seen": seen}, follow=True)
    assert "已确认零报告 2 家。" in text_of(answer)
    assert confirmed(world) == (True, "县委督查室·inspection")
    assert confirmed(world, "县政府办") == (True, "县委督查室·inspection")
    with acting(world.a.posts["leader"]):
        assert Change.objects.filter(act="return.confirm_zero").count() == 1
    one = f"/returns/{world.a.rows['return:城关镇']}/"
    assert "由 县委督查室·督查室 确认" in text_of(client.get(one))
    assert "由 县委督查室·督查室 确认" in text_of(client.get(f"{one}print/"))
    assert "确认了零报告" in text_of(client.get(one))
    state = f"/returns/?period={world.a.rows['period']}&state="
    assert "零报告，督查室已确认" in text_of(client.get(f"{state}zero"))
    assert "没有符合条件的报表" in text_of(client.get(f"{state}zero_to_confirm"))
    assert "没有等待您确认的零报告" in text_of(client.get("/queue/zero/"))
    page = text_of(client.get(f"/returns/{world.a.rows['return:城关镇']}/"))
    assert "县委督查室·督查室" in page
    assert "inspection" not in page, "the log tells the role as it is stored"


@commits
def test_nothing_is_confirmed_that_was_not_in_the_list(world, sign_in):
    submitted(world, "城关镇")
    client = sign_in("a_party_inspector")
    seen = re.search(r'name="seen" value="([^"]*)"', text_of(client.get("/queue/zero/")))[1]
    submitted(world, "县政府办")
    assert "名单在您查看后有变化" in text_of(client.post("/queue/zero/", {"seen": seen}))
    assert "名单在您查看后有变化" in text_of(client.post("/queue/zero/"))
    assert confirmed(world) == (False, "")


@commits
def test_a_confirmation_ends_with_the_submission_it_speaks_of(world, sign_in):
    submitted(world, "城关镇")
    confirm(world, "城关镇")
    address = f"/returns/{world.a.rows['return:城关镇']}/withdraw/"
    assert sign_in("a_other_head").post(address).status_code == 302
    assert confirmed(world) == (False, "")
    submitted(world, "城关镇")
    assert confirmed(world) == (False, "")
    confirm(world, "城关镇")
    decide(world)
    close(world)
    assert confirmed(world)[0], "closing takes nothing away"
    with acting(world.a.posts["party_inspector"]) as post:
        closing.reopen(
            post=post,
            return_id=world.a.rows["return:城关镇"],
            reason="漏报",
            until=NOW + dt.timedelta(days=1),
            now=NOW,
        )
    assert confirmed(world) == (False, "")


@commits
@pytest.mark.parametrize(
    ("unit", "stem", "refused", "said"),
    [
        ("水沟镇", "party_inspector", Refused, "没有申报"),
        ("城关镇", "party_inspector", Refused, "已上报"),
        ("县政府办", "government_inspector", Refused, "回避"),
        ("县政府办", "clerk", Forbidden, "督查室确认"),
    ],
)
def test_what_is_no_zero_report_of_others_is_refused(world, unit, stem, refused, said):
    submitted(world, "县政府办")
    with pytest.raises(refused, match=said):
        confirm(world, unit, stem=stem)
    with pytest.raises(NotFound), acting(world.a.posts["party_inspector"]) as post:
        zero_reports.confirm(post=post, return_ids=[world.b.rows["return:城关镇"]])


def test_others_have_no_zero_reports_to_confirm(world, sign_in):
    for stem in ("clerk", "leader", "head", "admin"):
        assert sign_in(f"a_{stem}").get("/queue/zero/").status_code == 403
    assert sign_in("a_party_inspector").put("/queue/zero/").status_code == 405
    assert "没有等待您确认的零报告" in text_of(sign_in("a_party_inspector").get("/queue/zero/"))


@commits
@pytest.mark.parametrize("units", [("城关镇",), ("城关镇", "水沟镇", "县政府办")])
def test_the_list_needs_the_same_queries_for_one_and_for_three(
    world, sign_in, django_assert_num_queries, units
):
    with acting(world.a.posts["clerk"]) as clerk:
        june = periods.open_period(post=clerk, kind="month", starts_on=dt.date(2012, 6, 1))
        keys = list(Return.objects.filter(period=june, unit__name__in=units).values_list("pk", flat=True))
    for key in keys:
        with acting(world.a.posts["clerk"]) as clerk:
            returns.submit(post=clerk, return_id=key, today=TODAY)
    client = sign_in("a_party_inspector")
    with django_assert_num_queries(18):
        client.get("/queue/zero/")
