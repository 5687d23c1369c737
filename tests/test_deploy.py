"""deploy/roles.sql on a real server: what it makes, that it may be repeated, that it asks for passwords."""

import subprocess
from pathlib import Path

import psycopg
import pytest

from portal import engines

pytestmark = pytest.mark.battery

ROLES = Path(__file__).resolve().parent.parent / "deploy" / "roles.sql"
PASSWORDS = ("-v", "migrator_password=o'wner", "-v", 'app_password=s"erver')


@pytest.fixture
def bare(place):
    """A server without our roles and database."""
    with engines.ensure(place, fsync=False) as engine:
        with connect(engine) as connection:
            connection.execute("DROP DATABASE portal")
            connection.execute("DROP ROLE app")
            connection.execute("DROP ROLE migrator")
        yield engine


def connect(engine, **who) -> psycopg.Connection:
    who = {"user": "postgres", "dbname": "postgres"} | who
    return psycopg.connect(host=str(engine.home.sockets), autocommit=True, **who)


def run(engine, *variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(str(engine.home.source_binaries / "psql"), "-X", "-q", *variables),
            *("-h", str(engine.home.sockets), "-U", "postgres", "-d", "postgres", "-f", str(ROLES)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_makes_what_the_embedded_server_has_and_may_be_repeated(bare):
    for _ in range(2):
        made = run(bare, *PASSWORDS)
        assert (made.returncode, made.stderr) == (0, "")
    with connect(bare) as connection:
        roles = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolconfig"
            " FROM pg_roles WHERE rolname IN ('app', 'migrator') ORDER BY 1"
        ).fetchall()
    limits = [f"{name}={value}" for name, value in engines.APP_LIMITS.items()]
    assert roles == [
        ("app", True, False, False, False, False, limits),
        ("migrator", True, False, True, False, True, None),
    ]


def test_the_application_may_connect_and_create_nothing(bare):
    run(bare, *PASSWORDS)
    with connect(bare, user="migrator", dbname="portal") as connection:
        connection.execute("CREATE TABLE owned (n int)")
    with connect(bare, user="app", dbname="portal") as connection:
        for statement in ("CREATE TABLE mine (n int)", "CREATE SCHEMA mine", "SELECT * FROM owned"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


@pytest.mark.parametrize("missing", ["migrator", "app"])
def test_without_a_password_it_makes_nothing_and_says_so(bare, missing):
    given = [word for word in PASSWORDS if word != "-v" and not word.startswith(missing)]
    made = run(bare, "-v", *given)
    assert made.returncode != 0
    assert f"set {missing}_password with -v" in made.stderr
    with connect(bare) as connection:
        known = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname IN ('app', 'migrator')")
        assert known.fetchone() == (0,)
