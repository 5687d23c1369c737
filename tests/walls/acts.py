"""Refusals of the guards of visits, leads and stages, in raw SQL as the application."""

from tests.walls.ground import Ground, Outcome, add, attempt, become, insert
from tests.walls.papers import claim_row


def act_row(ground: Ground, kind: str, **values) -> dict:
    """A claim that counts one act, on the day of county A's visit."""
    return claim_row(ground, kind=kind, reported=1, **{"happened_on": "2011-11-03", **values})


def not_the_figure_of_the_act(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["reporter"]) as app:
        row = act_row(ground, "visit", visit_id=a.rows["visit"])
        assert not attempt(app, *insert("projects_claim", row)).refused
        for wrong in (
            {"happened_on": "2011-11-04"},
            {"project_id": a.rows["bureau_project"]},
            {"kind": "reception"},
            {"visit_id": ground.world.b.rows["visit"]},
        ):
            assert attempt(app, *insert("projects_claim", {**row, **wrong})).code == "PT307", wrong
        assert attempt(app, *insert("projects_claim", {**row, "reported": 2})).code == "23514"
        waits = {"visit_id": None, "stage_change_id": a.rows["stage_change"], "happened_on": "2012-06-20"}
        assert attempt(app, *insert("projects_claim", {**row, **waits, "kind": "started"})).code == "PT307"
        lead = {"visit_id": None, "lead_id": a.rows["lead"], "happened_on": "2011-11-04", "project_id": None}
        lead_row = {**row, **lead, "kind": "lead"}
        assert not attempt(app, *insert("projects_claim", lead_row)).refused
        return attempt(app, *insert("projects_claim", {**lead_row, "project_id": a.rows["project"]}))


def stage_row(ground: Ground, **values) -> dict:
    """A step forward of the bureau's project, from where it has recorded nothing."""
    row = {"before": "signed", "after": "landed", "move": "forward", "status": "effective", "note": ""}
    row |= {"reason": "", "answer": "", "happened_on": "2012-06-01"}
    row |= {"project_id": ground.world.a.rows["bureau_project"], "tenant_id": ground.world.a.tenant_id}
    return {**row, **values}


def put_stage(app, ground: Ground, stage: str) -> Outcome:
    return attempt(
        app, "UPDATE projects_project SET stage = %s WHERE id = %s", [stage, stage_row(ground)["project_id"]]
    )


def reach(app, ground: Ground, **values) -> int:
    """Make a step of the bureau's project stand; its id."""
    change = add(app, "projects_stagechange", **stage_row(ground, **values))
    project = stage_row(ground)["project_id"]
    app.execute(
        "UPDATE projects_project p SET stage = s.after FROM projects_stagechange s"
        " WHERE s.id = %s AND p.id = %s",
        [change, project],
    )
    return change


def counted_already(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        claims = []
        for step in ({}, {"before": "landed", "after": "started"}):
            change = reach(app, ground, **step)
            own = {"unit_id": a.units["招商局"], "booked_in_id": a.rows["return:招商局"]}
            own |= {"project_id": a.rows["bureau_project"], "happened_on": "2012-06-01"}
            kind = step.get("after", "landed")
            claims.append(claim_row(ground, kind=kind, reported=1, stage_change_id=change, **own))
        for row in claims:
            add(app, "projects_claim", **row)
        back = {"before": "started", "after": "landed", "move": "back", "reason": "停工", "status": "waiting"}
        change = add(app, "projects_stagechange", **stage_row(ground, **back))
        become(app, a.posts["second_clerk"])
        app.execute("UPDATE projects_stagechange SET status = 'effective' WHERE id = %s", [change])
        return attempt(app, *insert("projects_claim", {**claims[0], "stage_change_id": change}))


def reported_lead_changed(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["reporter"]) as app:
        ended = (
            "UPDATE projects_lead SET abandoned_on = '2012-07-01', abandoned_because = '无意' WHERE id = %s"
        )
        assert attempt(app, ended, [a.rows["lead"]]).count == 1
        for column, value in {
            "held_until": "2019-01-01",
            "content": "x",
            "first_reported_at": "2001-01-01",
        }.items():
            changed = f"UPDATE projects_lead SET {column} = %s WHERE id = %s"
            assert attempt(app, changed, [value, a.rows["lead"]]).code == "PT501", column
        app.execute(ended, [a.rows["lead"]])
        return attempt(
            app, "UPDATE projects_lead SET abandoned_because = 'x' WHERE id = %s", [a.rows["lead"]]
        )


def not_the_stage_it_is_at(ground: Ground) -> Outcome:
    with ground.inside(ground.world.a.posts["clerk"]) as app:
        reach(app, ground)
        assert not attempt(
            app, *insert("projects_stagechange", stage_row(ground, before="landed", after="started"))
        ).refused
        return attempt(app, *insert("projects_stagechange", stage_row(ground)))


def second_person(ground: Ground) -> Outcome:
    a = ground.world.a
    decide_it = "UPDATE projects_stagechange SET status = 'effective' WHERE id = %s"
    with ground.inside(a.posts["clerk"]) as app:
        skip = stage_row(ground, after="started", move="skip", reason="边建边办")
        assert attempt(app, *insert("projects_stagechange", skip)).code == "PT503", "a skip stood at once"
        waiting = add(app, "projects_stagechange", **{**skip, "status": "waiting"})
        own = attempt(app, decide_it, [waiting])
        become(app, a.posts["second_clerk"])
        assert not attempt(app, decide_it, [waiting]).refused
        return own


def another_change_waits(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        change = a.rows["stage_change"]
        moved = "UPDATE projects_stagechange SET happened_on = '2012-06-21' WHERE id = %s"
        assert attempt(app, moved, [change]).code == "PT504", "a change that waits was edited"
        app.execute("UPDATE projects_stagechange SET status = 'refused' WHERE id = %s", [change])
        again = attempt(app, "UPDATE projects_stagechange SET status = 'effective' WHERE id = %s", [change])
        assert again.code == "PT504", "a refused change was decided again"
    with ground.inside(a.posts["clerk"]) as app:
        return attempt(app, *insert("projects_stagechange", stage_row(ground, project_id=a.rows["project"])))


def stage_without_its_change(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        born = {
            "tenant_id": a.tenant_id,
            "name": "新项目",
            "enterprise_id": a.rows["enterprise"],
            "line": "recruitment",
        }
        born |= {"unit_id": a.units["招商局"], "industry": "", "channel": "", "year_introduced": 2012}
        born |= {"search_key": "", "stage": ""}
        assert not attempt(app, *insert("projects_project", born)).refused
        assert attempt(app, *insert("projects_project", {**born, "stage": "started"})).code == "PT505"
        reach(app, ground)
        assert put_stage(app, ground, "landed").count == 1
        return put_stage(app, ground, "started")


def gate_in_force_changed(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        end = "UPDATE projects_gate SET valid_until = '2012-07-02' WHERE id = %s"
        assert attempt(app, end, [a.rows["gate"]]).count == 1
        return attempt(app, "UPDATE projects_gate SET item = 'photo' WHERE id = %s", [a.rows["gate"]])


def interruption_without_its_cause(ground: Ground) -> Outcome:
    with ground.inside(ground.world.a.posts["clerk"]) as app:
        row = stage_row(ground, after="suspended", move="back", status="waiting", reason="停工")
        assert not attempt(app, *insert("projects_stagechange", {**row, "code": "funds"})).refused
        skip = stage_row(ground, after="started", move="skip", status="waiting", reason="x", code="funds")
        assert attempt(app, *insert("projects_stagechange", skip)).code == "23514", "a cause of going on"
        return attempt(app, *insert("projects_stagechange", row))


REFUSALS = {
    "PT307": not_the_figure_of_the_act,
    "PT308": counted_already,
    "PT501": reported_lead_changed,
    "PT502": not_the_stage_it_is_at,
    "PT503": second_person,
    "PT504": another_change_waits,
    "PT505": stage_without_its_change,
    "PT506": gate_in_force_changed,
    "PT507": interruption_without_its_cause,
}
