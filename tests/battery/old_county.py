"""A county as the first version kept it: rows in the tables of that time, written as that version wrote them.

Plain SQL, because today's models have columns that were not there.
"""

from dataclasses import dataclass, field

import psycopg

from tests.walls.ground import add, attempt, become, begin

# What the first version had migrated to.
FIRST_VERSION = ("assessment", "0002_walls")
MEASURES = {"到位资金": "paid_in", "引进资金": "signed_introduced", "签约项目": "signed_count"}
PEOPLE = {
    "admin": ("系统管理", "system_admin"),
    "head": ("水沟镇", "head"),
    "clerk": ("招商局", "bureau"),
    "second_clerk": ("招商局", "bureau"),
    "inspector": ("督查室", "inspection"),
}
KINDS = {"系统管理": "office", "督查室": "office", "招商局": "department", "水沟镇": "town", "城关镇": "town"}


@dataclass(frozen=True)
class OldPost:
    """Who acts: what a signed context needs."""

    id: int
    user_id: int
    tenant_id: int


@dataclass
class OldCounty:
    tenant_id: int
    code: str
    posts: dict[str, OldPost] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def found(owner: psycopg.Connection, code: str) -> OldCounty:
    """The tenant with its standard measures, units and people, in one act of the operator."""
    with owner.transaction():
        drawn = owner.execute("SELECT nextval(pg_get_serial_sequence('accounts_tenant', 'id')) AS id")
        county = OldCounty(drawn.fetchone()["id"], code)
        own = {"tenant_id": county.tenant_id}
        owner.execute("SELECT sec.begin_act_as(%s, 'tenant.add', '服务器运维', '')", [county.tenant_id])
        add(owner, "accounts_tenant", id=county.tenant_id, code=code, name=f"县{code}", level="county")
        pair = {"ancestor_id": county.tenant_id, "descendant_id": county.tenant_id}
        add(owner, "accounts_tenantclosure", **pair)
        counted = {"version": 1, "valid_from": "2000-01-01", "line": "recruitment", "zero_threshold": 0}
        for name, kind in MEASURES.items():
            rule = {**own, **counted, "name": name, "kind": kind, "agreement_kinds": []}
            county.rows[name] = add(owner, "assessment_measure", **rule)
        for name, kind in KINDS.items():
            unit = {"name": name, "kind": kind, "organisation_code": "", "exempt": False, "sort_key": ""}
            county.units[name] = add(owner, "accounts_unit", **own, **unit)
        for stem, (unit_name, role) in PEOPLE.items():
            person = {"username": f"{code}_{stem}", "name": stem, "password": "!", "is_active": True}
            user = add(owner, "accounts_user", **person)
            post = {"user_id": user, "unit_id": county.units[unit_name], "role": role}
            county.posts[stem] = OldPost(
                add(owner, "accounts_post", **own, **post, from_on="2012-01-01"), user, county.tenant_id
            )
    return county


def live(app: psycopg.Connection, county: OldCounty) -> None:
    """Half a year of the county, act by act: one town decided and sealed, the other not yet decided."""
    _open(app, county)
    _enter(app, county)
    with app.transaction():
        _begin(app, county, "head", "return.submit")
        _submit(app, county.rows["return:水沟镇"])
    with app.transaction():
        _begin(app, county, "clerk", "return.submit")
        _submit(app, county.rows["return:城关镇"])
    for stem, step in (("second_clerk", "first_review"), ("inspector", "inspection")):
        with app.transaction():
            _begin(app, county, stem, "opinion.give")
            said = {"claim_id": county.rows["claim:城关镇"], "step": step, "verdict": "accept"}
            _add(app, county, "assessment_opinion", **said, reason="核对", post_label="")
    with app.transaction():
        _begin(app, county, "inspector", "return.close")
        sealed = app.execute(
            "UPDATE projects_return SET reports_closed_at = now(), opinions_closed_at = now() WHERE id = %s",
            [county.rows["return:城关镇"]],
        )
        assert sealed.rowcount == 1


def _open(app: psycopg.Connection, county: OldCounty) -> None:
    """A year's task of a town, and the half-year with a Return for each unit."""
    with app.transaction():
        _begin(app, county, "clerk", "target.issue")
        dates = {"starts_on": "2012-01-01", "ends_on": "2012-12-31", "due_on": "2012-12-31"}
        year = _add(app, county, "projects_period", kind="year", name="2012年", filed=False, **dates)
        of = {"unit_id": county.units["城关镇"], "measure_id": county.rows["到位资金"], "period_id": year}
        _add(app, county, "assessment_target", **of, amount=5000, issuer="", document="县发1号")
    with app.transaction():
        _begin(app, county, "clerk", "period.open")
        dates = {"starts_on": "2012-01-01", "ends_on": "2012-06-30", "due_on": "2012-06-30"}
        half = _add(app, county, "projects_period", kind="half", name="2012年上半年", filed=True, **dates)
        county.rows["period"] = half
        for name in ("招商局", "水沟镇", "城关镇"):
            new = {"unit_id": county.units[name], "period_id": half, "on_behalf": False}
            new |= {"submitted_by": "", "seal": ""}
            county.rows[f"return:{name}"] = _add(app, county, "projects_return", **new)


def _enter(app: psycopg.Connection, county: OldCounty) -> None:
    """A firm, and for each town a project with its contract, a slip, a photo of it and two claims."""
    with app.transaction():
        _begin(app, county, "clerk", "workbook.load")
        firm = _add(app, county, "projects_enterprise", name="恒盛公司", division="福州")
        for name in ("水沟镇", "城关镇"):
            _enter_of(app, county, name, firm)


def _enter_of(app: psycopg.Connection, county: OldCounty, name: str, firm: int) -> None:
    unit = county.units[name]
    new = {"name": f"{name}电子项目", "line": "recruitment", "industry": "", "year_introduced": 2012}
    project = _add(app, county, "projects_project", **new, enterprise_id=firm, unit_id=unit)
    signed = {"kind": "contract", "signed_on": "2012-03-01", "total_wan": 6000, "introduced_wan": 5000}
    agreement = _add(app, county, "projects_agreement", **signed, project_id=project)
    paper = {"kind": "bank_slip", "number": f"JH{unit}", "dated_on": "2012-05-01", "face_wan": "100.5"}
    voucher = _add(app, county, "projects_voucher", **paper, payer_id=firm, division="")
    file = {"sha256": f"{unit:064}", "stored_sha256": f"{unit:064}", "original_name": "进账单.png"}
    evidence = _add(app, county, "projects_evidence", **file, media_type="image/png", size=9)
    _add(app, county, "projects_evidencelink", evidence_id=evidence, voucher_id=voucher)
    claim = {"unit_id": unit, "project_id": project, "booked_in_id": county.rows[f"return:{name}"]}
    claim |= {"state": "submitted"}
    paid = {"kind": "paid_in", "happened_on": "2012-05-01", "reported": "100.5", "voucher_id": voucher}
    county.rows[f"claim:{name}"] = _add(app, county, "projects_claim", **claim, **paid)
    if name == "水沟镇":
        counted = {"kind": "signed_count", "happened_on": "2012-03-01", "reported": 1}
        row = {**claim, **counted, "agreement_id": agreement}
        county.rows["signed_claim"] = _add(app, county, "projects_claim", **row)


def _submit(app: psycopg.Connection, return_id: int) -> None:
    put = "UPDATE projects_return SET submitted_at = now() WHERE id = %s"
    assert app.execute(put, [return_id]).rowcount == 1


def _begin(app: psycopg.Connection, county: OldCounty, stem: str, act: str) -> None:
    become(app, county.posts[stem])
    begin(app, act)


def _add(app: psycopg.Connection, county: OldCounty, table: str, **row) -> int:
    return add(app, table, tenant_id=county.tenant_id, **row)


def seen(app: psycopg.Connection, post: OldPost, table: str) -> set[int]:
    """Tenants whose rows of a table this post reads."""
    with app.transaction(force_rollback=True):
        become(app, post)
        found = attempt(app, f"SELECT DISTINCT tenant_id AS id FROM {table}")
        assert not found.refused, found
        return {row["id"] for row in found.rows}
