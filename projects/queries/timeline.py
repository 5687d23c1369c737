"""One stream of everything that happened to a project or with a firm (F-13), newest first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ChangeRow
from accounts.queries.posts import ActingPost
from projects.choices import ClaimKind, ClaimState, MoveState
from projects.models import Agreement, Claim, EvidenceLink, Project, StageChange
from projects.queries.visible import claims_for, leads_for, projects_for, visits_for
from projects.sheets.cells import plain

KINDS = {
    "visits": _("走访"),
    "leads": _("线索"),
    "stages": _("阶段"),
    "agreements": _("协议"),
    "funds": _("资金"),
    "decisions": _("核实"),
    "files": _("材料"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened: on which day, what in a line, where to read more."""

    on: dt.date
    kind: str
    title: str
    detail: str = ""
    page: str = ""
    key: int = 0

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])


def of_projects(
    post: ActingPost, projects: list[Project], firm: Q | None = None, show: str = ""
) -> list[Event]:
    """What happened to these projects, and with a firm's visits and leads. A fixed number of queries.

    ``firm`` finds its visits and leads that belong to no project. ``show`` narrows to one of KINDS.
    """
    keys = [project.pk for project in projects]
    told = {
        "visits": lambda: _visits(post, keys, firm),
        "leads": lambda: _leads(post, keys, firm),
        "stages": lambda: _stages(keys),
        "agreements": lambda: _agreements(keys),
        "funds": lambda: _funds(post, keys),
        "decisions": lambda: _decisions(post, keys),
        "files": lambda: _files(keys),
    }
    wanted = [show] if show in told else list(told)
    events = [event for kind in wanted for event in told[kind]()]
    order = list(KINDS)
    # What happened later on the same day comes first: the sort keeps the order of what it finds equal.
    events.reverse()
    return sorted(events, key=lambda event: (event.on, order.index(event.kind)), reverse=True)


def of_firm(post: ActingPost, enterprise_id: int, name: str, show: str = "") -> list[Event]:
    """What happened with a firm, in its projects that the post may read and beside them."""
    projects = list(projects_for(post).filter(enterprise_id=enterprise_id))
    firm = Q(enterprise_id=enterprise_id) | Q(enterprise__isnull=True, firm_name=name)
    return of_projects(post, projects, firm, show)


def _visits(post: ActingPost, keys: list[int], firm: Q | None) -> Iterator[Event]:
    where = Q(project__in=keys) | Q(lead__project__in=keys) | Q(leads_found__project__in=keys)
    found = visits_for(post).filter(where | firm if firm is not None else where)
    for visit in found.select_related("enterprise", "unit").order_by("pk").distinct():
        title = f"{visit.get_direction_display()}：{visit.firm}（{visit.place}）"
        yield Event(visit.happened_on, "visits", title, visit.result, "visit", visit.pk)


def _leads(post: ActingPost, keys: list[int], firm: Q | None) -> Iterator[Event]:
    where = Q(project__in=keys)
    found = leads_for(post).filter(where | firm if firm is not None else where)
    for lead in found.select_related("enterprise", "unit").order_by("pk"):
        yield Event(
            lead.reported_on, "leads", f"{lead.unit.name}首报线索：{lead.firm}", lead.content, "lead", lead.pk
        )


def _stages(keys: list[int]) -> Iterator[Event]:
    for change in StageChange.objects.filter(project__in=keys).order_by("pk"):
        before = f"{change.get_before_display()} → " if change.before else ""
        title = f"{change.get_move_display()}：{before}{change.get_after_display()}"
        if change.status != MoveState.EFFECTIVE:
            title += f"（{change.get_status_display()}）"
        told = (change.get_code_display(), change.note, change.reason, change.answer)
        words = "；".join(text for text in told if text)
        yield Event(change.happened_on, "stages", title, words, "project", change.project_id)


def _agreements(keys: list[int]) -> Iterator[Event]:
    for agreement in Agreement.objects.filter(project__in=keys).order_by("pk"):
        amounts = (("总投资", agreement.total_wan), ("引资额", agreement.introduced_wan))
        words = "，".join(f"{name} {plain(value)} 万元" for name, value in amounts if value is not None)
        title = f"签订{agreement.get_kind_display()}"
        yield Event(agreement.signed_on, "agreements", title, words, "project", agreement.project_id)


def _funds(post: ActingPost, keys: list[int]) -> Iterator[Event]:
    claims = claims_for(post).filter(project__in=keys, kind=ClaimKind.PAID_IN, reverses__isnull=True)
    for claim in claims.select_related("voucher", "unit").order_by("pk"):
        title = f"到位资金 {plain(claim.reported)} 万元"
        if claim.state == ClaimState.REVERSED:
            title += "（已冲销）"
        words = f"{claim.voucher}，{claim.unit.name}申报，{claim.get_state_display()}"
        yield Event(claim.happened_on, "funds", title, words, "claim", claim.pk)


def _decisions(post: ActingPost, keys: list[int]) -> Iterator[Event]:
    """What offices decided on the claims, from the log of the acts that did."""
    claims = {claim.pk: claim for claim in claims_for(post).filter(project__in=keys)}
    lines = ChangeRow.objects.filter(
        table=Claim._meta.db_table, row__in=claims, op="U", change__act="opinion.give"
    )
    for line in lines.select_related("change").order_by("pk"):
        claim = claims[line.row]
        state = dict(ClaimState.choices).get(str((line.after or {}).get("state")), "")
        title = f"{claim.get_kind_display()} {claim.reported.normalize():f} {claim.quantity_unit}：{state}"
        day = timezone.localdate(line.change.at)
        yield Event(day, "decisions", title, line.change.reason, "claim", claim.pk)


def _files(keys: list[int]) -> Iterator[Event]:
    links = EvidenceLink.objects.filter(
        Q(project__in=keys) | Q(agreement__project__in=keys) | Q(visit__project__in=keys)
    )
    lines = ChangeRow.objects.filter(
        table=EvidenceLink._meta.db_table, op="I", row__in=links.values("pk")
    ).values_list("row", "change__act", "change__at")
    acts = {row: (act, at) for row, act, at in lines}
    for link in links.select_related("evidence").order_by("pk"):
        if link.pk in acts:
            act, at = acts[link.pk]
            did = "选用已有的" if act == "evidence.reuse" else "上传"
            title = f"{did}{link.get_kind_display() or '材料'}"
            name = link.evidence.original_name
            yield Event(timezone.localdate(at), "files", title, name, "evidence", link.evidence_id)
