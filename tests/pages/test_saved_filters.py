"""Saved filters (常用筛选): kept from a list, used again, shared in the unit, and nobody else's to change."""

import datetime as dt
import re
import uuid
from pathlib import Path

import pytest
from django.urls import get_resolver, reverse

from accounts.acts import SENTENCES, act
from accounts.lists import LISTS, LONGEST, narrowed
from accounts.models import Change, Post, SavedFilter
from accounts.tasks import inside
from portal.templatetags.shell import PAGES as MENU_PAGES
from tests.pages.test_shell import links_of, text_of
from tests.world import CANARY, acting

commits = pytest.mark.django_db(transaction=True)
covers = pytest.mark.covers("F-84")

PAGE = "/filters/"
SAVE = "/filters/save/"
LIST = "/projects/?stage=signed"
QUERIES = 17


def sent(**changed) -> dict:
    return {"name": "签约项目", "address": LIST, **changed}


def kept(county) -> list[tuple[str, str, bool]]:
    """Name, address and shared of every filter but the world's own."""
    with inside(county.tenant_id):
        found = SavedFilter.objects.exclude(pk=county.rows["saved_filter"]).order_by("pk")
        return list(found.values_list("name", "address", "shared"))


def saved(county, stem: str, name: str = "签约项目", *, shared: bool = False, address: str = LIST) -> int:
    with acting(county.posts[stem]) as post:
        act("filter.save")
        row = SavedFilter.objects.create(post_id=post.id, name=name, address=address, shared=shared)
        return row.pk


# From a list and back --------------------------------------------------------------------------------


@covers
@commits
def test_a_filter_is_kept_from_its_list_and_used_again(world, sign_in):
    clerk = sign_in("a_clerk")
    page = text_of(clerk.get(f"{LIST}&q=&page=2"))
    address = re.search(r'name="address" value="([^"]*)"', page)[1].replace("&amp;", "&")
    assert address == f"{LIST}&q=", "without the page number"
    answer = clerk.post(SAVE, sent(address=address), follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "已保存为常用筛选“签约项目”" in text_of(answer)
    assert kept(world.a) == [("签约项目", address, False)]
    assert address in links_of(clerk.get(PAGE))
    assert PAGE in links_of(clerk.get("/"))


@covers
def test_without_a_filter_there_is_nothing_to_keep(world, sign_in):
    clerk = sign_in("a_clerk")
    for bare in ("/projects/", "/projects/?page=1", "/projects/?q=&stage=", "/search/?q=x"):
        assert SAVE not in text_of(clerk.get(bare)), bare
    assert SAVE in text_of(clerk.get(LIST))


@covers
def test_every_list_with_a_filter_offers_to_keep_it(world, sign_in):
    """Each is opened by somebody who works with it, with some filter."""
    readers = {"users": "admin", "access": "auditor"}
    asked = {"standing": "basis=reviewed", "figures": "basis=reviewed"}
    clients = {stem: sign_in(f"a_{stem}") for stem in ("clerk", "admin", "auditor")}
    for name in LISTS:
        keys = {"source_id": world.a.rows["source"]} if name == "official_source" else {}
        address = f"{reverse(name, kwargs=keys)}?{asked.get(name, 'state=x')}"
        page = text_of(clients[readers.get(name, "clerk")].get(address))
        assert page.count(f'action="{SAVE}"') == 1, name
        assert narrowed(address) == address


def test_every_form_that_narrows_a_list_is_followed_by_the_offer():
    root = Path(__file__).resolve().parents[2]
    # Steps of an entry, not lists of their own.
    steps = {"voucher_project.html", "draw_new.html", "_find.html"}
    found = [
        path
        for app in ("accounts", "projects", "assessment", "portal")
        for path in (root / app / "templates").rglob("*.html")
        if 'method="get"' in path.read_text(encoding="utf-8") and path.name not in steps
    ]
    assert len(found) >= 18
    for path in found:
        assert "accounts/_save_filter.html" in path.read_text(encoding="utf-8"), path.name


def test_lists_are_called_as_in_the_menu():
    for name, words in LISTS.items():
        assert name in get_resolver().reverse_dict
        if name in MENU_PAGES:
            assert MENU_PAGES[name][0] == words


# What is refused -------------------------------------------------------------------------------------


@covers
@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/projects/?stage=signed",
        "https://evil.example/projects/",
        "javascript:alert(1)",
        "/\\evil.example/",
        "projects/?stage=signed",
        "//[",
        "",
        "/nowhere/?q=1",
        "/projects/new/?q=1",
        "/filters/save/?q=1",
        "/logout/",
    ],
)
@commits
def test_what_is_no_list_is_refused_in_words(world, sign_in, address):
    answer = sign_in("a_clerk").post(SAVE, sent(address=address))
    assert answer.status_code == 200
    assert "只能保存本系统列表页的筛选" in text_of(answer)
    assert 'value="签约项目"' in text_of(answer), "nothing typed is lost"
    assert kept(world.a) == []


@covers
@commits
def test_a_long_address_an_empty_and_a_taken_name_are_refused(world, sign_in):
    clerk = sign_in("a_clerk")
    assert "筛选条件太长" in text_of(clerk.post(SAVE, sent(address="/projects/?q=" + "x" * LONGEST)))
    assert clerk.post(SAVE, sent(name="  ")).status_code == 200
    assert clerk.post(SAVE, sent(name="长" * 31)).status_code == 200
    assert kept(world.a) == []
    assert clerk.post(SAVE, sent()).status_code == 302
    assert "您已有名为“签约项目”的常用筛选" in text_of(clerk.post(SAVE, sent(name=" 签约项目 ")))
    assert len(kept(world.a)) == 1
    assert sign_in("a_second_clerk").post(SAVE, sent()).status_code == 302, "a name is one's own"


@covers
@commits
def test_sending_it_again_is_harmless(world, sign_in):
    clerk = sign_in("a_clerk")
    again = {"sent_key": str(uuid.uuid4())}
    for _time in range(2):
        assert clerk.post(SAVE, sent(**again)).status_code == 302
    assert len(kept(world.a)) == 1
    own, again = world.a.rows["saved_filter"], {"sent_key": str(uuid.uuid4())}
    for _time in range(2):
        assert clerk.post(f"{PAGE}{own}/remove/", again).status_code == 302


@covers
@commits
def test_a_superior_who_looks_down_keeps_nothing(world, sign_in):
    officer = sign_in("city_officer")
    officer.post("/county/", {"county": world.a.tenant_id})
    assert SAVE not in text_of(officer.get(LIST))
    assert officer.post(SAVE, sent()).status_code == 403
    assert officer.get(PAGE).status_code == 200
    assert "已开工的" not in text_of(officer.get(PAGE))
    assert kept(world.a) == []


# The unit's ------------------------------------------------------------------------------------------


@covers
@commits
def test_what_is_shared_is_seen_in_the_unit_and_nowhere_else(world, sign_in):
    saved(world.a, "reporter", "只给自己")
    saved(world.a, "reporter", "给本单位", shared=True)
    head = text_of(sign_in("a_head").get(PAGE))
    assert "给本单位" in head
    assert "areporter" in head, "who keeps it"
    assert "只给自己" not in head
    for stem in ("clerk", "other_head", "party_inspector", "admin"):
        page = text_of(sign_in(f"a_{stem}").get(PAGE))
        assert "给本单位" not in page
        assert "只给自己" not in page
        assert CANARY not in page


@covers
@commits
def test_who_has_left_shares_nothing_any_more(world, sign_in):
    saved(world.a, "reporter", "给本单位", shared=True)
    head = sign_in("a_head")
    for until, there in ((dt.date(2012, 7, 2), True), (dt.date(2012, 7, 1), False)):
        with acting(world.a.posts["admin"]):
            act("post.dates")
            Post.objects.filter(pk=world.a.posts["reporter"].id).update(until_on=until)
        assert ("给本单位" in text_of(head.get(PAGE))) is there


@covers
@commits
def test_one_renames_shares_and_removes_ones_own(world, sign_in):
    reporter = sign_in("a_reporter")
    own = saved(world.a, "reporter")
    saved(world.a, "reporter", "另一个")
    assert reporter.post(f"{PAGE}{own}/change/", {"name": "新名", "shared": "on"}).status_code == 302
    assert kept(world.a)[0] == ("新名", LIST, True)
    taken = reporter.post(f"{PAGE}{own}/change/", {"name": "另一个"})
    assert "您已有名为“另一个”的常用筛选" in text_of(taken)
    assert reporter.post(f"{PAGE}{own}/change/", {"name": "新名"}).status_code == 302
    assert kept(world.a)[0] == ("新名", LIST, False)
    answer = reporter.post(f"{PAGE}{own}/remove/", follow=True)
    assert "已删除常用筛选“新名”" in text_of(answer)
    assert [row[0] for row in kept(world.a)] == ["另一个"]


@covers
@commits
def test_who_may_and_who_may_not(world, sign_in):
    hidden, shown = saved(world.a, "reporter", "一"), saved(world.a, "reporter", "二", shared=True)
    head, clerk = sign_in("a_head"), sign_in("a_clerk")
    for way, data in (("change", {"name": "改"}), ("remove", {})):
        assert head.post(f"{PAGE}{shown}/{way}/", data).status_code == 403
        assert head.post(f"{PAGE}{hidden}/{way}/", data).status_code == 404
        assert clerk.post(f"{PAGE}{shown}/{way}/", data).status_code == 404
        assert clerk.post(f"{PAGE}{world.b.rows['saved_filter']}/{way}/", data).status_code == 404
        assert clerk.get(f"{PAGE}{shown}/{way}/").status_code == 405
    assert clerk.get(SAVE).status_code == 405
    assert clerk.post(PAGE).status_code == 405
    assert [row[0] for row in kept(world.a)] == ["一", "二"]
    with inside(world.b.tenant_id):
        assert SavedFilter.objects.get().name == f"已开工的{CANARY}"


@covers
@commits
def test_what_it_shows_is_decided_by_who_opens_it(world, sign_in):
    saved(world.a, "reporter", "名册", shared=True, address="/users/?q=a")
    head = sign_in("a_head")
    assert "/users/?q=a" in links_of(head.get(PAGE))
    assert head.get("/users/?q=a").status_code == 403


@covers
@commits
def test_the_log_tells_that_and_not_what(world, sign_in):
    clerk = sign_in("a_clerk")
    assert clerk.post(SAVE, sent(name="王某的"), follow=True).status_code == 200
    with acting(world.a.posts["clerk"]):
        pos = Change.objects.latest("pos").pos
    page = text_of(clerk.get(f"/changes/{pos}/"))
    assert str(SENTENCES["filter.save"]) in page
    assert "王某的" not in page
    assert "stage=signed" not in page


@covers
@commits
def test_a_list_that_is_gone_is_said_to_be(world, sign_in):
    saved(world.a, "clerk", "老列表", address="/gone/?q=1")
    assert "已停用的列表" in text_of(sign_in("a_clerk").get(PAGE))


@covers
@commits
def test_the_page_asks_as_often_for_three_as_for_one(world, sign_in, django_assert_num_queries):
    clerk = sign_in("a_clerk")
    clerk.get(PAGE)
    with django_assert_num_queries(QUERIES):
        clerk.get(PAGE)
    saved(world.a, "clerk", "二")
    saved(world.a, "second_clerk", "三", shared=True, address="/units/?kind=town")
    with django_assert_num_queries(QUERIES):
        clerk.get(PAGE)


@covers
def test_the_offer_asks_nothing_of_the_database(world, sign_in, django_assert_num_queries):
    clerk = sign_in("a_clerk")
    clerk.get("/enterprises/")
    with django_assert_num_queries(ENTERPRISES):
        clerk.get("/enterprises/?q=")
    with django_assert_num_queries(ENTERPRISES):
        assert SAVE in text_of(clerk.get("/enterprises/?q=恒盛"))


ENTERPRISES = 18
