"""Leads: who reports an investor first holds it for a while (首报), and how a lead ends."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts import scope
from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from projects import rules
from projects.models import Claim, Enterprise, HoldRule, Lead, Project, Visit
from projects.queries import leads as queries
from projects.queries.visible import leads_for
from projects.services import claims, contacts, lifecycle, projects, returns
from projects.services.contacts import Person
from projects.sheets.cells import name_key


@dataclass(frozen=True)
class Entry:
    """What is reported: the investor (a registered firm or a name), what it wants to do, how large (万元)."""

    content: str
    firm_name: str = ""
    enterprise: Enterprise | None = None
    scale_wan: Decimal | None = None
    contact: Person | None = None
    channel: str = ""
    visit: Visit | None = None

    @property
    def own_name(self) -> str:
        """The investor's name as typed; empty where a registered firm is named."""
        return "" if self.enterprise else self.firm_name.strip()

    @property
    def firm(self) -> str:
        return self.enterprise.name if self.enterprise else self.firm_name.strip()


@dataclass(frozen=True)
class Reported:
    """The lead, its claim, and until when the unit holds it (on the lead)."""

    lead: Lead
    claim: Claim


@transaction.atomic
def report(*, post: ActingPost, entry: Entry, unit: Unit, today: dt.date) -> Reported:
    """Report a lead for a unit: it is held from today on, and claims one (线索, 条).

    A firm that another unit holds is refused with that unit's name and the day, nothing more
    (首报). Raises Forbidden outside the own unit, ValidationError naming every bad field, Refused
    when no Return is open.
    """
    if not rules.may_record_for(post, unit.pk):
        raise Forbidden("只能为本单位登记线索；招商局可以代填。")
    act("lead.report")
    _one_at_a_time()
    problems = problems_of(entry, unit)
    if not problems:
        problems = _held(entry, unit, today)
    if problems:
        raise ValidationError(problems)
    booked_in = returns.to_book(unit, happened_on=today, today=today, late_ok=False)
    firm: dict[str, Any] = {"enterprise": entry.enterprise, "firm_name": entry.own_name}
    contact = contacts.written(unit=unit, person=entry.contact, **firm) if entry.contact else None
    lead = Lead.objects.create(
        **firm,
        firm_key=name_key(entry.firm),
        unit=unit,
        content=entry.content.strip(),
        scale_wan=entry.scale_wan,
        contact=contact,
        channel=entry.channel,
        visit=entry.visit,
        reported_on=today,
        held_until=today + dt.timedelta(days=queries.hold_days(today)),
    )
    claim = claims.write([claims.of_lead(lead, booked_in=booked_in)])[0]
    lead.refresh_from_db()
    claim.refresh_from_db()
    return Reported(lead, claim)


def problems_of(entry: Entry, unit: Unit) -> dict[str, str]:
    """What is wrong with an entry, by field: asked by forms and by the service."""
    problems = entry.contact.problems("contact_") if entry.contact else {}
    if not entry.firm:
        problems["firm_name"] = "请填写投资方。"
    if not entry.content.strip():
        problems["content"] = "请写明投资方想做什么项目。"
    if entry.scale_wan is not None and entry.scale_wan <= 0:
        problems["scale_wan"] = "投资规模应大于零；不清楚的留空。"
    if entry.visit is not None and entry.visit.unit_id != unit.pk:
        problems["visit"] = "只能选择本单位的走访。"
    return problems


def _held(entry: Entry, unit: Unit, today: dt.date) -> dict[str, str]:
    """Whether somebody holds this firm: the unit and the day, nothing more (F-11)."""
    holder = queries.holder_of(entry.firm, today=today)
    if holder is None:
        return {}
    if holder.unit_id == unit.pk:
        words = f"本单位已于 {holder.reported_on:%Y-%m-%d} 登记这家投资方的线索，请在原线索上跟进。"
    else:
        words = f"该投资方已由“{holder.unit.name}”首报，保护期至 {holder.held_until:%Y-%m-%d}。"
    return {"firm_name": words}


@transaction.atomic
def convert(
    *, post: ActingPost, lead_id: int, entry: "projects.Entry", happened_on: dt.date, today: dt.date
) -> Project:
    """Make a project of a lead: the project begins in negotiation (在谈) and the lead points at it.

    Raises NotFound, Forbidden outside the own unit, Refused when the lead has ended,
    ValidationError like ``projects.add``.
    """
    lead = _found(post, lead_id)
    act("lead.convert")
    _must_be_open(lead)
    project = projects.written(entry, unit=lead.unit, today=today)
    lifecycle.begin(project, happened_on=happened_on, today=today, note=f"由线索 {lead.pk} 转入")
    lead.project = project
    with explained():
        lead.save(update_fields=["project"])
    return project


@transaction.atomic
def abandon(*, post: ActingPost, lead_id: int, reason: str, today: dt.date) -> Lead:
    """Give a lead up, with the reason; its hold ends. Raises like ``convert``."""
    lead = _found(post, lead_id)
    act("lead.abandon", reason=reason)
    _must_be_open(lead)
    if not reason.strip():
        raise ValidationError({"reason": "请写明放弃的原因。"})
    lead.abandoned_on, lead.abandoned_because = today, reason.strip()[:200]
    with explained():
        lead.save(update_fields=["abandoned_on", "abandoned_because"])
    return lead


@transaction.atomic
def set_hold(*, post: ActingPost, days: int, valid_from: dt.date, document: str = "") -> HoldRule:
    """Set for how many days a lead is held, from a day on. Raises Forbidden, ValidationError."""
    if not rules.may_set_gates(post):
        raise Forbidden("首报保护期由招商局设置。")
    act("hold.set")
    problems = {}
    if not 1 <= days <= 3650:
        problems["days"] = "保护天数应在 1 到 3650 之间。"
    if HoldRule.objects.filter(valid_from=valid_from).exists():
        problems["valid_from"] = "这一天已有一条保护期规定，请另选生效日期。"
    if problems:
        raise ValidationError(problems)
    return HoldRule.objects.create(days=days, valid_from=valid_from, document=document.strip())


def _found(post: ActingPost, lead_id: int) -> Lead:
    """The lead, locked, of a unit for which the post works. Raises NotFound, Forbidden."""
    found = leads_for(post).select_for_update(of=("self",), no_key=True).select_related("unit")
    lead = found.filter(pk=lead_id).first()
    if lead is None:
        raise NotFound("没有这条线索。")
    if not rules.may_record_for(post, lead.unit_id):
        raise Forbidden("线索由登记单位或招商局办理。")
    return lead


def _must_be_open(lead: Lead) -> None:
    """An expired lead may still end: only its hold is over."""
    if lead.project_id is not None or lead.abandoned_on is not None:
        raise Refused("这条线索已经转为项目或已放弃，不能再办理。", "PT501")


def _one_at_a_time() -> None:
    """First reports of one tenant follow each other: of two at the same moment one is the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lead'), %s::int)", [scope.tenant_id()])
