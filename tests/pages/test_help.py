"""The help on schemes opens for everybody and is reached from the home page."""

import pytest

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
