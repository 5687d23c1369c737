"""What belongs into the archive of one project (项目档案): its files and, as tables, what is known of it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from accounts.queries.posts import ActingPost
from accounts.queries.readable import post_words
from assessment.models import Opinion
from projects.models import Claim, Evidence, EvidenceLink, Project
from projects.queries import papers
from projects.queries.files import proves
from projects.queries.gates import stage_of
from projects.queries.visible import evidence_for, visits_for
from projects.sheets.tables import Cell, Table

# Folders of the archive by what a file proves, in the order of the index.
FOLDERS = {"project": "1-项目材料", "agreement": "2-协议", "voucher": "3-凭证", "visit": "4-走访"}


@dataclass(frozen=True)
class Filed:
    """A file of a project, the folder of its first use, and everything that it proves, in words."""

    evidence: Evidence
    folder: str
    proves: str


def files_of(post: ActingPost, project: Project) -> list[Filed]:
    """Every file of the project, its agreements, vouchers and visits that the post may read, once each.

    Two queries, whatever there is.
    """
    claims = papers.claims_of_project(post, project)
    links = (
        EvidenceLink.objects.filter(
            Q(project=project)
            | Q(agreement__project=project)
            | Q(voucher__in=claims.order_by().values("voucher_id"))
            | Q(visit__in=visits_for(post).filter(project=project))
        )
        .filter(evidence__in=evidence_for(post))
        .select_related("evidence", "voucher", "agreement", "visit__enterprise")
    )
    uses: dict[int, list[EvidenceLink]] = {}
    for link in sorted(links, key=lambda link: (list(FOLDERS).index(link.paper[0]), link.pk)):
        uses.setdefault(link.evidence_id, []).append(link)
    return [
        Filed(found[0].evidence, FOLDERS[found[0].paper[0]], "；".join(proves(link) for link in found))
        for found in uses.values()
    ]


def tables_of(post: ActingPost, project: Project) -> list[Table]:
    """The project, its agreements, stages, vouchers, claims and opinions, as far as the post may read them.

    Amounts are in 万元; what is unknown is None. A fixed number of queries.
    """
    claims = list(papers.claims_of_project(post, project).order_by("happened_on", "pk"))
    return [
        _project(project),
        _agreements(project),
        _stages(project),
        _vouchers(claims),
        claims_table(claims),
        _opinions(claims),
    ]


def _project(project: Project) -> Table:
    firm = project.enterprise
    rows: list[tuple[str, Cell]] = [
        ("项目", project.name),
        ("引进单位", project.unit.name),
        ("业务条线", project.get_line_display()),
        ("引进年份", project.year_introduced),
        ("阶段", str(stage_of(project).label)),
        ("投资方", firm.name),
        ("统一社会信用代码", firm.credit_code or "暂无代码"),
        ("投资方所在地", firm.division or None),
        ("招商方式", project.get_channel_display() or None),
        ("行业代码", project.industry or None),
        ("落户地", project.host_unit.name if project.host_unit else None),
    ]
    return Table("项目", ["事项", "内容"], rows)


def _agreements(project: Project) -> Table:
    heads = ["协议类型", "签约日期", "总投资（万元）", "引资额（万元）", "固定资产投资（万元）"]
    signed = project.agreements.order_by("signed_on", "pk")
    rows = [
        (row.get_kind_display(), row.signed_on, row.total_wan, row.introduced_wan, row.fixed_assets_wan)
        for row in signed
    ]
    return Table("协议", heads, rows)


def _stages(project: Project) -> Table:
    heads = ["日期", "原阶段", "新阶段", "方式", "状态", "说明", "理由", "登记人", "确认人", "确认意见"]
    moves = project.stage_changes.select_related("entered_by", "decided_by").order_by("pk")
    rows = [
        (
            move.happened_on,
            move.get_before_display() or None,
            move.get_after_display(),
            move.get_move_display(),
            move.get_status_display(),
            move.note,
            move.reason,
            move.entered_by.name if move.entered_by else None,
            move.decided_by.name if move.decided_by else None,
            move.answer,
        )
        for move in moves
    ]
    return Table("阶段", heads, rows)


def _vouchers(claims: list[Claim]) -> Table:
    heads = ["凭证类型", "凭证号", "付款方", "凭证日期", "面额（万元）", "资金来源地"]
    found = {claim.voucher_id: claim.voucher for claim in claims if claim.voucher}
    rows = [
        (
            paper.get_kind_display(),
            paper.number,
            paper.payer.name,
            paper.dated_on,
            paper.face_wan,
            paper.division or None,
        )
        for paper in found.values()
    ]
    return Table("凭证", heads, rows)


def claims_table(claims: list[Claim]) -> Table:
    """A line for each claim, with who entered it (``entered_by``) and its period at hand."""
    heads = [
        *("申报编号", "类别", "单位", "项目或对象", "依据", "发生日期", "登记在", "计量单位"),
        *("申报数", "初审数", "核实数", "上级核查数", "状态", "冲销", "更正", "登记人", "登记时间"),
    ]
    rows = [
        (
            claim.pk,
            claim.get_kind_display(),
            claim.unit.name,
            claim.subject,
            # What is known of a lead stays with its unit and the bureau.
            "线索" if claim.lead_id else claim.source_words,
            claim.happened_on,
            f"{claim.booked_in.period}{'（补报）' if claim.late else ''}",
            claim.quantity_unit,
            claim.reported,
            claim.reviewed,
            claim.verified,
            claim.superior,
            claim.get_state_display(),
            f"冲销申报 {claim.reverses_id}" if claim.reverses_id else "",
            f"更正申报 {claim.replaces_id}" if claim.replaces_id else "",
            claim.entered_by.name if claim.entered_by else None,
            _minute(claim.entered_at),
        )
        for claim in claims
    ]
    return Table("申报", heads, rows)


def _opinions(claims: list[Claim]) -> Table:
    heads = ["申报编号", "步骤", "结论", "认可数", "理由类别", "理由", "单位", "岗位", "人员", "时间"]
    given = Opinion.objects.filter(claim__in=[claim.pk for claim in claims]).select_related("actor")
    rows = [
        (
            opinion.claim_id,
            opinion.get_step_display(),
            opinion.get_verdict_display(),
            opinion.accepted,
            opinion.get_code_display() if opinion.code else "",
            opinion.reason,
            *post_words(opinion.post_label),
            opinion.actor.name if opinion.actor else None,
            _minute(opinion.at),
        )
        for opinion in given.order_by("claim", "pk")
    ]
    return Table("核实意见", heads, rows)


def _minute(moment: dt.datetime | None) -> str | None:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else None
