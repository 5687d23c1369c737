"""A county that tests set up and run by the commands, as the people of its offices would.

Its commands commit, so a test that uses it is marked ``django_db(transaction=True)``.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts import scope
from accounts.operator import as_migrator, tenant_id_of
from accounts.queries.posts import ActingPost, own_posts
from accounts.services import users
from tests import world

DATA = Path(__file__).parent / "data" / "h1-2012"
OFFICE = DATA / "county-h1-2012.xlsx"
HOSTILE = DATA / "county-hostile.xlsx"
AS_OF = "2012-06-30"
PERIOD = "2012年上半年"

CODE = "611023"
UNITS = {
    "招商局": ("department", None),
    "县委办": ("department", None),
    "县委督查室": ("office", "县委办"),
    "县政府办": ("department", None),
    "县政府督查室": ("office", "县政府办"),
}
ADMIN = "chen"
# Two clerks, for nobody decides what they entered; two offices, for each has an interest in its own house.
ENTERS, REVIEWS = "lin", "wang"
PARTY, GOVERNMENT = "zhao", "sun"
POSTS = {
    ENTERS: ("招商局", "bureau"),
    REVIEWS: ("招商局", "bureau"),
    PARTY: ("县委督查室", "inspection"),
    GOVERNMENT: ("县政府督查室", "inspection"),
}
STEPS = {"bureau": "first_review", "inspection": "inspection"}


def run(command: str, *arguments: object, code: str | None = CODE) -> str:
    """What a command prints, given the words of its command line. Raises CommandError as it is."""
    out = StringIO()
    words = ["--tenant", code] if code else []
    call_command(command, *words, *map(str, arguments), stdout=out)
    return out.getvalue()


def refusal(command: str, *arguments: object) -> str:
    """The words with which a command refuses, as it must: one line and exit code 1."""
    with pytest.raises(CommandError) as refused:
        run(command, *arguments)
    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)
    return str(refused.value)


def set_up() -> None:
    """The empty county: its offices and people, no task and no figure."""
    run("add_tenant", "--code", CODE, "--name", "商南县", "--level", "county", "--admin", ADMIN, code=None)
    for name, (kind, parent) in UNITS.items():
        under = ["--under", parent] if parent else []
        run("add_unit", "--as", ADMIN, "--name", name, "--kind", kind, *under)
    for user, (unit, role) in POSTS.items():
        run("add_post", "--as", ADMIN, "--user", user, "--unit", unit, "--role", role)


def load(file: Path, *more: object, user: str = ENTERS) -> dict:
    """Load a workbook (or look at it, with --dry-run); the command's report."""
    return exactly(run("load_workbook", file, "--as", user, "--json", *more))


def decide(*users: str) -> list[str]:
    """Decide all that is clean as these people, one after the other; what was printed."""
    steps = {user: STEPS[POSTS[user][1]] for user in users}
    return [run("decide", "--step", steps[user], "--all-clean", "--as", user) for user in users]


def close(user: str = PARTY) -> str:
    """Close the half-year; what was printed."""
    return run("close", "--period", PERIOD, "--as", user)


def standing(basis: str = "verified", as_of: str = AS_OF) -> dict:
    """The standing as the command prints it."""
    return exactly(run("standing", "--as-of", as_of, "--basis", basis, "--json"))


def figures(basis: str = "verified", as_of: str = AS_OF) -> dict:
    """The county's figures as the command prints them."""
    return exactly(run("figures", "--as-of", as_of, "--basis", basis, "--json"))


def both(basis: str = "verified") -> dict:
    """Standing and figures under the names that the checker gives them."""
    return {"standing": standing(basis), "figures": figures(basis)}


def exactly(text: str) -> dict:
    """JSON with exact numbers."""
    return json.loads(text, parse_float=Decimal)


@contextmanager
def acting(user: str) -> Iterator[ActingPost]:
    """One transaction in this person's post."""
    person = users.find(user)
    with transaction.atomic(), scope.enter(None, user=person.pk, kind=scope.IDENTITY):
        post = own_posts(person.pk, on=world.TODAY)[0]
    with world.acting(post):
        yield post


@contextmanager
def looking() -> Iterator[None]:
    """One transaction that reads the county's tables."""
    with as_migrator():
        tenant = tenant_id_of(CODE)
    with transaction.atomic(), scope.enter(tenant, kind=scope.OPERATOR):
        yield


def everything() -> dict[str, tuple[int, str | None]]:
    """Every row of the database: how many a table has, and a digest of them. The change log is among them."""
    with as_migrator(), connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            found[table] = cursor.fetchone()
    assert found["accounts_change"][0] > 0
    return found
