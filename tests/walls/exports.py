"""Checks of what guards bulk exports, in raw SQL as the application."""

import psycopg

from tests.walls.ground import Ground, Outcome, Row, add, attempt, become, insert, looking_down, set_context

NO_PRIVILEGE, CHECK, UNIQUE = "42501", "23514", "23505"
ANSWER = {"outcome": "approved", "answer": "", "answered_on": "2012-07-02", "valid_until": "2012-07-09"}


def request(ground: Ground, **values) -> Row:
    asked = {"kind": "reductions", "query": "about=paid_in", "question": "到位资金", "rows": 600}
    empty = {"post_label": "", "outcome": "", "answer": "", "answered_label": ""}
    said = {"purpose": "年终检查", "asked_on": "2012-07-02"}
    return {"tenant_id": ground.world.a.tenant_id, **asked, **said, **empty, **values}


GIVEN = ", ".join(f"{column} = %({column})s" for column in ANSWER)
ANSWERED = f"UPDATE assessment_exportrequest SET {GIVEN} WHERE id = %(id)s"


def answer(app: psycopg.Connection, request_id: int, **more: str | None) -> Outcome:
    """What becomes of this answer; it is taken back."""
    return attempt(app, ANSWERED, {**ANSWER, **more, "id": request_id})


def approve(app: psycopg.Connection, request_id: int) -> None:
    app.execute(ANSWERED, {**ANSWER, "id": request_id})


def not_who_asks(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        for stem in ("reporter", "head", "clerk", "party_inspector", "leader"):
            become(app, a.posts[stem])
            assert not attempt(app, *insert("assessment_exportrequest", request(ground))).refused, stem
        tomorrow = request(ground, query="x", asked_on="2999-01-01")
        assert attempt(app, *insert("assessment_exportrequest", tomorrow)).code == "PT701"
        set_context(app, looking_down(ground.world.city.posts["officer"], a))
        assert attempt(app, *insert("assessment_exportrequest", request(ground))).refused
        become(app, a.posts["auditor"])
        assert attempt(app, *insert("assessment_exportrequest", request(ground))).code == "PT701"
        become(app, a.posts["admin"])
        return attempt(app, *insert("assessment_exportrequest", request(ground)))


def not_who_answers(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        waiting = add(app, "assessment_exportrequest", **request(ground))
        for stem in ("second_clerk", "party_inspector", "head", "reporter", "admin", "auditor"):
            become(app, a.posts[stem])
            assert answer(app, waiting).code == "PT702", stem
        become(app, a.posts["leader"])
        assert not answer(app, waiting).refused
        become(app, a.posts["clerk"])
        return answer(app, waiting)


def own_request(ground: Ground) -> Outcome:
    """Not even with another of one's posts."""
    a = ground.world.a
    with ground.inside(a.posts["leader"]) as app:
        own = add(app, "assessment_exportrequest", **request(ground))
        become(app, a.posts["admin"])
        dates = {"from_on": "2012-01-01", "pending": False, "role": "leader"}
        who = {"user_id": a.posts["clerk"].user_id, "unit_id": a.units["县政府办"]}
        second = add(app, "accounts_post", tenant_id=a.tenant_id, **who, **dates)
        clerk = a.posts["clerk"]
        become(app, clerk)
        asked_as_clerk = add(app, "assessment_exportrequest", **request(ground))
        become(app, type(clerk)(**{**vars(clerk), "id": second}))
        assert not answer(app, own).refused
        assert answer(app, asked_as_clerk).code == "PT703"
        become(app, a.posts["leader"])
        assert not answer(app, asked_as_clerk).refused
        return answer(app, own)


def answered_once(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        waiting = add(app, "assessment_exportrequest", **request(ground))
        become(app, a.posts["leader"])
        for wrong in (
            {"outcome": ""},
            {"outcome": "refused"},
            {"outcome": "refused", "valid_until": None, "answer": " "},
            {"valid_until": None},
            {"answered_on": None},
            {"valid_until": "2012-07-10"},  # eight days
            {"valid_until": "2012-07-01"},
            {"answered_on": "2012-07-01", "valid_until": "2012-07-01"},  # before it was asked
        ):
            assert answer(app, waiting, **wrong).code == CHECK, wrong
        late = {"answered_on": "2999-01-01", "valid_until": "2999-01-02"}
        assert answer(app, waiting, **late).code == "PT704"
        assert not answer(app, waiting, outcome="refused", answer="用途不明", valid_until=None).refused
        for forged in ("query", "rows", "purpose", "actor_id", "answered_by_id", "post_label", "asked_on"):
            moved = f"UPDATE assessment_exportrequest SET {forged} = {forged} WHERE id = %s"
            assert attempt(app, moved, [waiting]).code == NO_PRIVILEGE, forged
        gone = attempt(app, "DELETE FROM assessment_exportrequest WHERE id = %s", [waiting])
        assert gone.code == NO_PRIVILEGE
        approve(app, waiting)
        assert answer(app, waiting, valid_until="2012-07-05").code == "PT704", "shortened"
        return answer(app, waiting, outcome="refused", answer="用途不明", valid_until=None)


REFUSALS = {
    "PT701": not_who_asks,
    "PT702": not_who_answers,
    "PT703": own_request,
    "PT704": answered_once,
}


def a_request_says_who_asked_and_arrives_unanswered(ground: Ground) -> None:
    a = ground.world.a
    leader = a.posts["leader"].user_id
    with ground.inside(a.posts["clerk"]) as app:
        for early in (
            {"outcome": "approved"},
            {"answer": "同意"},
            {"answered_on": "2012-07-02"},
            {"valid_until": "2012-07-09"},
            {"answered_by_id": leader},
            {"answered_label": "县政府办·leader"},
            {"answered_at": "2012-07-02"},
        ):
            arrived = attempt(app, *insert("assessment_exportrequest", request(ground, **early)))
            assert arrived.code == NO_PRIVILEGE, early
        for wrong in ({"purpose": " "}, {"question": ""}, {"rows": 0}):
            outcome = attempt(app, *insert("assessment_exportrequest", request(ground, **wrong)))
            assert outcome.code == CHECK, wrong
        forged = {"actor_id": leader, "post_label": "冒名", "at": "2001-01-01"}
        new = add(app, "assessment_exportrequest", **{**request(ground), **forged})
        assert attempt(app, *insert("assessment_exportrequest", request(ground))).code == UNIQUE
        row = app.execute("SELECT * FROM assessment_exportrequest WHERE id = %s", [new]).fetchone()
        assert (row["actor_id"], row["post_label"]) == (a.posts["clerk"].user_id, "招商局·bureau")
        assert row["at"].year > 2001
        become(app, a.posts["leader"])
        approve(app, new)
        row = app.execute("SELECT * FROM assessment_exportrequest WHERE id = %s", [new]).fetchone()
        assert (row["answered_by_id"], row["answered_label"]) == (leader, "县政府办·leader")
        become(app, a.posts["clerk"])
        assert not attempt(app, *insert("assessment_exportrequest", request(ground))).refused


CHECKS = [a_request_says_who_asked_and_arrives_unanswered]
