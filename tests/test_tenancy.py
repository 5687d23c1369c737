"""The walls between tenants: what the catalogue says, what each does alone, and the wall in Python."""

import pytest

from tests.walls import checks, guards, isolation, keys, log, people, reminders
from tests.walls.ground import tables, tenant_models

pytestmark = [pytest.mark.walls, pytest.mark.django_db]

# Tables without tenant_id that the application may touch: how, and under which policies.
WITHOUT_TENANT = {
    "accounts_tenant": ({"SELECT"}, {"read"}),
    "accounts_tenantclosure": ({"SELECT"}, {"read"}),
    "accounts_user": ({"SELECT"}, {"read", "change"}),  # and UPDATE of one column, below
    # And UPDATE of what counts codes: a person sees the own device alone.
    "accounts_secondfactor": ({"SELECT", "INSERT"}, {"read", "add", "change"}),
    # A session belongs to a browser, a lock-out to a login name: nobody has a tenant there yet.
    "django_session": ({"SELECT", "INSERT", "UPDATE", "DELETE"}, set()),
    "axes_accessattempt": ({"SELECT", "INSERT", "UPDATE", "DELETE"}, set()),
    "axes_accessattemptexpiration": ({"SELECT", "INSERT", "UPDATE", "DELETE"}, set()),
    "axes_accessfailurelog": ({"SELECT", "INSERT", "UPDATE", "DELETE"}, set()),
    "axes_accesslog": ({"SELECT", "INSERT", "UPDATE", "DELETE"}, set()),
    "django_migrations": ({"SELECT"}, set()),
}
CHAIN_HEAD = "accounts_chainhead"
THE_LOG = {"accounts_change", "accounts_changerow", CHAIN_HEAD}
# Leases and read marks would fill the log and say nothing of a fact. A checkpoint speaks of the chain, which
# a line would move; its signature and the copies outside protect it.
UNLOGGED = {"assessment_delivery", "accounts_sentform", "accounts_checkpoint"}
POLICIES = {"read": "r", "add": "a", "change": "w", "remove": "d"}

# Functions that run as the owner. Those that triggers call need no grant.
# Two of them answer before a scope exists: login_row and client_row.
DEFINER_GRANTED = {
    *("add_user", "change_user", "reset_password", "bind_factor", "reset_factor"),
    "begin_act",
    "client_row",
    "context",
    "login_row",
    "oldest_delivery",
    "own_posts",
    "read_scope",
    "task_tenants",
    "tasks_from_above",
    "tenants_with_deliveries",
    "unread_notices",
    "upward",
    "years_without_calendar",
}
DEFINER_TRIGGERS = {
    *("guard_post", "guard_client"),
    *("guard_official_source", "guard_official_figure"),
    *("log_insert", "log_update", "log_delete", "seal_act"),
    *(
        "guard_claim",
        "guard_replacement",
        "guard_face",
        "apply_reversal",
        "guard_cited",
        "guard_split",
        "guard_shares",
    ),
    *(
        "guard_return",
        "guard_return_insert",
        "guard_period",
        "guard_opinion",
        "apply_opinion",
        "guard_claim_in_time",
        "guard_opinion_in_time",
        "guard_reopening",
        "guard_draw",
        "write_choice",
        *("guard_snapshot", "guard_objection", "guard_answer"),
        *("guard_export_request", "guard_export_answer"),
        "guard_zero_report",
        "guard_matter",
        "guard_matterstep",
        "guard_site_record",
    ),
}
DEFINER_INNER = {"post_label"}
INVOKER_GRANTED = {
    "publicises",
    "person",
    "write_tenant",
    "interested_units",
    "has_interest",
    "has_interest_in",
    "procedure_of",
    "work_days",
    "review_is_late",
    "may_follow",
    "return_rows",
    "return_seal",
}


def in_catalogue(ground, query, *params):
    return ground.owner.execute(query, params).fetchall()


def with_tenant(ground):
    return {
        row["name"]
        for row in in_catalogue(
            ground,
            "SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'tenant_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')"
            " AND c.relnamespace = 'public'::regnamespace",
        )
    }


@pytest.mark.covers("I6")
def test_the_models_and_the_catalogue_know_the_same_tables(ground):
    assert with_tenant(ground) == {*tables(), CHAIN_HEAD}


@pytest.mark.covers("I6")
def test_every_table_has_forced_policies_one_per_command(ground):
    rows = in_catalogue(
        ground,
        "SELECT c.relname AS name, c.relrowsecurity AS on, c.relforcerowsecurity AS forced,"
        " array(SELECT polname || '=' || polcmd::text FROM pg_policy p WHERE p.polrelid = c.oid"
        "       AND polpermissive"
        "       AND polroles = ARRAY['app'::regrole::oid] ORDER BY 1) AS policies,"
        " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS n"
        " FROM pg_class c WHERE c.relname = ANY(%s)",
        [*tables(), CHAIN_HEAD],
    )
    assert len(rows) == len(tables()) + 1
    for row in rows:
        expected = {"read": "r"} if row["name"] == CHAIN_HEAD else POLICIES
        assert (row["on"], row["forced"]) == (True, True), row
        assert row["policies"] == sorted(f"{name}={command}" for name, command in expected.items()), row
        assert row["n"] == len(expected), row


@pytest.mark.covers("I6")
def test_tables_without_a_tenant_are_the_listed_ones(ground):
    rows = in_catalogue(
        ground,
        "SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS walled,"
        " array(SELECT privilege_type FROM aclexplode(c.relacl)"
        "       WHERE grantee IN (0, 'app'::regrole)) AS grants,"
        " array(SELECT polname FROM pg_policy p WHERE p.polrelid = c.oid) AS policies"
        " FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')",
    )
    touched = {row["name"]: (set(row["grants"]), set(row["policies"])) for row in rows if row["grants"]}
    assert touched == WITHOUT_TENANT
    assert {row["name"] for row in rows if row["walled"]} == {
        "accounts_tenant",
        "accounts_tenantclosure",
        "accounts_user",
        "accounts_secondfactor",
    }
    columns = in_catalogue(
        ground,
        "SELECT a.attrelid::regclass::text AS name, a.attname, x.privilege_type FROM pg_attribute a,"
        " aclexplode(a.attacl) x WHERE x.grantee IN (0, 'app'::regrole)"
        " AND a.attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)",
    )
    assert {tuple(row.values()) for row in columns} == {
        ("accounts_user", "password", "UPDATE"),
        ("assessment_objection", "outcome", "UPDATE"),
        ("assessment_objection", "answer", "UPDATE"),
        ("assessment_objection", "answered_on", "UPDATE"),
        ("assessment_exportrequest", "outcome", "UPDATE"),
        ("assessment_exportrequest", "answer", "UPDATE"),
        ("assessment_exportrequest", "answered_on", "UPDATE"),
        ("assessment_exportrequest", "valid_until", "UPDATE"),
        ("accounts_secondfactor", "step", "UPDATE"),
        ("accounts_secondfactor", "failures", "UPDATE"),
        ("accounts_secondfactor", "failed_at", "UPDATE"),
    }


@pytest.mark.covers("I3", "I6")
def test_the_application_has_the_granted_rights_and_no_dangerous_one(ground):
    rows = in_catalogue(
        ground,
        "SELECT c.relname AS name, x.privilege_type AS may FROM pg_class c, aclexplode(c.relacl) x"
        " WHERE x.grantee IN (0, 'app'::regrole)"
        " AND c.relnamespace IN ('public'::regnamespace, 'sec'::regnamespace)",
    )
    assert {row["may"] for row in rows} == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    held = {row["name"]: set() for row in rows}
    for row in rows:
        held[row["name"]].add(row["may"])
    for table in THE_LOG:
        assert held[table] == {"SELECT"}, table
    append_only = (
        "claim",
        "opinion",
        "measure",
        "target",
        "rule",
        "notice",
        "draw",
        "snapshot",
        "objection",
        "exportrequest",
        "officialfigure",
    )
    for table in append_only:
        app = "projects" if table == "claim" else "assessment"
        assert held[f"{app}_{table}"] == {"SELECT", "INSERT"}, table
    assert held["assessment_drawnclaim"] == {"SELECT"}
    assert held["accounts_checkpoint"] == {"SELECT", "INSERT"}
    assert {table for table, may in held.items() if "DELETE" in may and table in tables()} == {
        "accounts_unitalias",
        "accounts_savedfilter",
        "projects_calendarday",
        "accounts_sentform",
    }


@pytest.mark.covers("I3", "I6")
def test_every_table_of_facts_is_logged_but_the_log_itself(ground):
    rows = in_catalogue(
        ground,
        "SELECT tgrelid::regclass::text AS name, tgname, pg_get_triggerdef(oid) AS words,"
        " tgenabled::text AS state"
        " FROM pg_trigger WHERE tgname LIKE 'log\\_%%' AND NOT tgisinternal",
    )
    found = {}
    for row in rows:
        event = row["tgname"].removeprefix("log_")
        assert f"AFTER {event.upper()} ON" in row["words"]
        assert "FOR EACH STATEMENT" in row["words"]
        assert f"FUNCTION sec.log_{event}(" in row["words"]
        assert row["state"] == "O"
        found.setdefault(row["name"], set()).add(event)
    logged = {*tables(), "accounts_tenant", "accounts_tenantclosure", "accounts_user"} - THE_LOG - UNLOGGED
    assert found == {table: {"insert", "update", "delete"} for table in logged}


@pytest.mark.covers("I6")
def test_unique_keys_begin_with_the_tenant(ground):
    """But for primary keys: that a number is taken says no more than the gaps between one's own numbers."""
    rows = in_catalogue(
        ground,
        "SELECT i.indrelid::regclass::text AS name, i.indexrelid::regclass::text AS index,"
        " i.indisprimary AS primary, (SELECT attname FROM pg_attribute a"
        "  WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0]) AS first,"
        " array(SELECT attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        "       ORDER BY attnum) AS columns, pg_get_indexdef(i.indexrelid, 1, true) AS opening"
        " FROM pg_index i WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid::regclass::text = ANY(%s)",
        tables(),
    )
    for row in rows:
        if row["primary"]:
            assert row["columns"] == ["id"], row
        else:
            assert row["first"] == "tenant_id" or row["opening"].startswith("int8range(tenant_id"), row
    with_key = {row["name"] for row in rows if sorted(row["columns"]) == ["id", "tenant_id"]}
    assert with_key == set(tables())


@pytest.mark.covers("I6")
def test_foreign_keys_never_leave_the_tenant(ground):
    rows = in_catalogue(
        ground,
        "SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS target,"
        " array(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a"
        "       ON a.attrelid = conrelid AND a.attnum = k.n ORDER BY o) AS columns,"
        " array(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a"
        "       ON a.attrelid = confrelid AND a.attnum = k.n ORDER BY o) AS at, condeferrable AS later"
        " FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
        tables(),
    )
    walled = set(tables())
    found = set()
    for row in rows:
        if row["target"] in walled:
            assert row["columns"][0] == "tenant_id", row
            assert (row["at"], row["later"]) == (["tenant_id", "id"], True), row
            found.add((row["name"], row["columns"][1]))
        else:
            assert row["target"] in {"accounts_tenant", "accounts_user"}, row
    expected = {
        (model._meta.db_table, field.column)
        for model in tenant_models()
        for field in model._meta.local_fields
        if field.is_relation and field.related_model._meta.db_table in walled
    }
    assert found == expected


@pytest.mark.covers("I6")
def test_functions_of_the_owner_are_the_listed_ones_and_pin_their_path(ground):
    rows = in_catalogue(
        ground,
        "SELECT p.proname AS name, p.prosecdef AS definer, p.proconfig AS settings,"
        " has_function_privilege('app', p.oid, 'EXECUTE') AS granted, n.nspname AS schema,"
        " EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))"
        "         WHERE grantee = 0) AS public"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('sec', 'public')",
    )
    assert {row["schema"] for row in rows} == {"sec"}
    assert not [row["name"] for row in rows if row["public"]]
    assert {
        row["name"] for row in rows if row["definer"]
    } == DEFINER_GRANTED | DEFINER_TRIGGERS | DEFINER_INNER
    assert {row["name"] for row in rows if row["granted"]} == DEFINER_GRANTED | INVOKER_GRANTED
    assert not [
        row["name"] for row in rows if "search_path=pg_catalog, pg_temp" not in (row["settings"] or [])
    ]


@pytest.mark.covers("I6")
def test_the_application_owns_nothing_and_bypasses_nothing(ground):
    role = in_catalogue(ground, "SELECT * FROM pg_roles WHERE rolname = 'app'")[0]
    for right in ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication"):
        assert role[right] is False, right
    assert not in_catalogue(ground, "SELECT FROM pg_auth_members WHERE member = 'app'::regrole")
    assert not in_catalogue(ground, "SELECT relname FROM pg_class WHERE relowner = 'app'::regrole")
    assert not in_catalogue(ground, "SELECT proname FROM pg_proc WHERE proowner = 'app'::regrole")
    assert not in_catalogue(ground, "SELECT nspname FROM pg_namespace WHERE nspowner = 'app'::regrole")
    schemas = in_catalogue(
        ground,
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege('app', oid, 'CREATE')"
        " AND nspname NOT LIKE 'pg\\_%%'",
    )
    assert not schemas
    assert not in_catalogue(
        ground, "SELECT FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
    )
    assert not in_catalogue(ground, "SELECT FROM pg_default_acl")


@pytest.mark.covers("I3", "I4", "I5", "I6")
@pytest.mark.parametrize(
    "check",
    [
        *isolation.CHECKS,
        *keys.CHECKS,
        *checks.CHECKS,
        *log.CHECKS,
        *guards.CHECKS,
        *reminders.CHECKS,
        *people.CHECKS,
    ],
    ids=lambda check: check.__name__,
)
def test_each_wall_stands_alone(ground, check):
    check(ground)
