"""Is every wall needed, and is every one watched? One at a time is taken down; some check must turn red.

The checks of the catalogue stay out of it: what they compare is the list of walls itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connections

from tests.conftest import _copy, migrator_connection
from tests.walls import checks, guards, isolation, keys, log, people, reminders
from tests.walls.ground import Ground, tables

pytestmark = [pytest.mark.battery, pytest.mark.django_db]

# All checks watch over every wall; the likeliest are asked first.
GUARDS = [*guards.CHECKS, *reminders.CHECKS, *people.CHECKS]
ORDER = {
    "policy": [*isolation.CHECKS, *GUARDS, *log.CHECKS, *keys.CHECKS, *checks.CHECKS],
    "key": [*keys.CHECKS, *isolation.CHECKS, *GUARDS, *log.CHECKS, *checks.CHECKS],
    "condition": [*checks.CHECKS, *GUARDS, *isolation.CHECKS, *keys.CHECKS, *log.CHECKS],
    "trigger": [*log.CHECKS, *GUARDS, *isolation.CHECKS, *keys.CHECKS, *checks.CHECKS],
}
SCRATCH = "test_mutants"


@dataclass(frozen=True)
class Mutant:
    """A wall, the statement that takes it down and those that put it up again."""

    kind: str
    name: str
    down: str
    up: tuple[str, ...]


def policies(ground: Ground) -> Iterator[Mutant]:
    """Every policy dropped, and every condition of one replaced by true."""
    rows = ground.owner.execute(
        "SELECT polname AS name, polrelid::regclass::text AS table, pg_get_expr(polqual, polrelid) AS using,"
        " pg_get_expr(polwithcheck, polrelid) AS checked,"
        " CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'"
        " WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' END AS command"
        " FROM pg_policy ORDER BY 2, 1"
    ).fetchall()
    for row in rows:
        where = f"{row['name']} ON {row['table']}"
        clauses = {"USING": row["using"], "WITH CHECK": row["checked"]}
        words = {clause: f"{clause} ({text})" for clause, text in clauses.items() if text}
        again = f"CREATE POLICY {where} FOR {row['command']} TO app {' '.join(words.values())}"
        yield Mutant("policy", f"policy {where} dropped", f"DROP POLICY {where}", (again,))
        for clause, text in words.items():
            opened = f"ALTER POLICY {where} {clause} (true)"
            yield Mutant(
                "policy", f"policy {where}: {clause} true", opened, (f"ALTER POLICY {where} {text}",)
            )


def composite_keys(ground: Ground) -> Iterator[Mutant]:
    """Every foreign and every unique key of a table with tenant_id, whether Django or a migration made it."""
    walled = [*tables(), "accounts_chainhead"]
    rows = ground.owner.execute(
        "SELECT conname AS name, conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS words,"
        " contype::text AS type, conindid AS index, conrelid AS relation FROM pg_constraint"
        " WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'u', 'x')"
        " AND array_length(conkey, 1) + (contype = 'x')::int > 1 ORDER BY contype, 2, 1",
        [walled],
    ).fetchall()
    for row in rows:
        leaning = _leaning_on(ground, row["index"]) if row["type"] == "u" else []
        again = f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['words']}"
        kind = {"f": "foreign key", "u": "unique key", "x": "exclusion"}[row["type"]]
        yield Mutant(
            "key",
            f"{kind} {row['name']} of {row['table']}",
            f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']} CASCADE",
            (again, *leaning),
        )
    partial = ground.owner.execute(
        "SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS words FROM pg_index i"
        " WHERE i.indisunique AND i.indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1",
        [walled],
    ).fetchall()
    for row in partial:
        yield Mutant(
            "key", f"unique key {row['name']} (partial)", f"DROP INDEX {row['name']}", (row["words"],)
        )


def _leaning_on(ground: Ground, index: int) -> list[str]:
    """The foreign keys that point at a unique key and fall with it."""
    rows = ground.owner.execute(
        "SELECT conname AS name, conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS words"
        " FROM pg_constraint WHERE contype = 'f' AND conindid = %s",
        [index],
    ).fetchall()
    return [f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['words']}" for row in rows]


def conditions(ground: Ground) -> Iterator[Mutant]:
    """Every condition on the rows of a table with tenant_id."""
    rows = ground.owner.execute(
        "SELECT conname AS name, conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS words"
        " FROM pg_constraint WHERE conrelid::regclass::text = ANY(%s) AND contype = 'c' ORDER BY 2, 1",
        [tables()],
    ).fetchall()
    for row in rows:
        down = f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}"
        again = f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['words']}"
        yield Mutant("condition", f"condition {row['name']} of {row['table']}", down, (again,))


def triggers(ground: Ground) -> Iterator[Mutant]:
    rows = ground.owner.execute(
        "SELECT tgname AS name, tgrelid::regclass::text AS table, pg_get_triggerdef(oid) AS words"
        " FROM pg_trigger WHERE NOT tgisinternal ORDER BY 2, 1"
    ).fetchall()
    for row in rows:
        where = f"{row['name']} ON {row['table']}"
        yield Mutant("trigger", f"trigger {where}", f"DROP TRIGGER {where}", (row["words"],))


def first_to_turn_red(ground: Ground, kind: str) -> str:
    """Name of the first check that fails, with its words; empty when all stay green."""
    for check in ORDER[kind]:
        try:
            check(ground)
        except Exception as failure:  # noqa: BLE001 -- a test that dies of it is red as well
            words = str(failure).partition("\n")[0] or type(failure).__name__
            return f"{check.__name__}: {words[:90]}"
    return ""


@contextmanager
def scratch(world) -> Iterator[Ground]:
    """A copy of the world's database, dropped in the end."""
    name = connections["default"].settings_dict["NAME"]
    _copy(f"{name}_world", SCRATCH)
    ground = Ground(SCRATCH, world)
    try:
        yield ground
    finally:
        ground.close()
        with migrator_connection("postgres") as owner:
            owner.execute(f'DROP DATABASE IF EXISTS "{SCRATCH}" WITH (FORCE)')


@pytest.mark.covers("I3", "I4", "I5", "I6")
def test_whatever_wall_is_taken_down_a_check_turns_red(world, capsys):
    survivors, caught, started = [], [], time.monotonic()
    with scratch(world) as ground:
        assert not first_to_turn_red(ground, "policy")
        mutants = [
            *policies(ground),
            *composite_keys(ground),
            *conditions(ground),
            *triggers(ground),
        ]
        assert len({mutant.name for mutant in mutants}) == len(mutants) > 600
        for mutant in mutants:
            ground.owner.execute(mutant.down)
            by = first_to_turn_red(ground, mutant.kind)
            for statement in mutant.up:
                ground.owner.execute(statement)
            (caught if by else survivors).append((mutant.name, by))
        assert not first_to_turn_red(ground, "policy")
    with capsys.disabled():
        print()
        for name, by in caught:
            print(f"{name} <- {by}")
        took = time.monotonic() - started
        print(f"{len(mutants)} mutants, {len(caught)} caught, {len(survivors)} survived, {took:.0f} s")
    assert not survivors
