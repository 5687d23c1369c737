"""What the checking found: sums by hand, each number with its rows, each unit its own line."""

import datetime as dt
import io
import re
from copy import copy
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from accounts.models import Change
from accounts.queries.readable import post_words
from assessment.queries import reductions as queries
from assessment.queries.measures import in_force
from assessment.queries.reductions import Asked, Pace
from assessment.services import opinions, reduction_exports
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
    assert cells(page, "aparty_inspector")[1:3] == ["1,200.00", "1,000.50"]
    assert cells(page, "agovernment_inspector")[1:3] == ["400.00", "0.00"]
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
    page = text_of(client.get(f"/reductions/?period={world.b.rows['period']}&about=junk"))
    assert CANARY not in page
    assert cells(page, "水沟镇")[0] == "1"
    assert "全部申报" in text_of(client.get("/reductions/claims/?result=junk&unit=-1&verdict=x&period=x"))


def test_who_works_with_no_data_and_other_methods_are_refused(world, sign_in):
    for address in ("/reductions/", "/reductions/claims/", "/reductions/export/"):
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
    with django_assert_num_queries(30):
        client.get("/reductions/")


@commits
@pytest.mark.covers("F-40", "F-48")
def test_a_measure_is_asked_about_like_a_kind(world, sign_in):
    found_something(world)
    with acting(world.a.posts["leader"]) as post:
        measures = in_force(TODAY)
        paid = next(measure for measure in measures if measure.name == "到位资金")
        rows = {row.label: row for row in queries.by_measure(post, Asked("paid_in"), measures)}
        of_kind = next(row for row in queries.by_kind(post, Asked("paid_in")) if row.kind == "paid_in")
        assert (rows["到位资金"].verified, rows["到位资金"].decided) == (Decimal("1000.5"), 3)
        assert rows["到位资金"].rate == of_kind.rate
        assert {row.label for row in queries.by_unit(post, Asked("paid_in", measure=paid))} == {
            "水沟镇",
            "县委办",
            "招商局",
        }
        # A project of the year is not carried over: the measure leaves its claims out.
        carried = copy(paid)
        carried.carry_over = True
        assert queries.by_unit(post, Asked("paid_in", measure=carried)) == []
    page = text_of(sign_in("a_leader").get(f"/reductions/?about={paid.pk}"))
    assert cells(page, "水沟镇")[7] == "37.47%"


@commits
@pytest.mark.covers("F-112")
def test_the_tables_are_taken_home_and_the_log_says_so(world, sign_in):
    found_something(world)
    answer = sign_in("a_party_inspector").get("/reductions/export/?result=reduced")
    assert answer["Content-Disposition"] == 'attachment; filename="reductions.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [
        *("说明", "按类别", "按统计口径", "按单位", "按督查室", "按核实人", "申报"),
    ]
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert about["查询条件"] == "到位资金，全部填报期，核减"
    assert "县委督查室" in about["导出岗位"]
    town = next(row for row in book["按单位"].iter_rows(values_only=True) if row[0] == "水沟镇")
    assert town[1:5] == ("万元", 3, 1600, 1000.5)
    assert (town[9], town[10]) == (37.47, 0)
    [head, claim] = book["申报"].iter_rows(values_only=True)
    assert claim[0] == world.a.rows["claim"]
    assert claim[head.index("核实数")] == 800.5
    assert CANARY not in str([list(sheet.values) for sheet in book])
    with acting(world.a.posts["leader"]):
        change = Change.objects.filter(act="reductions.export").get()
        assert change.reason == "到位资金，全部填报期，核减：1 笔申报"


@commits
def test_a_unit_takes_home_its_own_line_alone(world, sign_in):
    found_something(world)
    book = load_workbook(io.BytesIO(sign_in("a_reporter").get("/reductions/export/").content))
    assert book.sheetnames == ["说明", "按类别", "按统计口径", "按单位", "申报"]
    assert [row[0] for row in book["按单位"].iter_rows(values_only=True)] == ["单位", "水沟镇"]
    assert "县委办" not in str([list(sheet.values) for sheet in book])


@commits
def test_too_many_claims_for_one_workbook_are_refused_in_words(world, sign_in, monkeypatch):
    monkeypatch.setattr(reduction_exports, "MOST_CLAIMS", 1)
    page = text_of(sign_in("a_clerk").get("/reductions/export/", follow=True))
    assert "一次最多导出 1 笔申报，请选择填报期后分次导出。" in page


@commits
@pytest.mark.parametrize("claims", [1, 3])
def test_the_workbook_needs_the_same_queries_for_one_finding_and_for_three(
    world, sign_in, django_assert_num_queries, claims
):
    if claims == 3:
        found_something(world)
    client = sign_in("a_leader")
    with django_assert_num_queries(27):
        client.get("/reductions/export/")


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
