"""The change log under writers that run side by side, reach into two tenants, or are killed."""

import io
import random
import time

import pytest
from django.core.management import call_command

from accounts.acts import act
from accounts.models import Change
from tests.battery import log_race
from tests.battery.processes import Worker, at_once, crew
from tests.conftest import migrator_connection
from tests.world import County, acting

pytestmark = [pytest.mark.battery, pytest.mark.walls, pytest.mark.django_db(transaction=True)]

WRITERS, ACTS = 8, 150


def verified() -> str:
    """The last line that ``verify_changes`` prints; a fault would have raised."""
    out = io.StringIO()
    call_command("verify_changes", stdout=out)
    return out.getvalue().splitlines()[-1]


def positions(county: County) -> list[int]:
    with acting(county.posts["clerk"]):
        return list(Change.objects.order_by("pk").values_list("pos", flat=True))


@pytest.mark.covers("I3", "F-97")
def test_eight_writers_of_one_tenant_leave_no_gap(world, capsys):
    """While they write, the check runs again and again: it sees whole acts only."""
    a = world.a
    before = len(positions(a))
    checks = []
    workers = [
        Worker(log_race.write, post=a.posts["clerk"], unit_id=a.units["水沟镇"], name=f"writer{i}", acts=ACTS)
        for i in range(WRITERS)
    ]
    with crew(*workers):
        while any(worker.running() for worker in workers) and len(checks) < 5:
            checks.append(verified())
            time.sleep(0.3)
        spans = [worker.result() for worker in workers]
    after = positions(a)
    assert sorted(after) == list(range(1, before + WRITERS * ACTS + 1))
    assert len(checks) > 1
    seconds = max(span["ended"] for span in spans) - min(span["started"] for span in spans)
    with capsys.disabled():
        print(f"\nlog race: {WRITERS * ACTS} acts in {seconds:.1f} s, {len(checks)} checks meanwhile")
        print(f"log race: {verified()}")


@pytest.mark.covers("I3", "I6")
def test_two_tenants_in_opposite_order_are_refused_and_cannot_deadlock(world, capsys):
    a, b = world.a, world.b
    units = {county.tenant_id: county.units["水沟镇"] for county in (a, b)}
    workers = [
        Worker(
            log_race.reach_over,
            post=first.posts["clerk"],
            other=second.posts["clerk"],
            units=units,
            name=f"{first.prefix}{i}",
            acts=60,
        )
        for i in range(2)
        for first, second in ((a, b), (b, a))
    ]
    results = at_once(*workers)
    assert results == [{"acts": 60, "rows": 60}] * 4
    with capsys.disabled():
        print(f"\ntwo tenants: 240 acts, 240 second acts and 240 rows refused, no deadlock; {verified()}")


@pytest.mark.covers("I3", "I7")
def test_a_writer_killed_in_the_middle_of_an_act_leaves_no_trace(world):
    a = world.a
    before = positions(a)
    worker = Worker(
        log_race.stop_in_the_middle, post=a.posts["clerk"], unit_id=a.units["水沟镇"], name="killed"
    )
    with crew(worker):
        assert worker.hear() == "in the middle"
        worker.kill()
    wait_for_its_backend()
    assert positions(a) == before
    with acting(a.posts["clerk"]):
        act("evidence.download")
    assert positions(a) == [*before, len(before) + 1]
    assert "没有发现问题" in verified()
    with migrator_connection() as owner:
        found = "SELECT count(*) FROM accounts_changerow WHERE after ->> 'name' LIKE 'killed%'"
        assert owner.execute(found).fetchone() == (0,)


@pytest.mark.covers("I3", "I7")
def test_writers_killed_at_any_moment_leave_whole_acts(world, capsys):
    """Of each writer at least what it was told was committed, at most one act more, and never half of one."""
    a, luck = world.a, random.Random(97)
    names = [f"mortal{i}" for i in range(6)]
    workers = {
        name: Worker(
            log_race.write, post=a.posts["clerk"], unit_id=a.units["水沟镇"], name=name, acts=100_000
        )
        for name in names
    }
    told = {}
    with crew(*workers.values()):
        for name, worker in workers.items():
            time.sleep(luck.uniform(0.2, 0.6))
            told[name] = len(worker.kill())
    wait_for_its_backend()
    with migrator_connection() as owner:
        counted = "SELECT count(*) FROM accounts_unitalias WHERE name LIKE %s"
        rows = {name: owner.execute(counted, [name + "-%"]).fetchone()[0] for name in names}
        acts = dict(owner.execute("SELECT reason, count(*) FROM accounts_change GROUP BY reason").fetchall())
    for name in names:
        assert rows[name] == 2 * acts.get(name, 0)
        assert acts.get(name, 0) - told[name] in (0, 1)
    assert sum(told.values()) > 0
    assert sorted(positions(a)) == list(range(1, len(positions(a)) + 1))
    with capsys.disabled():
        print(f"\nkilled: 6 writers after {sum(told.values())} acts; {verified()}")


def wait_for_its_backend() -> None:
    """Until the server has noticed that the process is gone."""
    with migrator_connection() as owner:
        deadline = time.monotonic() + 30
        query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND state LIKE %s AND pid <> %s"
        while owner.execute(query, ["%in transaction%", owner.info.backend_pid]).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.covers("F-97")
def test_ten_thousand_acts_are_checked_in_seconds(world, capsys):
    a = world.a
    for part in range(20):
        # A connection of its own for each part: plans made for a small log do not serve a large one.
        with migrator_connection() as owner:
            owner.execute(
                f"""
                DO $$ BEGIN
                    FOR v_number IN 1..500 LOOP
                        PERFORM sec.begin_act_as({a.tenant_id}, 'unit.add', '测试', '');
                        INSERT INTO accounts_unitalias (tenant_id, unit_id, name)
                        SELECT {a.tenant_id}, {a.units["水沟镇"]}, '{part}-' || v_number || '-' || i
                        FROM generate_series(1, 4) i;
                        COMMIT;
                    END LOOP;
                END $$
                """
            )
    started = time.monotonic()
    said = verified()
    seconds = time.monotonic() - started
    with capsys.disabled():
        print(f"\nverify_changes: {seconds:.1f} s; {said}")
    assert seconds < 30
