"""Visits, leads and contacts through their pages: who sees them, how long a lead is held, how it ends."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Change, ChangeRow, Unit
from accounts.refusals import Forbidden
from assessment.queries.standing import standing
from assessment.services import opinions
from projects.choices import ClaimKind, Direction
from projects.models import Claim, Contact, Lead, Project, Visit
from projects.queries import acts
from projects.services import leads, returns, visits
from projects.services.contacts import Person
from projects.services.returns import PeriodClosed
from tests.pages.test_vouchers import commits, told
from tests.world import CANARY, TODAY, acting, picture

JUNE = dt.date(2012, 6, 28)  # the last working days for which a filing period is open
PAGES = (
    "/visits/",
    "/visits/by-unit/",
    "/visits/{visit}/",
    "/leads/",
    "/leads/{lead}/",
    "/contacts/{contact}/",
)


@pytest.mark.covers("F-16", "I6")
@pytest.mark.parametrize("address", PAGES)
def test_who_opens_a_page(world, sign_in, address):
    """Leads and contacts stay with their unit and the bureau; who reads the county reads its visits."""
    page = address.format(**world.a.rows)
    answer = sign_in("a_clerk").get(page)
    assert (answer.status_code, CANARY in told(answer)) == (200, False)
    assert "13809130001" not in told(answer)
    assert sign_in("a_reporter").get(page).status_code == 200
    assert sign_in("a_clerk").delete(page).status_code == 405
    assert sign_in("a_auditor").get(page).status_code == 403
    reads = 200 if "visits" in address else 403
    assert sign_in("a_leader").get(page).status_code == reads
    if "{" in address:
        assert sign_in("a_other_head").get(page).status_code == 404
        assert sign_in("b_clerk").get(page).status_code == 404


def went(**changed) -> visits.Entry:
    told_of = {"happened_on": dt.date(2012, 6, 8), "place": "厦门", "result": "有意建厂", "headcount": 3}
    return visits.Entry(**{"direction": Direction.OUTBOUND, "firm_name": "大海公司", **told_of, **changed})


def log(world, stem: str = "reporter", **changed) -> visits.Logged:
    with acting(world.a.posts[stem]) as post:
        unit = Unit.objects.get(pk=post.unit_id)
        return visits.log(post=post, entry=went(**changed), unit=unit, today=TODAY)


def report(world, stem: str = "reporter", firm: str = "大海公司", today=JUNE, **changed) -> leads.Reported:
    with acting(world.a.posts[stem]) as post:
        unit = Unit.objects.get(pk=post.unit_id)
        entry = leads.Entry(**{"content": "建厂", "firm_name": firm, "scale_wan": Decimal(8000), **changed})
        return leads.report(post=post, entry=entry, unit=unit, today=today)


@commits
@pytest.mark.covers("S0-12", "S0-19", "S0-20", "S3-15", "S3-16", "I1")
def test_a_visit_is_counted_once_and_verified_like_money(world, sign_in):
    person = Person("陈某", "董事长", "13959200000")
    done = log(world, contact=person, principal_leader=True, files=[picture(77)], people="钱某、孙某")
    assert (done.claim.kind, done.claim.reported, done.claim.quantity_unit) == (ClaimKind.VISIT, 1, "次")
    assert "请确认不是重复登记" in log(world, contact=person).warnings[0]
    came = log(world, direction=Direction.INBOUND, place="本县", headcount=9)
    assert came.claim.kind == ClaimKind.RECEPTION
    with acting(world.a.posts["clerk"]) as clerk:
        assert Contact.objects.filter(name="陈某").count() == 1
        assert done.visit.evidence_links.count() == 1
        table = {line.unit.name: line for line in acts.trips_by_unit(clerk, today=TODAY)}
        assert (table["水沟镇"].trips, table["水沟镇"].leaders, table["水沟镇"].guests) == (2, 1, 9)
        assert (table["城关镇"].trips, table["城关镇"].last) == (0, None)
    page = told(sign_in("a_leader").get("/visits/by-unit/"))
    assert page.count("未外出") > 1
    with acting(world.a.posts["head"]) as head:
        returns.submit(post=head, return_id=world.a.rows["return:水沟镇"])
    queue = told(sign_in("a_clerk").get("/queue/"))
    assert "外出招商 1 次" in queue
    assert "大海公司" in queue
    for stem, step in (("clerk", "first_review"), ("party_inspector", "inspection")):
        assert sign_in(f"a_{stem}").get(f"/queue/{done.claim.pk}/").status_code == 200
        with acting(world.a.posts[stem]) as post:
            opinions.give(post=post, claim_id=done.claim.pk, step=step, verdict="accept", today=TODAY)
    with acting(world.a.posts["leader"]):
        assert standing(as_of=TODAY, measure_name="外出招商").amount == 1
        assert standing(as_of=TODAY, measure_name="外出招商", basis="reported").amount == 2
    # Names of travellers and of the contact never reach the log.
    with acting(world.a.posts["clerk"]):
        lines = ChangeRow.objects.filter(table__in=["projects_visit", "projects_contact"], op="I")
        said = str(list(lines.values_list("after", flat=True)))
        assert not re.search("钱某|陈某|13959200000", said)


@pytest.mark.covers("S0-12")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"happened_on": dt.date(2012, 7, 3)}, "happened_on"),
        ({"firm_name": " "}, "firm_name"),
        ({"result": ""}, "result"),
        ({"headcount": 0}, "headcount"),
        ({"contact": Person("陈某", phone="12345")}, "contact_phone"),
    ],
)
def test_a_visit_that_cannot_be_right_is_told(world, client, changed, field):
    with pytest.raises(ValidationError) as faults:
        log(world, **changed)
    assert list(faults.value.message_dict) == [field]


def test_a_visit_of_another_unit_or_before_the_open_period_is_refused(world):
    with acting(world.a.posts["other_head"]) as post, pytest.raises(Forbidden):
        visits.log(post=post, entry=went(), unit=Unit.objects.get(name="水沟镇"), today=TODAY)
    with pytest.raises(PeriodClosed):
        log(world, happened_on=dt.date(2011, 12, 1))


@commits
@pytest.mark.covers("F-11", "S3-14", "S1-24")
def test_who_reports_first_holds_the_firm_and_others_learn_no_more(world, sign_in):
    first = report(world, channel="by_business", contact=Person("陈某", phone="13959200000"))
    assert first.lead.held_until == JUNE + dt.timedelta(days=90)  # the county's own rule
    assert first.lead.first_reported_at.year > 2012  # the database's moment, not the frozen day
    assert (first.claim.kind, first.claim.quantity_unit) == (ClaimKind.LEAD, "条")
    with pytest.raises(ValidationError) as told_other:
        report(world, "other_head", firm="大海 公司")
    assert told_other.value.message_dict == {"firm_name": ["该投资方已由“水沟镇”首报，保护期至 2012-09-26。"]}
    with pytest.raises(ValidationError) as told_own:
        report(world)
    assert "请在原线索上跟进" in str(told_own.value)
    # Given up, it is free; the reason is asked for.
    client = sign_in("a_reporter")
    address = f"/leads/{first.lead.pk}/abandon/"
    assert "请写明放弃的原因" in told(client.post(address, {"reason": ""}))
    assert sign_in("a_other_head").post(address, {"reason": "x"}).status_code == 404
    assert "已放弃这条线索" in told(client.post(address, {"reason": "投资方无意"}, follow=True))
    assert "不能再办理" in told(client.post(address, {"reason": "再次"}))
    second = report(world, "other_head").lead
    with acting(world.a.posts["other_head"]):
        assert Lead.objects.get(pk=second.pk).unit.name == "城关镇"
    assert "大海公司" not in told(client.get("/leads/?state=open"))
    assert "大海公司" in told(client.get("/leads/?state=abandoned"))


@commits
@pytest.mark.covers("F-11")
def test_a_lead_becomes_a_project_once(world, sign_in):
    lead = report(world).lead
    client = sign_in("a_reporter")
    page = f"/leads/{lead.pk}/project/"
    assert "大海公司" in told(client.get(page))
    values = {"name": "大海项目", "firm_name": "大海公司", "line": "recruitment", "happened_on": "2012-07-01"}
    assert "已转为项目“大海项目”" in told(client.post(page, values, follow=True))
    with acting(world.a.posts["clerk"]):
        project = Project.objects.get(name="大海项目")
        assert (project.stage, project.unit.name) == ("negotiating", "水沟镇")
        assert Lead.objects.get(pk=lead.pk).project_id == project.pk
        assert Claim.objects.get(lead=lead).project_id is None
    assert "不能再办理" in told(client.post(page, {**values, "name": "又一项目"}))
    stream = told(client.get(f"/projects/{project.pk}/stream/"))
    assert "首报线索" in stream


@commits
@pytest.mark.covers("F-16")
def test_a_phone_is_shown_once_asked_for_and_the_log_knows(world, sign_in):
    address = f"/contacts/{world.a.rows['contact']}/"
    client = sign_in("a_clerk")
    assert "138****0001" in told(client.get(address))
    answer = client.post(f"{address}phone/")
    assert "13809130001" in told(answer)
    assert answer["Cache-Control"] == "no-store"
    with acting(world.a.posts["clerk"]):
        asked = Change.objects.get(act="contact.reveal")
        assert asked.rows.count() == 0
        assert "1380913" not in asked.reason
    for who, code in (("a_other_head", 404), ("b_clerk", 404), ("a_leader", 403)):
        assert sign_in(who).post(f"{address}phone/").status_code == code
        assert sign_in(who).post(f"{address}erase/", {"reason": "x"}).status_code in {code, 403}
    assert client.get(f"{address}phone/").status_code == 405
    assert "请写明删除的原因" in told(client.post(f"{address}erase/", {"reason": " "}))
    client.post(f"{address}erase/", {"reason": "本人要求"})
    with acting(world.a.posts["clerk"]):
        erased = Contact.objects.get(pk=world.a.rows["contact"])
        assert (erased.phone, erased.title, "王某" in erased.name) == ("", "", False)


@commits
def test_queries_of_the_lists_do_not_grow(world, sign_in, django_assert_num_queries):
    client = sign_in("a_clerk")
    pages = {"/visits/": 19, "/leads/": 18, "/visits/by-unit/": 18}
    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)
    for number in range(2):
        log(world, firm_name=f"公司{number}")
        report(world, firm=f"公司{number}")
    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)
    with acting(world.a.posts["clerk"]):
        assert Visit.objects.count() == 3
