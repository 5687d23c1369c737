"""Checks of what guards matters (督办单) and the notices of events, in raw SQL as the application."""

from tests.walls.ground import (
    Ground,
    Outcome,
    Row,
    add,
    attempt,
    become,
    insert,
    looking_down,
    set_context,
    without,
)
from tests.walls.papers import one, opinion_row

NO_PRIVILEGE, CHECK, UNIQUE = "42501", "23514", "23505"
MATTER, STEP = "assessment_matter", "assessment_matterstep"


def matter_row(ground: Ground, **values) -> Row:
    """A matter to 水沟镇 that the inspection may issue."""
    a = ground.world.a
    row = {
        "tenant_id": a.tenant_id,
        "kind": "inspection_order",
        "unit_id": a.units["水沟镇"],
        "title": "补件",
    }
    return {**row, "text": "补齐", "issued_on": "2012-07-02", "due_on": "2012-07-09", **values}


def step_row(ground: Ground, kind: str, matter: int | None = None, **values) -> Row:
    a = ground.world.a
    row = {"tenant_id": a.tenant_id, "matter_id": matter or a.rows["matter"], "kind": kind, "text": "如下"}
    return {**row, "happened_on": "2012-07-03", **values}


def step(app, ground: Ground, kind: str, matter: int | None = None, **values) -> Outcome:
    return attempt(app, *insert(STEP, step_row(ground, kind, matter, **values)))


def not_the_inspection(ground: Ground) -> Outcome:
    """Nobody else issues a matter or ends one, and no superior does."""
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        for stem in ("clerk", "leader", "head", "reporter"):
            become(app, a.posts[stem])
            assert attempt(app, *insert(MATTER, matter_row(ground))).code == "PT801", stem
            for kind, more in (("close", {}), ("send_back", {}), ("extend", {"due_on": "2012-08-01"})):
                assert step(app, ground, kind, **more).code == "PT801", (stem, kind)
        set_context(app, looking_down(ground.world.city.posts["officer"], a))
        assert attempt(app, *insert(MATTER, matter_row(ground))).code in {"PT801", NO_PRIVILEGE}
        become(app, a.posts["clerk"])
        return step(app, ground, "close")


def not_the_units_reply(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        assert not step(app, ground, "reply").refused
        for stem in ("clerk", "leader", "party_inspector"):
            become(app, a.posts[stem])
            assert step(app, ground, "reply").code == "PT802", stem
        become(app, a.posts["other_head"])
        return step(app, ground, "reply")


def step_that_does_not_follow(ground: Ground) -> Outcome:
    """Only what was replied to is sent back; nothing follows the closing; nothing comes before the issue."""
    a, b = ground.world.a, ground.world.b
    with ground.inside(a.posts["party_inspector"]) as app:
        new = add(app, MATTER, **matter_row(ground))
        assert step(app, ground, "send_back", new).code == "PT803", "sent back without a reply"
        assert step(app, ground, "close", new, happened_on="2012-07-01").code == "PT803"
        for other in (b.rows["matter"], 10**12):
            assert step(app, ground, "close", other).code == "PT803", "a matter of another county"
        add(app, STEP, **step_row(ground, "extend", due_on="2012-07-20"))
        add(app, STEP, **step_row(ground, "send_back"))
        assert step(app, ground, "send_back").code == "PT803", "sent back twice"
        become(app, a.posts["head"])
        add(app, STEP, **step_row(ground, "reply"))
        become(app, a.posts["party_inspector"])
        add(app, STEP, **step_row(ground, "close"))
        for kind, more in (("close", {}), ("send_back", {}), ("extend", {"due_on": "2012-08-01"})):
            assert step(app, ground, kind, **more).code == "PT803", kind
        become(app, a.posts["head"])
        return step(app, ground, "reply")


def not_a_later_day(ground: Ground) -> Outcome:
    with ground.inside(ground.world.a.posts["party_inspector"]) as app:
        assert step(app, ground, "extend", due_on="2012-07-09").code == "PT804"
        add(app, STEP, **step_row(ground, "extend", due_on="2012-07-20"))
        return step(app, ground, "extend", due_on="2012-07-20")


def interest_in_the_unit(ground: Ground) -> Outcome:
    """The inspection under 县委办 neither issues nor ends a matter of its own house; the other one does."""
    a = ground.world.a
    own = matter_row(ground, unit_id=a.units["县委办"])
    with ground.inside(a.posts["government_inspector"]) as app:
        new = add(app, MATTER, **own)
        become(app, a.posts["party_inspector"])
        assert attempt(app, *insert(MATTER, own)).code == "PT805"
        return step(app, ground, "close", new)


REFUSALS = {
    "PT801": not_the_inspection,
    "PT802": not_the_units_reply,
    "PT803": step_that_does_not_follow,
    "PT804": not_a_later_day,
    "PT805": interest_in_the_unit,
}


def a_matter_has_the_next_number_of_its_year(ground: Ground) -> None:
    """Whatever was sent: number, issuer, office and moment are the database's own."""
    a = ground.world.a
    with ground.inside(a.posts["government_inspector"]) as app:
        forged = {"issued_by_id": a.posts["leader"].user_id, "office_id": a.units["招商局"]}
        new = one(app, MATTER, add(app, MATTER, **matter_row(ground, year=1999, **forged)))
        assert (new["year"], new["number"], new["office_id"]) == (2012, 2, a.units["县政府督查室"])
        assert new["issued_by_id"] == a.posts["government_inspector"].user_id
        assert new["issued_at"].year > 2012
        assert attempt(app, *insert(MATTER, matter_row(ground, number=2))).code == UNIQUE
        for number in (4, 0, -1):
            outcome = attempt(app, *insert(MATTER, matter_row(ground, number=number)))
            assert outcome.code == CHECK, number
        first = {"issued_on": "2013-01-04", "due_on": "2013-01-09"}
        later = one(app, MATTER, add(app, MATTER, **matter_row(ground, **first)))
        assert (later["year"], later["number"]) == (2013, 1)


def a_step_says_who_took_it(ground: Ground) -> None:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        forged = {"actor_id": a.posts["leader"].user_id, "post_label": "冒名", "at": "2001-01-01"}
        taken = one(app, STEP, add(app, STEP, **step_row(ground, "reply", **forged)))
        assert (taken["actor_id"], taken["post_label"]) == (a.posts["head"].user_id, "水沟镇·head")
        assert taken["at"].year > 2012


def matters_are_append_only(ground: Ground) -> None:
    a = ground.world.a
    with ground.inside(a.posts["party_inspector"]) as app:
        for table, row in ((MATTER, a.rows["matter"]), (STEP, a.rows["matter_step"])):
            for statement in (
                f"UPDATE {table} SET text = 'x' WHERE id = %s",
                f"DELETE FROM {table} WHERE id = %s",
            ):
                assert attempt(app, statement, [row]).code == NO_PRIVILEGE, statement


def an_event_is_told_once(ground: Ground) -> None:
    """Once for each unit, step and number; a notice that names no source at all is refused."""
    a = ground.world.a
    notice = without(ground.rows("assessment_notice", a.tenant_id)[0], "id", "planned_at")
    event = {**notice, "rule_id": None, "period_id": None, "kind": "matter", "matter_id": a.rows["matter"]}
    with ground.inside(a.posts["party_inspector"]) as app:
        add(app, "assessment_notice", **event)
        assert attempt(app, *insert("assessment_notice", event)).code == UNIQUE
        hidden = {"measure_id": a.rows["measure"], "period_id": a.rows["period"]}
        assert attempt(app, *insert("assessment_notice", {**event, **hidden})).code == UNIQUE
        of_step = {**event, "matter_step_id": a.rows["matter_step"]}
        add(app, "assessment_notice", **of_step)
        assert attempt(app, *insert("assessment_notice", of_step)).code == UNIQUE
        nothing = {**event, "matter_id": None}
        assert attempt(app, *insert("assessment_notice", nothing)).code == CHECK


def a_superior_tells_of_the_own_opinions_alone(ground: Ground) -> None:
    a, officer = ground.world.a, ground.world.city.posts["officer"]
    notice = without(ground.rows("assessment_notice", a.tenant_id)[0], "id", "planned_at")
    event = {**notice, "rule_id": None, "period_id": None, "kind": "changed"}
    delivery = without(ground.rows("assessment_delivery", a.tenant_id)[0], "id")
    delivery |= {"post_id": a.posts["head"].id}
    with ground.inside(a.posts["second_clerk"]) as app:
        set_context(app, looking_down(officer, a))
        own = add(
            app,
            "assessment_opinion",
            **opinion_row(ground, a.rows["decided_claim"], "superior", "reject"),
        )
        told = add(app, "assessment_notice", **{**event, "opinion_id": own})
        assert not attempt(app, *insert("assessment_delivery", {**delivery, "notice_id": told})).refused
        for other in ({**event, "opinion_id": a.rows["opinion"]}, {**notice, "step": 99}):
            assert attempt(app, *insert("assessment_notice", other)).code == NO_PRIVILEGE
        assert attempt(app, *insert("assessment_delivery", delivery)).code == NO_PRIVILEGE
        become(app, a.posts["clerk"])
        assert not attempt(app, *insert("assessment_delivery", delivery)).refused


CHECKS = [
    a_matter_has_the_next_number_of_its_year,
    a_step_says_who_took_it,
    matters_are_append_only,
    an_event_is_told_once,
    a_superior_tells_of_the_own_opinions_alone,
]
