"""A closed Return refuses every write (I5): closings against ten writers, on real connections.

What the seal was computed over is recomputed afterwards from the rows, in Python, without the database's
own functions. The same race with a plain check in the place of the row lock must show differences: it
proves that this test can fail.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.acts import act
from accounts.choices import UnitKind
from accounts.models import Unit
from accounts.services import units
from assessment.models import Opinion
from projects.choices import PeriodKind, VoucherKind
from projects.models import Claim, Enterprise, Project, Return, Voucher
from projects.services import claims, closing, periods, returns
from tests.battery import lock_race
from tests.battery.lock_race import Place
from tests.battery.processes import Worker, at_once
from tests.conftest import migrator_connection
from tests.world import County, acting

pytestmark = [pytest.mark.battery, pytest.mark.walls, pytest.mark.django_db(transaction=True)]

CLERKS, INSPECTORS = 7, 3
WRITES = 4  # accepted between two closings


def set_up(county: County, months: int) -> list[Place]:
    """New towns, so many months up to 2011, a Return for each unit and month, decided claims in the towns."""
    clerk = county.posts["clerk"]
    for name in ("一镇", "二镇", "三镇"):
        with acting(county.posts["admin"]) as admin:
            units.add(post=admin, name=name, kind=UnitKind.TOWN)
    with acting(clerk):
        act("period.open")
        first_days = [dt.date(2011 - back // 12, 12 - back % 12, 1) for back in reversed(range(months))]
        opened = [periods.ensure(periods.span(PeriodKind.MONTH, day)) for day in first_days]
        filed = list(Return.objects.filter(period__in=opened).select_related("unit", "period").order_by("pk"))
    with acting(clerk):
        act("workbook.load")
        firm = Enterprise.objects.create(name="竞速公司")
        projects = {
            unit.pk: Project.objects.create(
                name=f"{unit}竞速", enterprise=firm, unit=unit, year_introduced=2010
            )
            for unit in Unit.objects.exclude(kind=UnitKind.OFFICE)
        }
        towns = [one for one in filed if one.unit.kind == UnitKind.TOWN]
        seeds = claims.write([seed(one, projects[one.unit_id]) for one in towns])
    with acting(clerk):
        act("return.submit")
        returns.mark_submitted(filed, on_behalf=True)
    for stem, step in (("second_clerk", "first_review"), ("party_inspector", "inspection")):
        with acting(county.posts[stem]):
            act("opinion.give")
            Opinion.objects.bulk_create(Opinion(claim=claim, step=step, verdict="accept") for claim in seeds)
    claim_in = {claim.booked_in_id: claim.pk for claim in seeds}
    return [
        Place(
            return_id=one.pk,
            period_id=one.period_id,
            unit_id=one.unit_id,
            project_id=projects[one.unit_id].pk,
            payer_id=firm.pk,
            happened_on=one.period.starts_on,
            claim_id=claim_in.get(one.pk),
        )
        for one in filed
    ]


def seed(booked_in: Return, project: Project) -> Claim:
    """A claim of 100 in this Return with a voucher of its own, not yet saved."""
    voucher = Voucher.objects.create(
        kind=VoucherKind.BANK_SLIP,
        number=f"R{booked_in.pk}",
        payer_id=project.enterprise_id,
        dated_on=booked_in.period.starts_on,
        face_wan=Decimal(100),
    )
    return claims.of_voucher(
        voucher, project=project, unit=booked_in.unit, booked_in=booked_in, amount=voucher.face_wan
    )


def race(county: County, places: list[Place], *ways: str) -> tuple[Counter, dict[str, Any]]:
    """Ten writers and one who closes: what was accepted and refused, and how the closings went."""
    closer = county.posts["party_inspector"]
    tally, (closed,) = against_writers(
        county,
        places,
        lock_race.aim,
        Worker(lock_race.close, post=closer, places=places, writes=WRITES, ways=ways),
    )
    return tally, closed


def against_writers(
    county: County, places: list[Place], towards: lock_race.Aim, *others: Worker
) -> tuple[Counter, list[Any]]:
    """These processes and ten writers: what was accepted and refused, and what the others say."""
    posts = county.posts
    inspectors = [posts["party_inspector"], posts["government_inspector"]]
    task = {"places": places, "towards": towards}
    clerks = [Worker(lock_race.enter, post=posts["clerk"], name=f"clerk{i}", **task) for i in range(CLERKS)]
    deciders = [
        Worker(lock_race.change_minds, post=inspectors[i % 2], name=f"inspector{i}", **task)
        for i in range(INSPECTORS)
    ]
    results = at_once(*clerks, *deciders, *others)
    tally: Counter = Counter()
    for place, result in enumerate(results[: CLERKS + INSPECTORS]):
        kind = "claims" if place < CLERKS else "opinions"
        tally.update({f"{kind} {outcome}": count for outcome, count in result.items()})
    return tally, results[CLERKS + INSPECTORS :]


def race_of_reopened(
    county: County, places: list[Place], tmp_path: Path, turns: int
) -> tuple[Counter, Counter]:
    """Every period is closed; then one reopens Returns, a task closes them by their time, and ten write."""
    inspector, over = county.posts["party_inspector"], tmp_path / "over"
    for period_id in sorted({place.period_id for place in places}):
        with acting(inspector):
            closing.close_period(post=inspector, period_id=period_id)
    tally, (reopened, by_time) = against_writers(
        county,
        places,
        lock_race.among_reopened(over),
        Worker(lock_race.reopen, post=inspector, places=places, turns=turns, over=over),
        Worker(lock_race.close_by_time, tenant_id=county.tenant_id, over=over),
    )
    return tally, reopened + by_time


LOGGED = """
SELECT r."table", r.after FROM accounts_changerow r JOIN accounts_change c ON c.id = r.change_id
WHERE c.tenant_id = %s AND r.op <> 'D'
  AND r."table" IN ('projects_return', 'projects_claim', 'assessment_opinion') ORDER BY c.pos, r.id
"""


def out_of_time(county: County) -> list[str]:
    """What the change log, read act by act, shows to be written into a closed Return or after its end."""
    now: dict[str, dict[int, dict]] = {"projects_return": {}, "projects_claim": {}, "assessment_opinion": {}}
    wrong = []
    with migrator_connection() as owner:
        for table, row in owner.execute(LOGGED, [county.tenant_id]):
            known = now[table]
            if row["id"] not in known:
                wrong += _too_late(now, table, row)
            known[row["id"]] = row
    return wrong


def _too_late(now: dict, table: str, row: dict) -> list[str]:
    """The new row, when its Return was closed or its reopening over as it was written."""
    if table == "projects_return" or row.get("step") == "superior":
        return []
    if table == "projects_claim":
        booked_in, moment, closed = row["booked_in_id"], row["entered_at"], "reports_closed_at"
    else:
        booked_in, moment = now["projects_claim"][row["claim_id"]]["booked_in_id"], row["at"]
        closed = "opinions_closed_at"
    found = now["projects_return"][booked_in]
    end = found["reopened_until"]
    over = end and dt.datetime.fromisoformat(moment) >= dt.datetime.fromisoformat(end)
    return [f"{table} {row['id']} of {moment}: {found}"] if found[closed] or over else []


def entered(county: County) -> int:
    """Claims that the race's clerks have entered and withdrawn, as they stand."""
    with acting(county.posts["clerk"]):
        of_race = Claim.objects.filter(voucher__number__startswith="clerk")
        assert not of_race.exclude(state="reversed").exists()
        return of_race.filter(reverses__isnull=True).count()


CLAIMS = """
SELECT booked_in_id, id, unit_id, project_id, kind, voucher_id, agreement_id, happened_on, reported, reviewed,
       verified, split_id, reverses_id, replaces_id, entered_by_id
FROM projects_claim WHERE tenant_id = %s ORDER BY id
"""
OPINIONS = """
SELECT c.booked_in_id, o.id, o.claim_id, o.step, o.verdict, o.accepted, o.reason, o.actor_id, o.post_label
FROM assessment_opinion o JOIN projects_claim c ON c.id = o.claim_id
WHERE o.tenant_id = %s AND o.step <> 'superior' ORDER BY o.id
"""


def as_json(value: Any) -> str:
    """A value or a list of them in the spelling of PostgreSQL's jsonb."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_json, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return f'"{value.isoformat()}"'
    return json.dumps(value, ensure_ascii=False)


def differing(county: County, places: list[Place]) -> list[int]:
    """Returns of the race that do not carry the hash of their present rows."""
    rows: dict[int, tuple[list, list]] = {place.return_id: ([], []) for place in places}
    with migrator_connection() as owner:
        for part, statement in enumerate((CLAIMS, OPINIONS)):
            for return_id, *row in owner.execute(statement, [county.tenant_id]):
                if return_id in rows:
                    rows[return_id][part].append(row)
        seals = dict(
            owner.execute(
                "SELECT id, seal FROM projects_return WHERE id = ANY (%s) AND opinions_closed_at IS NOT NULL",
                [list(rows)],
            ).fetchall()
        )
    assert seals.keys() == rows.keys()
    return [
        return_id
        for return_id, parts in rows.items()
        if hashlib.sha256(as_json(parts).encode()).hexdigest() != seals[return_id]
    ]


@pytest.mark.covers("I5", "I3")
def test_no_write_slips_past_a_closing(world, capsys):
    places = set_up(world.a, months=52)
    tally, closed = race(world.a, places, "service", "lock", "update", "lock")
    different = differing(world.a, places)
    accepted = tally["claims accepted"] + tally["opinions accepted"]
    refused = tally["claims refused"] + tally["opinions refused"]
    with capsys.disabled():
        print(f"\nlock race: {closed}, accepted {accepted}, refused {refused}, {dict(tally)}")
        print(f"lock race: {len(different)} of {len(places)} Returns differ from their seal")
        call_command("verify_changes", "--tenant", world.a.code)
    assert different == []
    assert closed["closings"] >= 300
    assert accepted > 1000
    assert refused > 1000
    assert min(tally[name] for name in tally if name.split()[1] in ("accepted", "refused")) > 100
    # The rest met another inspector's opinion of the same moment, never a fault.
    assert {name for name in tally if name.split()[1] not in ("accepted", "refused")} <= {"opinions PT204"}


@pytest.mark.covers("I5")
def test_a_plain_check_in_its_place_leaks(world, capsys):
    """The database's guards without FOR SHARE on the Return."""
    with migrator_connection() as owner:
        for guard in ("sec.guard_claim", "sec.guard_opinion"):
            (text,) = owner.execute("SELECT pg_get_functiondef(%s::regproc)", [guard]).fetchone()
            assert text.count(" FOR SHARE;") == 1
            owner.execute(text.replace(" FOR SHARE;", ";"))
    places = set_up(world.a, months=8)
    tally, closed = race(world.a, places, "update")
    different = differing(world.a, places)
    with capsys.disabled():
        print(f"\nplain check: {closed}, {dict(tally)}")
        print(f"plain check: {len(different)} of {len(places)} Returns differ from their seal")
    assert 0 < len(different) < len(places)


@pytest.mark.covers("I5", "I3")
def test_a_reopened_return_takes_what_comes_in_time_and_nothing_else(world, capsys, tmp_path):
    places = set_up(world.a, months=8)
    tally, turned = race_of_reopened(world.a, places, tmp_path, turns=80)
    late, different = out_of_time(world.a), differing(world.a, places)
    with capsys.disabled():
        print(f"\nreopened: {dict(turned)}, {dict(tally)}")
        print(f"reopened: {len(late)} writes out of time, {len(different)} of {len(places)} seals differ")
        call_command("verify_changes", "--tenant", world.a.code)
    assert (late, different) == ([], [])
    assert entered(world.a) == tally["claims accepted"], "a claim was lost, or came from nowhere"
    assert min(turned["reopened"], turned["closed by time"], turned["closed by hand"]) > 15
    assert (
        min(tally[f"{kind} {done}"] for kind in ("claims", "opinions") for done in ("accepted", "refused"))
        > 10
    )
    assert {name for name in tally if name.split()[1] not in ("accepted", "refused")} <= {"opinions PT204"}


@pytest.mark.covers("I5")
def test_without_a_look_at_the_clock_a_reopening_runs_on(world, capsys, tmp_path):
    """The guards that know the end of a reopening switched off: what the race looks for is found."""
    with migrator_connection() as owner:
        owner.execute("ALTER TABLE projects_claim DISABLE TRIGGER guard_claim_in_time")
        owner.execute("ALTER TABLE assessment_opinion DISABLE TRIGGER guard_opinion_in_time")
    tally, turned = race_of_reopened(world.a, set_up(world.a, months=4), tmp_path, turns=30)
    late = out_of_time(world.a)
    with capsys.disabled():
        print(f"\nreopened without its end: {dict(turned)}, {dict(tally)}, {len(late)} writes out of time")
    assert any("claim" in line for line in late)
