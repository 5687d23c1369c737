"""A database of the first version, with two counties in it, migrated to this one: nothing lost or changed."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from accounts.operator import as_migrator
from accounts.queries.posts import ActingPost, own_posts
from accounts.tasks import inside
from assessment.models import Measure, Rule
from assessment.queries.standing import standing
from assessment.services import notices, opinions
from assessment.standard_measures import STANDARD as STANDARD_MEASURES
from assessment.standard_rules import STANDARD as STANDARD_RULES
from projects.checklists import STANDARD as CHECKLIST
from projects.models import CalendarYear, ChecklistItem, Claim, FilingRule, Gate, Return
from projects.services import closing, returns
from tests.battery import old_county
from tests.battery.old_county import OldCounty
from tests.conftest import NOW, _copy, migrator_connection
from tests.walls.ground import _connect, set_context, tables
from tests.world import TODAY, acting

pytestmark = [pytest.mark.battery, pytest.mark.walls, pytest.mark.django_db(transaction=True)]

NAME = "test_upgrade"


@contextmanager
def empty_database() -> Iterator[None]:
    """Django works in an empty database of its own, dropped in the end."""
    here = connections["default"]
    before = here.settings_dict["NAME"]
    here.close()
    _copy("template1", NAME)
    here.settings_dict["NAME"] = NAME
    try:
        yield
    finally:
        here.close()
        here.settings_dict["NAME"] = before
        with migrator_connection("postgres") as owner:
            owner.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


@contextmanager
def as_role(role: dict) -> Iterator[psycopg.Connection]:
    with _connect(NAME, role) as connection:
        yield connection


def migrate(*target: str) -> None:
    call_command("migrate", *target, verbosity=0)


def verified() -> str:
    """The last line of ``verify_changes``; a fault would have raised."""
    out = io.StringIO()
    call_command("verify_changes", stdout=out)
    return out.getvalue().splitlines()[-1]


def everything() -> dict[str, dict[int, dict]]:
    """Every row of every table of ours, as JSON, by table and key."""
    with as_role(settings.MIGRATOR) as owner:
        names = owner.execute(
            "SELECT c.relname AS name, a.attname AS key FROM pg_class c"
            " JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " AND c.relname ~ '^(accounts|projects|assessment)_' ORDER BY 1"
        ).fetchall()
        found = {}
        for row in names:
            query = sql.SQL("SELECT to_jsonb(t) AS line FROM {} t").format(sql.Identifier(row["name"]))
            lines = [item["line"] for item in owner.execute(query).fetchall()]
            found[row["name"]] = {line[row["key"]]: line for line in lines}
        return found


def changed(before: dict[str, dict[int, dict]], after: dict[str, dict[int, dict]]) -> list[str]:
    """What an old row has lost or carries otherwise; columns and rows that are new do not count."""
    return [
        f"{table} {key}.{column}: {value} became {after.get(table, {}).get(key, {}).get(column, 'nothing')}"
        for table, rows in before.items()
        for key, row in rows.items()
        for column, value in row.items()
        if after.get(table, {}).get(key, {}).get(column, "nothing") != value
    ]


def post_of(county: OldCounty, stem: str) -> ActingPost:
    """The old person's post, as the present version finds it at the login."""
    old = county.posts[stem]
    with acting(old):
        (post,) = own_posts(old.user_id, on=TODAY)
    assert (post.id, post.tenant_id) == (old.id, old.tenant_id)
    return post


@pytest.mark.covers("I3", "I5", "I6")
def test_a_database_of_the_first_version_is_migrated_whole(world, capsys):
    with empty_database():
        migrate(*old_county.FIRST_VERSION)
        app_role = connections["default"].settings_dict
        with as_role(settings.MIGRATOR) as owner:
            a, b = (old_county.found(owner, code) for code in ("610911", "610912"))
        with as_role(app_role) as app:
            for county in (a, b):
                old_county.live(app, county)
        before = everything()
        rows = sum(map(len, before.values()))

        migrate()
        after = everything()
        heads = {"accounts_chainhead"}
        assert changed({name: found for name, found in before.items() if name not in heads}, after) == []
        with capsys.disabled():
            print(f"\nupgrade: {rows} rows of {len(before)} tables kept; {verified()}")

        with as_role(app_role) as app:
            walls_hold(app, a, b)
        for county in (a, b):
            has_what_a_new_one_has(county)
        once_is_enough()
        it_works(a)
        with capsys.disabled():
            print(f"upgrade: worked with; {verified()}")


def walls_hold(app: psycopg.Connection, *counties: OldCounty) -> None:
    """Every county reads its own rows of every table and no others; without a context nobody reads."""
    for county in counties:
        for table in tables():
            assert old_county.seen(app, county.posts["clerk"], table) <= {county.tenant_id}, table
        for table in ("projects_claim", "assessment_rule", "projects_calendarday", "accounts_changerow"):
            assert old_county.seen(app, county.posts["clerk"], table) == {county.tenant_id}, table
    with app.transaction(force_rollback=True):
        set_context(app, "")
        for table in tables():
            assert not app.execute(f"SELECT FROM {table}").fetchall(), table


def has_what_a_new_one_has(county: OldCounty) -> None:
    """Counting rules, gates, the checklist of files, rules of reminding and filing, work days."""
    with acting(post_of(county, "clerk")):
        assert Measure.objects.count() == len(STANDARD_MEASURES)
        assert Gate.objects.exists()
        asked = ChecklistItem.objects.values_list("about", "kind", "demand")
        assert set(asked) == {(about, kind, "advised") for about, kind in CHECKLIST}
        rules = {(rule.kind, rule.measure.name if rule.measure else "") for rule in Rule.objects.all()}
        assert rules == {(one["kind"], one.get("measure", "")) for one in STANDARD_RULES}
        assert FilingRule.objects.filter(kind="half", filed=True).exists()
        assert FilingRule.objects.count() == 4
        assert CalendarYear.objects.filter(year__in=[TODAY.year - 1, TODAY.year]).count() == 2
    with as_role(settings.MIGRATOR) as owner:
        seal = owner.execute(
            "SELECT seal, sec.return_seal(tenant_id, id) AS now FROM projects_return WHERE id = %s",
            [county.rows["return:城关镇"]],
        ).fetchone()
    assert seal["seal"] == seal["now"] != "", "the seal is another one"


def once_is_enough() -> None:
    """Who has the standard already gets nothing more, and no act says so."""
    before = everything()
    step = ("assessment", "0014_standard_of_reminding")
    with as_migrator(), connections["default"].schema_editor() as editor:
        models = MigrationLoader(connections["default"]).project_state(step).apps
        import_module(".migrations.".join(step)).give(models, editor)
    assert everything() == before


def it_works(county: OldCounty) -> None:
    """The old rows are reviewed, inspected, closed, counted, reopened and reminded of."""
    clerk, inspector = post_of(county, "second_clerk"), post_of(county, "inspector")
    for name in ("claim:水沟镇", "signed_claim"):
        for post, step in ((clerk, "first_review"), (inspector, "inspection")):
            with acting(post):
                opinions.give(post=post, claim_id=county.rows[name], step=step, verdict="accept", today=TODAY)
    with acting(clerk):
        returns.submit(post=clerk, return_id=county.rows["return:招商局"], today=TODAY)
        claim = Claim.objects.get(pk=county.rows["claim:水沟镇"])
        assert (claim.state, claim.verified) == ("decided", Decimal("100.5"))
        amounts = {line.unit_id: line.amount for line in standing(as_of=TODAY).lines}
        assert amounts[county.units["城关镇"]] == amounts[county.units["水沟镇"]] == Decimal("100.5")
    with inside(county.tenant_id):
        assert notices.plan(now=NOW, today=TODAY)
    with acting(inspector):
        closing.close_period(post=inspector, period_id=county.rows["period"])
        assert not Return.objects.filter(period=county.rows["period"], seal="").exists()
    with acting(inspector):
        sealed = county.rows["return:城关镇"]
        until = NOW.replace(hour=18)
        assert closing.reopen(post=inspector, return_id=sealed, reason="漏报", until=until, now=NOW).reopened
