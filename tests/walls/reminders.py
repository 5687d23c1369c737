"""Checks of what guards rules of reminding, notices and addresses, in raw SQL as the application."""

from tests.walls.ground import Ground, Row, add, attempt, insert, without

NO_PRIVILEGE, CHECK, UNIQUE = "42501", "23514", "23505"


def _of_a(ground: Ground, table: str, **having) -> Row:
    """County A's first row of a table with these values, without its id."""
    rows = ground.rows(table, ground.world.a.tenant_id)
    return without(next(row for row in rows if having.items() <= row.items()), "id")


def rules_follow_each_other(ground: Ground) -> None:
    """Version by version, never dated back, and about a measure by its first version."""
    a = ground.world.a
    rule = _of_a(ground, "assessment_rule", kind="zero")
    with ground.inside(a.posts["clerk"]) as app:
        following = {**rule, "version": 2, "valid_from": "2012-07-01"}
        for wrong in ({"version": 3}, {"version": 0}, {"valid_from": "1999-12-31"}):
            assert attempt(app, *insert("assessment_rule", {**following, **wrong})).code == CHECK, wrong
        assert attempt(app, *insert("assessment_rule", rule)).code == UNIQUE
        add(app, "assessment_rule", **following)
        measure = without(
            next(
                row
                for row in ground.rows("assessment_measure", a.tenant_id)
                if row["id"] == a.rows["measure"]
            ),
            "id",
        )
        second = add(app, "assessment_measure", **{**measure, "version": 2, "valid_from": "2012-07-01"})
        of_second = {**rule, "measure_id": second}
        assert attempt(app, *insert("assessment_rule", of_second)).code == CHECK, "a second series"


def a_notice_is_about_what_its_rule_is(ground: Ground) -> None:
    """Whatever was sent: nobody is told the same again under another name, nor by a new version."""
    a = ground.world.a
    rule = _of_a(ground, "assessment_rule", kind="not_reported")
    notice = _of_a(ground, "assessment_notice")
    with ground.inside(a.posts["clerk"]) as app:
        next_version = add(app, "assessment_rule", **{**rule, "version": 2})
        same = {"kind": "zero", "measure_id": a.rows["measure"], "rule_id": next_version}
        assert attempt(app, *insert("assessment_notice", {**notice, **same})).code == UNIQUE
        new = add(app, "assessment_notice", **{**notice, **same, "step": notice["step"] + 1})
        told = app.execute("SELECT kind, measure_id FROM assessment_notice WHERE id = %s", [new]).fetchone()
        assert told == {"kind": "not_reported", "measure_id": None}


def an_address_is_its_own_posts(ground: Ground) -> None:
    """Nobody has another's notices mailed to himself."""
    a = ground.world.a
    put = "UPDATE assessment_mailbox SET address = 'x@example.org' WHERE post_id = %s"
    with ground.inside(a.posts["clerk"]) as app:
        row = {"tenant_id": a.tenant_id, "address": "x@example.org"}
        others = insert("assessment_mailbox", {**row, "post_id": a.posts["head"].id})
        assert attempt(app, *others).code == NO_PRIVILEGE
        assert attempt(app, put, [a.posts["party_inspector"].id]).code == NO_PRIVILEGE
        drawn = "UPDATE assessment_mailbox SET post_id = %s WHERE post_id = %s"
        to_clerk = [a.posts["clerk"].id, a.posts["party_inspector"].id]
        assert attempt(app, drawn, to_clerk).code == NO_PRIVILEGE, (
            "another's mailbox was drawn to the own post"
        )
        own = add(app, "assessment_mailbox", **row, post_id=a.posts["clerk"].id)
        moved = "UPDATE assessment_mailbox SET post_id = %s WHERE id = %s"
        assert attempt(app, moved, [a.posts["head"].id, own]).code == NO_PRIVILEGE
        assert attempt(app, put, [a.posts["clerk"].id]).count == 1


def what_must_be_mailed_is_not_muted(ground: Ground) -> None:
    """The mandatory kinds (必发) are no choice, whoever writes; nor is what is no kind."""
    a = ground.world.a
    mute = "UPDATE assessment_mailbox SET muted = %s WHERE post_id = %s"
    with ground.inside(a.posts["clerk"]) as app:
        post = a.posts["clerk"].id
        row = {"tenant_id": a.tenant_id, "address": "x@example.org", "post_id": post}
        for kind in ("zero", "not_reported", "matter", "matter_overdue", "everything", None):
            refused = attempt(app, *insert("assessment_mailbox", {**row, "muted": ["behind", kind]}))
            assert refused.code == CHECK, kind
        add(app, "assessment_mailbox", **row)
        for kind in ("zero", "not_reported", "matter", "matter_overdue", "everything", None):
            assert attempt(app, mute, [[kind], post]).code == CHECK, kind
        optional = ["behind", "due_soon", "reviewer", "against", "changed"]
        assert attempt(app, mute, [optional, post]).count == 1
        assert attempt(app, mute, [[], a.posts["party_inspector"].id]).code == NO_PRIVILEGE


CHECKS = [
    rules_follow_each_other,
    a_notice_is_about_what_its_rule_is,
    an_address_is_its_own_posts,
    what_must_be_mailed_is_not_muted,
]
