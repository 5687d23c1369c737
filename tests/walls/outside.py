"""Checks of the guards of independent tables, in raw SQL as the application: whose they are, and no more."""

from tests.walls.ground import (
    Ground,
    Outcome,
    add,
    attempt,
    become,
    insert,
    looking_down,
    set_context,
    without,
)
from tests.walls.papers import one

NO_PRIVILEGE, UNIQUE = "42501", "23505"


def source_row(ground: Ground, **values) -> dict:
    row = {"name": "税收表", "kind": "tax", "owner_unit_id": None, "margin": 20}
    return {"tenant_id": ground.world.a.tenant_id, **row, **values}


def figure_row(ground: Ground, **values) -> dict:
    """A figure of the electricity table, which 城关镇 owns."""
    a = ground.world.a
    row = {"source_id": a.rows["source"], "credit_code": "91350100M000100Y43", "firm_name": "恒盛公司"}
    row |= {"month": "2012-05-01", "value": 0, "as_of": "2012-07-01", "document": "来文", "post_label": ""}
    return {"tenant_id": a.tenant_id, **row, **values}


def above(app, ground: Ground) -> None:
    """Go on as the city's officer, who looks into county A."""
    set_context(app, looking_down(ground.world.city.posts["officer"], ground.world.a))


def named_by_the_county(ground: Ground) -> Outcome:
    a = ground.world.a
    last = Outcome([], 0)
    with ground.inside(a.posts["clerk"]) as app:
        for stem in ("admin", "party_inspector", "leader", "other_head", "clerk"):
            become(app, a.posts[stem])
            renamed = "UPDATE assessment_officialsource SET owner_unit_id = %s WHERE id = %s"
            taken = attempt(app, renamed, [a.posts[stem].unit_id, a.rows["source"]])
            assert taken.code == "PT621", f"{stem} took a table over"
            last = attempt(app, *insert("assessment_officialsource", source_row(ground)))
            assert last.code == "PT621", f"{stem} named a table"
        above(app, ground)
        assert not attempt(app, *insert("assessment_officialsource", source_row(ground))).refused
        # A post of the city without the superior's role, looking down by a signed context.
        set_context(app, looking_down(ground.world.city.posts["admin"], a))
        return attempt(app, *insert("assessment_officialsource", source_row(ground)))


def loaded_by_another(ground: Ground) -> Outcome:
    a = ground.world.a
    row = figure_row(ground)
    with ground.inside(a.posts["other_head"]) as app:
        assert not attempt(app, *insert("assessment_officialfigure", row)).refused
        for stem in ("clerk", "second_clerk", "party_inspector", "leader", "reporter", "head", "admin"):
            become(app, a.posts[stem])
            outcome = attempt(app, *insert("assessment_officialfigure", row))
            assert outcome.code == "PT622", f"{stem} loaded a table of another"
        become(app, a.posts["other_head"])
        of_the_superior = {"source_id": a.rows["official_source"], "measure_id": a.rows["measure"]}
        assert attempt(app, *insert("assessment_officialfigure", {**row, **of_the_superior})).code == "PT622"
        # Who is of the bureau besides loads nothing, in whatever post.
        appointed = {"user_id": a.posts["other_head"].user_id, "unit_id": a.units["招商局"], "role": "bureau"}
        appointed |= {"tenant_id": a.tenant_id, "from_on": "2012-01-01", "pending": False}
        become(app, a.posts["admin"])
        add(app, "accounts_post", **appointed)
        become(app, a.posts["other_head"])
        return attempt(app, *insert("assessment_officialfigure", row))


def of_another_subject(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        above(app, ground)
        kind = "UPDATE assessment_officialsource SET kind = 'tax' WHERE id = %s"
        assert attempt(app, kind, [a.rows["source"]]).code == "PT623", "a table became another"
        of_a_measure = {"measure_id": a.rows["measure"]}
        assert (
            attempt(app, *insert("assessment_officialfigure", figure_row(ground, **of_a_measure))).code
            == "PT623"
        ), "a table of firms took a measure"
        official = figure_row(ground, source_id=a.rows["official_source"])
        assert not attempt(app, *insert("assessment_officialfigure", {**official, **of_a_measure})).refused
        become(app, a.posts["clerk"])
        first = without(one(app, "assessment_measure", a.rows["measure"]), "id")
        second = add(app, "assessment_measure", **{**first, "version": 2, "valid_from": "2012-07-01"})
        above(app, ground)
        later = {**official, "measure_id": second}
        assert attempt(app, *insert("assessment_officialfigure", later)).code == "PT623", "a second series"
        return attempt(app, *insert("assessment_officialfigure", official))


def correction_of_something_else(ground: Ground) -> Outcome:
    a, b = ground.world.a, ground.world.b
    with ground.inside(a.posts["other_head"]) as app:
        first = add(app, "assessment_officialfigure", **figure_row(ground))
        assert attempt(app, *insert("assessment_officialfigure", figure_row(ground, value=5))).code == UNIQUE
        after = figure_row(ground, value=5, replaces_id=first)
        assert not attempt(app, *insert("assessment_officialfigure", after)).refused
        for other in (a.rows["figure"], b.rows["figure"], 10**12):
            outcome = attempt(app, *insert("assessment_officialfigure", {**after, "replaces_id": other}))
            assert outcome.code == "PT624", "another figure was corrected"
        return attempt(app, *insert("assessment_officialfigure", {**after, "month": "2012-04-01"}))


def owned_by_the_bureau(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        above(app, ground)
        given = "UPDATE assessment_officialsource SET owner_unit_id = %s WHERE id = %s"
        assert not attempt(app, given, [a.units["水沟镇"], a.rows["source"]]).refused
        assert attempt(app, given, [a.units["招商局"], a.rows["source"]]).code == "PT625"
        return attempt(
            app, *insert("assessment_officialsource", source_row(ground, owner_unit_id=a.units["招商局"]))
        )


def a_figure_stays_and_says_who_loaded_it(ground: Ground) -> None:
    """Nobody changes or takes out a figure, not even its owner; who and when are the database's own."""
    a, city = ground.world.a, ground.world.city
    with ground.inside(a.posts["other_head"]) as app:
        forged = {"loaded_by_id": a.posts["leader"].user_id, "post_label": "冒名", "loaded_at": "2001-01-01"}
        new = add(app, "assessment_officialfigure", **figure_row(ground, **forged))
        row = one(app, "assessment_officialfigure", new)
        assert (row["loaded_by_id"], row["post_label"]) == (a.posts["other_head"].user_id, "城关镇·head")
        assert row["loaded_at"].year > 2001
        for who in ("owner", "clerk", "above"):
            if who == "above":
                above(app, ground)
            elif who == "clerk":
                become(app, a.posts["clerk"])
            for statement in (
                "UPDATE assessment_officialfigure SET value = 1 WHERE id = %s",
                "DELETE FROM assessment_officialfigure WHERE id = %s",
            ):
                assert attempt(app, statement, [new]).code == NO_PRIVILEGE, f"{who}: {statement}"
        drop = "DELETE FROM assessment_officialsource WHERE id = %s"
        assert attempt(app, drop, [a.rows["source"]]).code == NO_PRIVILEGE
        again = {"month": "2012-06-01"}
        row = one(
            app,
            "assessment_officialfigure",
            add(app, "assessment_officialfigure", **figure_row(ground, **again)),
        )
        assert (row["loaded_by_id"], row["post_label"]) == (
            city.posts["officer"].user_id,
            "市招商局·superior",
        )


REFUSALS = {
    "PT621": named_by_the_county,
    "PT622": loaded_by_another,
    "PT623": of_another_subject,
    "PT624": correction_of_something_else,
    "PT625": owned_by_the_bureau,
}
CHECKS = [a_figure_stays_and_says_who_loaded_it]
