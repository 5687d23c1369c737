"""The shell: whom the home page serves with what, the menu, wrong addresses and methods."""

import re

import pytest

from tests.world import CANARY

PEOPLE = ("reporter", "head", "clerk", "party_inspector", "leader", "auditor", "admin")


def text_of(answer) -> str:
    return answer.content.decode()


def links_of(answer) -> set[str]:
    """Addresses inside the portal that a page links to."""
    found = set(re.findall(r'href="(/[^"#]*)', text_of(answer)))
    return {link.replace("&amp;", "&") for link in found if not link.startswith("/static/")}


@pytest.mark.parametrize("stem", PEOPLE)
def test_home_opens_for_every_role_and_shows_nothing_of_the_neighbour(world, sign_in, stem):
    answer = sign_in(f"a_{stem}").get("/")
    assert answer.status_code == 200
    assert "甲县" in text_of(answer)
    assert CANARY not in text_of(answer)


@pytest.mark.parametrize("stem", PEOPLE)
def test_every_link_of_home_and_menu_opens(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    codes = {link: client.get(link).status_code for link in links_of(client.get("/"))}
    assert set(codes.values()) == {200}, codes


def test_home_of_a_unit_shows_its_return_and_its_claims(world, sign_in):
    page = text_of(sign_in("a_reporter").get("/"))
    assert f"/returns/{world.a.rows['return:水沟镇']}/" in page
    assert "已上报" in page
    assert "2012-06-30" in page
    assert f"/claims/{world.a.rows['claim']}/" in page
    assert f"/claims/{world.a.rows['bureau_claim']}/" not in page


def test_home_of_the_bureau_counts_units_that_have_not_filed(world, sign_in):
    client = sign_in("a_clerk")
    page = text_of(client.get("/"))
    counted = re.search(r"<strong>(\d+)</strong><span>个单位未报", page)
    assert counted
    rows = text_of(client.get(f"/returns/?period={world.a.rows['period']}&state=missing"))
    assert len(re.findall(r'href="/returns/\d+/"', rows)) == int(counted[1]) > 0


@pytest.mark.parametrize(
    ("stem", "queries"),
    [("reporter", 27), ("clerk", 28), ("party_inspector", 21), ("leader", 24), ("auditor", 16)],
)
def test_home_needs_few_queries(world, sign_in, django_assert_num_queries, stem, queries):
    client = sign_in(f"a_{stem}")
    with django_assert_num_queries(queries):
        client.get("/")


def test_menu_names_what_the_post_may_open(world, sign_in):
    of_auditor = links_of(sign_in("a_auditor").get("/"))
    assert "/changes/" in of_auditor
    assert of_auditor.isdisjoint({"/projects/", "/vouchers/new/", "/workbooks/", "/queue/"})
    assert {"/workbooks/", "/vouchers/new/"} <= links_of(sign_in("a_clerk").get("/"))
    assert links_of(sign_in("a_reporter").get("/")).isdisjoint({"/workbooks/", "/changes/"})


def test_every_page_says_that_the_demo_stands_still(world, sign_in):
    client = sign_in("a_clerk")
    for address in ("/", "/projects/", "/nothing/"):
        assert "演示：业务日期停在 2012年7月2日" in text_of(client.get(address))


def test_an_unknown_address_is_a_page_in_chinese(client, world):
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "没有这个页面或这条数据" in text_of(answer)


def test_a_wrong_method_is_a_page_that_names_the_right_ones(world, sign_in):
    answer = sign_in("a_clerk").get("/post/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "不能直接打开" in text_of(answer)


def test_a_form_without_its_token_is_refused_in_chinese(world, sign_in):
    client = sign_in("a_clerk")
    client.handler.enforce_csrf_checks = True
    answer = client.post("/periods/new/", {})
    assert answer.status_code == 403
    assert "页面已过期" in text_of(answer)


def test_a_stranger_is_sent_to_the_sign_in_page(client, world):
    for address in ("/", "/projects/", "/vouchers/new/", f"/evidence/{world.a.rows['claim:evidence']}/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/login/")
