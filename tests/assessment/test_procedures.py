"""核实程序: which steps a claim passes is the county's rule, and the database keeps it."""

import datetime as dt
import itertools
import random

import pytest
from django.utils import timezone

from projects.queries.workdays import Table
from tests.walls.ground import add, become
from tests.walls.papers import claim, one, opinion_row, resubmit, say

pytestmark = [pytest.mark.walls, pytest.mark.django_db, pytest.mark.covers("I4", "I13")]

FIRST = {"completeness": False, "first_review": True, "review_days": None, "joint": False}
BUREAU, PARTY, GOVERNMENT = "second_clerk", "party_inspector", "government_inspector"
WHO = {"completeness": BUREAU, "first_review": BUREAU, "inspection": PARTY, "joint": GOVERNMENT}


def rule(app, ground, **steps) -> None:
    """A procedure of county A, as its inspection office publishes it."""
    row = {"kind": "", "valid_from": "2012-01-01", "document": "", **FIRST, **steps}
    add(app, "assessment_procedure", tenant_id=ground.world.a.tenant_id, **row)


def submitted(app, ground, **values) -> int:
    """A claim of 水沟镇 that its Return reports."""
    become(app, ground.world.a.posts["reporter"])
    new = claim(app, ground, **values)
    resubmit(app, ground)
    return new


def given(app, ground, claim_id: int, step: str, verdict: str = "accept", *, who: str = "", **values) -> str:
    """The state after an opinion, or the code that refused it."""
    become(app, ground.world.a.posts[who or WHO[step]])
    if code := say(app, ground, claim_id, step, verdict, **values).code:
        return code
    add(app, "assessment_opinion", **opinion_row(ground, claim_id, step, verdict, **values))
    return one(app, "projects_claim", claim_id)["state"]


@pytest.mark.parametrize(("completeness", "first", "joint"), list(itertools.product([False, True], repeat=3)))
def test_a_claim_passes_just_the_steps_of_its_procedure(ground, completeness, first, joint):
    steps = ["completeness"] * completeness + ["first_review"] * first + ["inspection"] + ["joint"] * joint
    states = {"completeness": "complete", "first_review": "first_reviewed", "inspection": "inspected"}
    with ground.inside(ground.world.a.posts[PARTY]) as app:
        rule(app, ground, completeness=completeness, first_review=first, joint=joint)
        new = submitted(app, ground)
        for at, step in enumerate(steps):
            for other in WHO.keys() - {step}:
                assert given(app, ground, new, other) == "PT204", f"{other} in place of {step}"
            expected = "decided" if at == len(steps) - 1 else states[step]
            assert given(app, ground, new, step) == expected
        row = one(app, "projects_claim", new)
    assert row["verified"] == row["reported"] == 100
    assert row["reviewed"] == (100 if first else None)


def test_without_a_rule_and_before_its_day_the_usual_steps_hold(ground):
    with ground.inside(ground.world.a.posts[PARTY]) as app:
        rule(app, ground, first_review=False, valid_from="2012-01-02")  # the half-year began on the first
        new = submitted(app, ground)
        assert given(app, ground, new, "inspection") == "PT204"
        assert given(app, ground, new, "first_review") == "first_reviewed"
        assert given(app, ground, new, "inspection") == "decided"


def test_a_rule_of_the_kind_goes_before_the_general_one(ground):
    with ground.inside(ground.world.a.posts[PARTY]) as app:
        rule(app, ground, first_review=False)
        rule(app, ground, kind="paid_in", joint=True)
        new = submitted(app, ground)
        assert given(app, ground, new, "inspection") == "PT204"
        assert given(app, ground, new, "first_review") == "first_reviewed"
        assert given(app, ground, new, "inspection") == "inspected"


def test_a_figure_counts_only_when_both_offices_have_signed(ground):
    with ground.inside(ground.world.a.posts[PARTY]) as app:
        rule(app, ground, first_review=False, joint=True)
        new = submitted(app, ground)
        assert given(app, ground, new, "inspection", "reduce", accepted=40) == "inspected"
        assert one(app, "projects_claim", new)["verified"] is None
        assert given(app, ground, new, "joint", who=PARTY) == "PT207"
        assert given(app, ground, new, "joint", who=BUREAU) == "PT203"
        assert given(app, ground, new, "joint", accepted=100) == "PT205", "signed for another figure"
        assert given(app, ground, new, "joint", "reject") == "PT204"
        assert given(app, ground, new, "joint", "doubt", reason="") == "PT205"
        assert given(app, ground, new, "joint") == "decided"
        assert one(app, "projects_claim", new)["verified"] == 40


def test_the_other_office_may_send_it_back_and_a_change_of_mind_is_signed_again(ground):
    with ground.inside(ground.world.a.posts[PARTY]) as app:
        rule(app, ground, first_review=False, joint=True)
        new = submitted(app, ground)
        assert given(app, ground, new, "inspection") == "inspected"
        assert given(app, ground, new, "joint", "doubt") == "doubted"
        assert given(app, ground, new, "inspection", "reduce", accepted=60) == "inspected"
        assert given(app, ground, new, "joint") == "decided"
        last = app.execute(
            "SELECT max(id) AS id FROM assessment_opinion WHERE step = 'inspection'"
        ).fetchone()["id"]
        again = {"verdict": "reduce", "accepted": 50, "who": GOVERNMENT}
        assert given(app, ground, new, "inspection", **again) == "PT204", "without naming what it changes"
        assert given(app, ground, new, "inspection", **again, supersedes_id=last) == "inspected"
        assert one(app, "projects_claim", new)["verified"] is None
        assert given(app, ground, new, "joint", who=GOVERNMENT) == "PT207"
        assert given(app, ground, new, "joint", who=PARTY) == "decided"
        assert one(app, "projects_claim", new)["verified"] == 50


def test_a_reversal_takes_effect_with_the_second_signature(ground):
    with ground.inside(ground.world.a.posts[PARTY]) as app:
        rule(app, ground, first_review=False, joint=True)
        old = submitted(app, ground)
        given(app, ground, old, "inspection")
        given(app, ground, old, "joint")
        row = one(app, "projects_claim", old)
        kept = ("unit_id", "project_id", "kind", "happened_on", "voucher_id", "booked_in_id")
        minus = submitted(app, ground, **{name: row[name] for name in kept}, reported=-100, reverses_id=old)
        assert given(app, ground, minus, "inspection") == "inspected"
        assert one(app, "projects_claim", old)["state"] == "decided"
        assert given(app, ground, minus, "joint") == "decided"
        assert one(app, "projects_claim", old)["state"] == "reversed"
        assert one(app, "projects_claim", minus)["verified"] == -100


@pytest.mark.parametrize("first", [True, False])
def test_the_bureau_passes_its_own_houses_claim_on_before_it_looks_at_the_papers(ground, first):
    """Also where the papers are its only step: otherwise nobody could ever decide on the claim."""
    a = ground.world.a
    with ground.inside(a.posts[PARTY]) as app:
        rule(app, ground, completeness=True, first_review=first)
        own = a.rows["bureau_claim"]
        assert given(app, ground, own, "completeness") == "PT202"
        assert given(app, ground, own, "first_review", "skip") == "first_reviewed"
        assert given(app, ground, own, "inspection") == "decided"


def test_a_correction_that_was_turned_down_is_signed_for_and_changes_nothing(ground):
    """Both of its claims come to their end with the second signature, and the first figure stands."""
    with ground.inside(ground.world.a.posts[PARTY]) as app:
        rule(app, ground, first_review=False, joint=True)
        old = submitted(app, ground)
        given(app, ground, old, "inspection")
        given(app, ground, old, "joint")
        row = one(app, "projects_claim", old)
        kept = ("unit_id", "project_id", "kind", "happened_on", "voucher_id", "booked_in_id")
        same = {name: row[name] for name in kept}
        minus = submitted(app, ground, **same, reported=-100, reverses_id=old)
        new = submitted(app, ground, **same, reported=60, replaces_id=old)
        assert given(app, ground, new, "inspection") == "PT208"
        for part in (minus, new):
            assert given(app, ground, part, "inspection", "reject") == "inspected"
            assert given(app, ground, part, "joint") == "decided"
            assert one(app, "projects_claim", part)["verified"] == 0
        row = one(app, "projects_claim", old)
        assert (row["state"], row["verified"]) == ("decided", 100)


def known(owner, ground) -> Table:
    """County A's calendar as Python reads it."""
    of = [ground.world.a.tenant_id]
    years = owner.execute("SELECT year FROM projects_calendaryear WHERE tenant_id = %s", of).fetchall()
    days = owner.execute("SELECT day, works FROM projects_calendarday WHERE tenant_id = %s", of).fetchall()
    return Table(frozenset(row["year"] for row in years), {row["day"]: row["works"] for row in days})


def test_the_database_counts_work_days_as_the_portal_does(ground):
    asked = "SELECT sec.work_days(%s, %s::date, %s::date) AS days"
    dice = random.Random(2012)
    with ground.as_owner() as owner:
        table = known(owner, ground)
        for _ in range(300):
            after = dt.date(2011, 1, 1) + dt.timedelta(dice.randrange(700))
            until = after + dt.timedelta(dice.randrange(-3, 30))
            found = owner.execute(asked, [ground.world.a.tenant_id, after, until]).fetchone()["days"]
            assert found == table.count(after, until), (after, until)
        row = [ground.world.a.tenant_id, f"{max(table.years)}-12-25", f"{max(table.years) + 1}-01-05"]
        assert owner.execute(asked, row).fetchone()["days"] is None, "an unknown year was guessed"


def test_a_late_first_review_lets_the_inspection_go_ahead(ground):
    """The Return was submitted twelve days ago by the database's own clock; the bureau did nothing."""
    a = ground.world.a
    may = "SELECT sec.may_follow('inspection', 'accept', c) AS may FROM projects_claim c WHERE id = %s"
    until = timezone.localdate()
    after = until - dt.timedelta(12)
    with ground.as_owner("assessment_procedure", "projects_return", "projects_calendaryear") as owner:

        def late(days: int | None) -> bool:
            with owner.transaction(force_rollback=True):
                rule(owner, ground, review_days=days)
                return owner.execute(may, [a.rows["claim"]]).fetchone()["may"]

        owner.execute(
            "UPDATE projects_return SET submitted_at = submitted_at - interval '12 days' WHERE id = %s",
            [a.rows["return:水沟镇"]],
        )
        passed = known(owner, ground).count(after, until)
        assert late(passed - 1)
        assert not late(passed)
        assert not late(None)
        owner.execute("DELETE FROM projects_calendaryear WHERE year = %s", [until.year])
        assert not late(1), "no calendar, nobody guesses"
