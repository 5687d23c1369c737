"""Logging a visit: somebody went out to an investor, or the investor came."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden
from projects import rules
from projects.choices import Direction, EvidenceKind
from projects.models import Claim, Enterprise, Lead, Project, Visit
from projects.services import claims, contacts, evidence, returns
from projects.services.contacts import Person

MOST_PEOPLE = 500


@dataclass(frozen=True)
class Entry:
    """What is told of a visit. The firm is a registered one or a name; ``people`` are names (personal)."""

    direction: str
    happened_on: dt.date
    place: str
    result: str
    firm_name: str = ""
    enterprise: Enterprise | None = None
    headcount: int = 1
    people: str = ""
    principal_leader: bool = False
    contact: Person | None = None
    channel: str = ""
    project: Project | None = None
    lead: Lead | None = None
    files: list[evidence.Upload] = field(default_factory=list)

    @property
    def own_name(self) -> str:
        """The firm's name as typed; empty where a registered firm is named."""
        return "" if self.enterprise else self.firm_name.strip()


@dataclass(frozen=True)
class Logged:
    """The visit and its claim; ``warnings`` refuse nothing."""

    visit: Visit
    claim: Claim
    warnings: list[str]


@transaction.atomic
def log(*, post: ActingPost, entry: Entry, unit: Unit, today: dt.date, late_ok: bool = False) -> Logged:
    """Log a visit for a unit and claim it (外出招商 or 客商来访, one each).

    Photos are welcome and never asked for. Raises Forbidden outside the own unit, ValidationError
    naming every bad field, PeriodClosed to ask before it is booked late (补报).
    """
    if not rules.may_record_for(post, unit.pk):
        raise Forbidden("只能为本单位登记走访；招商局可以代填。")
    act("visit.log")
    files, refused = evidence.checked(entry.files)
    problems: dict = problems_of(entry, unit, today)
    if refused:
        problems["files"] = refused
    if problems:
        raise ValidationError(problems)
    booked_in = returns.to_book(unit, happened_on=entry.happened_on, today=today, late_ok=late_ok)
    warnings = _warnings(entry, unit)
    visit = _written(entry, unit)
    claim = claims.write([claims.of_visit(visit, booked_in=booked_in)])[0]
    for file in files:
        evidence.attach(file, visit=visit, kind=EvidenceKind.PHOTO)
    claim.refresh_from_db()
    return Logged(visit, claim, warnings)


def problems_of(entry: Entry, unit: Unit, today: dt.date) -> dict[str, str]:
    """What is wrong with an entry, by field: asked by forms and by the service."""
    problems = entry.contact.problems("contact_") if entry.contact else {}
    if entry.direction not in Direction.values:
        problems["direction"] = "请选择外出招商或客商来访。"
    if entry.happened_on > today:
        problems["happened_on"] = f"日期 {entry.happened_on:%Y-%m-%d} 晚于今天（{today:%Y-%m-%d}），请核对。"
    if entry.enterprise is None and not entry.firm_name.strip():
        problems["firm_name"] = "请填写企业名称。"
    for name, words in (("place", "请填写地点。"), ("result", "请用一两句话写明洽谈结果。")):
        if not getattr(entry, name).strip():
            problems[name] = words
    if not 1 <= entry.headcount <= MOST_PEOPLE:
        problems["headcount"] = f"人数应在 1 到 {MOST_PEOPLE} 之间。"
    if entry.project is not None and entry.project.unit_id != unit.pk:
        problems["project"] = "只能选择本单位的项目。"
    if entry.lead is not None and entry.lead.unit_id != unit.pk:
        problems["lead"] = "只能选择本单位的线索。"
    return problems


def _written(entry: Entry, unit: Unit) -> Visit:
    firm: dict[str, Any] = {"enterprise": entry.enterprise, "firm_name": entry.own_name}
    contact = contacts.written(unit=unit, person=entry.contact, **firm) if entry.contact else None
    return Visit.objects.create(
        **firm,
        unit=unit,
        direction=entry.direction,
        happened_on=entry.happened_on,
        place=entry.place.strip(),
        people=entry.people.strip(),
        headcount=entry.headcount,
        principal_leader=entry.principal_leader,
        contact=contact,
        result=entry.result.strip(),
        channel=entry.channel,
        project=entry.project,
        lead=entry.lead,
    )


def _warnings(entry: Entry, unit: Unit) -> list[str]:
    """A second visit to the same firm on the same day is told; it is not refused."""
    same = Visit.objects.filter(unit=unit, happened_on=entry.happened_on, direction=entry.direction)
    if entry.enterprise is not None:
        same = same.filter(enterprise=entry.enterprise)
    else:
        same = same.filter(firm_name=entry.firm_name.strip())
    return ["本单位当日已登记过同一企业的走访，请确认不是重复登记。"] if same.exists() else []
