"""Raw SQL of somebody in county A who is after county B's rows, generated from the schema and the rows.

A probe is one statement by one persona about one existing row of county B. Its twin is the same statement
about county A's own row by a clerk of county A: where the twin fails too, the probe proves nothing and
does not count.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import UniqueConstraint

from tests.walls.ground import Ground, Outcome, Row, references, tables, tenant_models
from tests.walls.keys import predicate
from tests.world import County

DIVISION_BY_ZERO = "22012"


@dataclass(frozen=True)
class Ask:
    """A statement with its parameters; ``settle``: as far as the commit would go."""

    statement: str
    params: tuple = ()
    settle: bool = False


@dataclass(frozen=True)
class Probe:
    """What is asked about county B, when the answer is a leak, and what shows that the question is one."""

    kind: str
    table: str
    ask: Ask
    leaks: Callable[[Outcome], bool]
    twins: tuple[Ask, ...]
    # When the twin has succeeded; by default when it "leaks" what is its own.
    succeeds: Callable[[Outcome], bool]


@dataclass
class Rows:
    """The rows of county A, of the county that is probed, and those that twins may still change."""

    ground: Ground
    extras: dict[int, dict[str, int]]  # by tenant
    b: County

    @property
    def extra(self) -> dict[str, int]:
        return self.extras[self.a.tenant_id]

    @property
    def extra_of_b(self) -> dict[str, int]:
        return self.extras[self.b.tenant_id]

    @property
    def a(self) -> County:
        return self.ground.world.a

    def own(self, table: str) -> list[int]:
        """Ids of county A's rows, first the one that the ledger still lets change."""
        first = [self.extra[table]] if table in self.extra else []
        return [*first, *(row["id"] for row in self.ground.rows(table, self.a.tenant_id))]

    def under(self, table: str, key: "Key", county: County) -> list[Row]:
        """A county's rows that the key is about."""
        query = f"SELECT id FROM {table} WHERE tenant_id = %s AND ({key.where})"
        ids = {row["id"] for row in self.ground.owner.execute(query, [county.tenant_id]).fetchall()}
        found = (row for row in self.ground.rows(table, county.tenant_id) if row["id"] in ids)
        return [row for row in found if key.values(row) is not None]

    def pairs(self, table: str) -> Iterator[tuple[Row, Row]]:
        """Every row of the probed county with the row of county A in its place."""
        own = self.ground.rows(table, self.a.tenant_id)
        for place, row in enumerate(self.ground.rows(table, self.b.tenant_id)):
            yield row, own[place % len(own)]


def came(outcome: Outcome) -> bool:
    """Rows came back."""
    return bool(outcome.rows)


def true(outcome: Outcome) -> bool:
    """The one value that came back is neither zero nor false nor empty."""
    return bool(outcome.rows) and bool(next(iter(outcome.rows[0].values())))


def touched(outcome: Outcome) -> bool:
    """The statement was accepted and has touched rows."""
    return not outcome.refused and outcome.count > 0


def by_zero(outcome: Outcome) -> bool:
    """The statement has computed with the row, policy or not."""
    return outcome.code == DIVISION_BY_ZERO


def conflicts(outcome: Outcome) -> bool:
    """A key was found to be taken."""
    return outcome.code in {"23505", "23P01"} or (not outcome.refused and outcome.count == 0)


def reading(rows: Rows) -> Iterator[Probe]:
    """SELECT by id, by a join from own rows, COUNT, EXISTS, arithmetic and every unique key."""
    for table in tables():
        joined = _joined_from(table)
        for theirs, own in rows.pairs(table):
            for kind, statement, leaks in (
                ("select", f"SELECT * FROM {table} WHERE id = %s", came),
                ("count", f"SELECT count(*) FROM {table} WHERE id = %s", true),
                ("exists", f"SELECT EXISTS (SELECT FROM {table} WHERE id = %s)", true),
                ("join", f"SELECT t.* FROM {joined} s JOIN {table} t ON t.id = %s LIMIT 1", came),
                ("outer join", f"SELECT count(t.id) FROM {joined} s LEFT JOIN {table} t ON t.id = %s", true),
                ("arithmetic", f"SELECT count(1 / (id - %s)) FROM {table}", by_zero),
            ):
                yield _alike(kind, table, statement, leaks, theirs=theirs["id"], own=own["id"])
        yield from _by_unique_key(rows, table)


def _joined_from(table: str) -> str:
    """A table that refers to this one, else the table itself."""
    for model in tenant_models():
        if any(target == table for _column, target in references(model)):
            return model._meta.db_table
    return table


def _alike(kind: str, table: str, statement: str, leaks, *, theirs, own) -> Probe:
    return Probe(kind, table, Ask(statement, (theirs,)), leaks, (Ask(statement, (own,)),), leaks)


@dataclass(frozen=True)
class Key:
    """A unique key: its columns without the tenant, whether empty ones are equal, which rows it is about."""

    columns: tuple[str, ...]
    empty_are_equal: bool
    where: str

    def values(self, row: Row) -> tuple | None:
        """What the row has under the key; None where an empty column takes it out of the key."""
        found = tuple(row[column] for column in self.columns)
        return None if None in found and not self.empty_are_equal else found


def unique_keys(table: str) -> list[Key]:
    model = next(model for model in tenant_models() if model._meta.db_table == table)
    keys = [
        Key(
            tuple(model._meta.get_field(name).column for name in constraint.fields if name != "tenant"),
            constraint.nulls_distinct is False,
            predicate(model, constraint),
        )
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    return [key for key in keys if key.columns != ("id",)]


def _by_unique_key(rows: Rows, table: str) -> Iterator[Probe]:
    for key in unique_keys(table):
        where = " AND ".join(f'"{column}" IS NOT DISTINCT FROM %s' for column in key.columns)
        statement = f"SELECT id FROM {table} WHERE {where} AND id = %s"
        for theirs, own in rows.pairs(table):
            if key.values(theirs) is None:
                continue
            ask, twin = (
                Ask(statement, (*(row[column] for column in key.columns), row["id"])) for row in (theirs, own)
            )
            yield Probe("unique key", table, ask, came, (twin,), came)


def changing(rows: Rows, granted: dict[str, set[str]]) -> Iterator[Probe]:
    """UPDATE of each column, DELETE and SELECT FOR UPDATE of county B's rows, where the grants allow it."""
    for table in tables():
        columns = list(rows.ground.rows(table, rows.b.tenant_id)[0])
        own = rows.own(table)
        for theirs, _own in rows.pairs(table):
            if "UPDATE" in granted[table]:
                for column in columns:
                    quoted = f'"{column}"'
                    statement = f"UPDATE {table} SET {assigned(table, column, quoted)} WHERE id = %s"
                    yield _write("update", table, statement, theirs["id"], own)
                lock = f"SELECT id FROM {table} WHERE id = %s FOR UPDATE"
                yield _alike("lock", table, lock, came, theirs=theirs["id"], own=own[0])
            if "DELETE" in granted[table]:
                yield _write("delete", table, f"DELETE FROM {table} WHERE id = %s", theirs["id"], own)


def assigned(table: str, column: str, value: str) -> str:
    """The assignment, with what the table's guards and checks want written beside it."""
    beside = {
        # A change that waits is decided, or stays.
        ("projects_stagechange", "status"): "'refused'",
        # Only a unit that has ended has a successor.
        ("accounts_unit", "ends_on"): "'2099-12-31'" if column == "successor_id" else "",
    }
    wanted = {name: text for (of, name), text in beside.items() if of == table and text}
    return ", ".join(f'"{name}" = {text}' for name, text in {column: value, **wanted}.items())


def _write(kind: str, table: str, statement: str, theirs: int, own: list[int]) -> Probe:
    twins = tuple(Ask(statement, (it,), settle=True) for it in own)
    return Probe(kind, table, Ask(statement, (theirs,), settle=True), touched, twins, touched)


def without_tenant(rows: Rows) -> Iterator[Probe]:
    """Tenants, their tree, the heads of their chains and their people."""
    a, b = rows.a, rows.b
    people = [
        (b.posts[stem].user_id, b.username(stem), a.posts[stem].user_id, a.username(stem)) for stem in b.posts
    ]
    asks = [("accounts_tenant", "id", b.tenant_id, a.tenant_id), ("accounts_tenant", "code", b.code, a.code)]
    asks += [("accounts_tenantclosure", "descendant_id", b.tenant_id, a.tenant_id)]
    asks += [("accounts_chainhead", "tenant_id", b.tenant_id, a.tenant_id)]
    for theirs_id, theirs_name, own_id, own_name in people:
        asks += [
            ("accounts_user", "id", theirs_id, own_id),
            ("accounts_user", "username", theirs_name, own_name),
        ]
    for table, column, theirs, own in asks:
        for kind, statement, leaks in (
            ("select", f"SELECT * FROM {table} WHERE {column} = %s", came),
            ("count", f"SELECT count(*) FROM {table} WHERE {column} = %s", true),
            ("exists", f"SELECT EXISTS (SELECT FROM {table} WHERE {column} = %s)", true),
        ):
            yield _alike(kind, table, statement, leaks, theirs=theirs, own=own)
    clerk = a.posts["clerk"].user_id
    for theirs_id, _name, _own_id, _own_name in people:
        statement = "UPDATE accounts_user SET password = password WHERE id = %s"
        yield _write("update", "accounts_user", statement, theirs_id, [clerk])


def calling(rows: Rows) -> Iterator[Probe]:
    """Every granted function that takes an id, with county B's ids."""
    a, b = rows.a, rows.b
    empty = "SELECT sec.return_{what}(%s, %s)::text IS DISTINCT FROM sec.return_{what}(%s, 0)::text"
    for theirs, _own in rows.pairs("projects_return"):
        for what in ("rows", "seal"):
            statement = empty.format(what=what)
            for tenant in (a.tenant_id, b.tenant_id):
                twins = [(a.tenant_id, it, a.tenant_id) for it in rows.own("projects_return")]
                yield Probe(
                    f"return_{what}",
                    "projects_return",
                    Ask(statement, (tenant, theirs["id"], tenant)),
                    true,
                    tuple(Ask(statement, params) for params in twins),
                    true,
                )
    own = rows.ground.rows("projects_claim", a.tenant_id)
    for theirs, _own in rows.pairs("projects_claim"):
        units = "SELECT unit_id FROM sec.interested_units(jsonb_populate_record(NULL::projects_claim, %s))"
        others = f"{units} WHERE unit_id <> %s"
        yield Probe(
            "interested_units",
            "projects_claim",
            Ask(others, (_json(theirs), theirs["unit_id"])),
            came,
            tuple(Ask(others, (_json(row), row["unit_id"])) for row in own),
            came,
        )
        for post in b.posts.values():
            interest = "SELECT sec.has_interest(jsonb_populate_record(NULL::projects_claim, %s), %s)"
            twins = [(_json(row), person.user_id) for row in own for person in a.posts.values()]
            yield Probe(
                "has_interest",
                "projects_claim",
                Ask(interest, (_json(theirs), post.user_id)),
                true,
                tuple(Ask(interest, params) for params in twins),
                true,
            )


def _json(row: Row) -> str:
    return json.dumps(row)
