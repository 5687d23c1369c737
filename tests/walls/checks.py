"""Checks of what a single row may say: every condition of every model is tried with a row that breaks it.

The conditions are read from the models and never from the catalogue, and each is tried alone: the table's
triggers and its other conditions are taken away.
"""

import re
from collections.abc import Iterator
from itertools import combinations, product

import psycopg
from django.db import connection
from django.db.models import CheckConstraint
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.walls.ground import Ground, Row, attempt, tenant_models

CHECK = "23514"
# Values to try, by the type of the column; None only where the column may be empty.
TRIED = {
    "boolean": [True, False],
    "date": ["1900-01-01", "2012-07-06", "2012-07-07", "2099-12-31"],  # a Friday and a Saturday among them
    "time without time zone": ["00:00", "23:59"],
    "timestamp with time zone": ["2012-07-02T09:00:00+08:00"],
    "character varying": ["", "x"],
    "text": ["", "x"],
    "character varying[]": [[], ["x"]],
}
NUMBERS = [-1, 0, 1, 13, 1000]


def every_condition_refuses_what_breaks_it(ground: Ground) -> None:
    for model in tenant_models():
        for name, condition in conditions(model):
            _refuses(ground, model, name, condition)


def conditions(model) -> Iterator[tuple[str, str]]:
    """Name and SQL of each condition, and of those that come with a field's type."""
    editor = connection.schema_editor(collect_sql=True, atomic=False)
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            yield constraint.name, constraint._get_check_sql(model, editor)
    for item in model._meta.local_fields:
        if condition := item.db_parameters(connection).get("check"):
            yield f"{model._meta.db_table}_{item.column}_check", condition


def _refuses(ground: Ground, model, name: str, condition: str) -> None:
    table = model._meta.db_table
    with ground.as_owner(table) as owner:
        _leave_alone(owner, table, name)
        row = _breaking(owner, ground, model, condition)
        assert row, f"{name}: no row breaks {condition}"
        columns = sorted(_named(model, condition))
        put = sql.SQL(
            "UPDATE {table} SET ({columns}) = ROW({values}) FROM jsonb_populate_record(NULL::{table}, %s) n"
            " WHERE {table}.id = n.id"
        ).format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(sql.Identifier("n", column) for column in columns),
        )
        outcome = attempt(owner, put, [Jsonb(row)])
        assert outcome.code == CHECK, f"{name} took {row}: {outcome}"
        assert f'"{name}"' in outcome.words, f"{name}: {outcome.words}"


def _leave_alone(owner: psycopg.Connection, table: str, name: str) -> None:
    """Drop every other condition of the table."""
    found = owner.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c' AND conname <> %s",
        [table, name],
    ).fetchall()
    for row in found:
        drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        owner.execute(drop.format(sql.Identifier(table), sql.Identifier(row["conname"])))


def _breaking(owner: psycopg.Connection, ground: Ground, model, condition: str) -> Row | None:
    """A row of county A, otherwise in one or two of the columns that the condition names."""
    table = model._meta.db_table
    for row in ground.rows(table, ground.world.a.tenant_id)[:3]:
        tried = list(_changed(owner, model, row, condition))
        question = sql.SQL(
            "SELECT tried FROM jsonb_array_elements(%s) every_one(tried),"
            " jsonb_populate_record(NULL::{}, tried) row_of_it WHERE NOT ({}) LIMIT 1"
        )
        found = owner.execute(
            question.format(sql.Identifier(table), sql.SQL(condition.replace("%", "%%"))), [Jsonb(tried)]
        ).fetchone()
        if found:
            return found["tried"]
    return None


def _changed(owner: psycopg.Connection, model, row: Row, condition: str) -> Iterator[Row]:
    values = {column: _values(owner, model, row, column) for column in _named(model, condition)}
    for some in (*combinations(values, 1), *combinations(values, 2)):
        for chosen in product(*(values[column] for column in some)):
            yield {**row, **dict(zip(some, chosen, strict=True))}


def _named(model, condition: str) -> set[str]:
    return {item.column for item in model._meta.local_fields} & set(re.findall(r'"(\w+)"', condition))


def _values(owner: psycopg.Connection, model, row: Row, column: str) -> list:
    found = owner.execute(
        "SELECT format_type(atttypid, NULL) AS type, attnotnull AS filled FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attname = %s",
        [model._meta.db_table, column],
    ).fetchone()
    item = next(item for item in model._meta.local_fields if item.column == column)
    chosen = [value for value, _label in item.flatchoices]
    values = [*TRIED.get(found["type"], [*NUMBERS, row["id"]]), *chosen]
    return values if found["filled"] else [None, *values]


CHECKS = [every_condition_refuses_what_breaks_it]
