"""Checks of Returns that were closed and are open again for a time, in raw SQL as the application."""

import psycopg

from accounts import scope
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
from tests.walls.papers import claim_row, close, decide, one, say, voucher

REOPEN = (
    "UPDATE projects_return SET reports_closed_at = NULL, opinions_closed_at = NULL, seal = '',"
    " reopen_reason = %s, reopened_until = clock_timestamp() + make_interval(secs => %s) WHERE id = %s"
)
CLOSE = "UPDATE projects_return SET reports_closed_at = now(), opinions_closed_at = now() WHERE id = %s"
SUBMIT = "UPDATE projects_return SET submitted_at = now() WHERE id = %s"


def reopened_without_an_end(ground: Ground) -> Outcome:
    a = ground.world.a
    row = a.rows["return:城关镇"]
    with ground.inside(a.posts["government_inspector"]) as app:
        assert attempt(app, REOPEN, ["漏报", 60, row]).code == "PT105", "an open Return was given an end"
        close(app, ground, "城关镇")
        reports = "UPDATE projects_return SET opinions_closed_at = NULL, seal = '' WHERE id = %s"
        assert attempt(app, reports, [row]).code == "PT105", "opened for opinions alone"
        assert attempt(app, REOPEN, [" ", 60, row]).code == "PT107"
        app.execute(REOPEN, ["漏报", 60, row])
        close(app, ground, "城关镇")
        again = "UPDATE projects_return SET reports_closed_at = NULL, opinions_closed_at = NULL, seal = ''"
        assert attempt(app, f"{again} WHERE id = %s", [row]).code == "PT107", "reopened under an older end"
        return attempt(app, REOPEN, ["漏报", -1, row])


def a_reopened_return_closes_by_the_clock(ground: Ground) -> None:
    """It takes entries until its end; after it nothing, though no task has run. Its seal comes back."""
    a = ground.world.a
    row = a.rows["return:城关镇"]
    with ground.inside(a.posts["clerk"]) as app:
        own = {"unit_id": a.units["城关镇"], "booked_in_id": row}
        entry = claim_row(ground, voucher_id=voucher(app, ground), **own)
        close(app, ground, "城关镇")
        sealed = one(app, "projects_return", row)["seal"]
        become(app, a.posts["party_inspector"])
        app.execute(REOPEN, ["漏报", 2, row])
        become(app, a.posts["clerk"])
        assert one(app, "projects_return", row)["seal"] == ""
        assert not attempt(app, *insert("projects_claim", entry)).refused
        assert not attempt(app, SUBMIT, [row]).refused
        longer = "UPDATE projects_return SET reopened_until = reopened_until + interval '1 day' WHERE id = %s"
        assert attempt(app, longer, [row]).code == "PT105", "the end of a reopening was moved"
        app.execute("SELECT pg_sleep(2.1)")
        assert attempt(app, *insert("projects_claim", entry)).code == "PT101", "booked after the end"
        assert attempt(app, SUBMIT, [row]).code == "PT105", "submitted after the end"
        close(app, ground, "城关镇")
        assert one(app, "projects_return", row)["seal"] == sealed, "nothing new, another seal"


def opinions_end_with_the_reopening(ground: Ground) -> None:
    """After it nobody changes his mind, though no task has run; what still waits is decided."""
    with ground.inside(ground.world.a.posts["clerk"]) as app:
        period, row = _filed(app, ground)
        decided = _entered(app, ground, row)
        app.execute(SUBMIT, [row])
        decide(app, ground, decided)
        last = app.execute("SELECT max(id) AS id FROM assessment_opinion").fetchone()["id"]
        again = {"verdict": "reduce", "accepted": 1, "supersedes_id": last}
        app.execute(CLOSE, [row])
        app.execute("UPDATE projects_period SET closed_at = now() WHERE id = %s", [period])
        app.execute(REOPEN, ["漏报", 1, row])
        assert not say(app, ground, decided, "inspection", **again).refused
        become(app, ground.world.a.posts["clerk"])
        waiting = _entered(app, ground, row)
        app.execute(SUBMIT, [row])
        app.execute("SELECT pg_sleep(1.1)")
        become(app, ground.world.a.posts["government_inspector"])
        assert say(app, ground, decided, "inspection", **again).code == "PT102", "after the end"
        decide(app, ground, waiting)
        assert app.execute(CLOSE, [row]).rowcount == 1


def reopened_by_another(ground: Ground) -> Outcome:
    """The inspection reopens, or a superior who has entered the county; he may touch nothing else."""
    a, city = ground.world.a, ground.world.city
    row = a.rows["return:城关镇"]
    above = looking_down(city.posts["officer"], a)
    with ground.inside(a.posts["government_inspector"]) as app:
        set_context(app, above)
        assert attempt(app, REOPEN, ["漏报", 60, row]).code == "PT108", "an open Return was touched"
        become(app, a.posts["government_inspector"])
        close(app, ground, "城关镇")
        assert not attempt(app, REOPEN, ["漏报", 60, row]).refused
        for stem in ("clerk", "other_head", "leader", "admin"):
            become(app, a.posts[stem])
            assert attempt(app, REOPEN, ["漏报", 60, row]).code == "PT108", stem
        set_context(app, context_of(city.posts["admin"], scope.SUPERIOR, a.tenant_id))
        assert attempt(app, REOPEN, ["漏报", 60, row]).code == "PT108", "another post of the city"
        set_context(app, context_of(city.posts["officer"]))
        assert attempt(app, REOPEN, ["漏报", 60, row]).count == 0, "from outside the county"
        set_context(app, above)
        assert attempt(app, REOPEN, ["漏报", 60, row]).count == 1
        assert attempt(app, REOPEN, [" ", 60, row]).code == "PT107"
        assert attempt(app, REOPEN, ["漏报", -1, row]).code == "PT107"
        assert attempt(app, SUBMIT, [row]).code == "PT108", "submitted from above"
        besides = REOPEN.replace("seal = ''", "seal = '', on_behalf = NOT on_behalf")
        return attempt(app, besides, ["漏报", 60, row])


def _filed(app: psycopg.Connection, ground: Ground) -> tuple[int, int]:
    """A period of one Return: both ids."""
    a = ground.world.a
    dates = {"starts_on": "2012-06-01", "ends_on": "2012-06-30", "due_on": "2012-06-30"}
    june = {"tenant_id": a.tenant_id, "kind": "month", "name": "2012年6月", "filed": True, **dates}
    period = add(app, "projects_period", **june)
    row = {"tenant_id": a.tenant_id, "period_id": period, "unit_id": a.units["县委办"], "on_behalf": False}
    row |= dict.fromkeys(("submitted_by", "confirmed_by", "reopen_reason", "seal"), "")
    return period, add(app, "projects_return", **row)


def _entered(app: psycopg.Connection, ground: Ground, booked_in: int) -> int:
    a = ground.world.a
    of = {"unit_id": a.units["县委办"], "project_id": a.rows["office_project"], "booked_in_id": booked_in}
    return add(app, "projects_claim", **claim_row(ground, voucher_id=voucher(app, ground), **of))


REFUSALS = {"PT107": reopened_without_an_end, "PT108": reopened_by_another}
CHECKS = [a_reopened_return_closes_by_the_clock, opinions_end_with_the_reopening]
