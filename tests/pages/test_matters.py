"""督办单 through its pages: issued, answered, sent back, closed, printed; and what a change tells."""

import re
import uuid

import pytest

from assessment.models import Delivery, Matter, MatterStep, Notice, Opinion
from tests.pages.test_shell import text_of
from tests.world import CANARY, acting

commits = pytest.mark.django_db(transaction=True)
LIST = "/matters/"
NEW = "/matters/new/"
QUERIES = 21


def entry(world, **changed) -> dict:
    unit = world.a.units["水沟镇"]
    return {"unit": unit, "title": "催报凭证", "text": "请补齐。", "days": "5", **changed}


def page_of(world, key: str = "matter") -> str:
    return f"{LIST}{world.a.rows[key]}/"


def newest(world) -> Matter:
    with acting(world.a.posts["leader"]):
        return Matter.objects.latest("pk")


def rows_of(world, model) -> int:
    with acting(world.a.posts["leader"]):
        return model.objects.count()


@commits
def test_from_a_claim_to_the_closing(world, sign_in):
    claim = world.a.rows["office_claim"]
    inspector, other = sign_in("a_party_inspector"), sign_in("a_government_inspector")
    assert f"{NEW}?claim={claim}" in text_of(other.get(f"/claims/{claim}/"))
    form = text_of(other.get(f"{NEW}?claim={claim}"))
    assert f'<option value="{world.a.units["县委办"]}" selected' in form
    assert f'href="/claims/{claim}/"' in form
    done = other.post(f"{NEW}?claim={world.a.rows['claim']}", entry(world), follow=True)
    page = text_of(done)
    assert "已下达督办〔2012〕2号，已提醒水沟镇。" in page
    assert "还有5个工作日" in page
    assert "2012-07-09" in page
    address = f"{LIST}{newest(world).pk}/"
    assert f'href="{address}"' in text_of(inspector.get(f"/claims/{world.a.rows['claim']}/"))

    head = sign_in("a_head")
    assert "1条提醒未读" in text_of(head.get("/"))
    with acting(world.a.posts["head"]) as post:
        delivery = Delivery.objects.get(post_id=post.id)
    assert head.post(f"/notices/{delivery.pk}/open/").headers["Location"] == address
    assert f'action="{address}reply/"' in text_of(head.get(address))
    assert f'action="{address}close/"' not in text_of(head.get(address))
    assert "已回复" in text_of(head.post(f"{address}reply/", {"text": "已补齐两份。"}, follow=True))

    assert "已退回重办" in text_of(other.post(f"{address}send-back/", {"text": "缺原件"}, follow=True))
    late = other.post(f"{address}extend/", {"text": "补件", "due_on": "2012年7月9日"})
    assert "延期后的期限应晚于现在的期限" in text_of(late)
    assert "补件" in text_of(late)
    page = text_of(other.post(f"{address}extend/", {"text": "补件", "due_on": "2012-07-16"}, follow=True))
    assert "原定 2012-07-09" in page
    head.post(f"{address}reply/", {"text": "原件已送。"})
    page = text_of(other.post(f"{address}close/", {"text": "属实，办结"}, follow=True))
    assert "已销号" in page
    assert '<form class="sheet"' not in page
    assert "请刷新" in text_of(head.post(f"{address}reply/", {"text": "再说"}))


@commits
@pytest.mark.covers("I10")
def test_a_form_that_is_sent_again_writes_and_tells_once(world, sign_in):
    inspector, head = sign_in("a_party_inspector"), sign_in("a_head")
    sent = {**entry(world), "sent_key": str(uuid.uuid4())}
    first = inspector.post(NEW, sent).headers["Location"]
    before = [rows_of(world, model) for model in (Matter, MatterStep, Notice, Delivery)]
    assert inspector.post(NEW, sent).headers["Location"] == first
    assert [rows_of(world, model) for model in (Matter, MatterStep, Notice, Delivery)] == before
    reply = {"text": "已补齐。", "sent_key": str(uuid.uuid4())}
    for _again in range(2):
        head.post(f"{first}reply/", reply)
    after = [rows_of(world, model) for model in (Matter, MatterStep, Notice, Delivery)]
    assert after == [before[0], before[1] + 1, before[2] + 1, before[3] + 1]


@commits
@pytest.mark.covers("F-57")
def test_a_change_of_mind_tells_once_and_shows_what_it_touches(world, sign_in):
    claim = world.a.rows["decided_claim"]
    other, address = sign_in("a_government_inspector"), f"/claims/{world.a.rows['decided_claim']}/"
    assert "核实数更改的影响" not in text_of(other.get(address))
    with acting(world.a.posts["leader"]):
        last = Opinion.objects.filter(claim=claim, step="inspection").latest("pk").pk
    said = {
        "verdict": "reduce",
        "accepted": "120",
        "code": "amount",
        "reason": "重复计算一笔",
        "supersedes": last,
        "sent_key": str(uuid.uuid4()),
    }
    for _again in range(2):
        other.post(f"{address}opinion/", said)
    assert rows_of(world, Opinion) == 3
    for stem in ("reporter", "head", "party_inspector"):
        client = sign_in(f"a_{stem}")
        page = text_of(client.get("/notices/"))
        assert page.count("的核实数由200万元改为120万元（督查核实：核减）。理由：重复计算一笔。") == 1, stem
        with acting(world.a.posts[stem]) as post:
            delivery = Delivery.objects.get(post_id=post.id)
        opened = client.post(f"/notices/{delivery.pk}/open/")
        assert opened.headers["Location"] == address
        page = text_of(client.get(address))
        assert "这笔申报的核实数原为 200.00 万元，已改为 120.00 万元。" in page
        assert "截至7月2日：200 − 200 + 120 = 120万元" in page
        assert "2.00% → 1.20%（任务10000万元）" in page
    assert "重复计算一笔" not in text_of(other.get("/notices/"))
    history = text_of(other.get(f"/notices/units/{world.a.units['水沟镇']}/"))
    assert "核实数更改" in history
    assert "None" not in history


@pytest.mark.parametrize(
    ("stem", "codes"),
    [
        # list, page, print, new, reply, close
        ("reporter", (200, 200, 200, 403, 200, 403)),
        ("head", (200, 200, 200, 403, 200, 403)),
        ("other_head", (200, 404, 404, 403, 404, 403)),
        ("clerk", (200, 200, 200, 403, 200, 403)),
        ("leader", (200, 200, 200, 403, 403, 403)),
        ("party_inspector", (200, 200, 200, 200, 403, 200)),
        ("admin", (403, 403, 403, 403, 403, 403)),
    ],
)
def test_who_opens_what(world, sign_in, stem, codes):
    client, page = sign_in(f"a_{stem}"), page_of(world)
    found = [client.get(address).status_code for address in (LIST, page, f"{page}print/", NEW)]
    # Nothing is written in a reply: the page comes back with what is missing.
    found += [client.post(f"{page}{step}/", {"text": ""}).status_code for step in ("reply", "close")]
    assert tuple(found) == codes


def test_the_bureau_reads_and_cannot_reply_for_a_unit(world, sign_in):
    clerk, page = sign_in("a_clerk"), page_of(world)
    assert '<form class="sheet"' not in text_of(clerk.get(page))
    assert "由承办单位的负责人或填报员回复" in text_of(clerk.post(f"{page}reply/", {"text": "代回复"}))


@commits
def test_the_own_house_is_left_to_the_other_office(world, sign_in):
    own = world.a.units["县委办"]
    party, government = sign_in("a_party_inspector"), sign_in("a_government_inspector")
    assert "回避" in text_of(party.post(NEW, entry(world, unit=own)))
    address = government.post(NEW, entry(world, unit=own)).headers["Location"]
    page = text_of(party.get(address))
    assert "由另一督查室办理" in page
    assert '<form class="sheet"' not in page
    assert "回避" in text_of(party.post(f"{address}close/", {"text": "办结"}))


def test_wrong_methods(world, sign_in):
    inspector, page = sign_in("a_party_inspector"), page_of(world)
    assert inspector.post(LIST).status_code == 405
    assert inspector.post(page).status_code == 405
    for step in ("send-back", "extend", "close"):
        assert inspector.get(f"{page}{step}/").status_code == 405
    assert sign_in("a_head").get(f"{page}reply/").status_code == 405


@pytest.mark.covers("I6")
def test_the_neighbours_matters_are_not_there(world, sign_in):
    inspector = sign_in("a_party_inspector")
    theirs = f"{LIST}{world.b.rows['matter']}/"
    assert CANARY not in text_of(inspector.get(LIST))
    for address in (theirs, f"{theirs}print/", f"{NEW}?claim={world.b.rows['claim']}"):
        assert inspector.get(address).status_code == 404, address
    assert inspector.get(f"{NEW}?project={world.b.rows['project']}").status_code == 404
    assert inspector.post(f"{theirs}close/", {"text": "办结"}).status_code == 404
    assert sign_in("a_head").post(f"{theirs}reply/", {"text": "已办"}).status_code == 404
    refused = inspector.post(NEW, entry(world, unit=world.b.units["水沟镇"]))
    assert "选择一个有效的选项" in text_of(refused)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"unit": ""}, "必填"),
        ({"title": " "}, "必填"),
        ({"text": ""}, "必填"),
        ({"days": "0"}, "大于或等于"),
        ({"days": "91"}, "小于或等于"),
    ],
)
def test_what_cannot_be_issued(world, sign_in, changed, message):
    before = rows_of(world, Matter)
    page = text_of(sign_in("a_party_inspector").post(NEW, entry(world, **changed)))
    assert message in page
    assert "催报凭证" in page or "title" in changed
    assert rows_of(world, Matter) == before


@commits
def test_the_list_is_narrowed_by_state_unit_and_project(world, sign_in, settings):
    inspector = sign_in("a_party_inspector")
    inspector.post(f"{NEW}?project={world.a.rows['project']}", entry(world, days="1"))
    inspector.post(NEW, entry(world, unit=world.a.units["城关镇"]))

    def listed(query: str) -> list[str]:
        return re.findall(r"督办〔2012〕\d号</a>", text_of(inspector.get(f"{LIST}?{query}")))

    first, second, third = (f"督办〔2012〕{number}号</a>" for number in (1, 2, 3))
    assert listed("") == [third, second, first]
    assert listed("state=open") == [third, second]
    assert listed("state=replied") == [first]
    assert listed("state=closed") == []
    assert listed(f"unit={world.a.units['城关镇']}") == [third]
    # Of a project are also the matters about its claims.
    assert listed(f"project={world.a.rows['project']}") == [second, first]
    assert listed(f"claim={world.a.rows['claim']}") == [first]
    assert listed("claim=x") == [third, second, first]
    settings.PORTAL_NOW = settings.PORTAL_NOW.replace(day=5)
    assert listed("state=overdue") == [second]
    page = text_of(inspector.get(LIST))
    assert "已逾期2个工作日" in page
    assert "还有2个工作日" in page
    head = text_of(sign_in("a_other_head").get(LIST))
    assert third in head
    assert second not in head


def test_a_reply_points_at_a_file_of_the_project(world, sign_in):
    reporter, page = sign_in("a_reporter"), page_of(world)
    file = world.a.rows["claim:evidence"]
    assert f'<option value="{file}">' in text_of(reporter.get(page))
    foreign = {"text": "已补齐。", "evidence": world.a.rows["office_claim:evidence"]}
    assert "有效的选项" in text_of(reporter.post(f"{page}reply/", foreign))
    done = reporter.post(f"{page}reply/", {"text": "已补齐。", "evidence": file}, follow=True)
    assert f'href="/evidence/{file}/"' in text_of(done)


def test_the_paper(world, sign_in):
    page = text_of(sign_in("a_party_inspector").get(f"{page_of(world)}print/"))
    for words in (
        "督办〔2012〕1号",
        "水沟镇",
        "2012年7月9日",
        "请补齐银行进账单原件。",
        "已补齐。",
        "签收人",
        "盖章",
    ):
        assert words in page, words
    assert "None" not in page


@commits
@pytest.mark.covers("S2-12", "I2")
def test_home_says_what_waits_and_opens_it(world, sign_in):
    head, office = sign_in("a_head"), sign_in("a_party_inspector")
    assert "份督办单已回复，待销号" in text_of(office.get("/"))
    assert "份督办单待回复" not in text_of(head.get("/"))
    matter = world.a.rows["matter"]
    office.post(f"/matters/{matter}/send-back/", {"text": "原件还没有送来"})
    assert "份督办单已回复，待销号" not in text_of(office.get("/"))
    page = text_of(head.get("/"))
    [address] = re.findall(r'href="(/matters/\?[^"]+)"><strong>1</strong><span>份督办单待回复', page)
    assert f"/matters/{matter}/" in text_of(head.get(address.replace("&amp;", "&")))
    # The other town has no order, and the bureau none of its own.
    assert "份督办单待回复" not in text_of(sign_in("a_other_head").get("/"))
    assert "份督办单待回复" not in text_of(sign_in("a_clerk").get("/"))


def test_the_menu_and_the_help_lead_here(world, sign_in):
    reporter = sign_in("a_reporter")
    assert f'href="{LIST}"' in text_of(reporter.get("/"))
    page = text_of(reporter.get(LIST))
    assert 'class="help-here" href="/help/matters/"' in page
    assert f"{LIST}?project={world.a.rows['project']}" in text_of(
        reporter.get(f"/projects/{world.a.rows['project']}/")
    )


@commits
def test_the_pages_ask_the_same_number_of_queries(world, sign_in, django_assert_num_queries):
    inspector, head, page = sign_in("a_party_inspector"), sign_in("a_head"), page_of(world)
    for address in (LIST, page):
        inspector.get(address)
    with django_assert_num_queries(QUERIES):
        inspector.get(LIST)
    with django_assert_num_queries(QUERIES + 9):
        inspector.get(page)
    for number in range(2):
        inspector.post(f"{NEW}?claim={world.a.rows['claim']}", entry(world, title=f"再催{number}"))
        head.post(f"{page}reply/", {"text": "补充"})
    with django_assert_num_queries(QUERIES):
        inspector.get(LIST)
    with django_assert_num_queries(QUERIES + 9):
        inspector.get(page)
