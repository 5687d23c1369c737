"""Where the walls are tried: one database that holds the world, reached as the application and as the owner.

Everything here is plain SQL on plain connections. Nothing is kept: every attempt is rolled back.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from accounts import scope
from accounts.models import TenantForeignKey, TenantModel
from accounts.queries.posts import ActingPost
from tests.world import County, World

Row = dict[str, Any]
_dumps = partial(json.dumps, default=str)


def tenant_models() -> list[type[TenantModel]]:
    """Every model whose table carries ``tenant_id``."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def tables() -> list[str]:
    return [model._meta.db_table for model in tenant_models()]


def references(model) -> list[tuple[str, str]]:
    """The model's references inside the tenant: column, table that it points at."""
    return [
        (field.column, field.related_model._meta.db_table)
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey)
    ]


@dataclass(frozen=True)
class Outcome:
    """What a statement did: rows that came back, rows that it touched, or how it was refused."""

    rows: list[Row]
    count: int
    code: str = ""
    words: str = ""

    @property
    def refused(self) -> bool:
        return bool(self.code)


class Ground:
    """A database with the world in it."""

    def __init__(self, database: str, world: World):
        self.database, self.world = database, world
        self.app = _connect(database, connections["default"].settings_dict)
        self.owner = _connect(database, settings.MIGRATOR)
        self._rows: dict[tuple[str, int], list[Row]] = {}

    def close(self) -> None:
        self.app.close()
        self.owner.close()

    def rows(self, table: str, tenant_id: int) -> list[Row]:
        """The committed rows of a tenant as the owner sees them, as JSON, oldest first; read once."""
        key = table, tenant_id
        if key not in self._rows:
            query = sql.SQL("SELECT to_jsonb(t) AS line FROM {} t WHERE tenant_id = %s ORDER BY id")
            found = self.owner.execute(query.format(sql.Identifier(table)), [tenant_id]).fetchall()
            self._rows[key] = [row["line"] for row in found]
        return self._rows[key]

    @contextmanager
    def inside(self, post: ActingPost, *, act: bool = True) -> Iterator[psycopg.Connection]:
        """The application in this post's scope, inside an act if asked for; rolled back at the end."""
        with self.app.transaction(force_rollback=True):
            become(self.app, post)
            if act:
                begin(self.app)
            yield self.app

    @contextmanager
    def context(self, text: str | None) -> Iterator[psycopg.Connection]:
        """The application under a context as given, signed or not; None: no context was ever set."""
        with self.app.transaction(force_rollback=True):
            if text is not None:
                set_context(self.app, text)
            yield self.app

    @contextmanager
    def as_owner(self, *silenced: str, but: str = "") -> Iterator[psycopg.Connection]:
        """The owner with these tables' own triggers off, save those whose name begins with ``but``."""
        with self.owner.transaction(force_rollback=True):
            for table in silenced:
                silence(self.owner, table, but)
            yield self.owner

    @contextmanager
    def policies_alone(self) -> Iterator[None]:
        """No grant is missing and no trigger in the way: what is refused now, a policy refuses.

        Committed, because the application's connection must see it; taken back at the end.
        """
        with ExitStack() as stack:
            for table in tables():
                stack.enter_context(self.bare(table))
            yield

    @contextmanager
    def bare(self, table: str) -> Iterator[None]:
        """One table with every grant and without its own triggers, until the block ends."""
        name = sql.Identifier(table)
        columns = self.owner.execute(
            "SELECT a.attname AS name, x.privilege_type AS may FROM pg_attribute a, aclexplode(a.attacl) x"
            " WHERE a.attrelid = %s::regclass AND x.grantee = 'app'::regrole",
            [table],
        ).fetchall()
        missing = self.owner.execute(
            "SELECT array_agg(p) AS missing FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p"
            " WHERE NOT has_table_privilege('app', %s, p)",
            [table],
        ).fetchone()["missing"]
        with self.owner.transaction():
            self.owner.execute(sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO app").format(name))
            self.owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
        try:
            yield
        finally:
            with self.owner.transaction():
                self.owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
                if missing:
                    self.owner.execute(
                        sql.SQL("REVOKE {} ON {} FROM app").format(
                            sql.SQL(", ").join(map(sql.SQL, missing)), name
                        )
                    )
                # Taking a right back from the table takes it from its columns as well.
                for column in columns:
                    right = sql.SQL("GRANT {} ({}) ON {} TO app")
                    self.owner.execute(
                        right.format(sql.SQL(column["may"]), sql.Identifier(column["name"]), name)
                    )


def _connect(database: str, role: dict) -> psycopg.Connection:
    address = {**connections["default"].settings_dict, **role}
    return psycopg.connect(
        host=address["HOST"],
        port=address["PORT"] or None,
        user=address["USER"],
        password=address["PASSWORD"] or None,
        dbname=database,
        autocommit=True,
        row_factory=dict_row,
        # Plans must not outlive the walls that are taken down between two statements.
        prepare_threshold=None,
    )


def context_of(post: ActingPost, kind: str = scope.MEMBER, tenant_id: int | None = None) -> str:
    """The signed context of this post, in its own tenant unless another is named."""
    return scope.signed(scope.Scope(tenant_id or post.tenant_id, post.user_id, post.id, kind))


def looking_down(post: ActingPost, county: County) -> str:
    """The signed context of a superior's post in a county."""
    return context_of(post, scope.SUPERIOR, county.tenant_id)


def set_context(connection: psycopg.Connection, text: str) -> None:
    connection.execute("SELECT set_config('app.ctx', %s, true)", [text])


def become(connection: psycopg.Connection, post: ActingPost) -> None:
    """Go on as this post, in the same transaction and act."""
    set_context(connection, context_of(post))


def begin(connection: psycopg.Connection, act: str = "probe") -> int:
    """Open the act of this transaction; its id."""
    row = connection.execute("SELECT sec.begin_act(%s, '', '') AS id", [act]).fetchone()
    return row["id"]


def silence(connection: psycopg.Connection, table: str, but: str = "") -> None:
    """Switch a table's own triggers off until the transaction is rolled back."""
    found = connection.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
    ).fetchall()
    for row in found:
        if not but or not row["tgname"].startswith(but):
            connection.execute(
                sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(
                    sql.Identifier(table), sql.Identifier(row["tgname"])
                )
            )


def attempt(connection: psycopg.Connection, statement, params=(), *, settle: bool = False) -> Outcome:
    """Run one statement in a savepoint that is rolled back. ``settle``: as if the act were committed."""
    try:
        with connection.transaction(force_rollback=True):
            cursor = connection.execute(statement, params)
            rows = cursor.fetchall() if cursor.description else []
            outcome = Outcome(rows, cursor.rowcount)
            if settle:
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return outcome
    except psycopg.Error as error:
        return Outcome([], 0, error.sqlstate or "?", str(error))


def insert(table: str, row: Row) -> tuple[sql.Composed, list]:
    """The INSERT of these columns, given as JSON, and its parameters; gives back the row's id."""
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    statement = sql.SQL(
        "INSERT INTO {table} ({columns})"
        " SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s) RETURNING id"
    )
    return statement.format(table=sql.Identifier(table), columns=columns), [Jsonb(row, dumps=_dumps)]


def add(connection: psycopg.Connection, table: str, **row: Any) -> int:
    """Insert a row and return its id."""
    return connection.execute(*insert(table, row)).fetchone()["id"]


def without(row: Row, *columns: str) -> Row:
    return {column: value for column, value in row.items() if column not in columns}
