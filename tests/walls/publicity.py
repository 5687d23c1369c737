"""Checks of what guards publicities, objections and results, in raw SQL as the application."""

import hashlib
import json

import psycopg

from tests.walls.ground import Ground, Outcome, Row, add, attempt, become, insert, looking_down, set_context
from tests.world import CANARY

NO_PRIVILEGE, CHECK, UNIQUE = "42501", "23514", "23505"


def published(ground: Ground, **values) -> Row:
    """A publicity that may follow county A's of 2011's last quarter."""
    a = ground.world.a
    base = next(
        row for row in ground.rows("assessment_snapshot", a.tenant_id) if row["id"] == a.rows["snapshot"]
    )
    gone = ("id", "actor_id", "post_label", "at")
    row = {column: value for column, value in base.items() if column not in gone}
    row |= {"replaces_id": a.rows["snapshot"], "reason": "更正", "post_label": "", **values}
    if "content" in values and "sha256" not in values:
        row["sha256"] = hashlib.sha256(values["content"].encode()).hexdigest()
    return row


def result(ground: Ground, publicity: int | None = None, **values) -> Row:
    """A result of that publicity, on the day after its time for objections."""
    first = {"kind": "result", "publicity_id": publicity or ground.world.a.rows["snapshot"], "reason": ""}
    none = dict.fromkeys(("objections_until", "answer_days", "replaces_id"))
    return published(ground, **{**first, **none, "published_on": "2012-06-29", **values})


def objection(ground: Ground, **values) -> Row:
    a = ground.world.a
    said = {"reason": "少计了", "raised_on": "2012-06-28", "answer_due": "2012-07-05", "post_label": ""}
    empty = {"outcome": "", "answer": "", "answered_label": ""}
    about = {"publicity_id": a.rows["snapshot"], "claim_id": a.rows["claim"], "unit_id": a.units["水沟镇"]}
    return {"tenant_id": a.tenant_id, **about, **said, **empty, **values}


def answer(app: psycopg.Connection, objection_id: int, text: str = "核对无误", **more: str) -> Outcome:
    given = {"outcome": "dismissed", "answer": text, "answered_on": "2012-07-02", **more}
    assigned = ", ".join(f"{column} = %s" for column in given)
    return attempt(
        app, f"UPDATE assessment_objection SET {assigned} WHERE id = %s", [*given.values(), objection_id]
    )


def false_digest(ground: Ground) -> Outcome:
    with ground.inside(ground.world.a.posts["party_inspector"]) as app:
        row = published(ground)
        assert not attempt(app, *insert("assessment_snapshot", row)).refused
        other = json.dumps({**json.loads(row["content"]), "schedule": "1.00"}, ensure_ascii=False)
        assert not attempt(app, *insert("assessment_snapshot", published(ground, content=other))).refused
        return attempt(app, *insert("assessment_snapshot", {**row, "content": other}))


def not_the_inspection_office(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        waiting = add(app, "assessment_objection", **objection(ground))
        for stem in ("clerk", "leader", "head", "reporter", "admin", "auditor"):
            become(app, a.posts[stem])
            assert attempt(app, *insert("assessment_snapshot", published(ground))).code == "PT602", stem
            assert answer(app, waiting).code == "PT602", stem
        set_context(app, looking_down(ground.world.city.posts["officer"], a))
        assert attempt(app, *insert("assessment_snapshot", published(ground))).code == "PT602"
        become(app, a.posts["party_inspector"])
        assert not attempt(app, *insert("assessment_snapshot", published(ground))).refused
        become(app, a.posts["clerk"])
        return attempt(app, *insert("assessment_snapshot", published(ground)))


def open_returns(ground: Ground) -> Outcome:
    """Of the period itself, and of a period within its span."""
    a = ground.world.a
    with ground.inside(a.posts["party_inspector"]) as app:
        first = published(ground, replaces_id=None, reason="")
        year = app.execute("SELECT id FROM projects_period WHERE name = '2012年'").fetchone()["id"]
        assert attempt(app, *insert("assessment_snapshot", {**first, "period_id": year})).code == "PT603"
        other = ground.world.b.rows["period"]
        assert attempt(app, *insert("assessment_snapshot", {**first, "period_id": other})).code == "PT603"
        return attempt(app, *insert("assessment_snapshot", {**first, "period_id": a.rows["period"]}))


def not_to_be_settled_yet(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["party_inspector"]) as app:
        assert not attempt(app, *insert("assessment_snapshot", result(ground))).refused
        for wrong in (
            {"published_on": "2012-06-28"},  # the last day for objections
            {"published_on": "2999-01-01"},
            {"publicity_id": ground.world.b.rows["snapshot"]},
            {"replaces_id": a.rows["snapshot"], "reason": "x"},  # which is no result
        ):
            outcome = attempt(app, *insert("assessment_snapshot", result(ground, **wrong)))
            assert outcome.code == "PT604", wrong
        with app.transaction(force_rollback=True):
            newer = add(app, "assessment_snapshot", **published(ground))
            assert attempt(app, *insert("assessment_snapshot", result(ground))).code == "PT604", "replaced"
            assert not attempt(app, *insert("assessment_snapshot", result(ground, newer))).refused
        become(app, a.posts["head"])
        waiting = add(app, "assessment_objection", **objection(ground))
        become(app, a.posts["party_inspector"])
        newer = add(app, "assessment_snapshot", **published(ground))
        with app.transaction(force_rollback=True):
            app.execute(
                "UPDATE assessment_objection SET outcome = 'upheld', answer = '属实',"
                " answered_on = '2012-07-02' WHERE id = %s",
                [waiting],
            )
            assert not attempt(app, *insert("assessment_snapshot", result(ground, newer))).refused
        return attempt(app, *insert("assessment_snapshot", result(ground, newer)))


def not_to_be_objected_to(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        assert not attempt(app, *insert("assessment_objection", objection(ground))).refused
        for wrong in (
            {"claim_id": a.rows["bureau_claim"]},  # of another unit, and not in it
            {"claim_id": a.rows["signed_claim"]},  # the unit's own, but not in it
            {"claim_id": ground.world.b.rows["claim"]},
            {"claim_id": 10**12},
            {"unit_id": a.units["城关镇"]},
            {"publicity_id": ground.world.b.rows["snapshot"]},
            {"raised_on": "2012-06-29"},  # too late
            {"raised_on": "2012-06-19"},  # before it was published
        ):
            outcome = attempt(app, *insert("assessment_objection", objection(ground, **wrong)))
            assert outcome.code == "PT605", wrong
            assert CANARY not in outcome.words
        for stem in ("clerk", "party_inspector", "leader"):
            become(app, a.posts[stem])
            row = objection(ground, unit_id=a.posts[stem].unit_id)
            assert attempt(app, *insert("assessment_objection", row)).code == "PT605", stem
        # A unit that shares a claim may object to it; to one that it does not share it may not.
        become(app, a.posts["other_head"])
        other = {"unit_id": a.units["城关镇"]}
        shared = objection(ground, claim_id=a.rows["split_claim"], **other)
        assert attempt(app, *insert("assessment_objection", shared)).code == UNIQUE
        assert attempt(app, *insert("assessment_objection", objection(ground, **other))).code == "PT605"
        become(app, a.posts["party_inspector"])
        add(app, "assessment_snapshot", **result(ground))
        become(app, a.posts["head"])
        return attempt(app, *insert("assessment_objection", objection(ground)))


def answered_once(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        waiting = add(app, "assessment_objection", **objection(ground))
        become(app, a.posts["party_inspector"])
        assert answer(app, waiting, text=" ").code == CHECK
        assert answer(app, waiting, outcome="").code == CHECK
        assert not answer(app, waiting).refused
        again = answer(app, a.rows["objection"])
        for forged in ("reason", "answered_label", "claim_id", "raised_on", "opinion_id"):
            moved = f"UPDATE assessment_objection SET {forged} = {forged} WHERE id = %s"
            assert attempt(app, moved, [waiting]).code == NO_PRIVILEGE, forged
        return again


REFUSALS = {
    "PT601": false_digest,
    "PT602": not_the_inspection_office,
    "PT603": open_returns,
    "PT604": not_to_be_settled_yet,
    "PT605": not_to_be_objected_to,
    "PT606": answered_once,
}


def nobody_changes_what_was_published(ground: Ground) -> None:
    """Append-only; who and when are the database's own, whatever was sent."""
    a = ground.world.a
    with ground.inside(a.posts["party_inspector"]) as app:
        for statement in (
            "UPDATE assessment_snapshot SET content = content WHERE id = %s",
            "UPDATE assessment_snapshot SET reason = 'x' WHERE id = %s",
            "DELETE FROM assessment_snapshot WHERE id = %s",
        ):
            assert attempt(app, statement, [a.rows["snapshot"]]).code == NO_PRIVILEGE, statement
        gone = attempt(app, "DELETE FROM assessment_objection WHERE id = %s", [a.rows["objection"]])
        assert gone.code == NO_PRIVILEGE
        forged = {"actor_id": a.posts["leader"].user_id, "post_label": "冒名", "at": "2001-01-01"}
        new = add(app, "assessment_snapshot", **{**published(ground), **forged})
        row = app.execute("SELECT * FROM assessment_snapshot WHERE id = %s", [new]).fetchone()
        assert (row["actor_id"], row["post_label"]) == (
            a.posts["party_inspector"].user_id,
            "县委督查室·inspection",
        )
        assert row["at"].year > 2001


def an_objection_says_who_raised_it_and_against_which_opinion(ground: Ground) -> None:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        for early in (
            {"outcome": "upheld"},
            {"answer": "x"},
            {"answered_on": "2012-06-28"},
            {"answered_by_id": a.posts["head"].user_id},
            {"answered_label": "x"},
            {"answered_at": "2012-06-28"},
        ):
            arrived = attempt(app, *insert("assessment_objection", objection(ground, **early)))
            assert arrived.code == NO_PRIVILEGE, early
        same = objection(ground, claim_id=a.rows["decided_claim"])
        with app.transaction(force_rollback=True):
            add(app, "assessment_objection", **same)
            assert attempt(app, *insert("assessment_objection", same)).code == UNIQUE
        become(app, a.posts["party_inspector"])
        newer = add(app, "assessment_snapshot", **published(ground))
        become(app, a.posts["head"])
        forged = {"actor_id": a.posts["leader"].user_id, "at": "2001-01-01", "opinion_id": a.rows["opinion"]}
        new = add(app, "assessment_objection", **{**same, "publicity_id": newer, **forged, "post_label": "x"})
        row = app.execute("SELECT * FROM assessment_objection WHERE id = %s", [new]).fetchone()
        latest = app.execute(
            "SELECT max(id) AS id FROM assessment_opinion WHERE claim_id = %s", [a.rows["decided_claim"]]
        ).fetchone()["id"]
        assert (row["actor_id"], row["post_label"], row["opinion_id"]) == (
            a.posts["head"].user_id,
            "水沟镇·head",
            latest,
        )
        assert row["at"].year > 2001


def no_inspector_answers_for_the_own_house(ground: Ground) -> None:
    """Neither who has a post where the claim counts nor who has entered it."""
    a = ground.world.a
    add_post = {"user_id": a.posts["party_inspector"].user_id, "unit_id": a.units["水沟镇"]}
    with ground.inside(a.posts["head"]) as app:
        waiting = add(app, "assessment_objection", **objection(ground))
        become(app, a.posts["party_inspector"])
        assert not answer(app, waiting).refused
        become(app, a.posts["admin"])
        dates = {"from_on": "2012-01-01", "until_on": "2012-06-30", "pending": False}
        with app.transaction(force_rollback=True):
            add(app, "accounts_post", tenant_id=a.tenant_id, role="reporter", **add_post, **dates)
            become(app, a.posts["party_inspector"])
            assert answer(app, waiting).code == "PT202"
            become(app, a.posts["government_inspector"])
            assert not answer(app, waiting).refused
        inspects = {"user_id": a.posts["reporter"].user_id, "unit_id": a.units["县委督查室"]}
        new = add(app, "accounts_post", tenant_id=a.tenant_id, role="inspection", **inspects, **dates)
        entered = a.posts["reporter"]
        become(app, type(entered)(**{**vars(entered), "id": new}))
        assert answer(app, waiting).code == "PT201"


CHECKS = [
    nobody_changes_what_was_published,
    an_objection_says_who_raised_it_and_against_which_opinion,
    no_inspector_answers_for_the_own_house,
]
