"""One box for everything: by name, pinyin, credit code and number; what others hold is named only."""

import re

import pytest

from tests.pages.test_shell import text_of
from tests.world import CANARY


def hits(page: str, kind: str) -> list[str]:
    """What stands in a section of the results, links told by their address."""
    section = page.partition(f'<h2 id="{kind}">')[2].partition("</table>")[0]
    return re.findall(r'<td>(?:<a href="[^"]*">)?([^<]*)(?:</a>)?</td>\s*<td>', section)


FOUND = [
    ("水沟镇", "units", ["水沟镇"]),
    ("sgz", "units", ["水沟镇"]),
    ("shuigou", "projects", ["水沟镇电子项目"]),
    ("dzxm", "projects", ["县委办电子项目", "招商局电子项目", "水沟镇电子项目"]),
    ("恒盛", "firms", ["恒盛公司"]),
    ("hsgs", "firms", ["恒盛公司"]),
    ("91350100m0001", "firms", ["恒盛公司"]),
    ("JH0001", "vouchers", ["银行进账单 JH0001"]),
    ("jh0001", "vouchers", ["银行进账单 JH0001"]),
]


@pytest.mark.covers("F-105")
@pytest.mark.parametrize(("words", "kind", "names"), FOUND)
def test_everything_is_found_by_what_people_type(world, sign_in, words, kind, names):
    page = text_of(sign_in("a_clerk").get("/search/", {"q": words}))
    assert sorted(hits(page, kind)) == sorted(names)
    assert CANARY not in page


@pytest.mark.covers("F-105", "I6")
def test_what_another_unit_holds_is_named_and_opens_nothing(world, sign_in):
    page = text_of(sign_in("a_other_head").get("/search/?q=hsgs"))
    section = page.partition('<h2 id="held">')[2].partition("</table>")[0]
    assert "由水沟镇掌握" in section
    assert "由招商局掌握" in section
    assert "<a " not in section
    assert "91350100M000100Y43" not in page
    assert hits(page, "projects") == []
    # A letter alone lists nobody's projects.
    assert hits(text_of(sign_in("a_other_head").get("/search/?q=h")), "held") == []
    assert "由其他单位掌握" not in text_of(sign_in("a_leader").get("/search/?q=hsgs"))


def test_administrators_find_units_only(world, sign_in):
    page = text_of(sign_in("a_admin").get("/search/?q=shui"))
    assert hits(page, "units") == ["水沟镇"]
    assert re.findall(r'<h2 id="(\w+)"', page) == ["units"]


@pytest.mark.parametrize("words", ["", "%", "_", "'", "\x00", "没有这个", "a" * 200, "<script>"])
def test_any_words_are_answered(world, sign_in, words):
    answer = sign_in("a_clerk").get("/search/", {"q": words})
    assert answer.status_code == 200
    assert "<script>" not in text_of(answer)
    assert hits(text_of(answer), "projects") == []


def test_one_kind_goes_on_page_by_page(world, sign_in):
    client = sign_in("a_clerk")
    page = text_of(client.get("/search/?q=dzxm&in=projects"))
    assert len(hits(page, "projects")) == 3
    assert re.findall(r'<h2 id="(\w+)"', page) == ["projects"]
    # A kind that this post does not look in is no kind.
    page = text_of(sign_in("a_admin").get("/search/?q=shui&in=projects"))
    assert re.findall(r'<h2 id="(\w+)"', page) == ["units"]


def test_the_box_stands_on_every_page_and_takes_get_only(world, sign_in):
    client = sign_in("a_reporter")
    for address in ("/", "/projects/", "/units/", "/nothing/"):
        assert 'action="/search/"' in text_of(client.get(address))
    assert client.post("/search/").status_code == 405
    assert client.get("/login/").status_code == 200


def test_results_open(world, sign_in):
    client = sign_in("a_reporter")
    for words in ("sgz", "hsgs", "JH0001"):
        page = text_of(client.get(f"/search/?q={words}"))
        links = re.findall(r'<td><a href="([^"]*)"', page)
        assert links
        for link in links:
            assert client.get(link.replace("&amp;", "&")).status_code == 200, link


@pytest.mark.parametrize(("words", "rows"), [("jh0001", 1), ("jh", 5)])
def test_queries_of_the_search(world, sign_in, django_assert_num_queries, words, rows):
    client = sign_in("a_clerk")
    with django_assert_num_queries(20):
        page = text_of(client.get(f"/search/?q={words}"))
    assert len(hits(page, "vouchers")) == rows
