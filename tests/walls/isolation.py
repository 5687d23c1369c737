"""Checks of the policies, each wall alone. Every function raises AssertionError when its wall is down."""

import psycopg
from psycopg import sql

from accounts import scope
from tests.walls.ground import Ground, attempt, context_of, insert, looking_down, tables

NO_PRIVILEGE = "42501"
EVERY_COMMAND = frozenset({"INSERT", "UPDATE", "DELETE"})
# What the server's own tasks may write: nothing else, in their own tenant alone.
TASKS_WRITE: dict[str, frozenset[str]] = {
    "assessment_notice": frozenset({"INSERT"}),
    "assessment_delivery": frozenset({"INSERT", "UPDATE"}),
    "accounts_checkpoint": frozenset({"INSERT"}),
    # Closing what its time has closed.
    "projects_period": frozenset({"UPDATE"}),
    "projects_return": frozenset({"UPDATE"}),
}

# What a superior who looks down may write; the tables' grants and guards hold for him too.
FROM_ABOVE: dict[str, frozenset[str]] = {
    "assessment_opinion": EVERY_COMMAND,
    "assessment_draw": EVERY_COMMAND,
    "assessment_officialsource": EVERY_COMMAND,
    "assessment_officialfigure": EVERY_COMMAND,
    "accounts_sentform": EVERY_COMMAND,
    "projects_return": frozenset({"UPDATE"}),
    # The record of a check on the site, and the guard lets no other file in.
    "projects_evidence": frozenset({"INSERT"}),
    "projects_evidencelink": frozenset({"INSERT"}),
    # Whom an opinion tells; what else a superior may tell of is the guards' business.
    "assessment_notice": frozenset({"INSERT"}),
    "assessment_delivery": frozenset({"INSERT"}),
}


def app_reads_its_own_rows_and_no_others(ground: Ground) -> None:
    """Every table: a member reads exactly its county's rows, the city both, a stranger none."""
    a, b, city = ground.world.a, ground.world.b, ground.world.city
    clerk, officer = a.posts["clerk"], city.posts["officer"]
    readers = {
        context_of(clerk): {a.tenant_id},
        context_of(clerk, scope.OPERATOR): {a.tenant_id},
        as_task(a.tenant_id): {a.tenant_id},
        as_task(None): set(),
        looking_down(officer, a): {a.tenant_id},
        context_of(officer): {a.tenant_id, b.tenant_id, city.tenant_id},
        scope.signed(scope.Scope(None, clerk.user_id, None, scope.IDENTITY)): set(),
        "": set(),
        None: set(),
    }
    for context, seen in readers.items():
        with ground.context(context) as app:
            for table in tables():
                found = app.execute(
                    sql.SQL("SELECT tenant_id, count(*) AS n FROM {} GROUP BY 1").format(
                        sql.Identifier(table)
                    )
                ).fetchall()
                expected = {tenant: len(ground.rows(table, tenant)) for tenant in seen}
                assert {row["tenant_id"]: row["n"] for row in found} == {
                    k: n for k, n in expected.items() if n
                }, table


def tables_without_tenant_show_the_scope_only(ground: Ground) -> None:
    """Tenants (self, above, below), closure, heads, users: no more than the scope's own."""
    a, city = ground.world.a, ground.world.city
    clerk = a.posts["clerk"]
    people = {post.user_id for post in a.posts.values()}
    scopes = {
        context_of(clerk): ({a.tenant_id, city.tenant_id}, {a.tenant_id}, people),
        scope.signed(scope.Scope(None, clerk.user_id, None, scope.IDENTITY)): (set(), set(), {clerk.user_id}),
        None: (set(), set(), set()),
    }
    for context, (names, own, users) in scopes.items():
        with ground.context(context) as app:
            assert _column(app, "SELECT id FROM accounts_tenant") == names
            assert _column(app, "SELECT descendant_id FROM accounts_tenantclosure") == own
            assert _column(app, "SELECT tenant_id FROM accounts_chainhead") == own
            assert _column(app, "SELECT id FROM accounts_user") == users


def a_person_changes_the_own_password_only(ground: Ground) -> None:
    clerk, head = ground.world.a.posts["clerk"], ground.world.a.posts["head"]
    with ground.inside(clerk) as app:
        assert attempt(app, "UPDATE accounts_user SET password = 'x'").count == 1
        assert (
            attempt(app, "UPDATE accounts_user SET password = 'x' WHERE id = %s", [head.user_id]).count == 0
        )
        for column in ("username", "name", "is_active"):
            outcome = attempt(
                app, f"UPDATE accounts_user SET {column} = {column} WHERE id = %s", [clerk.user_id]
            )
            assert outcome.code == NO_PRIVILEGE, column
    with ground.context(scope.signed(scope.Scope(None, None, None, scope.IDENTITY))) as app:
        assert attempt(app, "UPDATE accounts_user SET password = 'x'").count == 0
    with ground.bare("accounts_user"), ground.inside(clerk) as app:
        assert attempt(app, "UPDATE accounts_user SET name = 'x'").count == 1
        assert attempt(app, "UPDATE accounts_user SET id = 10000001").code == NO_PRIVILEGE
        assert attempt(app, "DELETE FROM accounts_user").count == 0
        person = (
            "INSERT INTO accounts_user (username, name, password, is_active) VALUES ('x', 'x', 'x', true)"
        )
        assert attempt(app, person).code == NO_PRIVILEGE


def a_member_writes_the_own_tenant_only(ground: Ground) -> None:
    """With every grant given and no trigger in the way, the policies alone keep a county's writes inside."""
    a, b = ground.world.a, ground.world.b
    with ground.policies_alone(), ground.context(context_of(a.posts["clerk"])) as app:
        for table in tables():
            _writes(app, ground, table, EVERY_COMMAND)
            foreign = ground.rows(table, b.tenant_id)[0]
            row = {**foreign, "id": foreign["id"] + 10_000_000}
            assert attempt(app, *insert(table, row)).code == NO_PRIVILEGE, (
                f"{table} took a row of another tenant"
            )
            moved = sql.SQL("UPDATE {} SET tenant_id = %s").format(sql.Identifier(table))
            assert attempt(app, moved, [b.tenant_id]).code == NO_PRIVILEGE, f"{table} gave a row away"


def those_who_only_read_write_nothing(ground: Ground) -> None:
    """All who mostly read, with every grant given: they write what their table allows."""
    a, city = ground.world.a, ground.world.city
    clerk, officer = a.posts["clerk"], city.posts["officer"]
    contexts = {
        context_of(clerk, scope.OPERATOR): {},
        scope.signed(scope.Scope(a.tenant_id, clerk.user_id, clerk.id, scope.IDENTITY)): {},
        looking_down(officer, a): FROM_ABOVE,
        scope.signed(scope.Scope(a.tenant_id, None, None, scope.CLIENT)): {},
        scope.signed(scope.Scope(a.tenant_id, clerk.user_id, clerk.id, scope.CLIENT)): {},
        as_task(a.tenant_id): TASKS_WRITE,
        as_task(ground.world.b.tenant_id): {},
        as_task(None): {},
    }
    with ground.policies_alone():
        for context, allowed in contexts.items():
            with ground.context(context) as app:
                for table in tables():
                    _writes(app, ground, table, allowed.get(table, frozenset()))


def a_task_acts_as_the_system(ground: Ground) -> None:
    """Its act has no person, whatever its context says; the list of tenants is for tasks outside of one."""
    a, clerk = ground.world.a, ground.world.a.posts["clerk"]
    everywhere = {row["id"] for row in ground.owner.execute("SELECT id FROM accounts_tenant").fetchall()}
    for context in (as_task(a.tenant_id), context_of(clerk, scope.TASK)):
        with ground.context(context) as app:
            app.execute("SELECT sec.begin_act('probe', '', '')")
            header = app.execute("SELECT * FROM accounts_change WHERE pos IS NULL").fetchone()
            assert (header["tenant_id"], header["actor"]) == (a.tenant_id, None)
            assert header["post_label"] == "系统·定时任务"
    with ground.context(as_task(None)) as app:
        assert _column(app, "SELECT sec.task_tenants()") == everywhere
        assert attempt(app, "SELECT sec.begin_act('probe', '', '')").code == NO_PRIVILEGE
    nobody = scope.signed(scope.Scope(None, clerk.user_id, None, scope.IDENTITY))
    for context in (None, "", nobody, context_of(clerk), as_task(a.tenant_id)):
        with ground.context(context) as app:
            assert attempt(app, "SELECT sec.task_tenants()").code == NO_PRIVILEGE


def as_task(tenant_id: int | None) -> str:
    """The signed context of a task of the server in this tenant, or outside of every one."""
    return scope.signed(scope.Scope(tenant_id, None, None, scope.TASK))


def a_context_is_refused_unless_it_is_whole(ground: Ground) -> None:
    """Forged, expired and truncated contexts are an error; an empty one is none."""
    a, b = ground.world.a, ground.world.b
    own = context_of(a.posts["clerk"])
    parts = own.split("|")
    bad = {
        "other tenant": "|".join([parts[0], str(b.tenant_id), *parts[2:]]),
        "other person": "|".join([*parts[:2], str(b.posts["clerk"].user_id), *parts[3:]]),
        "other post": "|".join([*parts[:3], str(b.posts["clerk"].id), *parts[4:]]),
        "other kind": "|".join([*parts[:4], scope.SUPERIOR, *parts[5:]]),
        "longer life": "|".join([*parts[:5], str(int(parts[5]) + 1), parts[6]]),
        "other version": "|".join(["2", *parts[1:]]),
        "expired": scope.signed(scope.Scope(a.tenant_id, a.posts["clerk"].user_id, None, scope.MEMBER), -1),
        "no signature": "|".join(parts[:6]),
        "empty signature": "|".join([*parts[:6], ""]),
        "short signature": own[:-1],
        "one more field": own + "|",
        "a bare number": str(b.tenant_id),
        "a shifted bar": own.replace("|", "||", 1),
    }
    with ground.context(own) as app:
        assert _column(app, "SELECT tenant_id FROM projects_claim") == {a.tenant_id}
    for name, text in bad.items():
        with ground.context(text) as app:
            for statement in (
                "SELECT * FROM projects_claim",
                "SELECT * FROM accounts_tenant",
                "UPDATE projects_voucher SET number = number",
                "SELECT sec.begin_act('probe', '', '')",
                "SELECT sec.own_posts()",
            ):
                assert attempt(app, statement).code == NO_PRIVILEGE, f"{name}: {statement}"


def a_context_ends_with_its_transaction(ground: Ground) -> None:
    with ground.app.transaction():
        ground.app.execute(
            "SELECT set_config('app.ctx', %s, true)", [context_of(ground.world.a.posts["clerk"])]
        )
    with ground.app.transaction(force_rollback=True):
        for table in tables():
            assert not attempt(ground.app, sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(table))).rows
        assert attempt(ground.app, "SELECT sec.begin_act('probe', '', '')").code == NO_PRIVILEGE


def _writes(app: psycopg.Connection, ground: Ground, table: str, allowed: frozenset[str]) -> None:
    """Update, delete and insert of county A's rows. Without WHERE they meet the write policy alone."""
    a = ground.world.a
    name = sql.Identifier(table)
    own = ground.rows(table, a.tenant_id)

    def expected(command: str) -> int:
        return len(own) if command in allowed else 0

    updated = attempt(app, sql.SQL("UPDATE {} SET tenant_id = %s").format(name), [a.tenant_id])
    # A task of another tenant meets its own rows there, which it cannot give away either.
    refused = updated.code == NO_PRIVILEGE and not expected("UPDATE")
    assert refused or (updated.code, updated.count) == ("", expected("UPDATE")), f"{table}: {updated}"
    deleted = attempt(app, sql.SQL("DELETE FROM {}").format(name))
    assert (deleted.code, deleted.count) == ("", expected("DELETE")), f"{table}: {deleted}"
    with app.transaction(force_rollback=True):
        if "INSERT" in allowed:
            become = app.execute("SELECT current_setting('app.ctx')").fetchone()["current_setting"]
            app.execute("SELECT set_config('app.ctx', %s, true)", [context_of(a.posts["clerk"])])
            app.execute(sql.SQL("DELETE FROM {}").format(name))
            app.execute("SELECT set_config('app.ctx', %s, true)", [become])
        inserted = attempt(app, *insert(table, own[0]))
    assert inserted.code == ("" if "INSERT" in allowed else NO_PRIVILEGE), f"{table}: {inserted}"


def _column(connection: psycopg.Connection, query: str) -> set:
    return {next(iter(row.values())) for row in connection.execute(query).fetchall()}


CHECKS = [
    app_reads_its_own_rows_and_no_others,
    tables_without_tenant_show_the_scope_only,
    a_person_changes_the_own_password_only,
    a_member_writes_the_own_tenant_only,
    those_who_only_read_write_nothing,
    a_task_acts_as_the_system,
    a_context_is_refused_unless_it_is_whole,
    a_context_ends_with_its_transaction,
]
