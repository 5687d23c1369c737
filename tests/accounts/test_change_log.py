"""The walls of the change log: who may write it, what leaves a line, and what a sealed act is made of."""

import dataclasses
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts import scope
from accounts.acts import UnknownAct, act
from accounts.models import Change, ChangeRow, Unit, UnitAlias, UnitGroup
from accounts.queries import chain
from accounts.queries.posts import ActingPost
from projects.models import Return
from projects.services import claims
from tests.conftest import migrator_connection
from tests.world import TODAY, acting, looking_down

pytestmark = pytest.mark.walls
real_commits = pytest.mark.django_db(transaction=True)

LOG = ("accounts_change", "accounts_changerow", "accounts_chainhead")
FORBIDDEN = [
    *(f"INSERT INTO {table} DEFAULT VALUES" for table in LOG),
    *(f"UPDATE {table} SET tenant_id = tenant_id" for table in LOG),
    *(f"DELETE FROM {table}" for table in LOG),
    *(f"TRUNCATE {table} CASCADE" for table in (*LOG, "projects_claim", "assessment_opinion")),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in ("accounts_change", "projects_claim")),
    "ALTER TABLE projects_claim DISABLE TRIGGER log_insert",
    "ALTER TABLE projects_claim DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE accounts_change ADD COLUMN more text",
    "DROP TRIGGER log_insert ON projects_claim",
    "DROP TRIGGER seal_act ON accounts_change",
    "CREATE TRIGGER a BEFORE UPDATE ON accounts_change EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE quiet AS ON INSERT TO accounts_changerow DO INSTEAD NOTHING",
    "SELECT inner_pad FROM sec.key",
    "INSERT INTO sec.key (inner_pad, outer_pad) VALUES ('', '')",
    "UPDATE sec.key SET inner_pad = outer_pad",
    "DELETE FROM sec.key",
    "TRUNCATE sec.key",
    "SELECT sec.install_key('0123456789012345678901234567890123456789')",
    "SELECT sec.begin_act_as(1, 'unit.add', '', '')",
    "SELECT sec.open_act('projects_claim')",
    "SELECT sec.act_digest(c) FROM accounts_change c",
    "SELECT sec.logged('{}', '{}')",
    "SELECT sec.post_label()",
    "CREATE FUNCTION sec.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION sec.seal_act() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION sec.begin_act(text, text, text)",
    "CREATE TABLE public.mine (id int)",
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = replica",
    "SELECT set_config('session_replication_role', 'replica', true)",
    "SET ROLE migrator",
    "SET SESSION AUTHORIZATION migrator",
    "ALTER ROLE app BYPASSRLS",
]


def run(statement: str, *parameters: Any) -> int:
    """Raw SQL as the application; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def entered(post: ActingPost):
    """The scope of this post inside the transaction that is open."""
    return scope.enter(post.tenant_id, user=post.user_id, post=post.id)


@contextmanager
def refused(words: str) -> Iterator[None]:
    """The block is refused for want of a right (42501), and the transaction lives on."""
    with pytest.raises(ProgrammingError, match=words) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.sqlstate == "42501"


def lines(change_id: int) -> list[tuple[str, int, str]]:
    """Table, row and operation of the lines of an act, in their order."""
    return list(
        ChangeRow.objects.filter(change_id=change_id).order_by("pk").values_list("table", "row", "op")
    )


@pytest.mark.covers("I3")
@pytest.mark.django_db
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_cannot_touch_the_log_or_what_guards_it(world, statement):
    with acting(world.a.posts["clerk"]):
        act("unit.add")
        with refused("permission denied|must be"):
            run(statement)


@pytest.mark.covers("I3", "I7")
@pytest.mark.django_db
def test_a_write_outside_an_act_is_refused(world):
    a = world.a
    with acting(a.posts["clerk"]):
        with refused("write to accounts_unitalias outside an act"):
            UnitAlias.objects.create(unit_id=a.units["水沟镇"], name="别名")
        with refused("write to accounts_unit outside an act"):
            Unit.objects.filter(pk=a.units["水沟镇"]).update(name="别名")
        with refused("write to accounts_unitalias outside an act"):
            UnitAlias.objects.filter(pk=a.rows["alias"]).delete()
        with refused("write to projects_return outside an act"):
            run("UPDATE projects_return SET on_behalf = true WHERE id = %s", a.rows["return:城关镇"])
        assert run("UPDATE accounts_unit SET name = 'x' WHERE id = -1") == 0


@pytest.mark.covers("I7")
@pytest.mark.django_db
def test_a_second_act_in_one_transaction_is_refused(world):
    with acting(world.a.posts["clerk"]):
        act("unit.add")
        with refused("one act per transaction"):
            act("unit.add")


@pytest.mark.covers("I7")
@pytest.mark.django_db
def test_an_act_in_another_tenant_is_refused_after_the_first(world):
    """Two tenants in one transaction, in either order, could deadlock at their heads."""
    with acting(world.a.posts["clerk"]):
        act("unit.add")
        with entered(world.b.posts["clerk"]), refused("one act per transaction"):
            act("unit.add")


@pytest.mark.covers("I7")
@pytest.mark.django_db
def test_an_act_needs_a_post_and_a_name_of_the_registry(world):
    clerk = world.a.posts["clerk"]
    with transaction.atomic():
        with refused("no scope"):
            run("SELECT sec.begin_act('unit.add', '', '')")
        with scope.enter(None, user=clerk.user_id, kind=scope.IDENTITY), refused("no scope"):
            act("unit.add")
        with scope.enter(clerk.tenant_id, kind=scope.OPERATOR), refused("an act needs a post"):
            act("unit.add")
        others_post = dataclasses.replace(clerk, id=world.a.posts["leader"].id)
        post_elsewhere = dataclasses.replace(clerk, tenant_id=world.b.tenant_id)
        for unfit in (others_post, post_elsewhere):
            with entered(unfit), refused("an act needs a post"):
                act("unit.add")
    with acting(clerk), pytest.raises(UnknownAct):
        act("unit.abolish")


@pytest.mark.covers("I3", "I6")
@pytest.mark.django_db
def test_an_act_of_one_tenant_takes_no_row_of_another(world):
    with acting(world.a.posts["clerk"]):
        act("unit.add")
        with entered(world.b.posts["clerk"]):
            with refused("a row of accounts_unitalias lies outside the act's tenant"):
                UnitAlias.objects.create(unit_id=world.b.units["水沟镇"], name="别名")
            with refused("lies outside the act's tenant"):
                Unit.objects.filter(pk=world.b.units["水沟镇"]).update(kind="park")
            with refused("lies outside the act's tenant"):
                UnitAlias.objects.filter(pk=world.b.rows["alias"]).delete()


@pytest.mark.covers("I3")
@real_commits
def test_the_number_of_a_sealed_act_opens_nothing(world):
    clerk = world.a.posts["clerk"]
    with acting(clerk):
        sealed = act("unit.add")
    with acting(clerk):
        run("SELECT set_config('app.act', %s, true)", str(sealed))
        with refused("outside an act"):
            UnitAlias.objects.create(unit_id=world.a.units["水沟镇"], name="别名")
        run("SELECT set_config('app.act', '', true)")
        act("unit.add")
        with refused("outside an act"):
            run("SELECT set_config('app.act', %s, true)", str(sealed))
            UnitAlias.objects.create(unit_id=world.a.units["水沟镇"], name="别名")


@pytest.mark.covers("I3")
@real_commits
def test_the_open_act_of_another_connection_opens_nothing(world):
    clerk = world.a.posts["clerk"]
    context = scope.signed(scope.Scope(clerk.tenant_id, clerk.user_id, clerk.id, scope.MEMBER))
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT set_config('app.ctx', %s, true)", [context])
            cursor.execute("SELECT sec.begin_act('unit.add', '', '')")
            theirs = cursor.fetchone()[0]
        with acting(clerk):
            run("SELECT set_config('app.act', %s, true)", str(theirs))
            with refused("outside an act"):
                UnitAlias.objects.create(unit_id=world.a.units["水沟镇"], name="别名")
    finally:
        other.close()


@pytest.mark.covers("I3", "I6")
@pytest.mark.django_db
def test_a_key_never_changes(world):
    unit = world.a.units["水沟镇"]
    with acting(world.a.posts["clerk"]):
        act("unit.add")
        with refused("a key of accounts_unit never changes"):
            run("UPDATE accounts_unit SET id = id + 1000000 WHERE id = %s", unit)
        with refused("row-level security"):
            run("UPDATE accounts_unit SET tenant_id = %s WHERE id = %s", world.b.tenant_id, unit)


@real_commits
def test_a_key_never_changes_for_the_owner_either(world):
    for change in ("id = id + 1000000", f"tenant_id = {world.b.tenant_id}"):
        with migrator_connection() as owner, owner.transaction(force_rollback=True):
            owner.execute("SELECT sec.begin_act_as(%s, 'unit.add', '', '')", [world.a.tenant_id])
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changes"):
                owner.execute(f"UPDATE accounts_unitalias SET {change} WHERE id = {world.a.rows['alias']}")


@pytest.mark.covers("I3", "I7")
@real_commits
def test_every_way_of_writing_leaves_its_lines(world):
    town, a = world.a.units["水沟镇"], world.a
    with acting(a.posts["clerk"]):
        change = act("unit.add", reason="理由")
        made = UnitAlias.objects.bulk_create(UnitAlias(unit_id=town, name=f"别名{i}") for i in range(3))
        Unit.objects.filter(pk__in=[town, a.units["城关镇"]]).update(organisation_code="12345")
        Unit.objects.filter(pk=town).update(organisation_code="12345")  # changes nothing
        run("UPDATE accounts_unitgroup SET name = name || '组' WHERE id = %s", a.rows["group"])
        gone = [made[0].pk, made[2].pk]
        UnitAlias.objects.filter(pk__in=gone).delete()
    units = sorted([town, a.units["城关镇"]])
    with acting(a.posts["clerk"]):
        assert lines(change) == [
            *(("accounts_unitalias", alias.pk, "I") for alias in made),
            *(("accounts_unit", unit, "U") for unit in units),
            ("accounts_unitgroup", a.rows["group"], "U"),
            *(("accounts_unitalias", alias, "D") for alias in gone),
        ]
        line = ChangeRow.objects.get(change_id=change, table="accounts_unit", row=town)
        assert {key for key in line.after if line.after[key] != line.before[key]} == {"organisation_code"}
        assert (line.before["organisation_code"], line.after["organisation_code"]) == ("", "12345")
        deleted = ChangeRow.objects.get(change_id=change, row=gone[0], op="D")
        assert (deleted.before["name"], deleted.after) == ("别名0", None)
        assert UnitGroup.objects.get(pk=a.rows["group"]).name == "镇组"


@pytest.mark.covers("I7")
@real_commits
def test_a_savepoint_that_is_rolled_back_leaves_no_line(world):
    town, clerk = world.a.units["水沟镇"], world.a.posts["clerk"]
    with acting(clerk):
        change = act("unit.add")
        kept = UnitAlias.objects.create(unit_id=town, name="别名1")
        with suppress(RuntimeError), transaction.atomic():
            UnitAlias.objects.create(unit_id=town, name="别名2")
            raise RuntimeError
        assert UnitAlias.objects.filter(name="别名2").count() == 0
    with acting(clerk):
        assert lines(change) == [("accounts_unitalias", kept.pk, "I")]


@pytest.mark.covers("I7")
@real_commits
def test_an_act_that_fails_at_commit_leaves_neither_header_nor_number(world):
    clerk = world.a.posts["clerk"]

    def state():
        with acting(clerk):
            return Change.objects.count(), ChangeRow.objects.count(), UnitAlias.objects.count()

    def point_at_nothing():
        with acting(clerk):
            act("unit.add")
            assert UnitAlias.objects.create(unit_id=999999, name="别名").pk  # the key is deferred

    before = state()
    with pytest.raises(IntegrityError, match="accounts_unitalias_unit_id_in_tenant"):
        point_at_nothing()
    assert state() == before
    with acting(clerk):
        change = act("unit.add")
    with acting(clerk):
        assert Change.objects.get(pk=change).pos == before[0] + 1


@pytest.mark.covers("I3")
@real_commits
def test_sealing_early_fails_closed(world):
    town, clerk = world.a.units["水沟镇"], world.a.posts["clerk"]
    with acting(clerk):
        change = act("unit.add")
        UnitAlias.objects.create(unit_id=town, name="别名1")
        run("SET CONSTRAINTS ALL IMMEDIATE")
        assert Change.objects.get(pk=change).hash is not None
        with refused("outside an act"):
            UnitAlias.objects.create(unit_id=town, name="别名2")
        with refused("one act per transaction"):
            act("unit.add")


@pytest.mark.covers("I3")
@real_commits
def test_the_header_says_what_the_signed_scope_says(world):
    """Who and where are not the caller's to choose; a superior's act stands in the county's chain."""
    officer, clerk = world.city.posts["officer"], world.a.posts["clerk"]
    with acting(clerk):
        ours = act("evidence.download", reason="核对")
    with looking_down(officer, world.a):
        theirs = act("evidence.download")
    with acting(clerk):
        mine, superior = Change.objects.get(pk=ours), Change.objects.get(pk=theirs)
        assert (mine.actor, mine.post_label, mine.reason) == (clerk.user_id, "招商局·bureau", "核对")
        assert (superior.actor, superior.post_label) == (officer.user_id, "市招商局·superior")
        assert (superior.pos, superior.tenant_id) == (mine.pos + 1, world.a.tenant_id)
        assert lines(ours) == []
    with acting(officer):
        assert not Change.objects.filter(pk=theirs).exists()


@pytest.mark.covers("I3")
@real_commits
def test_what_triggers_write_is_a_line_of_the_same_act(world):
    with acting(world.a.posts["other_head"]):
        change = act("return.submit")
        Return.objects.filter(pk=world.a.rows["return:城关镇"]).update(submitted_at="2000-01-01 00:00Z")
    with acting(world.a.posts["other_head"]):
        line = ChangeRow.objects.get(change_id=change)
        assert line.after["submitted_by"] == "城关镇·head"
        assert not line.after["submitted_at"].startswith("2000")


@pytest.mark.covers("I3")
@real_commits
def test_an_insertion_stands_before_the_changes_that_it_caused(world):
    """Whoever follows the log line by line ends at the present rows."""
    claim = world.a.rows["claim"]
    with acting(world.a.posts["reporter"]) as reporter:
        reversal = claims.withdraw(post=reporter, claim_id=claim, reason="重复登记", today=TODAY).pk
    with acting(world.a.posts["clerk"]):
        change = Change.objects.latest("pk")
        assert lines(change.pk) == [
            ("projects_claim", reversal, "I"),
            ("projects_claim", claim, "U"),
            ("projects_claim", reversal, "U"),
        ]
        states = change.rows.order_by("pk").values_list("after__state", flat=True)
        assert list(states) == ["submitted", "reversed", "reversed"]


@pytest.mark.django_db
def test_personal_values_never_enter_the_log(world):
    """Neither the values nor their digests; the line says that something stands there."""
    with migrator_connection() as owner:
        logged = chain._logged_tables(owner.cursor())
        columns = [(table.name, column) for table in logged for column in table.personal]
        assert {("accounts_user", "name"), ("accounts_user", "password")} <= set(columns)
        assert ("projects_evidence", "original_name") in columns
        log = owner.execute(
            "SELECT coalesce(before::text, '') || coalesce(after::text, '') FROM accounts_changerow"
            " UNION ALL SELECT concat(act, post_label, reason, request_id) FROM accounts_change"
        ).fetchall()
        text = "\n".join(line for (line,) in log)
        searched = 0
        for table, column in columns:
            values = owner.execute(f'SELECT DISTINCT "{column}" FROM {table}').fetchall()
            for value in (str(value) for (value,) in values if value not in (None, "", ".xlsx")):
                searched += 1
                assert value not in text, (table, column, value)
                for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
                    assert digest(value.encode()).hexdigest() not in text
            marked = owner.execute(
                "SELECT count(*) FROM accounts_changerow WHERE \"table\" = %s AND after ->> %s = 'changed'",
                [table, column],
            ).fetchone()
            assert marked[0] > 0 or all(value is None for (value,) in values), (table, column)
    assert searched > 30
