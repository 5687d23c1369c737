"""Checks of the change log: no write without an act, no act without its lines, no line without its number."""

import psycopg
from psycopg import sql

from tests.walls.ground import Ground, Row, attempt, insert, tables

NO_PRIVILEGE = "42501"
THE_LOG_ITSELF = {"accounts_change", "accounts_changerow"}
# Rows that are no facts, and statements about the log itself.
UNLOGGED = {"assessment_delivery", "accounts_sentform", "accounts_checkpoint"}
WITHOUT_TENANT = {"accounts_tenant", "accounts_tenantclosure", "accounts_user"}
PERSONAL = {
    "accounts_client": ("key_hash", "next_key_hash"),
    "accounts_savedfilter": ("name", "address"),
    "accounts_user": ("name", "password", "search_key"),
    "projects_evidence": ("original_name",),
    "projects_contact": ("name", "title", "phone"),
    "projects_visit": ("people",),
    "assessment_importbatch": ("file_name",),
    "assessment_mailbox": ("address",),
}


def logged_tables() -> list[str]:
    return sorted({*tables(), *WITHOUT_TENANT} - THE_LOG_ITSELF - UNLOGGED)


def every_update_leaves_its_line(ground: Ground) -> None:
    for table in logged_tables():
        with ground.as_owner(table, but="log_") as owner:
            row = _row(ground, table)
            change = _change(ground, owner, table, row)
            _refused_outside_an_act(owner, table, change, [row["id"]])
            act = _begin(ground, owner)
            owner.execute(change, [row["id"]])
            line = _only_line(owner, act, table, row, "U")
            assert line["before"] == _as_logged(table, row), table
            assert line["after"] == _as_logged(table, _now(owner, table, row)), table
            key = sql.SQL("UPDATE {} SET id = id + 10000000 WHERE id = %s").format(sql.Identifier(table))
            assert attempt(owner, key, [row["id"]]).code == NO_PRIVILEGE, f"{table}: a key was changed"


def every_delete_leaves_its_line(ground: Ground) -> None:
    for table in logged_tables():
        with ground.as_owner(table, but="log_") as owner:
            row = _row(ground, table)
            remove = sql.SQL("DELETE FROM {} WHERE id = %s").format(sql.Identifier(table))
            _refused_outside_an_act(owner, table, remove, [row["id"]])
            act = _begin(ground, owner)
            owner.execute(remove, [row["id"]])
            line = _only_line(owner, act, table, row, "D")
            assert (line["before"], line["after"]) == (_as_logged(table, row), None), table


def every_insert_leaves_its_line(ground: Ground) -> None:
    """A row is taken out unseen and put back."""
    for table in logged_tables():
        with ground.as_owner(table, but="log_insert") as owner:
            row = _row(ground, table)
            owner.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(sql.Identifier(table)), [row["id"]])
            statement, params = insert(table, row)
            _refused_outside_an_act(owner, table, statement, params)
            act = _begin(ground, owner)
            owner.execute(statement, params)
            line = _only_line(owner, act, table, row, "I")
            assert (line["before"], line["after"]) == (None, _as_logged(table, row)), table


def an_act_stays_in_its_tenant(ground: Ground) -> None:
    """In county A's act a row of county B is refused, whoever writes it."""
    b = ground.world.b
    for table in tables():
        if table in THE_LOG_ITSELF | UNLOGGED:
            continue
        with ground.as_owner(table, but="log_") as owner:
            row = ground.rows(table, b.tenant_id)[0]
            _begin(ground, owner)
            for statement in (
                "UPDATE {} SET tenant_id = tenant_id WHERE id = %s",
                "DELETE FROM {} WHERE id = %s",
            ):
                outcome = attempt(owner, sql.SQL(statement).format(sql.Identifier(table)), [row["id"]])
                assert outcome.code == NO_PRIVILEGE, f"{table}: {statement}"
                assert "outside the act's tenant" in outcome.words


def every_act_is_numbered_and_chained(ground: Ground) -> None:
    """At commit the header gets the next number and the hash over itself and the head's."""
    a = ground.world.a
    with ground.inside(a.posts["clerk"], act=False) as app:
        head = app.execute("SELECT pos, hash FROM accounts_chainhead").fetchone()
        act = app.execute("SELECT sec.begin_act('probe', 'why', 'request') AS id").fetchone()["id"]
        app.execute("SET CONSTRAINTS ALL IMMEDIATE")
        header = app.execute("SELECT * FROM accounts_change WHERE id = %s", [act]).fetchone()
        assert header["pos"] == head["pos"] + 1, "an act without its number"
        assert header["prev"] == head["hash"]
        assert (header["actor"], header["post_label"]) == (a.posts["clerk"].user_id, "招商局·bureau")
        assert (header["act"], header["reason"], header["request_id"]) == ("probe", "why", "request")
        after = app.execute("SELECT pos, hash FROM accounts_chainhead").fetchone()
        assert after == {"pos": header["pos"], "hash": header["hash"]}
        assert len(header["hash"]) == 32
        late = attempt(app, "UPDATE projects_enterprise SET division = division")
        assert late.code == NO_PRIVILEGE, "a sealed act took another line"
        assert attempt(app, "SELECT sec.begin_act('second', '', '')").code == NO_PRIVILEGE


def the_hash_covers_header_and_lines(ground: Ground) -> None:
    """The owner changes one thing of a sealed act: its digest is another one."""
    changes = {
        "header": "UPDATE accounts_change SET reason = reason || '.' WHERE id = %(act)s",
        "moment": "UPDATE accounts_change SET at = at + interval '1 microsecond' WHERE id = %(act)s",
        "line": "UPDATE accounts_changerow SET after = after || '{\"x\": 1}' WHERE change_id = %(act)s",
        "one line less": "DELETE FROM accounts_changerow WHERE id ="
        " (SELECT max(id) FROM accounts_changerow WHERE change_id = %(act)s)",
        "order": "UPDATE accounts_changerow r SET row = s.row + 1 FROM accounts_changerow s"
        " WHERE s.id = r.id AND r.change_id = %(act)s",
    }
    digest = "SELECT hash, sec.act_digest(c) AS digest FROM accounts_change c WHERE id = %(act)s"
    with ground.owner.transaction(force_rollback=True):
        act = ground.owner.execute(
            "SELECT change_id AS id FROM accounts_changerow WHERE tenant_id = %s AND op = 'I'"
            " GROUP BY change_id HAVING count(*) > 2 ORDER BY 1 LIMIT 1",
            [ground.world.a.tenant_id],
        ).fetchone()
        found = ground.owner.execute(digest, {"act": act["id"]}).fetchone()
        assert found["hash"] == found["digest"]
        for name, statement in changes.items():
            with ground.owner.transaction(force_rollback=True):
                ground.owner.execute(statement, {"act": act["id"]})
                found = ground.owner.execute(digest, {"act": act["id"]}).fetchone()
                assert found["hash"] != found["digest"], name


def _row(ground: Ground, table: str) -> Row:
    """A row of county A as it stands; for tables without a tenant one that belongs to it."""
    a = ground.world.a
    if table in WITHOUT_TENANT:
        where = {
            "accounts_tenant": ("id", a.tenant_id),
            "accounts_tenantclosure": ("descendant_id", a.tenant_id),
            "accounts_user": ("id", a.posts["head"].user_id),
        }[table]
        query = sql.SQL("SELECT to_jsonb(t) AS line FROM {} t WHERE {} = %s LIMIT 1")
        return ground.owner.execute(
            query.format(sql.Identifier(table), sql.Identifier(where[0])), [where[1]]
        ).fetchone()["line"]
    return ground.rows(table, a.tenant_id)[0]


def _change(ground: Ground, owner: psycopg.Connection, table: str, row: Row) -> sql.Composed:
    """An UPDATE by id that gives some column another value and breaks no rule of the row itself."""
    for column, value in row.items():
        if column in {"id", "tenant_id"} or value is None or isinstance(value, dict | list):
            continue
        other = {bool: lambda v: not v, str: lambda v: v[:-1] + ("1" if v[-1:] != "1" else "2")}.get(
            type(value), lambda v: v + 1
        )(value)
        change = sql.SQL("UPDATE {} SET {} = {} WHERE id = %s").format(
            sql.Identifier(table), sql.Identifier(column), sql.Literal(other)
        )
        with owner.transaction(force_rollback=True):
            _begin(ground, owner)
            if not attempt(owner, change, [row["id"]]).refused:
                return change
    raise AssertionError(f"{table}: no column can be changed")


def _begin(ground: Ground, owner: psycopg.Connection) -> int:
    statement = "SELECT sec.begin_act_as(%s, 'probe', 'owner', '') AS id"
    return owner.execute(statement, [ground.world.a.tenant_id]).fetchone()["id"]


def _refused_outside_an_act(owner: psycopg.Connection, table: str, statement, params) -> None:
    outcome = attempt(owner, statement, params)
    assert outcome.code == NO_PRIVILEGE, f"{table} was written outside an act"
    assert "outside an act" in outcome.words, outcome.words


def _only_line(owner: psycopg.Connection, act: int, table: str, row: Row, op: str) -> Row:
    lines = owner.execute(
        'SELECT "table", "row", op, before, after FROM accounts_changerow WHERE change_id = %s', [act]
    ).fetchall()
    assert [(line["table"], line["row"], line["op"]) for line in lines] == [(table, row["id"], op)], table
    return lines[0]


def _as_logged(table: str, row: Row) -> Row:
    hidden = {column: "changed" for column in PERSONAL.get(table, ()) if row[column] is not None}
    return {**row, **hidden}


def _now(owner: psycopg.Connection, table: str, row: Row) -> Row:
    query = sql.SQL("SELECT to_jsonb(t) AS line FROM {} t WHERE id = %s").format(sql.Identifier(table))
    return owner.execute(query, [row["id"]]).fetchone()["line"]


CHECKS = [
    every_update_leaves_its_line,
    every_delete_leaves_its_line,
    every_insert_leaves_its_line,
    an_act_stays_in_its_tenant,
    every_act_is_numbered_and_chained,
    the_hash_covers_header_and_lines,
]
