"""Papers, claims and opinions of county A by raw SQL, as whoever is acting: what checks are tried with."""

import secrets
from decimal import Decimal
from typing import Any

import psycopg

from tests.walls.ground import Ground, Outcome, add, attempt, become, insert


def voucher(app: psycopg.Connection, ground: Ground, face: int = 100, **values: Any) -> int:
    """A new voucher of county A's firm."""
    row = {
        "tenant_id": ground.world.a.tenant_id,
        "kind": "bank_slip",
        "number": secrets.token_hex(8),
        "payer_id": ground.world.a.rows["enterprise"],
        "dated_on": "2012-06-01",
        "face_wan": face,
        "division": "",
    }
    return add(app, "projects_voucher", **{**row, **values})


def claim_row(ground: Ground, **values: Any) -> dict:
    """A claim of 水沟镇 as it arrives; the source is still to be named."""
    a = ground.world.a
    return {
        "tenant_id": a.tenant_id,
        "unit_id": a.units["水沟镇"],
        "booked_in_id": a.rows["return:水沟镇"],
        "project_id": a.rows["project"],
        "kind": "paid_in",
        "happened_on": "2012-06-01",
        "reported": 100,
        "state": "submitted",
        **values,
    }


def claim(app: psycopg.Connection, ground: Ground, **values: Any) -> int:
    """A new claim on a new voucher, unless another source is named."""
    if not {"voucher_id", "agreement_id"} & values.keys():
        values["voucher_id"] = voucher(app, ground, face=max(1, int(values.get("reported", 100))))
    return add(app, "projects_claim", **claim_row(ground, **values))


def claim_again(app: psycopg.Connection, ground: Ground, claim_id: int, **values: Any) -> Outcome:
    """Try the reversal of a claim, altered by these values."""
    origin = app.execute(
        "SELECT to_jsonb(c) AS line FROM projects_claim c WHERE id = %s", [claim_id]
    ).fetchone()
    kept = (
        "unit_id",
        "project_id",
        "kind",
        "happened_on",
        "voucher_id",
        "agreement_id",
        "visit_id",
        "lead_id",
        "stage_change_id",
        "split_id",
        "booked_in_id",
    )
    row = {column: origin["line"][column] for column in kept}
    reported = -Decimal(str(origin["line"]["reported"]))
    row |= {"reported": reported, "reverses_id": claim_id, "state": "submitted"}
    return attempt(
        app, *insert("projects_claim", {**row, "tenant_id": origin["line"]["tenant_id"], **values})
    )


def opinion_row(ground: Ground, claim_id: int, step: str, verdict: str, **values: Any) -> dict:
    row = {"claim_id": claim_id, "step": step, "verdict": verdict, "reason": "核对", "post_label": ""}
    return {"tenant_id": ground.world.a.tenant_id, **row, **values}


def say(
    app: psycopg.Connection, ground: Ground, claim_id: int, step: str, verdict: str, **values: Any
) -> Outcome:
    """Try an opinion as whoever is acting."""
    return attempt(app, *insert("assessment_opinion", opinion_row(ground, claim_id, step, verdict, **values)))


def decide(app: psycopg.Connection, ground: Ground, claim_id: int) -> None:
    """First review by the second clerk and inspection by the government's office: both accept."""
    a = ground.world.a
    for stem, step in (("second_clerk", "first_review"), ("government_inspector", "inspection")):
        become(app, a.posts[stem])
        add(app, "assessment_opinion", **opinion_row(ground, claim_id, step, "accept"))


def resubmit(app: psycopg.Connection, ground: Ground, unit: str = "水沟镇") -> None:
    """Submit a unit's Return (again), as the bureau may on its behalf."""
    app.execute(
        "UPDATE projects_return SET submitted_at = now() WHERE id = %s",
        [ground.world.a.rows[f"return:{unit}"]],
    )


def one(app: psycopg.Connection, table: str, row_id: int) -> dict:
    return app.execute(f"SELECT * FROM {table} WHERE id = %s", [row_id]).fetchone()


def close(app: psycopg.Connection, ground: Ground, unit: str) -> None:
    app.execute(
        "UPDATE projects_return SET reports_closed_at = now(), opinions_closed_at = now() WHERE id = %s",
        [ground.world.a.rows[f"return:{unit}"]],
    )
