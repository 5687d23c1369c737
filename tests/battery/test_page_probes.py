"""County A's people after county B's rows by page and by command. Every address of the portal is listed here.

An id of county B must be answered like an id that does not exist: the same status, the same page.
"""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.choices import Role
from accounts.models import Unit
from accounts.refusals import NotFound
from accounts.services import posts, users
from projects.services import kept, pending
from projects.services.evidence import Upload
from tests.battery.page_table import API, OTHER_ARGUMENTS, PAGES, Page, Plain, Way
from tests.walls.ground import Ground
from tests.world import CANARY, FROM, PASSWORD, County, acting, picture

pytestmark = [pytest.mark.battery, pytest.mark.django_db]

NOWHERE = 10**15  # an id that no row has
SHUT = {403, 404}
STEMS = (
    *("reporter", "head", "other_head", "clerk", "second_clerk", "party_inspector", "government_inspector"),
    *("leader", "auditor", "admin"),
)


def patterns() -> Iterator[tuple[str, list[str]]]:
    """Name and arguments of every address, save those of the API."""
    found = get_resolver()
    names = (name for name in found.reverse_dict if isinstance(name, str))
    for name in sorted(name for name in names if not name.startswith(API)):
        (_form, arguments), *_more = found.reverse_dict.getlist(name)[0][0]
        yield name, arguments


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: str


class Visitors:
    """Signed-in browsers, one for each person of county A, and one of the city that looks into it."""

    def __init__(self, ground: Ground):
        self.world = ground.world
        self.browsers = {stem: self._signed_in(self.world.a.username(stem)) for stem in (*STEMS, "security")}
        officer = self._signed_in("city_officer")
        assert officer.post(reverse("county"), {"county": self.world.a.tenant_id}).status_code == 302
        self.browsers["the city's officer in A"] = officer

    def _signed_in(self, username: str) -> Client:
        browser = Client(raise_request_exception=False)
        answer = browser.post(reverse("login"), {"username": username, "password": PASSWORD})
        assert answer.status_code == 302, username
        return browser

    def ask(self, who: str, method: str, address: str, data: dict | None = None) -> Answer:
        """One request; what it wrote is taken back."""
        browser = self.browsers[who]
        with transaction.atomic():
            answer = getattr(browser, method)(address, data or {})
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        drawn = r'name="(csrfmiddlewaretoken|sent_key)" value="[\w-]+"'
        text = re.sub(drawn, "", content.decode(errors="replace"))
        return Answer(answer.status_code, text, str(dict(answer.headers)))


class Tally:
    def __init__(self):
        self.probes: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []
        self.seen: set[tuple] = set()
        self.twins = 0

    def __str__(self):
        told = f"{dict(self.probes)}, answered {dict(self.statuses)}"
        return f"{told}, twins {self.twins}, faults {len(self.faults)}"

    def judge(self, kind: str, key: tuple, answer: Answer, nowhere: Answer) -> None:
        """A probe, and what was answered about an id that does not exist."""
        if key in self.seen:
            return
        self.seen.add(key)
        self.probes[kind] += 1
        self.statuses[answer.status] += 1
        if names_the_neighbour(answer):
            self.faults.append(f"{key}: the answer names the neighbour")
        if answer.status != nowhere.status:
            self.faults.append(f"{key}: {answer.status}, though nothing there is {nowhere.status}")
        elif masked(answer, key[-1]) != masked(nowhere, key[-1]):
            self.faults.append(f"{key}: the page differs from the one about nothing")
        if answer.status >= 500:
            self.faults.append(f"{key}: {answer.status}")


def masked(answer: Answer, id_: object) -> str:
    """The page without the numbers that it may repeat from the question."""
    return re.sub(rf"(?<!\d)(?:{re.escape(str(id_))}|{NOWHERE})(?!\d)", "#", answer.body)


def names_the_neighbour(answer: Answer) -> bool:
    marks = (CANARY, quote(CANARY), CANARY.encode("unicode_escape").decode(), "乙县")
    return any(mark in text for mark in marks for text in (answer.body, answer.headers))


def appoint(county: County) -> None:
    """A county's security administrator, a post that waits for that one, and one that is handed over."""
    admin = county.posts["admin"]
    with acting(admin):
        for stem, unit, role in (
            ("security", "系统管理", Role.SECURITY_ADMIN),
            ("waiting", "县委督查室", Role.INSPECTION),
        ):
            person = {"username": county.username(stem), "name": f"{county.prefix}{stem}"}
            where = {"unit": Unit.objects.get(name=unit), "role": role, "on": FROM}
            given = users.appoint(post=admin, password=PASSWORD, **person, **where)
            assert given.pending == (stem == "waiting")
            county.rows[f"post:{stem}"], county.rows[f"user:{stem}"] = given.pk, given.user_id
            finish_act()
        to = county.posts["clerk"].user_id
        leaving = county.posts["other_head"].id
        given = posts.hand_over(post=admin, post_id=leaving, to_user_id=to, on=FROM.replace(month=8))
        county.rows["post:handed_over"] = given.pk
        finish_act()


def finish_act() -> None:
    """What a page does next is another act, though this transaction goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.act', '', true)")


@pytest.fixture
def visitors(ground, settings) -> Visitors:
    settings.PORTAL_MAIL = True  # without a mail server the pages of mail serve nobody
    ground.world = deepcopy(ground.world)
    for county in (ground.world.a, ground.world.b):
        appoint(county)
    return Visitors(ground)


def row_id(county: County, key: str) -> int:
    kind, _colon, name = key.partition(":")
    if kind == "unit":
        return county.units[name]
    if kind in {"user", "post"} and name in county.posts:
        return county.posts[name].user_id if kind == "user" else county.posts[name].id
    return county.rows[key]


def sent(county: County, way: Way) -> dict:
    return {**way.sends(), **{name: row_id(county, key) for name, key in way.rows.items()}}


def ids_of(ground: Ground, table: str, county: County) -> list:
    if table == "accounts_tenant":
        return [county.tenant_id]
    if table == "the neighbour's workbook":
        with acting(county.posts["clerk"]):
            return [kept.keep(CANARY.encode())]
    if table == "the neighbour's files":
        with acting(county.posts["clerk"]):
            return [pending.keep([Upload(f"{CANARY}.png", picture(9).content)])]
    if table in {"accounts_user", "accounts_post"}:
        kind = table.removeprefix("accounts_")
        keys = [f"{kind}:{stem}" for stem in county.posts]
        return [row_id(county, key) for key in (*keys, *(key for key in county.rows if key.startswith(kind)))]
    return [row["id"] for row in ground.rows(table, county.tenant_id)]


@pytest.mark.covers("I6")
def test_every_address_is_listed():
    assert {name for name, _arguments in patterns()} == set(PAGES)
    for name, arguments in patterns():
        page = PAGES[name]
        assert len(arguments) == (1 if isinstance(page, Page) or name in OTHER_ARGUMENTS else 0), name


@pytest.mark.covers("I6")
def test_pages_about_one_row_know_nothing_of_the_neighbours(ground, visitors, capsys):
    a, b = ground.world.a, ground.world.b
    tally = Tally()
    for name, page in PAGES.items():
        if not isinstance(page, Page):
            continue
        for method, way in (("get", page.get), ("post", page.post)):
            address = reverse(name, args=[NOWHERE])
            if way is None:
                assert visitors.ask("clerk", method, address).status == 405, (
                    f"{name} takes {method}: who may?"
                )
                continue
            own = visitors.ask(way.who, method, reverse(name, args=[row_id(a, way.row)]), sent(a, way))
            assert own.status < 400, f"{name}: {method} by {way.who} is answered {own.status}"
            visitors.ask(way.who, "get", reverse("home"))  # shows, and so clears, what the twin was told
            tally.twins += 1
            for who in visitors.browsers:
                nowhere = visitors.ask(who, method, address, sent(a, way))
                assert nowhere.status in SHUT, f"{name}: {method} by {who} of nothing is {nowhere.status}"
                for id_ in ids_of(ground, page.table, b):
                    answer = visitors.ask(who, method, reverse(name, args=[id_]), sent(a, way))
                    tally.judge(f"{method} of a page", (who, method, name, id_), answer, nowhere)
    with capsys.disabled():
        print(f"\n{tally}")
    assert not tally.faults, "\n".join(tally.faults[:20])
    assert set(tally.statuses) <= SHUT


def silent(visitors: Visitors, who: str, name: str, address: str) -> None:
    """The page as it is, asked and sent to, names the neighbour nowhere."""
    for method in ("get", "post"):
        if name != "logout":
            assert not names_the_neighbour(visitors.ask(who, method, address)), (who, method, name)


@pytest.mark.covers("I6")
def test_ids_in_queries_and_forms_open_nothing_of_the_neighbours(ground, visitors, capsys):
    a, b = ground.world.a, ground.world.b
    tally = Tally()
    for name, page in PAGES.items():
        if not isinstance(page, Plain):
            continue
        address = reverse(name, kwargs=OTHER_ARGUMENTS.get(name, {}))
        whole = address + "".join(f"?{parameter}={row_id(a, key)}" for parameter, key in page.needs.items())
        if page.who:
            assert visitors.ask(page.who, "get", whole).status < 400, name
            tally.twins += 1
        for who in visitors.browsers:
            silent(visitors, who, name, whole)
            for parameter, table in page.query.items():
                nowhere = visitors.ask(who, "get", address, {parameter: NOWHERE})
                for id_ in ids_of(ground, table, b):
                    answer = visitors.ask(who, "get", address, {parameter: id_})
                    # Numbers of acts mean something here as well: the page may differ, it must be silent.
                    like = answer if parameter == "before" else nowhere
                    tally.judge("query", (who, "get", name, parameter, id_), answer, like)
            for parameter, table in page.fields.items():
                none = {parameter: NOWHERE, "file_name": "x.xlsx"}
                nowhere = visitors.ask(who, "post", whole, none)
                for id_ in ids_of(ground, table, b):
                    answer = visitors.ask(who, "post", whole, {**none, parameter: id_})
                    tally.judge("form", (who, "post", name, parameter, id_), answer, nowhere)
    with capsys.disabled():
        print(f"\n{tally}")
    assert not tally.faults, "\n".join(tally.faults[:20])


@pytest.mark.covers("I6")
def test_ids_in_forms_about_a_row_bring_in_nothing_of_the_neighbours(ground, visitors, capsys):
    a, b = ground.world.a, ground.world.b
    tally = Tally()
    for name, page in PAGES.items():
        if not isinstance(page, Page):
            continue
        for parameter, table in page.fields.items():
            address = reverse(name, args=[row_id(a, page.post.row)])
            for who in visitors.browsers:
                nowhere = visitors.ask(who, "post", address, {**sent(a, page.post), parameter: NOWHERE})
                assert nowhere.status in SHUT | {200}, f"{name}: {parameter} by {who}: {nowhere.status}"
                for id_ in ids_of(ground, table, b):
                    answer = visitors.ask(who, "post", address, {**sent(a, page.post), parameter: id_})
                    tally.judge("form about a row", (who, "post", name, parameter, id_), answer, nowhere)
            tally.twins += 1
    with capsys.disabled():
        print(f"\n{tally}")
    assert not tally.faults, "\n".join(tally.faults[:20])


@pytest.mark.covers("I6")
def test_a_workbook_between_two_pages_is_read_by_its_own_county_only(world):
    a, b = world.a, world.b
    with acting(b.posts["clerk"]):
        token = kept.keep(CANARY.encode())
        assert kept.kept(token) == CANARY.encode()
    with acting(a.posts["clerk"]):
        for path in (token, f"../../{b.tenant_id}/workbooks/{token}", f"../{token}"):
            with pytest.raises(NotFound):
                kept.kept(path)


# Commands: what a person of county A may not do in county B. Their twins run as B's own people there.

WORKBOOK = Path(__file__).resolve().parent.parent / "data" / "h1-2012" / "county-h1-2012.xlsx"
# name -> who of a county may run it, with what, and what it then says (a later rule may still refuse).
COMMANDS = {
    "add_unit": ("admin", ["--name", "新单位", "--kind", "town"], "已新增"),
    "add_post": (
        "admin",
        ["--user", "newcomer", "--name", "新人", "--unit", "招商局", "--role", "leader"],
        "newcomer",
    ),
    "decide": ("clerk", ["--step", "first_review", "--all-clean"], "认可"),
    "load_workbook": ("clerk", [str(WORKBOOK), "--dry-run"], "期间："),
    "close": ("party_inspector", ["--period", "2012年上半年"], "没有核实完"),
}
# Run by the operator of the server, who acts as nobody.
OPERATORS = {
    *(
        "add_tenant",
        "checkpoint",
        "demo",
        "figures",
        "lint_scheme",
        "migrate",
        "notices",
        "reset_second_factor",
    ),
    *("score", "standing", "verify_changes"),
}
OURS = {"accounts", "projects", "assessment", "portal"}
DOOR = "没有可办理此事的岗位"


def run(name: str, county: County, username: str, arguments: list[str]) -> str:
    """Everything that a command says, errors included; what it wrote is taken back."""
    out = StringIO()
    with transaction.atomic():
        try:
            call_command(name, "--tenant", county.code, "--as", username, *arguments, stdout=out, stderr=out)
        except CommandError as refusal:
            out.write(str(refusal))
        transaction.set_rollback(True)
    return out.getvalue()


@pytest.mark.covers("I6")
def test_commands_act_in_the_county_of_the_person_only(ground, capsys):
    a, b = ground.world.a, ground.world.b
    ours = {name for name, app in get_commands().items() if app in OURS}
    assert ours == set(COMMANDS) | OPERATORS
    probes = 0
    for name, (who, arguments, says) in COMMANDS.items():
        twin = run(name, a, a.username(who), arguments)
        assert says in twin, f"{name}: {twin}"
        assert DOOR not in twin, name
        for stem in STEMS:
            for county, other in ((b, a), (a, b)):
                said = run(name, county, other.username(stem), arguments)
                assert DOOR in said, f"{name} in {county.code} as {other.username(stem)}: {said}"
                assert CANARY not in said
                probes += 1
    with capsys.disabled():
        print(f"\n{probes} commands refused, {len(COMMANDS)} twins well")
