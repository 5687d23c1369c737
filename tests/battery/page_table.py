"""Every address of the portal: who in county A may open it, on which row, and what is sent.

The addresses of the API are read with keys and not with posts: tests/api probes them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.world import picture

API = "api-"
ACCEPT = {"verdict": "accept", "reason": "核对无误"}


def photo() -> dict:
    return {"files": SimpleUploadedFile("进账单.png", picture(3).content, "image/png")}


def paper() -> dict:
    return {"kind": "photo", **photo()}


def corrected() -> dict:
    return {"amount": "80", "money_unit": "万元", "reason": "回单有误", **photo()}


def recorded() -> dict:
    return {"checked_on": "2012-06-28", "checked_by": "张三", **photo()}


def nothing() -> dict:
    return {}


def sending(**values: str) -> Callable[[], dict]:
    return lambda: dict(values)


@dataclass(frozen=True)
class Way:
    """One method of a page: who in county A may use it, on which row, and what is sent.

    ``rows``: what is sent and names a row of county A, by field.
    """

    who: str
    row: str
    sends: Callable[[], dict] = nothing
    rows: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A page about one row of this table, its ways in, and which ids its form takes."""

    table: str
    get: Way | None = None
    post: Way | None = None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plain:
    """A page without a row in its address: who may open it and which ids it takes from a query or a form."""

    who: str | None
    query: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)  # the query without which there is no page


def both(table: str, who: str, row: str, sends: Callable[[], dict] = nothing, /, **fields: str) -> Page:
    """A page with a form about a row."""
    return Page(table, Way(who, row), Way(who, row, sends), fields)


CLAIM = "projects_claim"
PROJECT = "projects_project"
EVIDENCE = "projects_evidence"
RETURN = "projects_return"
MATTER = "assessment_matter"
UNIT = "accounts_unit"
SAVED = "accounts_savedfilter"
OFFICER = "the city's officer in A"
USER = "accounts_user"
POST = "accounts_post"
TOWN = "unit:水沟镇"
TOWNS_RETURN = "return:水沟镇"
FIRM = {"firm_name": "恒盛公司", "credit_code": "91350100M000100Y43"}
STARTED = {"name": "电子二期", "line": "recruitment", "happened_on": "2012-06-01", **FIRM}
NEXT_MEASURE = {"valid_from": "2013-01-01", "zero_threshold": "0", "document": "县发9号", "reason": "改口径"}
REVISED = {
    "amount": "12000",
    "counted_in": "万元",
    "reason": "调整",
    "document": "县发10号",
    "issued_on": "2012-07-01",
}
SIGNED = {"kind": "contract", "signed_on": "2012-05-08", "money_unit": "万元"}
PAGES: dict[str, Page | Plain] = {
    "project": Page("projects_project", Way("reporter", "project")),
    "voucher": Page("projects_voucher", Way("reporter", "claim:voucher")),
    "project_archive": Page("projects_project", Way("reporter", "project")),
    "evidence_add": Page(
        "projects_voucher", post=Way("reporter", "claim:voucher", photo), fields={"reused": EVIDENCE}
    ),
    "evidence": Page("projects_evidence", Way("reporter", "claim:evidence")),
    "claim_correct": both(CLAIM, "reporter", "decided_claim", corrected),
    "evidence_view": Page("projects_evidence", Way("reporter", "claim:evidence")),
    "evidence_look": Page("projects_evidence", Way("reporter", "claim:evidence")),
    "evidence_original": Page("projects_evidence", Way("party_inspector", "claim:evidence")),
    "claim_withdraw": Page(
        CLAIM, Way("reporter", "claim"), Way("reporter", "claim", lambda: {"reason": "填错了"})
    ),
    "return": Page("projects_return", Way("head", "return:水沟镇")),
    "return_submit": Page("projects_return", post=Way("head", "return:水沟镇")),
    "return_withdraw": Page("projects_return", post=Way("clerk", "return:县委办")),
    "period_close": Page(
        "projects_period", Way("party_inspector", "period"), Way("party_inspector", "period")
    ),
    "queue_item": Page(CLAIM, Way("clerk", "claim"), Way("clerk", "claim", lambda: dict(ACCEPT))),
    "queue_next": Page(CLAIM, Way("second_clerk", "claim")),
    "queue_card": Page(CLAIM, post=Way("second_clerk", "signed_claim", lambda: dict(ACCEPT))),
    "claim": Page(CLAIM, Way("reporter", "claim")),
    "site_record": both(CLAIM, "government_inspector", "office_claim", recorded),
    "claim_opinion": Page(
        CLAIM,
        post=Way(
            "government_inspector",
            "decided_claim",
            lambda: {"verdict": "reject", "code": "duplicate", "reason": "重复"},
        ),
    ),
    "claim_object": both(CLAIM, "reporter", "claim", sending(reason="少计了")),
    "objection": Page("assessment_objection", Way("other_head", "objection")),
    "objection_answer": Page(
        "assessment_objection",
        post=Way("party_inspector", "objection", sending(outcome="dismissed", text="与凭证相符")),
    ),
    "export_request": Page("assessment_exportrequest", Way("leader", "export_request")),
    "export_answer": Page(
        "assessment_exportrequest",
        post=Way("leader", "export_request", sending(outcome="approved", text="")),
    ),
    "snapshot": Page("assessment_snapshot", Way("reporter", "snapshot")),
    "snapshot_rows": Page("assessment_snapshot", Way("clerk", "snapshot")),
    "snapshot_text": Page("assessment_snapshot", Way("clerk", "snapshot")),
    "snapshot_freeze": both("assessment_snapshot", "party_inspector", "snapshot", sending(reason="")),
    "standing_claims": Page("accounts_unit", Way("clerk", "unit:水沟镇")),
    "standing_targets": Page("accounts_unit", Way("clerk", "unit:水沟镇")),
    "import_undo": Page(
        "assessment_importbatch", Way("clerk", "batch"), Way("clerk", "batch", lambda: {"reason": "x"})
    ),
    # Projects, firms, visits and leads
    "project_edit": both(PROJECT, "reporter", "project", sending(**STARTED), host_unit=UNIT, parent=PROJECT),
    "project_stream": Page(PROJECT, Way("reporter", "project")),
    "project_files": both(PROJECT, "reporter", "project", paper, reused=EVIDENCE),
    "project_plan": both(PROJECT, "reporter", "project", sending(completed="2012-12-01")),
    "stage_move": both(PROJECT, "reporter", "project", sending(to="signed", happened_on="2012-06-20")),
    "agreement_new": both(PROJECT, "reporter", "project", sending(**SIGNED), supersedes="projects_agreement"),
    "stage_confirm": Page(
        "projects_stagechange", post=Way("head", "stage_change", sending(agree="1", answer="同意"))
    ),
    "gate_end": Page("projects_gate", post=Way("clerk", "gate")),
    "enterprise": Page("projects_enterprise", Way("reporter", "enterprise")),
    "enterprise_edit": both("projects_enterprise", "reporter", "enterprise", sending(**FIRM)),
    "contact": Page("projects_contact", Way("reporter", "contact")),
    "contact_phone": Page("projects_contact", post=Way("reporter", "contact")),
    "contact_erase": Page("projects_contact", post=Way("reporter", "contact", sending(reason="本人要求"))),
    "visit": Page("projects_visit", Way("reporter", "visit")),
    "lead": Page("projects_lead", Way("reporter", "lead")),
    "lead_convert": both(
        "projects_lead", "reporter", "lead", sending(**STARTED), host_unit=UNIT, parent=PROJECT
    ),
    "lead_abandon": Page("projects_lead", post=Way("reporter", "lead", sending(reason="不再投资"))),
    # Returns and periods
    "return_confirm": Page(RETURN, post=Way("head", TOWNS_RETURN)),
    "return_scan": Page(RETURN, post=Way("reporter", TOWNS_RETURN, photo)),
    "return_print": Page(RETURN, Way("reporter", TOWNS_RETURN)),
    "return_reopen": both(RETURN, "party_inspector", TOWNS_RETURN, sending(reason="补正", days="2")),
    "period_close_reports": Page("projects_period", post=Way("clerk", "period")),
    # Targets, counting rules, notices
    "target": Page("assessment_target", Way("reporter", "target")),
    "target_revise": both("assessment_target", "clerk", "target", sending(**REVISED)),
    "official_source": Page("assessment_officialsource", Way("clerk", "source")),
    "official_source_edit": both(
        "assessment_officialsource",
        OFFICER,
        "source",
        sending(name="供电公司表", margin="30", reason="更名"),
        owner_unit=UNIT,
    ),
    "official_template": Page("assessment_officialsource", Way("other_head", "source")),
    "official_load": both("assessment_officialsource", "other_head", "source"),
    "measure": Page("assessment_measure", Way("reporter", "measure")),
    "measure_publish": both("assessment_measure", "clerk", "measure", sending(**NEXT_MEASURE)),
    "matter": Page(MATTER, Way("reporter", "matter")),
    "matter_print": Page(MATTER, Way("reporter", "matter")),
    "matter_reply": Page(
        MATTER,
        post=Way("reporter", "matter", sending(text="已补齐")),
        fields={"evidence": "projects_evidence"},
    ),
    "matter_send_back": Page(MATTER, post=Way("party_inspector", "matter", sending(text="不齐"))),
    "matter_extend": Page(
        MATTER, post=Way("party_inspector", "matter", sending(text="补件", due_on="2012-08-01"))
    ),
    "matter_close": Page(MATTER, post=Way("party_inspector", "matter", sending(text="办结"))),
    "notice_open": Page("assessment_delivery", post=Way("other_head", "delivery")),
    "notice_rule": both("assessment_rule", "clerk", "rule", sending(reason="改规则")),
    "notices_unit": Page(UNIT, Way("head", TOWN)),
    # Units
    "unit": Page(UNIT, Way("reporter", TOWN)),
    "unit_edit": both(
        UNIT, "clerk", TOWN, sending(name="水沟镇", kind="town"), parent=UNIT, leader_office=UNIT
    ),
    "unit_reopen": Page(UNIT, post=Way("clerk", TOWN, sending(reason="撤错了"))),
    "unit_close": both(UNIT, "clerk", TOWN, sending(on="2012-12-31", reason="合并"), successor=UNIT),
    "unit_alias_add": Page(UNIT, post=Way("clerk", TOWN, sending(name="水镇"))),
    "unit_alias_remove": Page("accounts_unitalias", post=Way("clerk", "alias")),
    "saved_filters": Plain("clerk"),
    "filter_save": Plain(None),
    "filter_change": Page(SAVED, post=Way("clerk", "saved_filter", sending(name="开工的"))),
    "filter_remove": Page(SAVED, post=Way("clerk", "saved_filter")),
    "unit_move": Page(
        UNIT,
        post=Way("clerk", TOWN, sending(from_on="2012-07-01"), {"group": "group"}),
        fields={"group": "accounts_unitgroup"},
    ),
    "unit_group_rename": Page("accounts_unitgroup", post=Way("clerk", "group", sending(name="镇组"))),
    # People, their posts, other systems
    "user": Page(USER, Way("admin", "user:reporter")),
    "user_rename": Page(USER, post=Way("admin", "user:reporter", sending(name="新名"))),
    "user_post_add": Page(
        USER,
        post=Way("admin", "user:reporter", sending(role="head", on="2012-07-02"), {"unit": TOWN}),
        fields={"unit": UNIT},
    ),
    "user_disable": Page(USER, post=Way("admin", "user:reporter")),
    "user_enable": Page(USER, post=Way("admin", "user:reporter")),
    "user_unlock": Page(USER, post=Way("admin", "user:reporter")),
    "user_reset": Page(USER, post=Way("admin", "user:reporter")),
    "user_factor_reset": Page(USER, post=Way("security", "user:reporter")),
    "post_dates": both(POST, "admin", "post:reporter", sending(on="2012-01-01", until="2012-12-31")),
    "post_confirm": Page(POST, post=Way("security", "post:waiting")),
    "post_end": Page(POST, post=Way("security", "post:waiting")),
    "post_hand_over": Page(
        POST,
        Way("admin", "post:reporter"),
        Way("admin", "post:reporter", sending(on="2012-08-01"), {"to": "user:clerk"}),
        {"to": USER},
    ),
    "handover_sheet": Page(POST, Way("admin", "post:handed_over")),
    "client": Page("accounts_client", Way("admin", "client")),
    "client_rotate": Page("accounts_client", post=Way("admin", "client", sending(expires_on="2012-12-30"))),
    "client_retire": Page("accounts_client", post=Way("admin", "client")),
    "client_disable": Page("accounts_client", post=Way("admin", "client")),
    # Numbers of acts begin at 1 in each county: the neighbour's have no address here.
    "change": Plain("clerk"),
    "home": Plain("reporter"),
    "deliveries": Plain("clerk"),
    "delivery_retry": Page("assessment_delivery", post=Way("clerk", "delivery")),
    "mailbox": Plain("reporter"),
    "health": Plain("reporter"),
    "login": Plain("reporter"),
    "logout": Plain(None),
    "password": Plain("reporter"),
    "post": Plain(None, fields={"post": "accounts_post"}),
    "county": Plain(None, fields={"county": "accounts_tenant"}),
    "changes": Plain("clerk", query={"unit": "accounts_unit", "row": CLAIM, "before": "accounts_change"}),
    "change_export": Plain("clerk", query={"unit": "accounts_unit", "row": CLAIM}),
    # Days, which the neighbour has too, and keys, which are everybody's.
    "checkpoints": Plain("auditor"),
    "checkpoint_day": Plain("auditor"),
    "checkpoint_download": Plain("auditor"),
    "checkpoint_key": Plain(None),
    "projects": Plain("clerk", query={"unit": "accounts_unit"}),
    "durations": Plain("clerk", query={"unit": "accounts_unit"}),
    "vouchers": Plain("clerk"),
    "voucher_new": Plain(
        "clerk",
        query={"project": "projects_project"},
        fields={"unit": "accounts_unit", "split": "projects_split", "held": "the neighbour's files"},
        needs={"project": "project"},
    ),
    "returns": Plain("clerk", query={"period": "projects_period"}),
    "period_new": Plain("clerk"),
    "split_new": Plain(
        "clerk",
        query={"project": "projects_project"},
        fields={"unit_1": "accounts_unit", "unit_2": "accounts_unit"},
        needs={"project": "project"},
    ),
    "queue": Plain("clerk", query={"unit": "accounts_unit"}),
    "queue_site": Plain("party_inspector", query={"unit": UNIT}),
    "queue_clean": Plain("clerk"),
    "queue_zero": Plain("party_inspector"),
    "reductions": Plain("clerk", query={"period": "projects_period"}),
    "reduction_export": Plain("clerk", query={"period": "projects_period", "unit": UNIT}),
    "reduction_export_ask": Plain("clerk", query={"period": "projects_period", "unit": UNIT}),
    "exports": Plain("clerk"),
    "reduction_claims": Plain("clerk", query={"period": "projects_period", "unit": UNIT}),
    "standing": Plain("clerk"),
    "standing_all_claims": Plain("clerk"),
    "standing_all_targets": Plain("clerk"),
    "figures": Plain("clerk"),
    "figure": Plain("clerk"),
    "imports": Plain("clerk"),
    "help_schemes": Plain("reporter"),
    "import_check": Plain(None, fields={"token": "the neighbour's workbook"}),
    "import_load": Plain(None, fields={"token": "the neighbour's workbook"}),
    "project_new": Plain("clerk", fields={"unit": UNIT, "host_unit": UNIT, "parent": PROJECT}),
    "checklists": Plain("clerk"),
    "checklist_rule": Plain(None),
    "gates": Plain("clerk"),
    "gate_new": Plain(None),
    "hold_set": Plain(None),
    "enterprises": Plain("reporter"),
    "visits": Plain("clerk", query={"unit": UNIT}),
    "visits_by_unit": Plain("reporter"),
    "visit_new": Plain(
        "clerk", query={"project": "projects_project", "lead": "projects_lead"}, fields={"unit": UNIT}
    ),
    "leads": Plain("reporter"),
    "lead_new": Plain("clerk", query={"visit": "projects_visit"}, fields={"unit": UNIT}),
    "periods": Plain("clerk"),
    "period_rules": Plain(None),
    "calendar": Plain("reporter"),
    "calendar_year": Plain("reporter"),
    "calendar_form": Plain("clerk"),
    "calendar_seed": Plain(None),
    "calendar_load": Plain(None),
    "calendar_day": Plain(None),
    "search": Plain("reporter"),
    "targets": Plain("clerk", query={"period": "projects_period"}),
    "target_issue": Plain("clerk", fields={"unit": UNIT}),
    "targets_template": Plain("clerk"),
    "targets_load": Plain("clerk"),
    "targets_accept": Plain(None, fields={"token": "the neighbour's workbook"}),
    "objections": Plain("reporter"),
    "snapshots": Plain("reporter"),
    "snapshot_publish": Plain(
        "party_inspector", query={"period": "projects_period"}, fields={"period": "projects_period"}
    ),
    "official": Plain("clerk"),
    "official_source_new": Plain(None, fields={"owner_unit": UNIT}),
    "official_accept": Plain(None, fields={"source": "assessment_officialsource"}),
    "reconciliation": Plain("clerk", query={"source": "assessment_officialsource"}),
    "reconciliation_claims": Plain("clerk", query={"source": "assessment_officialsource"}),
    "mismatches": Plain("clerk", query={"unit": UNIT}),
    "procedures": Plain("reporter"),
    "procedure_publish": Plain("party_inspector"),
    "draws": Plain("reporter"),
    "draw": Page("assessment_draw", Way("reporter", "draw")),
    "draw_site": Page("assessment_draw", Way("party_inspector", "draw")),
    "draw_new": Plain(
        "the city's officer in A", query={"period": "projects_period"}, fields={"period": "projects_period"}
    ),
    "matters": Plain("party_inspector", query={"unit": UNIT, "project": PROJECT, "claim": CLAIM}),
    "matter_new": Plain("party_inspector", query={"claim": CLAIM, "project": PROJECT}, fields={"unit": UNIT}),
    "measures": Plain("reporter"),
    "notices": Plain("other_head"),
    "notices_read": Plain(None),
    "notices_preview": Plain("clerk"),
    "notice_rules": Plain("clerk"),
    "notice_rule_new": Plain("clerk", fields={"measure": "assessment_measure"}),
    "units": Plain("reporter", query={"group": "accounts_unitgroup"}),
    "unit_new": Plain("clerk", fields={"parent": UNIT, "leader_office": UNIT, "group": "accounts_unitgroup"}),
    "unit_groups": Plain("reporter"),
    "unit_group_add": Plain(None),
    "units_template": Plain("clerk"),
    "units_load": Plain("clerk"),
    "units_accept": Plain(None, fields={"token": "the neighbour's workbook"}),
    "users": Plain("admin"),
    "user_new": Plain("admin", fields={"unit": UNIT}),
    "users_template": Plain("admin"),
    "users_import": Plain("admin"),
    "users_create": Plain(None),
    "second_factor": Plain("reporter"),
    "second_factor_begin": Plain(None),
    "access": Plain("auditor"),
    "clients": Plain("admin"),
    "client_new": Plain("admin", fields={"unit": UNIT}),
    "help": Plain("reporter"),
    "help_accounts": Plain("reporter"),
    "interface_reference": Plain("reporter"),
    "help_page": Plain("reporter"),
}
# Arguments of addresses that name no row.
OTHER_ARGUMENTS = {
    "change": {"pos": 1},
    "checkpoint_day": {"day": "2012-07-02"},
    "checkpoint_download": {"day": "2012-07-02"},
    "checkpoint_key": {"name": "0" * 32},
    "figure": {"key": "paid_in_wan"},
    "notice_rule_new": {"kind": "zero"},
    "help_page": {"slug": "reporter"},
    **{f"calendar_{what}": {"year": 2012} for what in ("year", "form", "seed", "load", "day")},
}
