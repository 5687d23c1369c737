"""Opinions of a walk: of every step and verdict, and what brings a claim nearer to its decision."""

from decimal import Decimal

from assessment.choices import Step, Verdict
from assessment.services import opinions
from tests.battery.ledger_closings import reopen, submit_filing
from tests.battery.ledger_model import ROLE_OF, VERDICTS_OF, Entry, Hand, Said
from tests.battery.ledger_walk import SERVICE, Walk
from tests.world import TODAY


def opine(walk: Walk, way: str) -> None:
    """意见: of any step and verdict, mostly one whose turn it is."""
    entry = walk.claim(lambda entry: walk.state(entry) != "reversed" and _heard(walk, entry))
    step, verdict = _next(walk, entry) if walk.chance(0.8) else _any(walk)
    say(walk, way, entry, step, verdict)


def _any(walk: Walk) -> tuple[str, str]:
    return walk.rng.choice(Step.values), walk.rng.choice(Verdict.values)


def _next(walk: Walk, entry: Entry) -> tuple[str, str]:
    fitting = [
        (step, verdict)
        for step, verdicts in VERDICTS_OF.items()
        for verdict in sorted(verdicts)
        if walk.ledger.follows(entry, step, verdict)
    ]
    return walk.rng.choice(fitting) if fitting else _any(walk)


def further(walk: Walk, way: str) -> None:
    """What brings a claim of the period that is ending nearer to its decision."""
    filings = walk.ledger.filings
    able = [e for e in walk.waiting() if walk.covered(e) or walk.ledger.takes_claims(filings[e.booked_in])]
    if not able:
        reopen(walk, way)  # what came after the submission is submitted when its Return is open again
        return
    entry = walk.rng.choice(able[:12])
    if not walk.covered(entry):
        submit_filing(walk, way, filings[entry.booked_in])
        return
    fitting = [
        (step, verdict)
        for step in ("unit", "completeness", "first_review", "inspection", "joint")
        for verdict in ("accept", "resubmit", "reduce", "reject", "skip")
        if walk.ledger.follows(entry, step, verdict)
    ]
    walk.rng.shuffle(fitting)
    found = next((one for one in fitting if _able(walk, entry, *one)), None)
    # An inspector who enters a claim, as by a statement he can, may be the one whose signature it needs.
    offices = {hand.person for hand in walk.hands.values() if hand.role == "inspection"}
    assert found or entry.entered_by in offices, walk.story(f"nobody can say anything of {entry}", entry.id)
    say(walk, way, entry, *(found or _any(walk)))


def _heard(walk: Walk, entry: Entry) -> bool:
    """Whether the offices may still say something of it."""
    return walk.covered(entry) and not walk.ledger.filings[entry.booked_in].opinions_closed


def _able(walk: Walk, entry: Entry, step: str, verdict: str) -> list[Hand]:
    """Who could say this of the claim."""
    return [hand for hand in walk.hands.values() if not walk.ledger.against(hand, entry, step, verdict)]


def say(walk: Walk, way: str, entry: Entry, step: str, verdict: str) -> None:
    """One opinion: succeeds exactly if nothing speaks against it, and does what the model makes of it."""
    if way == SERVICE and verdict == "skip":
        step = "first_review"
    able = _able(walk, entry, step, verdict)
    role = {"unit": "head", "superior": "superior"}.get(step) or ROLE_OF[step]
    hand = walk.who(lambda hand: hand in able if able else hand.role == role)
    given = _given(walk, entry, verdict)
    named = walk.ledger.must_name(entry, step)
    supersedes = named if walk.chance(0.9) else (entry.said[-1].id if entry.said else None)
    reason = "核对凭证" if walk.chance(0.93) else " "
    kind = f"意见·{Step(step).label}·{Verdict(verdict).label}"
    if way == SERVICE and verdict != "reduce":
        given = None
    objections = [*walk.ledger.against(hand, entry, step, verdict)]
    if way == SERVICE and not walk.ledger.sees(hand, entry):
        objections.append("out of sight")
    if supersedes != named:
        objections.append("names another opinion")
    if not walk.ledger.fits(entry, step, verdict, given):
        objections.append("amount")
    if verdict not in {"accept", "skip"} and not reason.strip():
        objections.append("reason")
    stranger = walk.chance(0.5)

    def service() -> int:
        said = {"step": step, "verdict": verdict, "accepted": given, "reason": reason}
        post = walk.scene.posts[hand.name]
        return opinions.give(post=post, claim_id=entry.id, supersedes_id=supersedes, **said, today=TODAY).pk

    def sql() -> int:
        return walk.sql(
            "INSERT INTO assessment_opinion (tenant_id, claim_id, step, verdict, accepted, reason,"
            " supersedes_id, post_label, actor_id)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, '他人', %s) RETURNING id",
            *(walk.scene.tenant_id, entry.id, step, verdict, given, reason, supersedes),
            walk.scene.stranger if stranger else None,
        )

    about = f"claim {entry.id} {given} supersedes {supersedes}"
    found = walk.attempt(kind, way, hand, service if way == SERVICE else sql, about=about)
    told = f"{kind} by {hand.name}: "
    assert (found is None) == bool(objections), walk.story(told + f"{objections or 'refused'}", entry.id)
    if found is not None:
        said = Said(
            found,
            step,
            verdict,
            walk.ledger.amount(entry, step, verdict, given),
            hand.person,
            hand.label,
            joint=walk.ledger.steps_of(entry).joint,
        )
        walk.ledger.hear(entry.id, said)
    walk.compare(*walk.ledger.linked(entry.id))


def _given(walk: Walk, entry: Entry, verdict: str) -> Decimal | None:
    """An amount beside the verdict: mostly one that fits."""
    if walk.chance(0.1):
        return walk.rng.choice([entry.reported, entry.reported + 1, Decimal(-1), Decimal(0), walk.amount()])
    if verdict == "reduce":
        share = walk.rng.choice([Decimal("0.5"), Decimal("0.9"), Decimal("0.25")])
        return (entry.reported * share).quantize(Decimal("0.000001"))
    return None
