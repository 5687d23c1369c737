"""公示、异议、结果 through their pages: from sealed Returns to the result that nothing changes any more."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db.models.functions import Now

from accounts.acts import act
from accounts.choices import Role
from accounts.models import Unit
from accounts.services import users
from assessment.models import Objection, Opinion, Snapshot
from projects.models import Return
from projects.services import closing
from tests.assessment.acts import close, decide, opine, submit
from tests.conftest import NOW
from tests.pages.test_shell import text_of
from tests.world import CANARY, FROM, PASSWORD, acting

commits = pytest.mark.django_db(transaction=True)
QUERIES = 18
PUBLISH = "/snapshots/publish/"


def seal(world) -> None:
    """Everything of the half-year submitted, decided and closed."""
    for unit in ("城关镇", "县政府办"):
        submit(world, unit)
    decide(world)
    close(world)


def form(world, **changed) -> dict:
    given = {"period": str(world.a.rows["period"]), "time": "with", "objection_days": "5", "answer_days": "5"}
    return {**given, "reason": "", **changed}


def publish(world, client, **changed):
    return client.post(PUBLISH, form(world, **changed), follow=True)


def newest(world) -> int:
    with acting(world.a.posts["leader"]):
        return Snapshot.objects.order_by("-pk").values_list("pk", flat=True)[0]


@pytest.fixture
def later(settings):
    """Let the business day move on."""

    def moved(day: str) -> None:
        settings.PORTAL_NOW = NOW.replace(
            **dict(zip(("year", "month", "day"), map(int, day.split("-")), strict=True))
        )

    return moved


@commits
@pytest.mark.covers("F-66", "I2")
def test_sealed_returns_are_published_and_every_number_leads_to_its_claims(world, sign_in):
    party, head = sign_in("a_party_inspector"), sign_in("a_head")
    claim = world.a.rows["claim"]
    refused = text_of(publish(world, party))
    assert "还有报表没有封存" in refused
    assert "水沟镇" in refused
    seal(world)

    shown = text_of(publish(world, party))
    publicity = newest(world)
    assert "甲县2012年上半年核实结果公示稿" in shown
    assert "2012年7月9日" in shown  # five work days after Monday, the 2nd
    assert "公示中" in text_of(head.get("/snapshots/"))

    own = f"/snapshots/{publicity}/rows/?measure=1&unit={world.a.units['水沟镇']}"
    assert f'href="{own.replace("&", "&amp;")}"' in text_of(head.get(f"/snapshots/{publicity}/"))
    rows = text_of(head.get(own))
    assert f'href="/claims/{claim}/object/"' in rows
    assert '<strong id="total">1,400.00</strong>' in rows  # 1000 and 200, and half of 400
    assert f'href="/claims/{claim}/object/"' in text_of(head.get(f"/claims/{claim}/"))


@commits
@pytest.mark.covers("F-54", "F-66", "F-76")
def test_from_the_publicity_over_an_objection_to_the_result(world, sign_in, later):
    party, head = sign_in("a_party_inspector"), sign_in("a_head")
    claim = world.a.rows["claim"]
    seal(world)
    publish(world, party)
    freeze = f"/snapshots/{newest(world)}/freeze/"
    objection = object_to(head, claim)
    again = head.post(f"/claims/{claim}/object/", {"reason": "再说一次"})
    assert "每次公示只提一次" in text_of(again)
    assert "异议期到 2012-07-09 止" in text_of(party.get(freeze))
    assert "异议期到 2012-07-09 止" in text_of(party.post(freeze, {"reason": ""}))
    later("2012-7-10")
    assert "还有 1 件异议没有答复" in text_of(party.post(freeze, {"reason": ""}))
    assert "不在公示期内" in text_of(head.post(f"/claims/{claim}/object/", {"reason": "迟了"}))

    answer_upheld(world, party, objection)
    change(world, claim, "800")
    assert "与公示稿不同的有" in text_of(party.get(freeze))
    page = text_of(party.post(freeze, {"reason": ""}, follow=True))
    assert "甲县2012年上半年核实结果" in page
    assert "与公示稿不同之处" in page
    differs = r"水沟镇</td>\s*<td class=\"short\">核实数</td>\s*<td class=\"number\">1,400.00</td>"
    assert re.search(differs, page)
    assert "与现数不同的 0 处" in page
    assert "已公布结果" in text_of(head.get("/snapshots/"))
    assert "本期结果已经公布过，更正应写明理由" in text_of(party.post(freeze, {"reason": " "}))
    corrected = text_of(party.post(freeze, {"reason": "印错标题"}, follow=True))
    assert "印错标题" in corrected


def object_to(head, claim: int) -> str:
    """Address of the objection that this unit raises."""
    raised = head.post(f"/claims/{claim}/object/", {"reason": "另有200万元未计"}, follow=True)
    assert "2012-07-09" in text_of(raised)
    return raised.redirect_chain[-1][0]


def answer_upheld(world, party, objection: str) -> None:
    page = text_of(party.get("/objections/?state=open"))
    assert f'href="{objection}"' in page
    assert "逾期" in page
    assert "督查核实：认可 1,000.00 万元" in text_of(party.get(objection))
    answer = f"{objection}answer/"
    assert "请写明答复的内容" in text_of(party.post(answer, {"outcome": "upheld", "text": " "}))
    done = text_of(party.post(answer, {"outcome": "upheld", "text": "属实，凭证多计"}, follow=True))
    assert "采纳不会自动改变数字" in done
    assert f"/returns/{world.a.rows['return:水沟镇']}/reopen/" in done
    assert "已经答复" in text_of(party.post(answer, {"outcome": "dismissed", "text": "改主意"}))


def change(world, claim: int, accepted: str) -> None:
    """The existing way to another figure: reopen the Return, a later opinion, close again."""
    return_id = world.a.rows["return:水沟镇"]
    with acting(world.a.posts["party_inspector"]) as post:
        moments = {"now": NOW, "until": NOW + dt.timedelta(days=1)}
        closing.reopen(post=post, return_id=return_id, reason="异议采纳", **moments)
    with acting(world.a.posts["leader"]):
        last = Opinion.objects.filter(claim=claim, step="inspection").latest("pk").pk
    opine(
        world,
        "party_inspector",
        claim,
        step="inspection",
        verdict="reduce",
        accepted=Decimal(accepted),
        supersedes=last,
    )
    with acting(world.a.posts["party_inspector"]):
        act("return.close")
        Return.objects.filter(pk=return_id).update(reports_closed_at=Now())
        Return.objects.filter(pk=return_id).update(opinions_closed_at=Now())


def frozen_part(answer) -> str:
    """The page without what it says of now and of the viewer's session."""
    page = text_of(answer)
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"<details.*?</details>|<p class=\"on-screen\">.*?</p>", "", main, flags=re.DOTALL)


@commits
@pytest.mark.covers("F-76", "I2")
def test_what_is_shown_stays_whatever_happens_later(world, sign_in):
    party, claim = sign_in("a_party_inspector"), world.a.rows["claim"]
    seal(world)
    publish(world, party, time="without", reason="省里催报")
    publicity = newest(world)
    party.post(f"/snapshots/{publicity}/freeze/", {"reason": ""})
    result = newest(world)
    assert result > publicity
    pages = [f"/snapshots/{result}/", f"/snapshots/{result}/rows/?measure=1", f"/snapshots/{result}/text/"]
    before = [party.get(page).content for page in pages]
    shown = frozen_part(party.get(pages[0]))
    change(world, claim, "600")
    after = [party.get(page).content for page in pages]
    assert frozen_part(party.get(pages[0])) == shown
    assert after[2] == before[2]
    assert "与现数不同的 0 处" in before[0].decode()
    found = re.search(r"与现数不同的 (\d+) 处", after[0].decode())
    # Of the town and of the whole: the verified figure; 1,400 of 10,000 and 1,000 are one class.
    assert found
    assert found[1] == "2"
    assert "1,000.00" in after[1].decode()


@commits
def test_without_time_for_objections_a_reason_is_needed(world, sign_in):
    party, head = sign_in("a_party_inspector"), sign_in("a_head")
    seal(world)
    assert "不设公示期的应写明理由" in text_of(publish(world, party, time="without"))
    assert "公示当日不能期满" in text_of(publish(world, party, objection_days="0"))
    assert "请填写公示的工作日数" in text_of(publish(world, party, objection_days=""))
    shown = text_of(publish(world, party, time="without", reason="上级要求当日公布"))
    assert "不设公示期" in shown
    assert "上级要求当日公布" in shown
    claim = world.a.rows["claim"]
    assert "提出异议" not in text_of(head.get(f"/claims/{claim}/"))
    assert "不在公示期内" in text_of(head.post(f"/claims/{claim}/object/", {"reason": "少计了"}))
    assert "本期已经公示过，重新公示应写明理由" in text_of(publish(world, party))
    again = text_of(publish(world, party, reason="口径有误，重新公示"))
    assert "口径有误，重新公示" in again
    first = newest(world) - 1
    assert "已有更正，以后来的为准" in text_of(party.get(f"/snapshots/{first}/"))
    assert "已被后来的公示稿代替" in text_of(party.post(f"/snapshots/{first}/freeze/", {"reason": ""}))


@commits
@pytest.mark.covers("I4")
def test_who_may_object_and_who_may_answer(world, sign_in):
    party, reporter = sign_in("a_party_inspector"), sign_in("a_reporter")
    seal(world)
    publish(world, party)
    claim, office = world.a.rows["claim"], world.a.rows["office_claim"]
    assert sign_in("a_clerk").post(f"/claims/{claim}/object/", {"reason": "x"}).status_code == 403
    other = sign_in("a_other_head")
    assert other.get(f"/claims/{claim}/object/").status_code == 404
    assert reporter.get(f"/claims/{office}/object/").status_code == 404
    # 城关镇 shares the split claim, and 水沟镇 has a voice of its own on it.
    shared = world.a.rows["split_claim"]
    for client in (other, reporter):
        raised = client.post(f"/claims/{shared}/object/", {"reason": "比例不对"}, follow=True)
        assert "异议已提出" in text_of(raised)
    with acting(world.a.posts["leader"]):
        raised = Objection.objects.filter(claim=shared).exclude(pk=world.a.rows["objection"])
        theirs, ours = (raised.get(unit_id=world.a.units[unit]).pk for unit in ("城关镇", "水沟镇"))
    assert reporter.get(f"/objections/{ours}/").status_code == 200
    assert reporter.get(f"/objections/{theirs}/").status_code == 404
    assert f"/objections/{theirs}/" not in text_of(reporter.get("/objections/"))
    for stem in ("leader", "clerk", "party_inspector"):
        assert f"/objections/{theirs}/" in text_of(sign_in(f"a_{stem}").get("/objections/"))
    assert sign_in("a_clerk").post(f"/objections/{ours}/answer/").status_code == 403
    assert party.get(f"/objections/{ours}/answer/").status_code == 405


@commits
@pytest.mark.covers("I4")
def test_an_inspector_does_not_answer_for_the_own_house(world, sign_in):
    """县委督查室 stands below 县委办, whose claim it is."""
    with acting(world.a.posts["admin"]) as admin:
        users.appoint(
            post=admin,
            username="a_office_head",
            name="办公室主任",
            unit=Unit.objects.get(name="县委办"),
            role=Role.HEAD,
            password=PASSWORD,
            on=FROM,
        )
    seal(world)
    party, government = sign_in("a_party_inspector"), sign_in("a_government_inspector")
    publish(world, government)
    claim = world.a.rows["office_claim"]
    raised = sign_in("a_office_head").post(f"/claims/{claim}/object/", {"reason": "漏计"}, follow=True)
    address = raised.redirect_chain[-1][0]
    answer = {"outcome": "dismissed", "text": "与凭证相符"}
    assert "回避" in text_of(party.get(address))
    assert "回避" in text_of(party.post(f"{address}answer/", answer))
    assert "不予采纳" in text_of(government.post(f"{address}answer/", answer, follow=True))


def test_everybody_of_the_county_reads_and_the_neighbour_nothing(world, sign_in):
    mine, theirs = world.a.rows["snapshot"], world.b.rows["snapshot"]
    for stem in ("reporter", "head", "other_head", "clerk", "leader", "party_inspector"):
        client = sign_in(f"a_{stem}")
        assert client.get(f"/snapshots/{mine}/").status_code == 200
        assert client.get(f"/snapshots/{theirs}/").status_code == 404
        assert client.post(f"/snapshots/{mine}/").status_code == 405
        assert CANARY not in text_of(client.get("/snapshots/"))
        assert client.get(PUBLISH).status_code == (200 if stem == "party_inspector" else 403)
    assert sign_in("a_admin").get("/snapshots/").status_code == 403
    objection = f"/objections/{world.a.rows['objection']}/"
    assert sign_in("a_other_head").get(objection).status_code == 200
    assert sign_in("a_head").get(objection).status_code == 404
    assert sign_in("a_party_inspector").get(f"/objections/{world.b.rows['objection']}/").status_code == 404


@commits
def test_a_unit_opens_its_own_rows_alone(world, sign_in):
    party = sign_in("a_party_inspector")
    seal(world)
    publish(world, party)
    rows = f"/snapshots/{newest(world)}/rows/"
    own, other = world.a.units["水沟镇"], world.a.units["招商局"]
    head = sign_in("a_head")
    for query, code in (
        (f"?measure=1&unit={own}", 200),
        (f"?measure=99&unit={own}", 404),
        (f"?measure=1&unit={other}", 404),
        ("?measure=1", 404),
        ("", 404),
    ):
        assert head.get(rows + query).status_code == code, query
    assert head.get(rows.replace("rows", "text")).status_code == 403
    for query in (f"?measure=1&unit={other}", "?measure=1", ""):
        assert party.get(rows + query).status_code == 200, query
    assert party.get(f"{rows}?measure=x&unit=y").status_code == 200  # nothing named: what no measure counts


@commits
def test_a_form_that_is_sent_again_publishes_once(world, sign_in):
    party = sign_in("a_party_inspector")
    seal(world)
    key = {"sent_key": "7f6ad0f4-6f3e-4a3c-9a58-6d0e8a3a9f11"}
    first = party.post(PUBLISH, {**form(world), **key})
    again = party.post(PUBLISH, {**form(world), **key}, follow=True)
    assert again.redirect_chain[-1][0] == first.url
    assert "没有重复登记" in text_of(again)


@commits
def test_lists_ask_the_same_number_of_queries(world, sign_in, django_assert_num_queries):
    party = sign_in("a_party_inspector")
    seal(world)
    head = sign_in("a_head")
    pages = ("/snapshots/", "/objections/")
    for address in pages:
        party.get(address)
        with django_assert_num_queries(QUERIES):
            party.get(address)
    publish(world, party)
    for key in ("claim", "split_claim"):
        head.post(f"/claims/{world.a.rows[key]}/object/", {"reason": "少计了"})
    publish(world, party, reason="更正")
    for address in pages:
        with django_assert_num_queries(QUERIES):
            assert len(re.findall(r'href="/(?:snapshots|objections)/\d+/"', text_of(party.get(address)))) == 3
