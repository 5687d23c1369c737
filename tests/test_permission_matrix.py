"""Role x address x method: who is served where, from the URL configuration and a table that people can read.

The table is ``tests/data/permissions.txt``: an address, a method, and the people served. Whoever is not
named there gets 403 at that address, whatever they send; a method without a line gets 405 from everybody.
An address that is missing in the table fails, with the lines that it would need.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.choices import Role
from accounts.models import Unit
from accounts.services import users
from tests.world import FROM, PASSWORD, acting

TABLE = Path(__file__).parent / "data" / "permissions.txt"
# One of each kind of person; the superior once in the city's own scope and once looking into county A.
PEOPLE = {
    "reporter": "a_reporter",
    "head": "a_head",
    "bureau": "a_clerk",
    "inspection": "a_party_inspector",
    "leader": "a_leader",
    "superior": "city_officer",
    "looking": "city_officer",
    "system": "a_admin",
    "security": "a_security",
    "audit": "a_auditor",
}
# Answered without a scope, before anybody's rights count; their own tests are in tests/pages.
OPEN = {"login", "logout", "health"}
METHODS = ("GET", "POST")
UNSAFE = ("PUT", "PATCH", "DELETE")
SERVED = {200, 302, 400, 404}  # 400: nothing was sent; 404: not this row for this person


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every named page of the portal; the API has its own matrix."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if not str(entry.pattern).startswith("api/"):
                yield from patterns(entry)
        else:
            yield entry


PAGES = {entry.name: entry for entry in patterns() if entry.name not in OPEN}


def served() -> dict[tuple[str, str], set[str]]:
    """(address, method) -> people, as the table says."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, method, *people = line.split()
            assert (name, method) not in found, line
            assert people
            found[name, method] = set(PEOPLE) if people == ["all"] else set(people)
            assert found[name, method] <= set(PEOPLE), line
    return found


def address(name: str, world) -> str:
    """The page's address in county A, about a row that stands there."""
    rows = world.a.rows
    known = {
        **{f"{key}_id": row for key, row in rows.items()},
        "voucher_id": rows["claim:voucher"],
        "evidence_id": rows["claim:evidence"],
        "return_id": rows["return:水沟镇"],
        "claim_id": rows["claim"],
        "unit_id": world.a.units["水沟镇"],
        "user_id": world.a.posts["reporter"].user_id,
        "post_id": world.a.posts["reporter"].id,
        "change_id": rows["stage_change"],
        "pos": 1,
        "day": "2012-07-02",
        "name": "0" * 32,  # of a key that nobody has
        "key": "paid_in_wan",
        "year": 2012,
        "kind": "zero",
        "slug": "reporter",
    }
    if name in {"post_confirm", "post_end"}:  # of posts that decide
        known["post_id"] = world.a.posts["party_inspector"].id
    if name == "claim_opinion":  # on what is decided already
        known["claim_id"] = rows["decided_claim"]
    wanted = PAGES[name].pattern.converters
    missing = wanted.keys() - known.keys()
    assert not missing, f"{name}: say which row of county A stands for {missing}"
    return reverse(name, kwargs={key: known[key] for key in wanted})


@pytest.fixture
def security(world) -> None:
    """A security administrator, whom the world does without: as soon as there is one, posts wait for him."""
    admin = world.a.posts["admin"]
    with acting(admin), connection.cursor() as cursor:
        users.appoint(
            post=admin,
            username=PEOPLE["security"],
            name="孟",
            unit=Unit.objects.get(name="系统管理"),
            role=Role.SECURITY_ADMIN,
            password=PASSWORD,
            on=FROM,
        )
        cursor.execute("SELECT set_config('app.act', '', true)")  # the pages' acts are not this one


@pytest.fixture(autouse=True)
def _mail(settings):
    """With a mail server, as the pages about mail want it."""
    settings.PORTAL_MAIL = True


@pytest.fixture
def browsers(world, security, sign_in) -> dict[str, Client]:
    found = {person: sign_in(username) for person, username in PEOPLE.items()}
    found["looking"].post("/county/", {"county": world.a.tenant_id})
    return found


def status(client: Client, method: str, page: str) -> int:
    """What the page answers; whatever it wrote is rolled back."""
    with transaction.atomic():
        answer = client.generic(method, page)
        transaction.set_rollback(True)
    if answer.streaming:
        b"".join(answer.streaming_content)  # a file is sent open, and closed when it has been read
    return answer.status_code


def test_the_table_lists_every_address_and_nothing_else():
    table = served()
    listed = {name for name, _method in table}
    assert not listed ^ PAGES.keys()
    assert all(PAGES), "an address without a name cannot be listed"


@pytest.mark.battery
@pytest.mark.covers("F-3", "F-110", "I4")
def test_everybody_is_served_where_the_table_says_and_nowhere_else(world, browsers):
    table, cells, wrong = served(), 0, []
    for name in PAGES:
        page = address(name, world)
        for method in METHODS:
            people = table.get((name, method))
            for person, client in browsers.items():
                cells += 1
                code = status(client, method, page)
                if people is None:
                    good = code == 405
                elif person in people:
                    good = code in SERVED
                else:
                    good = code == 403
                if not good:
                    wrong.append(f"{name} {method} {person}: {code}")
    assert not wrong, "\n".join(wrong)
    print(f"\n{cells} cells: {len(PAGES)} addresses, {len(METHODS)} methods, {len(browsers)} kinds of people")


@pytest.mark.battery
def test_no_address_answers_another_method(world, browsers):
    wrong = [
        f"{name} {method} {person}"
        for name in PAGES
        for method in UNSAFE
        for person, client in browsers.items()
        if status(client, method, address(name, world)) != 405
    ]
    assert not wrong


def test_a_stranger_is_sent_to_the_front_door_everywhere(world):
    stranger = Client()
    for name in PAGES:
        for method in METHODS:
            answer = stranger.generic(method, address(name, world))
            assert answer.status_code == 302, f"{name} {method}"
            assert re.match(r"^/login/\?next=", answer["Location"]), f"{name} {method}"
