"""The ledger as a state machine: acts by chance, by services and by raw SQL, against a model of its rules.

A walk of our own and not hypothesis: the states that matter (closed, reopened, un-verified, corrected
twice) lie hundreds of committed acts deep, and shrinking would replay each of them on a fresh database.
The seed repeats a walk; a failure tells the last acts and the claim. ``STATES_ACTS`` and ``STATES_SEED``
set length and seed.
"""

import datetime as dt
import os
import random
import time
from collections import Counter
from contextlib import closing
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from assessment.choices import Basis, Step, Verdict
from assessment.queries.figures import figures
from assessment.queries.standing import standing
from tests.battery.ledger_acts import ACTS, ONE_WAY
from tests.battery.ledger_attacks import HOSTILE
from tests.battery.ledger_closings import close_opinions
from tests.battery.ledger_ground import Owner, prepare
from tests.battery.ledger_model import NOTHING, VERDICTS_OF
from tests.battery.ledger_opinions import further
from tests.battery.ledger_walk import DONE, SERVICE, SQL, Walk
from tests.conftest import WORLD, _restore

pytestmark = [pytest.mark.battery, pytest.mark.django_db(transaction=True)]

LENGTH = int(os.environ.get("STATES_ACTS", "300"))
SEED = int(os.environ.get("STATES_SEED") or random.SystemRandom().randrange(10**9))
CHUNK = 4000  # acts in one county, before a fresh one
EVERY = 50  # acts between two looks at everything
ENOUGH = 20_000  # acts after which every kind of act must have been met
PATIENCE = 500  # acts in which a period is brought to its end


@pytest.mark.covers("I1", "I2", "I3", "I4", "I5", "I7", "F-35")
def test_no_figure_ever_differs_from_what_was_said(world, capsys):
    counts: Counter[tuple[str, str, str]] = Counter()
    began = time.monotonic()
    left = LENGTH
    with capsys.disabled():
        print(f"\nseed {SEED}, {LENGTH} acts")
        try:
            while left:
                part = min(left, CHUNK)
                walk_once(SEED * 1000 + left, part, counts)
                left -= part
                print(f"{LENGTH - left} acts, {(time.monotonic() - began) / 60:.1f} min", flush=True)
                if left:
                    _restore()
        finally:
            print(table(counts))
    if LENGTH >= ENOUGH:
        assert missing(counts) == []


def walk_once(seed: int, length: int, counts: Counter[tuple[str, str, str]]) -> None:
    """One walk in a fresh county, looked at throughout; counts what was tried, by kind, way and outcome."""
    scene = prepare(WORLD["world"])
    rng = random.Random(seed)
    with closing(Owner(scene.tenant_id)) as owner:
        walk = Walk(scene, owner, rng, counts)
        logged, until = owner.acts(), 0
        look(walk, logged)
        looked = 0
        while walk.number < length:
            until = head(walk, until)
            one(walk)
            if walk.number - looked >= EVERY:
                look(walk, logged)
                looked = walk.number
        look(walk, logged)
    verified = StringIO()
    call_command("verify_changes", "--tenant", scene.code, stdout=verified)
    assert verified.getvalue().endswith("没有发现问题。\n"), verified.getvalue()


def head(walk: Walk, until: int) -> int:
    """Now and then a period is brought to its end; the number of the act after which that is given up."""
    if walk.heading is None and walk.chance(0.002):
        spans = [span for span in walk.ledger.periods.values() if not span.closed]
        if spans:
            walk.heading = min(spans, key=lambda span: (span.ends, span.starts)).id
            return walk.number + PATIENCE
    elif walk.heading is not None and (walk.number > until or walk.ledger.periods[walk.heading].closed):
        walk.heading = None
    return until


def one(walk: Walk) -> None:
    """One act, by chance."""
    way = walk.rng.choice([SERVICE, SQL])
    if walk.heading is not None and walk.chance(0.7):
        if walk.waiting():
            further(walk, way)
        else:
            close_opinions(walk, SERVICE)
        return
    act = walk.rng.choices(list(ACTS), weights=list(ACTS.values()))[0]
    act(walk, SERVICE if act in ONE_WAY else way)


# Looking -------------------------------------------------------------------------------------------


def look(walk: Walk, logged: int) -> None:
    """Everything there is: rows, seals, totals, faces and the number of acts."""
    walk.compare()
    opinions = {
        row["id"]: (
            row["claim_id"],
            row["step"],
            row["verdict"],
            row["accepted"],
            row["actor_id"],
            row["post_label"],
        )
        for row in walk.owner.opinions()
    }
    said = {
        one.id: (claim, one.step, one.verdict, one.amount, one.person, one.label)
        for claim, entry in walk.ledger.claims.items()
        for one in entry.said
    }
    assert opinions == said, walk.story(f"opinions {set(opinions.items()) ^ set(said.items())}")
    returns_stand(walk)
    assert walk.ledger.above_face() == [], walk.story(f"above the face: {walk.ledger.above_face()}")
    totals_agree(walk)
    assert walk.owner.acts() == logged + walk.logged, walk.story("acts in the change log")


def returns_stand(walk: Walk) -> None:
    """Each Return is as open as its acts have left it; what is closed is what was closed, under its seal."""
    found = {row["id"]: row for row in walk.owner.returns()}
    assert set(found) == set(walk.ledger.filings)
    for key, filing in walk.ledger.filings.items():
        row = found[key]
        stands = (row["submitted"], row["reports"], row["opinions"])
        expected = (filing.submitted is not None, filing.reports_closed, filing.opinions_closed)
        assert stands == expected, walk.story(f"{row}, {filing}")
        assert row["seal"] == row["resealed"], walk.story(f"the seal is broken: {row}")
    closed = {key: one.digest for key, one in walk.ledger.filings.items() if one.opinions_closed}
    assert walk.owner.digests(list(closed)) == closed, walk.story("a closed Return has changed")


def totals_agree(walk: Walk) -> None:
    """What standing and figures show is the sum of the rows, on some basis and at some day."""
    as_of = walk.rng.choice([dt.date(2012, 7, 2), dt.date(2012, 6, 30), walk.day()])
    basis = walk.rng.choice(Basis.values)
    about = f"of {as_of} {basis}, shown and told:"
    with walk.standing(walk.hands["leader"]):
        shown, told = standing(as_of=as_of, basis=basis), figures(as_of=as_of, basis=basis)
    credited, total, waiting = walk.ledger.credits(basis, as_of)
    assert (shown.amount, shown.pending) == (total, waiting), walk.story(f"totals {about} {total} {waiting}")
    units = {
        line.unit_id: (line.amount or NOTHING, credited.get(line.unit_id, NOTHING)) for line in shown.lines
    }
    wrong = {unit: pair for unit, pair in units.items() if pair[0] != pair[1]}
    assert not wrong, walk.story(f"units {about} {wrong}")
    figured = {key: (told[key], value) for key, value in counted_from_rows(walk, basis, as_of).items()}
    wrong = {key: pair for key, pair in figured.items() if pair[0] != pair[1]}
    assert not wrong, walk.story(f"figures {about} {wrong}")


def counted_from_rows(walk: Walk, basis: str, as_of: dt.date) -> dict[str, Decimal | int]:
    """Some of the county's figures, from the model's rows."""
    ledger = walk.ledger

    def total(kind: str, *, new: bool) -> Decimal:
        rows = ledger.counted(basis, as_of, kind)
        return sum(
            (n for e, n in rows if n is not None and (e.project in ledger.new_projects or not new)), NOTHING
        )

    def standing_rows(kind: str) -> list:
        rows = ledger.counted(basis, as_of, kind)
        return [
            e for e, n in rows if n and n > 0 and e.reverses is None and ledger.now[e.id].state != "reversed"
        ]

    return {
        "paid_in_wan": total("paid_in", new=False),
        "paid_in_new_projects_wan": total("paid_in", new=True),
        "introduced_wan": total("signed_introduced", new=True),
        "total_investment_wan": total("signed_total", new=True),
        "fund_entries": len(standing_rows("paid_in")),
        "projects_introduced": len({entry.project for entry in standing_rows("signed_count")}),
    }


# Telling -------------------------------------------------------------------------------------------


def table(counts: Counter[tuple[str, str, str]]) -> str:
    """Kinds of act, by way: how many were done, and refused with which code."""
    lines = []
    for kind, way in sorted({(kind, way) for kind, way, _outcome in counts}):
        own = {outcome: n for (k, w, outcome), n in counts.items() if (k, w) == (kind, way)}
        refused = {outcome: n for outcome, n in sorted(own.items()) if outcome != DONE}
        codes = " ".join(f"{outcome}:{n}" for outcome, n in refused.items())
        lines.append(f"{kind:　<14}{way:　<3}{own.get(DONE, 0):>8}{sum(refused.values()):>8}  {codes}")
    ways = {way: sum(n for (_k, w, _o), n in counts.items() if w == way) for way in (SERVICE, SQL)}
    lines.append(f"{sum(counts.values())} acts: {ways}")
    return "\n".join(["kind, way, done, refused (by code)", *lines])


def missing(counts: Counter[tuple[str, str, str]]) -> list[str]:
    """What was never done although it can be, or never refused, or done although it must not be."""
    done = {(kind, way) for kind, way, outcome in counts if outcome == DONE}
    refused = {(kind, way) for kind, way, outcome in counts if outcome != DONE}
    both = {(kind, way) for kind in ("登记", "撤回", "更正", "上报", "撤回报表") for way in (SERVICE, SQL)}
    both |= {
        (kind, way) for kind in ("关闭填报", "关闭核实", "重新开放", "发布程序") for way in (SERVICE, SQL)
    }
    both |= {("开启填报期", SERVICE)}
    labels = {kind for kind, _way in done | refused if kind.startswith("意见·")}
    lawful = {label_of(step, verdict) for step, verdicts in VERDICTS_OF.items() for verdict in verdicts}
    both |= {(kind, way) for kind in lawful for way in (SERVICE, SQL)}
    never = {(kind, way) for kind, way in done if kind.startswith("越权") or kind in labels - lawful}
    hostile = {(f"越权·{kind}", SQL) for kind in [*HOSTILE, "伪造身份", "邻县"]}
    wrong = [f"never done: {one}" for one in sorted((both | {("到期关闭", SERVICE)}) - done)]
    wrong += [f"never refused: {one}" for one in sorted((both | hostile) - refused)]
    return wrong + [f"done: {one}" for one in sorted(never)]


def label_of(step: str, verdict: str) -> str:
    return f"意见·{Step(step).label}·{Verdict(verdict).label}"
