"""The help on schemes opens for everybody and is reached from the home page."""

import pytest

from portal import help as helps
from tests.pages.test_shell import PEOPLE, links_of, text_of


@pytest.mark.parametrize("stem", PEOPLE)
def test_the_help_on_schemes_opens_for_every_role(world, sign_in, stem):
    answer = sign_in(f"a_{stem}").get("/help/schemes/")
    assert answer.status_code == 200
    assert "考核办法怎么写" in text_of(answer)


@pytest.mark.parametrize(("stem", "offered"), [("clerk", True), ("admin", True), ("reporter", False)])
def test_home_offers_the_help_to_those_who_write_schemes(world, sign_in, stem, offered):
    assert ("/help/schemes/" in links_of(sign_in(f"a_{stem}").get("/"))) is offered


def test_the_help_is_for_people_who_are_signed_in(client, world):
    answer = client.get("/help/schemes/")
    assert answer.status_code == 302
    assert answer.url.startswith("/login/")


@pytest.mark.parametrize("stem", PEOPLE)
def test_the_help_opens_for_every_role_and_every_link_of_it(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    index = client.get("/help/")
    assert "您现在的岗位请先看" in text_of(index)
    pages = {link for link in links_of(index) if link.startswith("/help/")}
    assert len(pages) == len(helps.BY_SLUG) + 1
    for page in sorted(pages):
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("stem", ["reporter", "clerk", "auditor"])
def test_what_the_help_links_to_opens_for_its_reader(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    wrong = set()
    for slug in helps.PAGES:
        for link in links_of(client.get(f"/help/{slug}/")):
            if client.get(link).status_code != 200:
                wrong.add((slug, link))
    assert not wrong


@pytest.mark.parametrize(
    ("address", "topic"),
    [
        ("/units/", "units"),
        ("/targets/new/", "targets"),
        ("/measures/", "measures"),
        ("/queue/", "vouchers"),
        ("/reconciliation/", "independent"),
        ("/exports/", "exports"),
        ("/reductions/", "vouchers"),
        ("/reductions/export/ask/", "exports"),
    ],
)
def test_a_page_links_to_its_topic(world, sign_in, address, topic):
    assert f'class="help-here" href="/help/{topic}/"' in text_of(sign_in("a_clerk").get(address))


def test_other_topics_and_methods_of_the_help(world, sign_in):
    client = sign_in("a_clerk")
    assert client.get("/help/nothing/").status_code == 404
    assert client.post("/help/").status_code == 405
    assert client.post("/help/units/").status_code == 405


def test_the_reference_of_the_interface_names_every_address_parameter_and_field(world, sign_in):
    page = text_of(sign_in("a_admin").get("/help/interface/reference/"))
    for word in (
        "/api/v1/claims/",
        "/api/v1/standing/",
        "happened_from",
        "half_year_met",
        "superior",
        "tenant",
    ):
        assert f"<code>{word}</code>" in page
    assert page.count("/api/v1/") == 16  # 13 lists, 2 tables, the description
