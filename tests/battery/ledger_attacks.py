"""Attacks of a walk: statements that the database refuses, whoever tries."""

from dataclasses import replace

from django.db import connection

from tests.battery.ledger_entries import SAME
from tests.battery.ledger_walk import SQL, Walk

HOSTILE: dict[str, str] = {
    "改申报数": "UPDATE projects_claim SET reported = reported + 1 WHERE id = {claim}",
    "改核实数": "UPDATE projects_claim SET verified = reported, state = 'decided' WHERE id = {claim}",
    "改登记人": "UPDATE projects_claim SET entered_by_id = {person} WHERE id = {claim}",
    "删申报": "DELETE FROM projects_claim WHERE id = {claim}",
    "改意见": "UPDATE assessment_opinion SET accepted = 1, verdict = 'accept' WHERE claim_id = {claim}",
    "删意见": "DELETE FROM assessment_opinion WHERE claim_id = {claim}",
    "已核实的申报": (
        f"INSERT INTO projects_claim ({SAME}, booked_in_id, reported, state, reviewed, verified)"
        f" SELECT {SAME}, booked_in_id, reported, 'decided', reported, reported FROM projects_claim"
        " WHERE id = {claim}"
    ),
    "负数申报": (
        f"INSERT INTO projects_claim ({SAME}, booked_in_id, reported, state)"
        f" SELECT {SAME}, {{open}}, -5, 'submitted' FROM projects_claim WHERE id = {{claim}}"
    ),
    "超面额申报": (
        f"INSERT INTO projects_claim ({SAME}, booked_in_id, reported, state)"
        f" SELECT {SAME}, {{open}}, 100000, 'submitted' FROM projects_claim WHERE id = {{voucher}}"
    ),
    "无冲销的更正": (
        f"INSERT INTO projects_claim ({SAME}, booked_in_id, reported, state, replaces_id)"
        f" SELECT {SAME}, {{open}}, 1, 'submitted', id FROM projects_claim WHERE id = {{unreversed}}"
    ),
    "向关闭的报表登记": (
        f"INSERT INTO projects_claim ({SAME}, booked_in_id, reported, state, reverses_id)"
        f" SELECT {SAME}, {{closed}}, -reported, 'submitted', id FROM projects_claim WHERE id = {{claim}}"
    ),
    "改封存摘要": "UPDATE projects_return SET seal = repeat('0', 64) WHERE id = {closed}",
    "无理由重开": (
        "UPDATE projects_return SET reports_closed_at = NULL, opinions_closed_at = NULL, seal = ''"
        " WHERE id = {closed}"
    ),
    "改凭证面额": "UPDATE projects_voucher SET face_wan = face_wan * 10 WHERE id = {paper}",
    "改日志": "UPDATE accounts_changerow SET after = '{{}}' WHERE row = {claim}",
    "删日志": "DELETE FROM accounts_change",
    "改程序": "UPDATE assessment_procedure SET joint = false",
}


def attack(walk: Walk, _way: str) -> None:
    """越权 SQL: refused, whoever tries."""
    kind = walk.rng.choice(list(HOSTILE))
    entry = walk.claim()
    papers = [one for one in walk.ledger.claims.values() if one.voucher is not None]
    standing = [one for one in papers if walk.state(one) != "reversed"]
    closed = [one.id for one in walk.ledger.filings.values() if one.opinions_closed]
    own = [one for one in walk.ledger.filings.values() if one.unit == entry.unit]
    open_ = [one.id for one in own if walk.ledger.takes_claims(one)]
    free = [
        one
        for one in walk.ledger.claims.values()
        if one.reverses is None and one.id not in walk.ledger.reversal_of and one.booked_in == entry.booked_in
    ]
    if ("{closed}" in HOSTILE[kind] and not closed) or ("{unreversed}" in HOSTILE[kind] and not free):
        return
    paper = walk.rng.choice(standing)
    hand = walk.hand()
    statement = HOSTILE[kind].format(
        claim=entry.id,
        person=hand.person,
        open=walk.rng.choice(open_ or [entry.booked_in]),
        voucher=paper.id,
        paper=paper.voucher,
        unreversed=free[0].id if free else 0,
        closed=walk.rng.choice(closed or [0]),
    )
    done = walk.attempt(f"越权·{kind}", SQL, hand, lambda: walk.sql(statement) or None, about=statement)
    assert done is None, walk.story(f"done: {statement}")
    walk.compare(*walk.ledger.linked(entry.id))


def forge(walk: Walk, _way: str) -> None:
    """伪造身份: an inspector's context that nobody has signed; and the neighbour's clerk."""
    entry, hand = walk.claim(), walk.hands["third_inspector"]
    given = "VALUES (%s, %s, 'inspection', 'accept', '', '')"
    opinion = (
        f"INSERT INTO assessment_opinion (tenant_id, claim_id, step, verdict, reason, post_label) {given}"
    )

    def forged() -> int:
        post = walk.scene.posts["third_inspector"]
        text = f"1|{walk.scene.tenant_id}|{post.user_id}|{post.id}|member|9999999999|{'0' * 64}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.ctx', %s, true)", [text])
        return walk.sql(opinion, walk.scene.tenant_id, entry.id)

    done = walk.attempt("越权·伪造身份", SQL, hand, forged)
    assert done is None, walk.story("a forged context was believed")
    other = replace(hand, name="stranger")
    done = walk.attempt("越权·邻县", SQL, other, lambda: walk.sql(opinion, walk.scene.tenant_id, entry.id))
    assert done is None, walk.story("the neighbour decided")
    walk.compare(*walk.ledger.linked(entry.id))
