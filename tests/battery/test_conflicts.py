"""Who may say what about which claim: the whole matrix, in raw SQL as the application's role.

Every refusal has its twin: the same opinion on the same claim, accepted from somebody without an interest.
What should happen is written down here from the rules, a second time, and not read from the triggers.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import psycopg
import pytest

from accounts import scope
from accounts.choices import Role
from projects.choices import ClaimState
from tests.battery.cast import ALONE, DISINTERESTED, NEUTRAL, RELATIONS, STEPS, Cast
from tests.conftest import WORLD, _restore
from tests.walls.ground import Ground, Outcome, add, begin, context_of, set_context
from tests.walls.papers import claim, opinion_row, say

pytestmark = [pytest.mark.battery, pytest.mark.walls, pytest.mark.django_db]

VERDICTS = ("accept", "reduce", "reject", "return", "doubt", "resubmit", "skip")
DECIDING = ("accept", "reduce", "reject", "return", "doubt")
OF_STEP = {"first_review": DECIDING, "inspection": DECIDING, "superior": DECIDING[:3]}
OWN_ENTRY, INTEREST, ROLE, ORDER, AMOUNT, UNSUBMITTED, CLOSED = (
    *("PT201", "PT202", "PT203", "PT204", "PT205", "PT206"),
    "PT102",
)


class Stage:
    """One transaction in which people come and go; rolled back at the end."""

    def __init__(self, app: psycopg.Connection, ground: Ground, cast: Cast):
        self.app, self.ground, self.cast = app, ground, cast

    def enter(self, context: str) -> None:
        set_context(self.app, context)

    def neutral(self, step: str) -> None:
        self.enter(self.cast.contexts["first_review" if step == "completeness" else step, ALONE])

    def rule(self, **steps: bool) -> None:
        """A procedure of the county, for every kind of claim."""
        row = {"kind": "", "valid_from": "2012-01-01", "document": "", "first_review": True, **steps}
        add(self.app, "assessment_procedure", tenant_id=self.ground.world.a.tenant_id, **row)

    def opinion(self, claim_id: int, step: str, verdict: str, **values) -> int:
        """An opinion that stands, by somebody without an interest."""
        self.neutral(step)
        row = opinion_row(self.ground, claim_id, step, verdict, **amount(verdict), **values)
        return add(self.app, "assessment_opinion", **row)

    def try_(self, claim_id: int, step: str, verdict: str, **values) -> Outcome:
        given = {**amount(verdict), "supersedes_id": self.changes(claim_id, step), **values}
        return say(self.app, self.ground, claim_id, step, verdict, **given)

    def changes(self, claim_id: int, step: str) -> int | None:
        """The opinion that a change of mind would name."""
        if step not in {"inspection", "superior"} or (
            step == "inspection" and self.state(claim_id) not in {"inspected", "decided"}
        ):
            return None
        last = "SELECT max(id) AS id FROM assessment_opinion WHERE claim_id = %s AND step = %s"
        return self.app.execute(last, [claim_id, step]).fetchone()["id"]

    def state(self, claim_id: int) -> str:
        return self.app.execute("SELECT state FROM projects_claim WHERE id = %s", [claim_id]).fetchone()[
            "state"
        ]

    def entered_by(self, context: str, *, submitted: bool = True) -> int:
        """A claim on the shared Return by this person, submitted by the bureau unless left open."""
        self.enter(context)
        new = claim(
            self.app,
            self.ground,
            unit_id=self.cast.units["记账单位"],
            booked_in_id=self.cast.booked,
            split_id=self.cast.split,
        )
        if submitted:
            self.submit()
        return new

    def submit(self) -> None:
        self.enter(self.cast.houses[NEUTRAL])
        self.app.execute("UPDATE projects_return SET submitted_at = now() WHERE id = %s", [self.cast.booked])


def amount(verdict: str) -> dict:
    return {"accepted": 40} if verdict == "reduce" else {}


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """Committed once; the database is given back at the end of the module."""
    with django_db_blocker.unblock():
        yield Cast(WORLD["world"])
        _restore()


@pytest.fixture
def opened(ground, cast):
    """A stage in one transaction, inside an act of a clerk."""

    @contextmanager
    def stage() -> Iterator[Stage]:
        with ground.app.transaction(force_rollback=True):
            set_context(ground.app, context_of(ground.world.a.posts["clerk"]))
            begin(ground.app)
            yield Stage(ground.app, ground, cast)

    return stage


@pytest.mark.covers("I4")
def test_an_interest_in_the_claim_is_refused_and_its_twin_accepted(opened, cast, capsys):
    counted, wrong = Counter(), []
    for step, relation in cast.contexts:
        with opened() as stage:
            if step == "inspection":
                stage.opinion(cast.claim, "first_review", "accept")
            for verdict in OF_STEP[step]:
                stage.enter(cast.contexts[step, relation])
                outcome = stage.try_(cast.claim, step, verdict)
                expected = INTEREST if cast.interest(relation) else ""
                if outcome.code != expected:
                    wrong.append(f"{relation}, {step}, {verdict}: {outcome}")
                stage.neutral(step)
                twin = stage.try_(cast.claim, step, verdict)
                assert not twin.refused, f"{step}, {verdict}: {twin}"
                counted["refused" if expected else "accepted"] += 1
    with capsys.disabled():
        print(f"\n{len(RELATIONS)} relations: {dict(counted)}, twins accepted {sum(counted.values())}")
    assert not wrong


@pytest.mark.covers("I4")
def test_a_post_in_the_interested_house_itself_is_refused(opened, cast):
    """The acting post may lie there as well; to the bureau the skip is left, and to nobody else."""
    for unit, context in cast.houses.items():
        with opened() as stage:
            expected = "" if unit in DISINTERESTED else INTEREST
            for verdict in DECIDING:
                stage.enter(context)
                assert stage.try_(cast.claim, "first_review", verdict).code == expected, (unit, verdict)
                stage.neutral("first_review")
                assert not stage.try_(cast.claim, "first_review", verdict).refused
            stage.enter(context)
            skipped = stage.try_(cast.claim, "first_review", "skip")
            assert skipped.code == ("" if expected else ORDER), unit
    for relation in RELATIONS:
        with opened() as stage:
            stage.enter(cast.contexts["first_review", relation])
            assert stage.try_(cast.claim, "first_review", "skip").code == ORDER, relation
            stage.opinion(cast.claim, "first_review", "accept")
            stage.enter(cast.contexts["inspection", relation])
            assert stage.try_(cast.claim, "inspection", "skip").code == ORDER, relation


@pytest.mark.covers("I4")
def test_who_entered_a_claim_does_not_decide_on_it(opened, cast):
    """Whatever else ties the person to the claim. Only a member of the county can enter one."""
    for (step, relation), context in cast.contexts.items():
        with opened() as stage:
            new = stage.entered_by(in_county(context))
            if step == "inspection":
                stage.enter(cast.houses[NEUTRAL])
                add(
                    stage.app,
                    "assessment_opinion",
                    **opinion_row(stage.ground, new, "first_review", "accept"),
                )
            for verdict in OF_STEP[step]:
                stage.enter(context)
                assert stage.try_(new, step, verdict).code == OWN_ENTRY, (step, relation, verdict)
                if relation != ALONE:
                    stage.neutral(step)
                    assert not stage.try_(new, step, verdict).refused


def in_county(context: str) -> str:
    """The same person in a member's scope of the county: only members enter claims."""
    _version, tenant, user, post, *_rest = context.split("|")
    return scope.signed(scope.Scope(int(tenant), int(user), int(post), scope.MEMBER))


@pytest.mark.covers("I4")
def test_each_step_belongs_to_one_role(opened, cast):
    counted = Counter()
    may = {"first_review": Role.BUREAU, "inspection": Role.INSPECTION}
    beside = {"completeness": "bureau", "joint": "inspection"}  # theirs, but not in this county
    for step, role in product(
        ("unit", "completeness", "first_review", "inspection", "superior", "joint", "correction"), Role.values
    ):
        with opened() as stage:
            if step == "inspection":
                stage.opinion(cast.claim, "first_review", "accept")
            stage.enter(cast.roles[role])
            verdict = "resubmit" if step == "unit" else "accept"
            outcome = stage.try_(cast.claim, step, verdict)
            expected = "" if may.get(step) == role else ORDER if beside.get(step) == role else ROLE
            assert outcome.code == expected, (step, role, outcome)
            counted[outcome.code] += 1
    assert counted == {"": 2, ORDER: 2, ROLE: 59}


@pytest.mark.covers("I4")
def test_a_superior_speaks_as_a_superior_only(opened, cast):
    """Not the county's own steps from above, nor the superior's step from inside."""
    with opened() as stage:
        stage.neutral("superior")
        for step in ("unit", "first_review", "inspection"):
            assert stage.try_(cast.claim, step, "accept").code == ROLE, step
        assert not stage.try_(cast.claim, "superior", "accept").refused
        stage.enter(in_county(cast.contexts["superior", ALONE]))
        assert stage.try_(cast.claim, "superior", "accept").code == ROLE


def reach(stage: Stage, state: str) -> int:
    """A claim of its unit's reporter in this state."""
    new = stage.entered_by(stage.cast.reporter)
    if state in {"complete", "inspected"}:
        stage.rule(completeness=state == "complete", joint=state == "inspected")
    if state == "complete":
        stage.opinion(new, "completeness", "accept")
    if state in {"first_reviewed", "inspected", "decided"}:
        stage.opinion(new, "first_review", "accept")
    if state in {"inspected", "decided"}:
        stage.opinion(new, "inspection", "accept")
    if state in {"returned", "doubted"}:
        stage.opinion(new, "first_review", {"returned": "return", "doubted": "doubt"}[state])
    if state == "reversed":
        row = stage.app.execute("SELECT to_jsonb(c) AS line FROM projects_claim c WHERE id = %s", [new])
        kept = (
            "tenant_id",
            "unit_id",
            "project_id",
            "kind",
            "voucher_id",
            "happened_on",
            "booked_in_id",
            "split_id",
        )
        minus = {column: value for column, value in row.fetchone()["line"].items() if column in kept}
        stage.enter(stage.cast.reporter)
        add(stage.app, "projects_claim", **minus, reported=-100, reverses_id=new, state="submitted")
    assert stage.state(new) == state
    return new


def follows(step: str, verdict: str, state: str) -> bool:
    """The order of the steps as the rules have it."""
    if step == "first_review":
        return state in {"submitted", "complete"} and verdict in DECIDING
    if step == "inspection":
        return state in {"first_reviewed", "doubted", "inspected", "decided"} and verdict in DECIDING
    if step == "superior":
        return state != "reversed" and verdict in {"accept", "reduce", "reject"}
    return state == "returned" and verdict == "resubmit"


@pytest.mark.covers("I4")
@pytest.mark.parametrize("state", ClaimState.values)
def test_each_step_has_its_turn(opened, cast, state):
    with opened() as stage:
        new = reach(stage, state)
        for step, verdict in product(("unit", "first_review", "inspection", "superior"), VERDICTS):
            stage.enter(cast.reporter) if step == "unit" else stage.neutral(step)
            outcome = stage.try_(new, step, verdict)
            assert outcome.code == ("" if follows(step, verdict, state) else ORDER), (step, verdict, outcome)


@pytest.mark.covers("I4")
def test_a_change_of_mind_names_the_opinion_that_it_changes(opened, cast):
    """Two inspectors, or two superiors, cannot overwrite each other unseen."""
    for step, before in {"inspection": "decided", "superior": "submitted"}.items():
        with opened() as stage:
            new = reach(stage, before)
            first = stage.changes(new, step) or stage.opinion(new, step, "accept")
            stage.neutral(step)
            assert stage.try_(new, step, "reduce", supersedes_id=None).code == ORDER
            second = stage.opinion(new, step, "reduce", supersedes_id=first)
            assert stage.try_(new, step, "reject", supersedes_id=first).code == ORDER
            assert not stage.try_(new, step, "reject", supersedes_id=second).refused


@pytest.mark.covers("I4", "I14")
def test_the_amount_fits_the_verdict(opened, cast):
    fitting = {
        "accept": {None, "100"},
        "reduce": {"0.000001", "40", "99.999999"},
        "reject": {None, "0"},
        "return": {None},
        "doubt": {None},
    }
    tried = (None, "-1", "0", "0.000001", "40", "99.999999", "100", "100.000001")
    for step in STEPS:
        with opened() as stage:
            if step == "inspection":
                stage.opinion(cast.claim, "first_review", "accept")
            stage.neutral(step)
            for verdict, accepted in product(OF_STEP[step], tried):
                outcome = stage.try_(cast.claim, step, verdict, accepted=accepted)
                expected = "" if accepted in fitting[verdict] else AMOUNT
                assert outcome.code == expected, (step, verdict, accepted, outcome)
            for verdict in OF_STEP[step]:
                for reason in ("", "   "):
                    outcome = stage.try_(cast.claim, step, verdict, reason=reason)
                    assert outcome.code == ("" if verdict == "accept" else AMOUNT), (step, verdict)


@pytest.mark.covers("I4")
def test_nothing_is_decided_before_the_unit_has_submitted_it(opened, cast):
    with opened() as stage:
        added = stage.entered_by(cast.reporter, submitted=False)
        for verdict in DECIDING:
            for step in ("first_review", "inspection"):
                stage.neutral(step)
                assert stage.try_(added, step, verdict).code == UNSUBMITTED, (step, verdict)
        stage.submit()
        stage.neutral("first_review")
        assert not stage.try_(added, "first_review", "accept").refused


@pytest.mark.covers("I4", "I5")
def test_a_closed_return_hears_the_superior_only(opened, cast):
    both = "UPDATE projects_return SET reports_closed_at = now(), opinions_closed_at = now() WHERE id = %s"
    with opened() as stage:
        stage.opinion(cast.claim, "first_review", "accept")
        stage.opinion(cast.claim, "inspection", "accept")
        stage.neutral("inspection")
        assert not stage.try_(cast.claim, "inspection", "reduce").refused
        stage.app.execute(both, [cast.booked])
        for step, verdict in product(("unit", "first_review", "inspection"), VERDICTS):
            stage.enter(cast.reporter) if step == "unit" else stage.neutral(step)
            assert stage.try_(cast.claim, step, verdict).code == CLOSED, (step, verdict)
        stage.neutral("superior")
        for verdict in OF_STEP["superior"]:
            assert not stage.try_(cast.claim, "superior", verdict).refused, verdict
