"""From the field: visits and the leads that come of them, through their pages."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from PIL import Image
from PIL.ExifTags import Base

from accounts.acts import act
from projects.choices import ClaimKind, GateKind, PeriodKind, Stage
from projects.models import Claim, Enterprise, EvidenceLink, Lead, Project, Return, Visit
from projects.services import gates, periods
from tests.pages.test_vouchers import photo, told
from tests.world import acting

commits = pytest.mark.django_db(transaction=True)
VISIT, LEAD = "/visits/new/", "/leads/new/"


def walk(**changed) -> dict:
    """What a cadre enters after a visit."""
    entered = {
        "direction": "outbound",
        "happened_on": "2012-06-20",
        "place": "广东深圳",
        "firm_name": "新安电子",
        "people": "张三、李四",
        "result": "有意来县建厂。",
    }
    return {**entered, **changed}


def intent(**changed) -> dict:
    """What a cadre reports of an investor."""
    entered = {
        "firm_name": "新安电子",
        "content": "电子元件厂",
        "scale_wan": "1.2亿",
        "money_unit": "万元",
        "contact_name": "王五",
        "contact_phone": "13800000000",
    }
    return {**entered, **changed}


@pytest.fixture
def july(world):
    """July is open, so that a lead of today has its Return."""
    with acting(world.a.posts["clerk"]) as clerk:
        return periods.open_period(post=clerk, kind=PeriodKind.MONTH, starts_on=dt.date(2012, 7, 1))


@pytest.mark.covers("F-12", "I1")
def test_a_visit_is_logged_and_counted(world, sign_in):
    client = sign_in("a_reporter")
    page = told(client.get(VISIT))
    assert 'value="2012-07-02"' in page
    assert "恒盛公司" in page
    assert "绝密" not in page
    answer = client.post(VISIT, walk())
    assert re.fullmatch(r"/visits/\d+/", answer.url)
    assert "已登记走访“2012-06-20 新安电子”，计入 水沟镇“2012年上半年”报表。" in told(client.get(answer.url))
    with acting(world.a.posts["reporter"]):
        visit = Visit.objects.get(firm_name="新安电子")
        assert (visit.unit.name, visit.headcount, visit.people) == ("水沟镇", 2, "张三、李四")
        assert Claim.objects.get(visit=visit).reported == Decimal(1)


def test_a_name_that_is_registered_becomes_the_firm_and_a_photo_is_kept(world, sign_in):
    answer = sign_in("a_reporter").post(
        VISIT,
        walk(firm_name="恒盛公司", people="", headcount="3", principal_leader="on", photos=[photo(960)]),
    )
    assert answer.status_code == 302
    with acting(world.a.posts["reporter"]):
        visit = Visit.objects.latest("pk")
        assert visit.enterprise_id == world.a.rows["enterprise"]
        assert (visit.headcount, visit.principal_leader) == (3, True)
        assert EvidenceLink.objects.filter(visit=visit).count() == 1


@commits
def test_a_photo_that_a_phone_took_upright_stays_upright(world, sign_in):
    """A phone keeps the picture as its sensor lies, and says in the metadata how to turn it."""
    lying = Image.new("RGB", (40, 20), "white")
    lying.paste("red", (0, 0, 40, 5))  # the sensor's upper edge: the right one once turned
    turned = Image.Exif()
    turned[Base.Orientation] = 6
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=turned)
    sent = SimpleUploadedFile("IMG_0001.jpg", out.getvalue(), content_type="image/jpeg")
    client = sign_in("a_reporter")
    client.post(VISIT, walk(photos=[sent]))
    with acting(world.a.posts["reporter"]):
        found = EvidenceLink.objects.get(visit=Visit.objects.latest("pk")).evidence_id
    with Image.open(io.BytesIO(b"".join(client.get(f"/evidence/{found}/").streaming_content))) as kept:
        assert (kept.size, kept.getexif().get(Base.Orientation)) == ((20, 40), None)
        assert kept.getpixel((18, 20))[1] < 100 < kept.getpixel((5, 20))[1]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"direction": ""}, "必填"),
        ({"direction": "sideways"}, "sideways"),
        ({"happened_on": "2012-07-03"}, "晚于今天"),
        ({"happened_on": "哪天"}, "“哪天”"),
        ({"place": " "}, "必填"),
        ({"firm_name": ""}, "必填"),
        ({"result": ""}, "必填"),
        ({"headcount": "0"}, "大于或等于"),
        ({"files": [photo(961, "a.exe")]}, "不能作为佐证"),
    ],
)
def test_a_bad_visit_is_told_and_nothing_is_written(world, sign_in, changed, message):
    with acting(world.a.posts["reporter"]):
        before = Visit.objects.count()
    page = told(sign_in("a_reporter").post(VISIT, walk(**changed)))
    assert "没有保存，请改正后重新提交" in page
    assert message in page
    with acting(world.a.posts["reporter"]):
        assert Visit.objects.count() == before


@commits
@pytest.mark.covers("F-13", "F-21")
def test_a_visit_that_a_gate_asks_for_is_logged_for_the_project(world, sign_in):
    """The gate sends to a form that knows firm and unit, and what is logged leads back to the move."""
    project_id = world.a.rows["bureau_project"]
    with acting(world.a.posts["clerk"]) as clerk:
        about = {"stage": Stage.INTENT, "kind": GateKind.VISIT, "item": "any"}
        gates.add(post=clerk, **about, valid_from=dt.date(2012, 6, 1))
        project = Project.objects.select_related("enterprise").get(pk=project_id)
    client = sign_in("a_clerk")
    form = f"{VISIT}?project={project_id}&then=intent"
    page = told(client.get(f"/projects/{project_id}/stage/?to=intent"))
    assert f'href="{form.replace("&", "&amp;")}"' in page
    page = told(client.get(form))
    assert 'name="unit"' not in page
    assert "then_lead" not in page
    assert f'value="{project.enterprise.name}"' in page
    answer = client.post(form, walk(firm_name=project.enterprise.name))
    assert answer.url == f"/projects/{project_id}/stage/?to=intent"
    assert form not in told(client.get(answer.url))
    with acting(world.a.posts["clerk"]):
        visit = Visit.objects.latest("pk")
        assert (visit.project_id, visit.unit_id) == (project_id, project.unit_id)
    assert "有意来县建厂。" in told(client.get(f"/projects/{project_id}/stream/?show=visits"))


@commits
@pytest.mark.covers("F-13", "I6")
def test_a_visit_follows_a_lead_or_a_project_of_the_own_unit_alone(world, sign_in):
    lead, project = (world.a.rows[name] for name in ("lead", "project"))
    client = sign_in("a_reporter")
    assert f"{VISIT}?lead={lead}" in told(client.get(f"/leads/{lead}/"))
    answer = client.post(f"{VISIT}?lead={lead}", walk(firm_name="远望公司"))
    assert answer.url == f"/leads/{lead}/"
    assert "2012-06-20" in told(client.get(answer.url))
    assert f"{VISIT}?project={project}" in told(client.get(f"/projects/{project}/"))
    assert client.post(f"{VISIT}?project={project}", walk()).url == f"/projects/{project}/"
    for asked in (f"lead={lead}", f"project={project}"):
        assert sign_in("a_other_head").get(f"{VISIT}?{asked}").status_code == 404
        assert sign_in("b_clerk").get(f"{VISIT}?{asked}").status_code == 404
    assert client.get(f"{VISIT}?project=x").status_code == 404
    shared = world.a.rows["bureau_project"]
    seen = client.get(f"/projects/{shared}/").status_code
    assert client.post(f"{VISIT}?project={shared}", walk()).status_code == (403 if seen == 200 else 404)


@commits
@pytest.mark.covers("F-12")
def test_a_lead_comes_from_a_visit_in_one_flow(world, sign_in, july):
    client = sign_in("a_reporter")
    answer = client.post(VISIT, walk(then_lead="1"))
    page = told(client.get(answer.url))
    assert 'value="新安电子"' in page
    answer = client.post(answer.url, intent(), follow=True)
    assert "已登记线索“新安电子”，首报日期 2012-07-02" in told(answer)
    with acting(world.a.posts["reporter"]):
        lead = Lead.objects.get(firm_name="新安电子")
        assert (lead.visit.firm_name, lead.scale_wan, lead.contact.name) == (
            "新安电子",
            Decimal(12000),
            "王五",
        )
        assert Claim.objects.get(kind=ClaimKind.LEAD, lead=lead).reported == 1
        assert lead.first_reported_at is not None


@commits
@pytest.mark.covers("F-102")
def test_a_visit_and_a_lead_sent_twice_are_one_each(world, sign_in, july):
    client = sign_in("a_reporter")
    for address, entered, model in ((VISIT, walk(), Visit), (LEAD, intent(), Lead)):
        key = re.search(r'name="sent_key" value="([^"]+)"', told(client.get(address)))[1]
        answers = [client.post(address, {**entered, "sent_key": key}) for _time in range(2)]
        assert answers[0].url == answers[1].url
        with acting(world.a.posts["reporter"]):
            assert model.objects.filter(firm_name="新安电子").count() == 1


@commits
def test_a_visit_of_a_closed_period_asks_once_and_is_booked_late(world, sign_in, july):
    with acting(world.a.posts["party_inspector"]):
        act("return.close")
        Return.objects.filter(pk=world.a.rows["return:水沟镇"]).update(reports_closed_at=Now())
    client = sign_in("a_reporter")
    page = told(client.post(VISIT, walk()))
    assert "所在的填报期已关闭" in page
    assert 'name="late_ok"' in page
    answer = client.post(VISIT, walk(late_ok="1"), follow=True)
    assert "计入 水沟镇“2012年7月”报表，标注“补报”" in told(answer)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"firm_name": ""}, "必填"),
        ({"content": ""}, "必填"),
        ({"scale_wan": "很多"}, "“很多”"),
        ({"scale_wan": "-5"}, "投资规模应大于零"),
        ({"contact_name": ""}, "请填写联系人姓名"),
        ({"contact_phone": "12"}, "电话"),
    ],
)
def test_a_bad_lead_is_told(world, sign_in, changed, message):
    with acting(world.a.posts["reporter"]):
        before = Lead.objects.count()
    page = told(sign_in("a_reporter").post(LEAD, intent(**changed)))
    assert "没有保存，请改正后重新提交" in page
    assert message in page
    with acting(world.a.posts["reporter"]):
        assert Lead.objects.count() == before


def test_a_lead_needs_an_open_return(world, sign_in):
    page = told(sign_in("a_reporter").post(LEAD, intent()))
    assert "没有保存" in page
    assert "请联系招商局" in page


@commits
def test_the_bureau_enters_for_a_unit(world, sign_in, july):
    client = sign_in("a_clerk")
    town = world.a.units["水沟镇"]
    assert "没有这个单位" in told(client.post(VISIT, walk(unit=world.b.units["水沟镇"])))
    client.post(VISIT, walk(unit=town))
    client.post(LEAD, intent(unit=town))
    with acting(world.a.posts["clerk"]):
        assert Visit.objects.get(firm_name="新安电子").unit_id == town
        assert Lead.objects.get(firm_name="新安电子").unit_id == town


@pytest.mark.parametrize("address", [VISIT, LEAD])
def test_who_enters_from_the_field(world, sign_in, address):
    for stem in ("party_inspector", "leader", "auditor", "admin"):
        assert sign_in(f"a_{stem}").get(address).status_code == 403
        assert sign_in(f"a_{stem}").post(address, {}).status_code == 403
    assert sign_in("a_reporter").put(address).status_code == 405


def test_visits_of_others_are_not_found(world, sign_in):
    with acting(world.b.posts["reporter"]):
        other = Visit.objects.latest("pk").pk
    for visit in (other, 10**20, "x"):
        assert sign_in("a_reporter").get(f"{LEAD}?visit={visit}").status_code == 404


def test_firms_of_other_units_are_neither_suggested_nor_linked(world, sign_in):
    with acting(world.a.posts["clerk"]):
        name = Enterprise.objects.get(pk=world.a.rows["uncoded_enterprise"]).name
    client = sign_in("a_reporter")
    assert name not in told(client.get(VISIT))
    client.post(VISIT, walk(firm_name=name))
    with acting(world.a.posts["reporter"]):
        assert Visit.objects.latest("pk").enterprise_id is None
