"""Ways to work past the change log with the server's own rights: every trigger off, one row at a time.

Each tampering of ``TAMPERINGS`` is done in a county and says where it must be found.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connections

from accounts.acts import act
from accounts.models import UnitAlias
from assessment.services import opinions
from tests.conftest import migrator_connection
from tests.world import TODAY, County, acting


@contextmanager
def superuser() -> Iterator[psycopg.Connection]:
    """The server's superuser in the test database, with triggers and foreign keys switched off.

    On a server named by ``DATABASE_URL`` libpq's own PGPASSWORD or ~/.pgpass must let ``postgres`` in.
    """
    at = connections["default"].settings_dict
    with psycopg.connect(
        host=at["HOST"], port=at["PORT"] or None, user="postgres", dbname=at["NAME"], autocommit=True
    ) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def tamper(statement: str, *parameters: Any) -> tuple[Any, ...]:
    """One statement past all triggers that must hit one row; its RETURNING."""
    with superuser() as connection:
        done = connection.execute(statement, parameters)
        assert done.rowcount == 1, done.rowcount
        return done.fetchone() if done.description else ()


def ask(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with migrator_connection() as connection:
        return connection.execute(statement, parameters).fetchall()


def last_pos(county: County) -> int:
    return ask("SELECT max(pos) FROM accounts_change WHERE tenant_id = %s", county.tenant_id)[0][0]


def pos_of(county: County, table: str, row: int) -> int:
    """The position of the act that inserted this row."""
    return ask(
        "SELECT c.pos FROM accounts_change c JOIN accounts_changerow r ON r.change_id = c.id"
        ' WHERE r.tenant_id = %s AND r."table" = %s AND r."row" = %s AND r.op = \'I\'',
        county.tenant_id, table, row,
    )[0][0]  # fmt: skip


def change_claim(a: County) -> dict[str, Any]:
    tamper("UPDATE projects_claim SET reported = reported + 500 WHERE id = %s", a.rows["claim"])
    return {"table": "projects_claim", "row": a.rows["claim"], "text": "reported"}


def change_verified(a: County) -> dict[str, Any]:
    tamper("UPDATE projects_claim SET verified = 199.999999 WHERE id = %s", a.rows["decided_claim"])
    return {"table": "projects_claim", "row": a.rows["decided_claim"], "text": "verified"}


def change_opinion(a: County) -> dict[str, Any]:
    tamper("UPDATE assessment_opinion SET actor_id = actor_id + 1 WHERE id = %s", a.rows["opinion"])
    return {"table": "assessment_opinion", "row": a.rows["opinion"], "text": "actor_id"}


def delete_row(a: County) -> dict[str, Any]:
    tamper("DELETE FROM accounts_unitalias WHERE id = %s", a.rows["alias"])
    return {"table": "accounts_unitalias", "row": a.rows["alias"], "text": "已不见"}


def insert_row(a: County) -> dict[str, Any]:
    (row,) = tamper(
        "INSERT INTO accounts_post (tenant_id, user_id, unit_id, role, from_on)"
        " SELECT tenant_id, user_id, unit_id, 'inspection', '2012-01-01' FROM accounts_post WHERE id = %s"
        " RETURNING id",
        a.posts["clerk"].id,
    )
    return {"table": "accounts_post", "row": row, "text": "没有这一行"}


def bring_back_a_deleted_row(a: County) -> dict[str, Any]:
    with acting(a.posts["clerk"]):
        act("unit.add")
        UnitAlias.objects.get(pk=a.rows["alias"]).delete()
    tamper(
        "INSERT INTO accounts_unitalias (id, tenant_id, unit_id, name)"
        " OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, '旧名')",
        a.rows["alias"], a.tenant_id, a.units["水沟镇"],
    )  # fmt: skip
    return {"table": "accounts_unitalias", "row": a.rows["alias"], "text": "却仍然存在"}


def move_row_to_another_tenant(a: County) -> dict[str, Any]:
    tamper(
        "UPDATE accounts_unitalias SET tenant_id = (SELECT id FROM accounts_tenant WHERE code = '610902')"
        " WHERE id = %s",
        a.rows["alias"],
    )
    return {"table": "accounts_unitalias", "row": a.rows["alias"], "text": "已不见"}


def change_line(a: County) -> dict[str, Any]:
    (row,) = tamper(
        "UPDATE accounts_changerow SET after = jsonb_set(after, '{reported}', '1500') WHERE id = ("
        ' SELECT min(id) FROM accounts_changerow WHERE "table" = \'projects_claim\' AND "row" = %s)'
        ' RETURNING "row"',
        a.rows["claim"],
    )
    return {"pos": pos_of(a, "projects_claim", row), "text": "摘要与内容不符"}


def change_line_and_row(a: County) -> dict[str, Any]:
    tamper("UPDATE projects_claim SET reported = 1500 WHERE id = %s", a.rows["claim"])
    return change_line(a)


def delete_line(a: County) -> dict[str, Any]:
    (change,) = tamper(
        "DELETE FROM accounts_changerow WHERE id = (SELECT min(id) FROM accounts_changerow"
        ' WHERE "table" = \'projects_voucher\' AND "row" = %s) RETURNING change_id',
        a.rows["claim:voucher"],
    )
    pos = ask("SELECT pos FROM accounts_change WHERE id = %s", change)[0][0]
    return {"pos": pos, "text": "摘要与内容不符"}


def insert_line(a: County) -> dict[str, Any]:
    tamper(
        'INSERT INTO accounts_changerow (tenant_id, change_id, "table", "row", op, before, after)'
        ' SELECT tenant_id, id, \'projects_claim\', %s, \'U\', \'{"verified": null}\', \'{"verified": 900}\''
        " FROM accounts_change WHERE tenant_id = %s AND pos = 7",
        a.rows["claim"], a.tenant_id,
    )  # fmt: skip
    return {"pos": 7, "text": "摘要与内容不符"}


def line_without_act(a: County) -> dict[str, Any]:
    tamper(
        'INSERT INTO accounts_changerow (tenant_id, change_id, "table", "row", op, after)'
        " VALUES (%s, 999999, 'projects_claim', %s, 'I', '{}')",
        a.tenant_id, a.rows["claim"],
    )  # fmt: skip
    return {"table": "projects_claim", "row": a.rows["claim"], "text": "不存在"}


def change_header(column: str, value: str) -> Callable[[County], dict[str, Any]]:
    def changed(a: County) -> dict[str, Any]:
        tamper(
            f"UPDATE accounts_change SET {column} = {value} WHERE tenant_id = %s AND pos = 12", a.tenant_id
        )
        return {"pos": 12, "text": "摘要与内容不符"}

    changed.__name__ = f"change_{column}_of_a_header"
    return changed


def change_prev(a: County) -> dict[str, Any]:
    tamper("UPDATE accounts_change SET prev = sha256('other') WHERE tenant_id = %s AND pos = 12", a.tenant_id)
    return {"pos": 12, "text": "没有接在上一项之后"}


def delete_act_in_the_middle(a: County) -> dict[str, Any]:
    tamper("DELETE FROM accounts_change WHERE tenant_id = %s AND pos = 12", a.tenant_id)
    return {"pos": 13, "text": "缺第 12 至 12 号"}


def insert_unsealed_act(a: County) -> dict[str, Any]:
    tamper(
        "INSERT INTO accounts_change (tenant_id, at, act, post_label, reason, request_id)"
        " VALUES (%s, now(), 'unit.add', '', '', '')",
        a.tenant_id,
    )
    return {"act": "unit.add", "text": "没有封存"}


def delete_last_act(a: County) -> dict[str, Any]:
    pos = last_pos(a)
    tamper("DELETE FROM accounts_change WHERE tenant_id = %s AND pos = %s", a.tenant_id, pos)
    return {"pos": pos, "text": f"日志的最后一项是第 {pos - 1} 号"}


def decide_last(a: County) -> None:
    """A first review as the last act in the chain: the one that is cut off."""
    with acting(a.posts["second_clerk"]) as clerk:
        opinions.give(
            post=clerk, claim_id=a.rows["claim"], step="first_review", verdict="accept", today=TODAY
        )


def undo_decision(a: County) -> None:
    """Rows as they were before ``decide_last``."""
    claim = a.rows["claim"]
    tamper("DELETE FROM assessment_opinion WHERE claim_id = %s", claim)
    tamper("UPDATE projects_claim SET reviewed = NULL, state = 'submitted' WHERE id = %s", claim)


def cut_last_act(a: County) -> int:
    """Header, lines and head: the chain itself is whole again."""
    pos = last_pos(a)
    with superuser() as connection:
        connection.execute(
            "DELETE FROM accounts_changerow WHERE change_id ="
            " (SELECT id FROM accounts_change WHERE tenant_id = %s AND pos = %s)",
            [a.tenant_id, pos],
        )
    tamper("DELETE FROM accounts_change WHERE tenant_id = %s AND pos = %s", a.tenant_id, pos)
    tamper(
        "UPDATE accounts_chainhead h SET pos = c.pos, hash = c.hash FROM accounts_change c"
        " WHERE c.tenant_id = h.tenant_id AND h.tenant_id = %s AND c.pos = %s",
        a.tenant_id, pos - 1,
    )  # fmt: skip
    return pos - 1


def rebuild_chain(a: County, first: int) -> None:
    """Every hash from this position on computed anew, and the head: the chain agrees with itself again."""
    with superuser() as connection:
        for pos in range(first, last_pos(a) + 1):
            connection.execute(
                "UPDATE accounts_change c SET prev = p.hash FROM accounts_change p"
                " WHERE c.tenant_id = %(tenant)s AND c.pos = %(pos)s AND p.tenant_id = c.tenant_id"
                " AND p.pos = c.pos - 1",
                {"tenant": a.tenant_id, "pos": pos},
            )
            connection.execute(
                "UPDATE accounts_change c SET hash = sec.act_digest(c) WHERE c.tenant_id = %s AND c.pos = %s",
                [a.tenant_id, pos],
            )
        connection.execute(
            "UPDATE accounts_chainhead h SET hash = c.hash FROM accounts_change c"
            " WHERE h.tenant_id = %s AND c.tenant_id = h.tenant_id AND c.pos = h.pos",
            [a.tenant_id],
        )


def rewrite(a: County, table: str, row: int, column: str, value: Any) -> int:
    """A value changed in a row and in all of its lines, the chain rebuilt; the position of its first act."""
    tamper(f"UPDATE {table} SET {column} = %s WHERE id = %s", value, row)
    with superuser() as connection:
        for side in ("before", "after"):
            connection.execute(
                f"UPDATE accounts_changerow SET {side} = jsonb_set({side}, %s, to_jsonb(%s::{_type(value)}))"
                f' WHERE tenant_id = %s AND "table" = %s AND "row" = %s AND {side} IS NOT NULL',
                [[column], value, a.tenant_id, table, row],
            )
    pos = pos_of(a, table, row)
    rebuild_chain(a, pos)
    return pos


def _type(value: Any) -> str:
    return "numeric" if isinstance(value, Decimal) else "text"


def delete_last_act_with_lines_and_head(a: County) -> dict[str, Any]:
    decide_last(a)
    cut_last_act(a)
    return {"table": "projects_claim", "row": a.rows["claim"], "text": "reviewed"}


def change_head(a: County) -> dict[str, Any]:
    tamper("UPDATE accounts_chainhead SET hash = sha256('other') WHERE tenant_id = %s", a.tenant_id)
    return {"pos": last_pos(a), "text": "链头的摘要"}


def delete_head(a: County) -> dict[str, Any]:
    tamper("DELETE FROM accounts_chainhead WHERE tenant_id = %s", a.tenant_id)
    return {"pos": last_pos(a), "text": "没有链头"}


TAMPERINGS = [
    change_claim,
    change_verified,
    change_opinion,
    delete_row,
    insert_row,
    bring_back_a_deleted_row,
    move_row_to_another_tenant,
    change_line,
    change_line_and_row,
    delete_line,
    insert_line,
    line_without_act,
    change_header("actor", "actor + 1"),
    change_header("reason", "'已批准'"),
    change_header("at", "at - interval '1 day'"),
    change_header("post_label", "'县委办·head'"),
    change_header("hash", "sha256('other')"),
    change_prev,
    delete_act_in_the_middle,
    insert_unsealed_act,
    delete_last_act,
    delete_last_act_with_lines_and_head,
    change_head,
    delete_head,
]
