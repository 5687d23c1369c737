"""The harness: tests run as the application's role behind row-level security.

The world is committed once a run. Tests in a transaction roll back; tests with real commits
(``django_db(transaction=True)``) get the database back as a copy of what it was.
"""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client, TransactionTestCase

from tests import world as worlds
from tests.walls.ground import Ground

NOW = dt.datetime(2012, 7, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WORLD: dict[str, worlds.World] = {}


def _settings() -> dict:
    return connections["default"].settings_dict


def migrator_connection(database: str | None = None) -> psycopg.Connection:
    """An autocommitting connection of the owner's role to the test database (or another one)."""
    owner = django_settings.MIGRATOR
    return psycopg.connect(
        host=owner.get("HOST") or _settings()["HOST"],
        port=owner.get("PORT") or _settings()["PORT"] or None,
        user=owner["USER"],
        password=owner.get("PASSWORD") or None,
        dbname=database or _settings()["NAME"],
        autocommit=True,
    )


def _copy(source: str, target: str) -> None:
    """Replace one database by a copy of another. Nobody may be connected to either."""
    with migrator_connection("postgres") as connection:
        try:
            connection.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        except psycopg.errors.InsufficientPrivilege:
            # An autovacuum worker is in it: not ours to terminate, but a plain drop sends it away.
            connection.execute(f'DROP DATABASE IF EXISTS "{target}"')
        connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY')


def _restore(self=None, *args, **kwargs) -> None:
    """Give a real-commit test's database back: a copy of the world as it was loaded."""
    connections["default"].close()
    name = _settings()["NAME"]
    _copy(f"{name}_world", name)


# Django's flush is a TRUNCATE, which the application's role may not do.
TransactionTestCase._fixture_teardown = _restore


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Create and migrate the test database as the owner."""
    WORLD["app"] = dict(_settings())
    _settings().update(django_settings.MIGRATOR)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """Load the world as the application, keep a copy of it, and stay the application."""
    app = {key: WORLD["app"][key] for key in django_settings.MIGRATOR}
    django_settings.EVIDENCE_DIR = tmp_path_factory.mktemp("evidence")
    django_settings.CHECKPOINT_DIR = tmp_path_factory.mktemp("checkpoints")
    django_settings.PORTAL_NOW = NOW
    with django_db_blocker.unblock():
        connection = connections["default"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT sec.install_key(%s)", [django_settings.SCOPE_KEY])
        connection.close()
        _settings().update(app)
        WORLD["world"] = worlds.load()
        connection.close()
        name = _settings()["NAME"]
        _copy(name, f"{name}_world")
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        with migrator_connection("postgres") as owner:
            owner.execute(f'DROP DATABASE IF EXISTS "{name}_world" WITH (FORCE)')
    _settings().update(django_settings.MIGRATOR)


@pytest.fixture
def world(db) -> worlds.World:
    """The city, county A and its neighbour B."""
    return WORLD["world"]


@pytest.fixture
def ground(world) -> Iterator[Ground]:
    """The committed world on plain connections, the application's and the owner's."""
    ground = Ground(_settings()["NAME"], world)
    yield ground
    ground.close()


@pytest.fixture(autouse=True)
def _business_day(settings):
    """The portal stands at 2012-07-02."""
    settings.PORTAL_NOW = NOW


@pytest.fixture
def sign_in(world):
    """A browser signed in as a person, e.g. ``sign_in("a_reporter")``."""

    def signed_in(username: str) -> Client:
        client = Client()
        answer = client.post("/login/", {"username": username, "password": worlds.PASSWORD})
        assert answer.status_code == 302, answer.content.decode()[:500]
        return client

    return signed_in
