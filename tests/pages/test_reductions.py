"""What the checking found: sums by hand, each number with its rows, each unit its own line."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from accounts.queries.readable import post_words
from assessment.queries import reductions as queries
from assessment.queries.reductions import Asked, Pace
from assessment.services import opinions
from tests.pages.test_shell import text_of
from tests.world import CANARY, TODAY, acting

PAID = Asked("paid_in")
commits = pytest.mark.django_db(transaction=True)


def say(world, stem: str, key: str, step: str, verdict: str, **more) -> None:
    with acting(world.a.posts[stem]) as post:
        opinions.give(post=post, claim_id=world.a.rows[key], step=step, verdict=verdict, **more, today=TODAY)


def found_something(world) -> None:
    """Of the town's three claims one stays accepted, one is reduced, one is rejected."""
    for key in ("claim", "split_claim"):
        say(world, "second_clerk", key, "first_review", "accept")
    more = {"accepted": Decimal("800.5"), "reason": "发票重复", "code": "duplicate"}
    say(world, "party_inspector", "claim", "inspection", "reduce", **more)
    say(
        world,
        "government_inspector",
        "split_claim",
        "inspection",
        "reject",
        reason="资金回流",
        code="round_trip",
    )


def cells(page: str, label: str) -> list[str]:
    """The numbers of the line that begins with this label, as they are printed."""
    row = re.search(rf'<th scope="row">(?:<a[^>]*>)?{label}(?:</a>)?</th>(.*?)</tr>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<td.*?</td>", row[1], re.DOTALL)]


@commits
@pytest.mark.covers("F-48", "I2", "I12")
def test_what_was_found_is_summed_by_kind_unit_office_and_reason(world, sign_in):
    found_something(world)
    page = text_of(sign_in("a_leader").get(f"/reductions/?period={world.a.rows['period']}"))
    town = ["3", "1,600.00", "1,000.50", "1", "199.50", "1", "400.00", "37.47%", "0"]
    nothing = ["0", "无", "无", "0", "无", "0", "无", "无", "1"]
    assert cells(page, "水沟镇") == town
    assert cells(page, "县委办") == nothing
    assert cells(page, "合计") == [*town[:-1], "2"]
    assert cells(page, "到位资金") == [*town[:-1], "2"]
    assert cells(page, "签约引资额") == nothing
    assert cells(page, "县政府督查室")[1:3] == ["400.00", "0.00"]
    assert cells(page, "重复申报") == ["1", "0", "0", "0"]
    assert cells(page, "资金回流") == ["0", "1", "0", "0"]
    assert CANARY not in page


@commits
@pytest.mark.covers("I2", "I9")
def test_every_number_opens_its_rows(world, sign_in):
    found_something(world)
    client = sign_in("a_party_inspector")
    page = text_of(client.get("/reductions/"))
    links = set(re.findall(r'<td class="number"><a href="([^"]+)">([\d,]+)</a>', page))
    assert len(links) > 20
    for address, number in links:
        rows = text_of(client.get(address.replace("&amp;", "&")))
        assert f'<strong id="total">{number}</strong> 笔申报' in rows, address
        assert CANARY not in rows


@commits
@pytest.mark.covers("I6")
def test_a_unit_is_shown_its_own_line_alone(world, sign_in):
    found_something(world)
    client = sign_in("a_reporter")
    page = text_of(client.get("/reductions/"))
    assert "本单位的核减情况" in page
    assert cells(page, "水沟镇")[7] == "37.47%"
    for foreign in ("县委办", "招商局</th>", "按核实的督查室", "合计"):
        assert foreign not in page
    office = world.a.units["县委办"]
    assert '<strong id="total">0</strong>' in text_of(client.get(f"/reductions/claims/?unit={office}"))
    # A split gives the other town a share of a claim; what was found of it stands with who reported it.
    assert '<strong id="total">0</strong>' in text_of(sign_in("a_other_head").get("/reductions/claims/"))


def test_the_neighbour_and_nonsense_narrow_to_nothing_or_to_all(world, sign_in):
    client = sign_in("a_clerk")
    foreign = world.b.units["水沟镇"]
    assert '<strong id="total">0</strong>' in text_of(client.get(f"/reductions/claims/?unit={foreign}"))
    page = text_of(client.get(f"/reductions/?period={world.b.rows['period']}&kind=junk"))
    assert CANARY not in page
    assert cells(page, "水沟镇")[0] == "1"
    assert "全部申报" in text_of(client.get("/reductions/claims/?result=junk&unit=-1&verdict=x&period=x"))


def test_who_works_with_no_data_and_other_methods_are_refused(world, sign_in):
    for address in ("/reductions/", "/reductions/claims/"):
        assert sign_in("a_admin").get(address).status_code == 403
        assert sign_in("a_clerk").post(address).status_code == 405


@commits
@pytest.mark.parametrize("claims", [1, 3])
def test_the_tables_need_the_same_queries_for_one_finding_and_for_three(
    world, sign_in, django_assert_num_queries, claims
):
    if claims == 3:
        found_something(world)
    client = sign_in("a_leader")
    with django_assert_num_queries(27):
        client.get("/reductions/")


@commits
def test_an_open_doubt_is_told_with_its_age(world, sign_in):
    say(world, "second_clerk", "claim", "first_review", "doubt", reason="票据待查", code="evidence")
    page = text_of(sign_in("a_clerk").get("/reductions/"))
    assert "共 1 笔，列出最早的 1 笔" in page
    with acting(world.a.posts["clerk"]) as post:
        number, [doubt] = queries.doubts(post, PAID, today=dt.date(2012, 7, 9))
    # The demo's day is before the opinion's: it waits from the day on which the Return was due.
    assert (number, doubt.held.claim.pk) == (1, world.a.rows["claim"])
    assert doubt.days == 6
    assert doubt.held.since <= TODAY


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        ([], Pace(0, None, None)),
        ([(4, 1)], Pace(1, 4, 4)),
        ([(0, 1), (6, 1)], Pace(2, 0, 6)),
        ([(0, 1), (3, 2), (9, 1)], Pace(4, 3, 9)),
        ([(1, 9), (30, 1)], Pace(10, 1, 30)),
    ],
)
def test_the_median_of_days_counts_every_claim(taken, told):
    assert queries._pace(taken) == told


@commits
def test_the_pace_is_counted_from_submission_to_finding(world):
    found_something(world)
    with acting(world.a.posts["clerk"]) as post:
        pace = queries.pace(post, PAID)
    # Submitted, reviewed and found on the day on which the tests run.
    assert pace == Pace(3, 0, 0)


@commits
def test_an_office_is_named_by_its_post(world):
    found_something(world)
    with acting(world.a.posts["leader"]) as post:
        offices = queries.by_office(post, PAID)
        assert [(row.label, post_words(row.key)[1]) for row in offices] == [
            ("县委督查室", "督查室"),
            ("县政府督查室", "督查室"),
        ]
        assert sum(row.decided for row in offices) == 3
