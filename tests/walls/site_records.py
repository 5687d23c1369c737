"""Checks of the record of a check on the site, in raw SQL as the application: whose it is, and when."""

from accounts import scope
from tests.walls.ground import (
    Ground,
    Outcome,
    Row,
    add,
    attempt,
    become,
    context_of,
    insert,
    looking_down,
    set_context,
)
from tests.walls.papers import close, decide

LINK = "projects_evidencelink"


def record(ground: Ground, claim: str = "office_claim", **values) -> Row:
    """A file that is there, bound once more to the voucher of a claim."""
    a = ground.world.a
    row = {"tenant_id": a.tenant_id, "evidence_id": a.rows["claim:evidence"], "kind": "site_record"}
    return {**row, "voucher_id": a.rows[f"{claim}:voucher"], **values}


def not_by_who_checks(ground: Ground) -> Outcome:
    """The inspection and the superior alone; and the superior adds no other file."""
    a, city = ground.world.a, ground.world.city
    file = {"tenant_id": a.tenant_id, "sha256": "0" * 64, "stored_sha256": "1" * 64}
    file |= {"original_name": "核查表.png", "media_type": "image/png", "size": 9, "scanned": False}
    with ground.inside(a.posts["government_inspector"]) as app:
        assert not attempt(app, *insert(LINK, record(ground))).refused
        for stem in ("clerk", "reporter", "head", "leader"):
            become(app, a.posts[stem])
            assert attempt(app, *insert(LINK, record(ground))).code == "PT110", stem
        set_context(app, context_of(city.posts["admin"], scope.SUPERIOR, a.tenant_id))
        assert attempt(app, *insert(LINK, record(ground))).code == "PT110", "another post of the city"
        set_context(app, looking_down(city.posts["officer"], a))
        own = add(app, "projects_evidence", **file)
        assert not attempt(app, *insert(LINK, record(ground, evidence_id=own))).refused
        return attempt(app, *insert(LINK, record(ground, kind="photo")))


def nothing_to_check(ground: Ground) -> Outcome:
    """Not once opinions are closed, but for the superior; not with what no claim is about."""
    a, city = ground.world.a, ground.world.city
    with ground.inside(a.posts["second_clerk"]) as app:
        decide(app, ground, a.rows["office_claim"])
        become(app, a.posts["government_inspector"])
        of_return = {"voucher_id": None, "of_return_id": a.rows["return:县委办"]}
        assert attempt(app, *insert(LINK, record(ground, **of_return))).code == "PT111"
        assert not attempt(app, *insert(LINK, record(ground))).refused
        close(app, ground, "县委办")
        set_context(app, looking_down(city.posts["officer"], a))
        assert not attempt(app, *insert(LINK, record(ground))).refused
        become(app, a.posts["government_inspector"])
        return attempt(app, *insert(LINK, record(ground)))


REFUSALS = {"PT110": not_by_who_checks, "PT111": nothing_to_check}
