"""Probes that plant: county A's rows that point at county B's, rows in county B, rows on its keys."""

import json
import secrets
import uuid
from collections.abc import Iterator

from accounts.models import Post, User
from tests.battery.probes import Ask, Key, Probe, Rows, assigned, conflicts, touched, true, unique_keys
from tests.walls.ground import Row, references, tenant_models
from tests.world import County

# References that a trigger fills, whatever was sent: what counts is whether the row has kept it.
FILLED = {
    ("assessment_notice", "measure_id"),
    ("assessment_objection", "opinion_id"),
    ("assessment_matter", "office_id"),
}
# Keys that no second row comes near: a guard refuses it first, whoever's row it names.
GUARDED = {("projects_claim", "reverses_id")}
# What a claim shares with its reversal and its replacement.
FACT = ("unit_id", "project_id", "kind", "voucher_id", "agreement_id", "happened_on", "split_id")
KEPT = 'RETURNING "{}" = ?'


def fresh(rows: Rows, table: str) -> Row:
    """A row that a clerk of county A may insert, made from one that stands there."""
    base = rows.ground.rows(table, rows.a.tenant_id)[0]
    return _renewed(base, changes(rows.a, rows.extra)[table])


def _renewed(row: Row, other: Row) -> Row:
    return {column: value for column, value in {**row, **other}.items() if column != "id"}


def changes(county: County, extra: dict[str, int]) -> dict[str, Row]:
    """What makes a row of a table one that could stand beside it: no key is taken, no guard offended."""
    return {**_of_accounts(county), **_of_projects(county, extra), **_of_assessment(county)}


def _of_accounts(county: County) -> dict[str, Row]:
    word, past = secrets.token_hex(6), {"from_on": "2001-01-01", "until_on": "2001-12-31"}
    return {
        "accounts_unit": {"name": word, "parent_id": None, "represents_id": None},
        "accounts_unitalias": {"name": word},
        "accounts_unitgroup": {"code": word},
        "accounts_groupmembership": past,
        "accounts_client": {"name": word},
        "accounts_post": {"user_id": county.posts["head"].user_id, "from_on": "2001-01-01"},
        "accounts_savedfilter": {"name": word},
        "accounts_sentform": {"key": str(uuid.uuid4())},
        "accounts_checkpoint": {"day": "2001-01-01"},
    }


def _of_projects(county: County, extra: dict[str, int]) -> dict[str, Row]:
    word = secrets.token_hex(6)
    return {
        "projects_enterprise": {"name": word, "credit_code": None},
        "projects_project": {"name": word},
        "projects_agreement": {"signed_on": "2012-02-02"},
        "projects_voucher": {"number": word},
        "projects_evidence": {"sha256": word},
        "projects_evidencelink": {
            **_linked_to("voucher_id", county.rows["bureau_claim:voucher"]),
            "kind": word,
        },
        "projects_split": {"document": word},
        "projects_splitline": {"kind": "signed_total", "share": 1, "split_id": extra["projects_split"]},
        "projects_calendaryear": {"year": 2001},
        "projects_calendarday": {"day": "2001-01-01", "works": False},
        "projects_filingrule": {"kind": word[:10]},
        "projects_period": {"kind": "month", "name": word, "closed_at": None, "reports_closed_at": None},
        "projects_return": {"period_id": extra["projects_period"], **_unfiled()},
        "projects_contact": {"name": word},
        "projects_visit": {"place": word},
        "projects_lead": {"firm_name": word},
        "projects_holdrule": {"valid_from": "2001-01-01"},
        "projects_gate": {"valid_from": "2001-01-01"},
        "projects_checklistitem": {"valid_from": "2001-01-01"},
        "projects_stageplan": {"version": 9, "reason": "x"},
        "projects_stagechange": _waiting(county),
        "projects_claim": _claim(county, extra),
    }


def _of_assessment(county: County) -> dict[str, Row]:
    return {
        "assessment_measure": {"version": 99},
        "assessment_target": {"replaces_id": county.rows["target"]},
        "assessment_importbatch": {"sha256": secrets.token_hex(6)},
        "assessment_opinion": _opinion(county),
        "assessment_procedure": {"valid_from": "2099-01-01"},
        "assessment_draw": {"reason": "x"},
        "assessment_snapshot": {"replaces_id": county.rows["snapshot"], "reason": "x"},
        "assessment_objection": _objection(county),
        "assessment_exportrequest": {"query": secrets.token_hex(6)},
        "assessment_matter": {"number": None},
        "assessment_matterstep": {"kind": "extend", "due_on": "2099-01-01"},
        "assessment_rule": {"version": 2},
        "assessment_officialsource": {"name": secrets.token_hex(6)},
        "assessment_officialfigure": {"month": "2001-01-01", "replaces_id": None},
        "assessment_notice": {"step": 99},
        "assessment_delivery": {"post_id": county.posts["clerk"].id},
        "assessment_mailbox": {"post_id": county.posts["clerk"].id},
    }


def _waiting(county: County) -> Row:
    """A skip of a project in which no other change waits."""
    skip = {"before": "signed", "after": "started", "move": "skip", "status": "waiting", "reason": "x"}
    return {**skip, "project_id": county.rows["bureau_project"]}


def _linked_to(column: str, row_id: int | None) -> Row:
    subjects = ("voucher_id", "agreement_id", "project_id", "visit_id", "of_return_id")
    return {**dict.fromkeys(subjects), column: row_id}


def _unfiled() -> Row:
    moments = ("submitted_at", "submitted_on", "confirmed_at", "reports_closed_at", "opinions_closed_at")
    return {**dict.fromkeys((*moments, "reopened_until")), "submitted_by": "", "seal": ""}


def _claim(county: County, extra: dict[str, int]) -> Row:
    undecided = ("reviewed", "verified", "superior", "split_id", "reverses_id", "replaces_id")
    return {
        "unit_id": county.units["水沟镇"],
        "booked_in_id": county.rows["return:水沟镇"],
        "project_id": county.rows["project"],
        "kind": "paid_in",
        **_figure_of("voucher_id", extra["projects_voucher"]),
        "happened_on": "2012-06-01",
        "reported": 1,
        **dict.fromkeys(undecided),
        "state": "submitted",
    }


def _figure_of(column: str, row_id: int | None) -> Row:
    sources = ("voucher_id", "agreement_id", "visit_id", "lead_id", "stage_change_id")
    return {**dict.fromkeys(sources), column: row_id}


def _opinion(county: County) -> Row:
    said = {"claim_id": county.rows["claim"], "step": "first_review", "verdict": "accept", "accepted": None}
    return {**said, "reason": "", "supersedes_id": None}


def _objection(county: County) -> Row:
    unsaid = dict.fromkeys(("answered_on", "answered_by_id", "answered_at", "opinion_id"))
    about = {"claim_id": county.rows["claim"], "unit_id": county.units["水沟镇"]}
    return {**about, "outcome": "", "answer": "", "answered_label": "", **unsaid}


def _suited(rows: Rows, table: str, column: str) -> list[Row]:
    """Rows of county A that fill this reference, of which the ledger accepts at least one."""
    row = {**fresh(rows, table), **_fitting(rows.a, table, column)}
    if (table, column) == ("assessment_notice", "measure_id"):
        row |= _of_a_measure(rows)
    if (table, column) == ("assessment_objection", "opinion_id"):
        row |= {"publicity_id": rows.extra["assessment_snapshot"], "claim_id": rows.a.rows["decided_claim"]}
    target = dict(references_of(table))[column]
    if (table, column) == ("projects_claim", "reverses_id"):
        return [_reversal(rows, row)]
    if (table, column) == ("projects_claim", "replaces_id"):
        return [_replacement(rows, row)]
    if (table, column) == ("projects_return", "unit_id"):
        return [{**row, column: unit} for unit in rows.own("accounts_unit")]
    own = [row[column]] if row[column] is not None else []
    return [{**row, column: it} for it in [*own, *rows.own(target)[:12]]]


def _fitting(county: County, table: str, column: str) -> Row:
    """What the other columns must say when this reference is filled."""
    if table == "projects_evidencelink" and column != "evidence_id":
        return _linked_to(column, None)
    fitting = {
        ("accounts_unit", "successor_id"): {"ends_on": "2099-12-31"},
        ("projects_claim", "agreement_id"): {"kind": "signed_fixed"},
        ("projects_claim", "visit_id"): {"kind": "visit", "happened_on": "2011-11-03"},
        ("projects_claim", "lead_id"): {"kind": "lead", "happened_on": "2011-11-04", "project_id": None},
        ("projects_claim", "stage_change_id"): {
            "kind": "landed",
            "project_id": county.rows["office_project"],
        },
        ("assessment_snapshot", "publicity_id"): {
            "kind": "result",
            "published_on": "2012-07-01",
            "reason": "",
            **dict.fromkeys(("objections_until", "answer_days", "replaces_id")),
        },
        ("assessment_opinion", "supersedes_id"): {
            "claim_id": county.rows["decided_claim"],
            "step": "inspection",
            "verdict": "doubt",
            "reason": "x",
        },
        ("projects_evidence", "resembles_id"): {"likeness": "a" * 256, "differing": 3},
        ("assessment_matter", "project_id"): {"claim_id": None},
        ("assessment_matterstep", "evidence_id"): {"kind": "reply", "due_on": None},
        ("assessment_notice", "opinion_id"): {"rule_id": None, "period_id": None, "kind": "changed"},
        ("assessment_notice", "matter_id"): {"rule_id": None, "period_id": None, "kind": "matter"},
        ("assessment_notice", "matter_step_id"): {
            "rule_id": None,
            "period_id": None,
            "kind": "matter",
            "matter_id": county.rows["matter"],
        },
        ("assessment_officialfigure", "measure_id"): {
            "source_id": county.rows["official_source"],
            "credit_code": None,
        },
        ("assessment_officialfigure", "replaces_id"): {"month": "2010-11-01"},
    }.get((table, column), {})
    moved = table == "projects_claim" and fitting
    return {**(_figure_of(column, None) if moved else {}), **fitting}


def _of_a_measure(rows: Rows) -> Row:
    """What a notice says by a rule of a measure, which its trigger takes over from the rule."""
    rules = rows.ground.rows("assessment_rule", rows.a.tenant_id)
    rule = next(row for row in rules if row["measure_id"])
    return {"rule_id": rule["id"], "measure_id": rule["measure_id"]}


def _reversal(rows: Rows, row: Row) -> Row:
    claims = rows.ground.rows("projects_claim", rows.a.tenant_id)
    origin = next(it for it in claims if it["id"] == rows.a.rows["claim"])
    same = {column: origin[column] for column in FACT}
    return {**row, **same, "reported": -origin["reported"], "reverses_id": origin["id"]}


def _replacement(rows: Rows, row: Row) -> Row:
    claims = rows.ground.rows("projects_claim", rows.a.tenant_id)
    origin = next(it for it in claims if it["state"] == "reversed" and it["reverses_id"] is None)
    same = {column: origin[column] for column in FACT}
    return {**row, **same, "reported": origin["reported"], "replaces_id": origin["id"]}


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
            tail, planted = ("", touched) if (table, column) not in FILLED else (KEPT.format(column), true)
            twins = tuple(insert(table, row, tail.replace("?", str(row[column]))) for row in suited)
            moved = tuple(_moves(rows, table, column, target))
            for theirs, _own in rows.pairs(target):
                row, wanted = {**suited[0], column: theirs["id"]}, tail.replace("?", str(theirs["id"]))
                yield Probe("reference", table, insert(table, row, wanted), planted, twins, planted)
                if "UPDATE" in granted[table]:
                    ask = _move(table, column, rows.own(table)[0], theirs["id"])
                    yield Probe("redirect", table, ask, touched, moved, touched)


def _moves(rows: Rows, table: str, column: str, target: str) -> Iterator[Ask]:
    """The same about county A's own: each of some rows, to where it points and to some other rows."""
    now = {row["id"]: row[column] for row in rows.ground.rows(table, rows.a.tenant_id)}
    for it in rows.own(table)[:4]:
        for value in dict.fromkeys((now[it], *rows.own(target)[:4])):
            if value is not None:
                yield _move(table, column, it, value)


def _move(table: str, column: str, row_id: int, value: int) -> Ask:
    statement = f"UPDATE {table} SET {assigned(table, column, '%s')} WHERE id = %s"
    return Ask(statement, (value, row_id), settle=True)


def appointing(rows: Rows) -> Iterator[Probe]:
    """INSERT of a post in county A for each person of county B, which would show that person here."""
    row = fresh(rows, "accounts_post")
    twin = insert("accounts_post", row)
    for post in rows.b.posts.values():
        ask = insert("accounts_post", {**row, "user_id": post.user_id})
        yield Probe("appoint", "accounts_post", ask, touched, (twin,), touched)


def naming(rows: Rows, granted: dict[str, set[str]]) -> Iterator[Probe]:
    """INSERT of rows that name a person of county B: nothing may tell that there is one of this number."""
    for table in sorted(table for table, may in granted.items() if "INSERT" in may):
        for column in people_of(table):
            row, tail = fresh(rows, table), KEPT.format(column)
            clerk = rows.a.posts["clerk"].user_id
            twin = insert(table, {**row, column: clerk}, tail.replace("?", str(clerk)))
            for post in rows.b.posts.values():
                ask = insert(table, {**row, column: post.user_id}, tail.replace("?", str(post.user_id)))
                yield Probe("name", table, ask, true, (twin,), true)


def people_of(table: str) -> list[str]:
    """Columns that name a person, who belongs to no tenant; posts are given in ``appointing``."""
    model = next(model for model in tenant_models() if model._meta.db_table == table)
    fields = (field for field in model._meta.local_fields if field.related_model is User)
    return [field.column for field in fields if model is not Post]


def invading(rows: Rows, granted: dict[str, set[str]]) -> Iterator[Probe]:
    """INSERT of each row of county B, changed so that no key stands in the way; own rows given away."""
    renewing = changes(rows.b, rows.extra_of_b)
    for table in sorted(table for table, may in granted.items() if "INSERT" in may):
        row = fresh(rows, table)
        twins = (insert(table, row), *(insert(table, it) for it in _twins_of(rows, table)))
        for theirs, _own in rows.pairs(table):
            ask = insert(table, _renewed(theirs, renewing[table]))
            yield Probe("invade", table, ask, touched, twins, touched)
        if "UPDATE" in granted[table]:
            own = rows.own(table)
            keep = tuple(_move(table, "tenant_id", it, rows.a.tenant_id) for it in own)
            for it in own:
                ask = _move(table, "tenant_id", it, rows.b.tenant_id)
                yield Probe("give away", table, ask, touched, keep, touched)


def _twins_of(rows: Rows, table: str) -> list[Row]:
    return _suited(rows, table, "unit_id") if table == "projects_return" else []


def colliding(rows: Rows, granted: dict[str, set[str]]) -> Iterator[Probe]:
    """INSERT ... ON CONFLICT on every unique key of county B's rows: nothing may tell that it is taken."""
    for table in sorted(table for table, may in granted.items() if "INSERT" in may):
        references = dict(references_of(table))
        for key in unique_keys(table):
            own = rows.under(table, key, rows.a)
            twins = tuple(_again(rows, table, key, row) for row in own)
            taken = {key.values(row) for row in own}
            kind = "collide by reference" if references.keys() & set(key.columns) else "collide"
            if (table, key.columns[0]) in GUARDED:
                kind = "collide behind a guard"
            for theirs in rows.under(table, key, rows.b):
                if key.values(theirs) not in taken:
                    ask = _again(rows, table, key, theirs)
                    yield Probe(kind, table, ask, conflicts, twins, conflicts)


def _again(rows: Rows, table: str, key: Key, row: Row) -> Ask:
    """A row of county A with this row's key. Not settled: the key speaks before the references do."""
    under = {
        ("assessment_target", "unit_id"): {"replaces_id": None},
        ("assessment_snapshot", "kind"): {"replaces_id": None},
        ("projects_claim", "agreement_id"): _figure_of("agreement_id", None),
        ("projects_claim", "voucher_id"): {"split_id": rows.a.rows["split"]},
    }
    beside = [under.get((table, column), {}) for column in key.columns]
    values = {column: row[column] for column in key.columns}
    again = fresh(rows, table)
    for more in (*beside, values):
        again |= more
    return insert(table, again, "ON CONFLICT DO NOTHING", settle=False)
