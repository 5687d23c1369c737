"""Entering of a walk: vouchers, withdrawals and corrections, through the services and through raw SQL."""

from collections.abc import Callable
from typing import Any

from accounts.models import Unit
from projects.choices import VoucherKind
from projects.models import Claim, Project, Split
from projects.services import claims, corrections, vouchers
from tests.battery.ledger_ground import entry_of
from tests.battery.ledger_model import OWN_UNIT, Entry, Filing, Hand
from tests.battery.ledger_walk import CLERKS, PICTURES, SERVICE, TODAY, Walk

FILING = ("reporter", "head", "other_head", "park_reporter", "village_head")
SAME = (
    "tenant_id, unit_id, project_id, kind, voucher_id, agreement_id, visit_id, lead_id, stage_change_id,"
    " happened_on, split_id"
)
AGAIN = (
    f"INSERT INTO projects_claim ({SAME}, booked_in_id, reported, state, {{link}})"
    f" SELECT {SAME}, %s, {{amount}}, 'submitted', id FROM projects_claim WHERE id = %s RETURNING id"
)


def record(walk: Walk, way: str) -> None:
    """登记凭证: a paper, new or cited again, and its claim."""
    hand = walk.hand(*FILING, *CLERKS)
    unit = (
        hand.unit
        if hand.role in OWN_UNIT and walk.chance(0.9)
        else walk.rng.choice(list(walk.scene.projects))
    )
    facts = _facts(walk, unit)
    found = walk.attempt(
        "登记", way, hand, lambda: (_enter if way == SERVICE else _insert)(walk, hand, unit, facts)
    )
    if found is None:
        return
    row = walk.owner.claims(found)[0]
    walk.ledger.faces.setdefault(row["voucher_id"], facts["face"])
    expected = {"unit_id": unit, "happened_on": facts["day"], "reported": facts["amount"]}
    expected |= {"project_id": facts["project"], "split_id": facts["split"], "entered_by_id": hand.person}
    _entered(walk, row, expected)


def _facts(walk: Walk, unit: int) -> dict[str, Any]:
    """A paper of the unit's project: mostly a new one, sometimes one that is cited already."""
    papers = [entry for entry in walk.ledger.claims.values() if entry.voucher is not None]
    project = walk.scene.projects.get(unit) or walk.rng.choice(list(walk.scene.projects.values()))
    face = walk.amount()
    amount = face if walk.chance(0.7) else min(face, walk.amount())
    facts = {"project": project, "voucher": None, "day": walk.day(), "face": face, "amount": amount}
    facts |= {"split": walk.scene.split if walk.chance(0.15) else None, "number": f"W{walk.number}"}
    if papers and walk.chance(0.2):
        cited = walk.rng.choice(papers)
        face = walk.ledger.faces[cited.voucher]
        facts |= {"voucher": cited.voucher, "project": cited.project, "day": cited.day, "face": face}
        facts["amount"] = min(face, walk.amount())
    return facts


def _enter(walk: Walk, hand: Hand, unit: int, facts: dict[str, Any]) -> int:
    number = facts["number"]
    if facts["voucher"] is not None:
        number = (
            Claim.objects.select_related("voucher").filter(voucher=facts["voucher"]).first().voucher.number
        )
    entry = vouchers.Entry(
        project=Project.objects.get(pk=facts["project"]),
        kind=VoucherKind.BANK_SLIP,
        number=number,
        dated_on=facts["day"],
        face_wan=facts["face"],
        claimed_wan=facts["amount"],
        split=Split.objects.get(pk=facts["split"]) if facts["split"] else None,
        files=[walk.rng.choice(PICTURES)] if walk.chance(0.97) else [],
    )
    post, late_ok = walk.scene.posts[hand.name], walk.chance(0.9)
    done = vouchers.record(
        post=post, entry=entry, unit=Unit.objects.get(pk=unit), today=TODAY, late_ok=late_ok
    )
    return done.claim.pk


def _insert(walk: Walk, hand: Hand, unit: int, facts: dict[str, Any]) -> int:
    filing = _filing_of(walk, unit)
    walk.sql("SELECT 1")
    voucher = facts["voucher"] or walk.more(
        "INSERT INTO projects_voucher (tenant_id, kind, number, payer_id, dated_on, face_wan, division)"
        " VALUES (%s, 'bank_slip', %s, %s, %s, %s, '') RETURNING id",
        *(walk.scene.tenant_id, facts["number"], walk.scene.firm, facts["day"], facts["face"]),
    )
    return walk.more(
        "INSERT INTO projects_claim (tenant_id, unit_id, booked_in_id, project_id, kind, voucher_id,"
        " happened_on, reported, state, split_id)"
        " VALUES (%s, %s, %s, %s, 'paid_in', %s, %s, %s, 'submitted', %s) RETURNING id",
        *(walk.scene.tenant_id, unit, filing.id, facts["project"], voucher, facts["day"]),
        *(facts["amount"], facts["split"]),
    )


def _filing_of(walk: Walk, unit: int) -> Filing:
    """A Return of this unit, rather one that takes claims; sometimes another's."""
    own = [one for one in walk.ledger.filings.values() if one.unit == unit]
    fitting = [one for one in own if walk.ledger.takes_claims(one)]
    if fitting and walk.chance(0.85):
        return walk.rng.choice(fitting)
    return walk.rng.choice(own or list(walk.ledger.filings.values()))


def _entered(walk: Walk, row: dict[str, Any], expected: dict[str, Any]) -> Entry:
    """A claim has been written: as it was asked for, into a Return of its unit that takes claims."""
    wrong = {name: (row[name], value) for name, value in expected.items() if row[name] != value}
    filing = walk.ledger.filings[row["booked_in_id"]]
    assert not wrong, walk.story(f"entered otherwise than asked: {wrong}")
    assert filing.unit == row["unit_id"], walk.story(f"another unit's Return: {row}")
    assert walk.ledger.takes_claims(filing), walk.story(f"a closed Return: {filing}, {row}")
    entry = entry_of(row, entered=walk.number)
    walk.ledger.enter(entry)
    walk.compare(*walk.ledger.linked(entry.id))
    return entry


def withdraw(walk: Walk, way: str) -> None:
    """撤回: the reversal alone."""
    origin = walk.claim(
        lambda entry: walk.state(entry) in {"submitted", "returned"} and entry.reverses is None
    )
    hand = walk.who(lambda hand: hand.unit == origin.unit and hand.role in OWN_UNIT)
    post = walk.scene.posts[hand.name]

    def service() -> int:
        return claims.withdraw(post=post, claim_id=origin.id, reason="报错", today=TODAY).pk

    def sql() -> int:
        amount = "-reported" if walk.chance(0.95) else "-reported + 1"
        return walk.sql(
            AGAIN.format(amount=amount, link="reverses_id"), _filing_of(walk, origin.unit).id, origin.id
        )

    _reversed(walk, "撤回", way, hand=hand, origin=origin, do=service if way == SERVICE else sql)


def _reversed(walk: Walk, kind: str, way: str, *, hand: Hand, origin: Entry, do: Callable[[], int]) -> bool:
    before = walk.state(origin)
    found = walk.attempt(kind, way, hand, do, about=f"claim {origin.id}")
    if found is None:
        walk.compare(*walk.ledger.linked(origin.id))
        return False
    assert before != "reversed", walk.story(f"reversed twice: {origin}")
    assert origin.reverses is None, walk.story(f"a reversal reversed: {origin}")
    assert origin.id not in walk.ledger.reversal_of, walk.story(f"reversed twice: {origin}")
    if way == SERVICE and kind == "撤回":
        assert hand.unit == origin.unit, walk.story("another unit withdrew it")
    expected = {"reported": -origin.reported, "reverses_id": origin.id, "entered_by_id": hand.person}
    _entered(walk, walk.owner.claims(found)[0], expected)
    return True


def correct(walk: Walk, way: str) -> None:
    """更正: the reversal and the replacement, in one act."""
    origin = walk.claim(lambda entry: _correctable(walk, entry))
    fits = {"reporter", "head"} if walk.chance(0.6) else {"bureau"}
    hand = walk.who(lambda hand: hand.role in fits and (hand.unit == origin.unit or hand.role == "bureau"))
    post, amount = walk.scene.posts[hand.name], walk.amount()
    pair: list[int] = []

    def service() -> int:
        new = corrections.correct(
            post=post,
            claim_id=origin.id,
            amount=amount,
            today=TODAY,
            reason="漏列" if walk.chance(0.95) else " ",
            uploads=[walk.rng.choice(PICTURES)],
        )
        pair.append(new.pk)
        return Claim.objects.get(reverses=origin.id).pk

    def sql() -> int:
        booked = _filing_of(walk, origin.unit).id
        first = walk.sql(AGAIN.format(amount="-reported", link="reverses_id"), booked, origin.id)
        pair.append(walk.more(AGAIN.format(amount="%s", link="replaces_id"), booked, amount, origin.id))
        return first

    if _reversed(walk, "更正", way, hand=hand, origin=origin, do=service if way == SERVICE else sql):
        expected = {"reported": amount, "replaces_id": origin.id, "entered_by_id": hand.person}
        _entered(walk, walk.owner.claims(pair[0])[0], expected)


def _correctable(walk: Walk, entry: Entry) -> bool:
    free = entry.reverses is None and entry.id not in walk.ledger.reversal_of
    return free and entry.kind != "signed_count" and walk.state(entry) == "decided"
