"""Checks of the composite keys, each without the triggers and checks that may stand before it.

What should be there is read from the models and never from the catalogue: a key that was dropped is
still looked for.
"""

import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from django.db.models import UniqueConstraint
from django.db.models.sql import Query
from psycopg import sql

from tests.walls.ground import Ground, Row, attempt, insert, references, tenant_models, without

FOREIGN_KEY, UNIQUE, EXCLUSION = "23503", "23505", "23P01"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def no_reference_leaves_the_tenant(ground: Ground) -> None:
    """Every reference of every table: county A's row cannot name county B's, nor a row that is not there."""
    a, b = ground.world.a, ground.world.b
    for model in tenant_models():
        table = model._meta.db_table
        with _unguarded(ground, table) as owner:
            for column, target in references(model):
                name = f"{table}.{column}"
                own = [row["id"] for row in ground.rows(target, a.tenant_id)]
                foreign = ground.rows(target, b.tenant_id)[-1]["id"]
                put = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s").format(
                    sql.Identifier(table), sql.Identifier(column)
                )
                row = ground.rows(table, a.tenant_id)[0]["id"]
                tries = (attempt(owner, put, [other, row], settle=True) for other in own)
                assert any((it.code, it.count) == ("", 1) for it in tries), f"{name} takes none of its own"
                for other in (foreign, 10**12):
                    outcome = attempt(owner, put, [other, row], settle=True)
                    assert outcome.code == FOREIGN_KEY, f"{name} took {other}: {outcome}"


def no_row_belongs_to_a_tenant_that_is_not_there(ground: Ground) -> None:
    for model in tenant_models():
        table = model._meta.db_table
        with _unguarded(ground, table) as owner:
            row = ground.rows(table, ground.world.a.tenant_id)[0]["id"]
            put = sql.SQL("UPDATE {} SET tenant_id = %s WHERE id = %s").format(sql.Identifier(table))
            assert attempt(owner, put, [10**12, row], settle=True).code == FOREIGN_KEY, table


def what_is_unique_stays_unique(ground: Ground) -> None:
    """Every unique key of every table refuses a second row, though the rows agree in nothing else."""
    for model in tenant_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                _second_is_refused(ground, model, constraint)


def _second_is_refused(ground: Ground, model, constraint: UniqueConstraint) -> None:
    table = model._meta.db_table
    columns = [model._meta.get_field(name).column for name in constraint.fields]
    where = predicate(model, constraint)
    with _unguarded(ground, table) as owner:
        first = _candidate(owner, ground, table, columns, where)
        second = _unlike(model, first, keep=set(columns))
        if "id" in columns:
            # The primary key says the same of the number alone: the composite one must stand by itself.
            _drop_constraints(owner, table, "p")
        outcome = attempt(owner, *insert(table, second))
        assert outcome.code == UNIQUE, f"{constraint.name}: {outcome}"
        assert f'"{constraint.name}"' in outcome.words, f"{constraint.name}: {outcome.words}"
        # The same row in another tenant is nobody's business.
        elsewhere = {**second, "tenant_id": 10**12, "id": second["id"] + 1}
        outcome = attempt(owner, *insert(table, elsewhere))
        assert not outcome.refused, f"{constraint.name} looks beyond the tenant: {outcome.words}"


def _candidate(owner: psycopg.Connection, ground: Ground, table: str, columns: list[str], where: str) -> Row:
    """A row of county A under the key, with something in every column of it."""
    query = sql.SQL("SELECT to_jsonb(t) AS line FROM {} t WHERE tenant_id = %s AND ({}) ORDER BY id LIMIT 1")
    ask = query.format(sql.Identifier(table), sql.SQL(where)), [ground.world.a.tenant_id]
    found = owner.execute(*ask).fetchone()
    if found is None:
        # The condition asks for an empty column that the world's rows fill.
        _empty(owner, table, columns)
        found = owner.execute(*ask).fetchone()
    assert found, f"{table}: no row where {where}"
    row = found["line"]
    for column in columns:
        if row[column] is None:
            row[column] = row["id"]
            put = sql.SQL("UPDATE {} SET {} = id WHERE id = %s")
            owner.execute(put.format(sql.Identifier(table), sql.Identifier(column)), [row["id"]])
    return row


def _empty(owner: psycopg.Connection, table: str, keep: list[str]) -> None:
    """Empty every column that may be empty, but for these."""
    optional = owner.execute(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attnotnull AND NOT attisdropped AND NOT attname = ANY(%s)",
        [table, keep],
    ).fetchall()
    for row in optional:
        put = sql.SQL("UPDATE {} SET {} = NULL").format(sql.Identifier(table), sql.Identifier(row["name"]))
        owner.execute(put)


def _unlike(model, row: Row, *, keep: set[str]) -> Row:
    """A row that agrees with another in these columns only, as far as other keys would notice."""
    changed = dict(row)
    watched = {
        model._meta.get_field(name).column
        for item in model._meta.constraints
        if isinstance(item, UniqueConstraint)
        for name in item.fields
    }
    for column in watched | {"id"}:
        if column not in keep and column != "tenant_id":
            changed[column] = _other(row[column])
    return changed


def _other(value):
    """A value of the same type that no row has."""
    if isinstance(value, int):
        return value + 10_000_000
    if isinstance(value, str) and value[:4].isdigit() and value[4:5] == "-":
        return f"19{value[2:]}"
    if isinstance(value, str) and UUID.fullmatch(value):
        return str(uuid.uuid4())
    if isinstance(value, str):
        return secrets.token_hex(4)
    return value


def predicate(model, constraint: UniqueConstraint) -> str:
    """The condition of a partial key as SQL, taken from the model."""
    if constraint.condition is None:
        return "true"
    query = Query(model=model, alias_cols=False)
    where = query.build_where(constraint.condition)
    text, params = where.as_sql(query.get_compiler(using="default"), connection)
    return text % tuple(f"'{param}'" for param in params)


def a_unit_is_in_one_group_at_a_time(ground: Ground) -> None:
    a = ground.world.a
    with _unguarded(ground, "accounts_groupmembership") as owner:
        row = ground.rows("accounts_groupmembership", a.tenant_id)[0]
        again = {**without(row, "id"), "from_on": "2012-02-01"}
        assert attempt(owner, *insert("accounts_groupmembership", again)).code == EXCLUSION
        before = {**without(row, "id"), "from_on": "2011-01-01", "until_on": "2011-12-31"}
        assert not attempt(owner, *insert("accounts_groupmembership", before)).refused
        elsewhere = {**again, "tenant_id": ground.world.b.tenant_id}
        assert not attempt(owner, *insert("accounts_groupmembership", elsewhere)).refused


@contextmanager
def _unguarded(ground: Ground, table: str) -> Iterator[psycopg.Connection]:
    """The owner before a table that has lost its triggers and checks, its keys alone left; rolled back."""
    with ground.as_owner(table) as owner:
        _drop_constraints(owner, table, "c")
        yield owner


def _drop_constraints(owner: psycopg.Connection, table: str, kind: str) -> None:
    found = owner.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = %s", [table, kind]
    ).fetchall()
    for row in found:
        owner.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(table), sql.Identifier(row["conname"])
            )
        )


CHECKS = [
    no_reference_leaves_the_tenant,
    no_row_belongs_to_a_tenant_that_is_not_there,
    what_is_unique_stays_unique,
    a_unit_is_in_one_group_at_a_time,
]
