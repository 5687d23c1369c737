"""Probes that plant: county A's rows that point at county B's, rows in county B, rows on its keys."""

import json
import secrets
from collections.abc import Iterator

from tests.battery.probes import Ask, Probe, Rows, conflicts, touched, unique_keys
from tests.walls.ground import Row, references, tenant_models


def fresh(rows: Rows, table: str) -> Row:
    """A row that a clerk of county A may insert, made from one that stands there."""
    a, word = rows.a, secrets.token_hex(6)
    other = {
        "accounts_unit": {"name": word, "parent_id": None, "represents_id": None},
        "accounts_unitalias": {"name": word},
        "accounts_unitgroup": {"code": word},
        "accounts_groupmembership": {"from_on": "2001-01-01", "until_on": "2001-12-31"},
        "accounts_client": {"name": word},
        "accounts_post": {"from_on": "2001-01-01", "until_on": "2001-12-31"},
        "projects_enterprise": {"name": word, "credit_code": None},
        "projects_project": {"name": word},
        "projects_agreement": {"signed_on": "2012-02-02"},
        "projects_voucher": {"number": word},
        "projects_evidence": {"sha256": word},
        "projects_evidencelink": {"voucher_id": a.rows["bureau_claim:voucher"]},
        "projects_split": {"document": word},
        "projects_splitline": {"kind": "signed_total", "share": 1, "split_id": rows.extra["projects_split"]},
        "projects_period": {"kind": "month", "name": word, "closed_at": None},
        "projects_return": {
            "period_id": rows.extra["projects_period"],
            "submitted_at": None,
            "submitted_by": "",
        },
        "projects_claim": _claim(rows),
        "assessment_opinion": _opinion(rows),
        "assessment_measure": {"version": 99},
        "assessment_target": {"replaces_id": a.rows["target"]},
        "assessment_importbatch": {"sha256": word},
    }[table]
    base = rows.ground.rows(table, a.tenant_id)[0]
    return {column: value for column, value in {**base, **other}.items() if column != "id"}


def _claim(rows: Rows) -> Row:
    return {
        "unit_id": rows.a.units["水沟镇"],
        "booked_in_id": rows.a.rows["return:水沟镇"],
        "project_id": rows.a.rows["project"],
        "kind": "paid_in",
        "voucher_id": rows.extra["projects_voucher"],
        "agreement_id": None,
        "happened_on": "2012-06-01",
        "reported": 1,
        **dict.fromkeys(("reviewed", "verified", "superior", "split_id", "reverses_id", "replaces_id")),
        "state": "submitted",
    }


def _opinion(rows: Rows) -> Row:
    said = {"claim_id": rows.a.rows["claim"], "step": "first_review", "verdict": "accept", "accepted": None}
    return {**said, "reason": "", "supersedes_id": None}


def _suited(rows: Rows, table: str, column: str) -> list[Row]:
    """Rows of county A that fill this reference, of which the ledger accepts at least one."""
    row = fresh(rows, table)
    target = dict(references_of(table))[column]
    if (table, column) == ("projects_claim", "reverses_id"):
        origin = next(
            it for it in rows.ground.rows(table, rows.a.tenant_id) if it["id"] == rows.a.rows["claim"]
        )
        kept = ("unit_id", "project_id", "kind", "voucher_id", "agreement_id", "happened_on", "split_id")
        return [
            {**row, **{it: origin[it] for it in kept}, "reported": -origin["reported"], column: origin["id"]}
        ]
    if (table, column) == ("projects_claim", "agreement_id"):
        row |= {"voucher_id": None, "kind": "signed_fixed"}
    if (table, column) == ("assessment_opinion", "supersedes_id"):
        decided = {
            "claim_id": rows.a.rows["decided_claim"],
            "step": "inspection",
            "verdict": "doubt",
            "reason": "x",
        }
        row |= decided
    if table == "projects_evidencelink" and column != "evidence_id":
        row |= dict.fromkeys(("voucher_id", "agreement_id", "project_id"))
    if (table, column) == ("projects_return", "unit_id"):
        return [{**row, column: unit} for unit in rows.own("accounts_unit")]
    own = [row[column]] if row[column] is not None else []
    return [{**row, column: it} for it in [*own, *rows.own(target)[:12]]]


def references_of(table: str) -> list[tuple[str, str]]:
    model = next(model for model in tenant_models() if model._meta.db_table == table)
    return references(model)


def insert(table: str, row: Row, tail: str = "", *, settle: bool = True) -> Ask:
    columns = ", ".join(f'"{column}"' for column in row)
    source = f"jsonb_populate_record(NULL::{table}, %s::jsonb)"
    statement = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {source} {tail}"
    return Ask(statement, (json.dumps(row),), settle)


def planting(rows: Rows, granted: dict[str, set[str]]) -> Iterator[Probe]:
    """INSERT and UPDATE of a reference to each row of county B, through every foreign key column."""
    for table in sorted(table for table, may in granted.items() if "INSERT" in may):
        for column, target in references_of(table):
            suited = _suited(rows, table, column)
            twins = tuple(insert(table, row) for row in suited)
            put = f'UPDATE {table} SET "{column}" = %s WHERE id = %s'
            moved = tuple(
                Ask(put, (value, it), settle=True)
                for it in rows.own(table)[:4]
                for value in rows.own(target)[:4]
            )
            for theirs, _own in rows.pairs(target):
                for row in suited[:1]:
                    yield Probe(
                        "reference", insert(table, {**row, column: theirs["id"]}), touched, twins, touched
                    )
                if "UPDATE" in granted[table]:
                    ask = Ask(put, (theirs["id"], rows.own(table)[0]), settle=True)
                    yield Probe("redirect", ask, touched, moved, touched)


def appointing(rows: Rows) -> Iterator[Probe]:
    """INSERT of a post in county A for each person of county B, which would show that person here."""
    row = fresh(rows, "accounts_post")
    twin = insert("accounts_post", {**row, "user_id": rows.a.posts["head"].user_id})
    for post in rows.b.posts.values():
        ask = insert("accounts_post", {**row, "user_id": post.user_id})
        yield Probe("appoint", ask, touched, (twin,), touched)


def invading(rows: Rows, granted: dict[str, set[str]]) -> Iterator[Probe]:
    """INSERT of each row of county B, changed so that no key stands in the way; own rows given away."""
    for table in sorted(table for table, may in granted.items() if "INSERT" in may):
        row = fresh(rows, table)
        twins = (insert(table, row), *(insert(table, it) for it in _twins_of(rows, table)))
        for theirs, _own in rows.pairs(table):
            changed = {**theirs, **_new_keys(table)}
            changed.pop("id")
            yield Probe("invade", insert(table, changed), touched, twins, touched)
        if "UPDATE" in granted[table]:
            give = f"UPDATE {table} SET tenant_id = %s WHERE id = %s"
            own = rows.own(table)
            keep = tuple(Ask(give, (rows.a.tenant_id, it), settle=True) for it in own)
            for it in own:
                yield Probe(
                    "give away", Ask(give, (rows.b.tenant_id, it), settle=True), touched, keep, touched
                )


def _twins_of(rows: Rows, table: str) -> list[Row]:
    return _suited(rows, table, "unit_id") if table == "projects_return" else []


def _new_keys(table: str) -> Row:
    word = secrets.token_hex(6)
    texts = {"name", "code", "number", "document", "sha256"}
    return {column: word for key in unique_keys(table) for column in key if column in texts}


def colliding(rows: Rows, granted: dict[str, set[str]]) -> Iterator[Probe]:
    """INSERT ... ON CONFLICT on every unique key of county B's rows: nothing may tell that it is taken."""
    for table in sorted(table for table, may in granted.items() if "INSERT" in may):
        fills = dict(references_of(table))
        for key in unique_keys(table):
            own = rows.ground.rows(table, rows.a.tenant_id)
            taken = {tuple(row[column] for column in key) for row in own}
            twins = tuple(
                insert(
                    table,
                    {**fresh(rows, table), **{it: row[it] for it in key}},
                    "ON CONFLICT DO NOTHING",
                    settle=False,
                )
                for row in own
            )
            for theirs, _own in rows.pairs(table):
                values = {column: theirs[column] for column in key}
                if None in values.values() or tuple(values.values()) in taken:
                    continue
                row = {**fresh(rows, table), **values}
                # Not settled: what the key says comes before the references are looked at.
                ask = insert(table, row, "ON CONFLICT DO NOTHING", settle=False)
                yield Probe(
                    "collide" if not fills.keys() & set(key) else "collide by reference",
                    ask,
                    conflicts,
                    twins,
                    conflicts,
                )
