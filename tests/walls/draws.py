"""Checks of the superior's sample, in raw SQL as the application: drawn from above, by the database alone."""

from accounts import scope
from assessment import sampling
from tests.walls.ground import (
    Ground,
    Outcome,
    add,
    attempt,
    become,
    context_of,
    insert,
    looking_down,
    set_context,
)
from tests.walls.papers import claim, decide, one, resubmit

NO_PRIVILEGE = "42501"


def draw_row(ground: Ground, **values) -> dict:
    """A second sample of county A's half-year."""
    a = ground.world.a
    row = {"tenant_id": a.tenant_id, "period_id": a.rows["period"], "kind": "paid_in", "size": 2}
    row |= {"seed": "种子", "reason": "复查", "number": 1, "population": 0}
    row |= dict.fromkeys(("division", "listing", "sha256", "post_label"), "")
    return {**row, **values}


def drawn_by_others(ground: Ground) -> Outcome:
    """Nobody of the county, no other post of the city, and not the officer from outside."""
    a, city = ground.world.a, ground.world.city
    officer, row = city.posts["officer"], insert("assessment_draw", draw_row(ground))
    with ground.inside(a.posts["clerk"]) as app:
        for stem, post in a.posts.items():
            become(app, post)
            assert attempt(app, *row).code == "PT611", stem
        set_context(app, looking_down(officer, a))
        assert not attempt(app, *row).refused
        set_context(app, looking_down(officer, ground.world.b))
        assert attempt(app, *row).code == NO_PRIVILEGE, "into the neighbour"
        set_context(app, context_of(officer))
        assert attempt(app, *row).code == NO_PRIVILEGE, "from the city's own scope"
        set_context(app, context_of(city.posts["admin"], scope.SUPERIOR, a.tenant_id))
        assert attempt(app, *row).code == "PT611", "another post of the city"
        become(app, a.posts["party_inspector"])
        return attempt(app, *row)


def nothing_to_draw_from(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.context(looking_down(ground.world.city.posts["officer"], a)) as app:
        app.execute("SELECT sec.begin_act('probe', '', '')")
        for period in (10**12, ground.world.b.rows["period"]):
            row = draw_row(ground, period_id=period)
            assert attempt(app, *insert("assessment_draw", row), settle=True).code == "PT612", period
        return attempt(app, *insert("assessment_draw", draw_row(ground, kind="visit")))


def drawn_again_in_silence(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.context(looking_down(ground.world.city.posts["officer"], a)) as app:
        app.execute("SELECT sec.begin_act('probe', '', '')")
        second = one(app, "assessment_draw", add(app, "assessment_draw", **draw_row(ground)))
        assert second["number"] == 2, "a number was taken from what was sent"
        return attempt(app, *insert("assessment_draw", draw_row(ground, reason=" ")))


def the_database_draws(ground: Ground) -> None:
    """From the list that it reads itself, as the pure function does; nobody adds, changes or takes out."""
    a, city = ground.world.a, ground.world.city
    officer = city.posts["officer"]
    with ground.inside(a.posts["reporter"]) as app:
        new = [claim(app, ground, reported=amount) for amount in (10, 20, 30, 500, 700)]
        waiting = claim(app, ground, reported=900)
        resubmit(app, ground)
        for one_new in new:
            decide(app, ground, one_new)
        set_context(app, looking_down(officer, a))
        forged = {"listing": f"{waiting},万元,900,900", "population": 99, "sha256": "0" * 64}
        forged |= {"actor_id": a.posts["leader"].user_id, "post_label": "冒名", "at": "2001-01-01"}
        row = draw_row(ground, floor_wan=500, **forged, division="000000")
        drawn = one(app, "assessment_draw", add(app, "assessment_draw", **row))
        listed = sampling.read(drawn["listing"])
        assert {item.claim for item in listed} == {*new, a.rows["decided_claim"]}
        assert (drawn["population"], drawn["division"]) == (6, a.code)
        assert drawn["sha256"] == sampling.digest(drawn["listing"])
        assert (drawn["actor_id"], drawn["post_label"]) == (officer.user_id, "市招商局·superior")
        assert drawn["at"].year > 2001
        chosen = app.execute(
            "SELECT claim_id, place, must, verified FROM assessment_drawnclaim WHERE draw_id = %s"
            " ORDER BY place",
            [drawn["id"]],
        ).fetchall()
        expected = sampling.choose(
            listed, seed=drawn["seed"], division=a.code, size=2, floor=drawn["floor_wan"]
        )
        assert [tuple(row.values()) for row in chosen] == [
            (item.claim, item.place, item.must, item.verified) for item in expected
        ]
        assert {row["claim_id"] for row in chosen if row["must"]} == set(new[3:])
        false = {"tenant_id": a.tenant_id, "draw_id": drawn["id"], "claim_id": waiting, "place": 9}
        for context in (looking_down(officer, a), context_of(a.posts["party_inspector"])):
            set_context(app, context)
            added = insert("assessment_drawnclaim", {**false, "must": False, "verified": 900})
            assert attempt(app, *added).code == NO_PRIVILEGE, "a false choice"
            for statement in (
                "UPDATE assessment_draw SET seed = 'x'",
                "DELETE FROM assessment_draw",
                "UPDATE assessment_drawnclaim SET verified = 0",
                "DELETE FROM assessment_drawnclaim",
            ):
                assert attempt(app, statement).code == NO_PRIVILEGE, statement


REFUSALS = {
    "PT611": drawn_by_others,
    "PT612": nothing_to_draw_from,
    "PT613": drawn_again_in_silence,
}
CHECKS = [the_database_draws]
