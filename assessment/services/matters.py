"""Inspection notices (督办单): issued, answered, sent back, extended, closed. The database has the order."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, explained
from assessment import rules
from assessment.choices import MatterKind, MatterStepKind, NoticeKind, NoticeLink
from assessment.models import Matter, MatterStep
from assessment.queries import event_words
from assessment.queries.visible import matters_for
from assessment.services.telling import Event, tell
from projects.models import Claim, Evidence, Project
from projects.queries import workdays


@transaction.atomic
def issue(
    *,
    post: ActingPost,
    unit: Unit,
    title: str,
    text: str,
    days: int,
    claim: Claim | None = None,
    project: Project | None = None,
    today: dt.date,
) -> Matter:
    """Issue an inspection notice to a unit, due after so many work days, about a claim, a project or neither.

    The unit's people are told. Raises Forbidden, Refused (interest in the unit), CalendarMissing,
    ValidationError by field.
    """
    if not rules.issues_matters(post):
        raise Forbidden("督办单由督查室下达。")
    act("matter.issue")
    matter = Matter(
        kind=MatterKind.INSPECTION_ORDER,
        unit=unit,
        claim=claim,
        project=project,
        title=title.strip(),
        text=text.strip(),
        issued_on=today,
        due_on=workdays.add(today, days),
    )
    matter.full_clean(validate_unique=False)
    with explained():
        matter.save(force_insert=True)
    matter.refresh_from_db()
    _tell(matter, unit.pk, event_words.issued(matter), post=post, today=today)
    return matter


def reply(
    *, post: ActingPost, matter_id: int, text: str, evidence: Evidence | None = None, today: dt.date
) -> MatterStep:
    """The unit says what it has done; the issuing office is told. Raises NotFound, Refused."""
    return _take(post, matter_id, MatterStepKind.REPLY, text, today=today, evidence=evidence)


def send_back(*, post: ActingPost, matter_id: int, text: str, today: dt.date) -> MatterStep:
    """What was replied is not enough: it is to be done again. Raises NotFound, Refused."""
    return _take(post, matter_id, MatterStepKind.SEND_BACK, text, today=today)


def extend(*, post: ActingPost, matter_id: int, text: str, due_on: dt.date, today: dt.date) -> MatterStep:
    """Another, later due day, with a reason. Raises NotFound, Refused."""
    return _take(post, matter_id, MatterStepKind.EXTEND, text, today=today, due_on=due_on)


def close(*, post: ActingPost, matter_id: int, text: str, today: dt.date) -> MatterStep:
    """The matter is done, or is given up with a reason (销号). Raises NotFound, Refused."""
    return _take(post, matter_id, MatterStepKind.CLOSE, text, today=today)


@transaction.atomic
def _take(
    post: ActingPost, matter_id: int, kind: MatterStepKind, text: str, *, today: dt.date, **more: Any
) -> MatterStep:
    """Take a step as one act and tell the other side."""
    act(f"matter.{kind.value}", reason="" if kind == MatterStepKind.REPLY else text.strip())
    matter = matters_for(post).select_related("unit", "office").filter(pk=matter_id).first()
    if matter is None:
        raise NotFound("没有这份督办单。")
    step = MatterStep(matter=matter, kind=kind, text=text.strip(), happened_on=today, **more)
    step.full_clean(validate_unique=False)
    with explained():
        step.save(force_insert=True)
    other = matter.office_id if kind == MatterStepKind.REPLY else matter.unit_id
    _tell(matter, other, event_words.stepped(matter, step), post=post, today=today, step=step)
    return step


def _tell(
    matter: Matter,
    unit_id: int | None,
    text: str,
    *,
    post: ActingPost,
    today: dt.date,
    step: MatterStep | None = None,
) -> None:
    if unit_id is not None:
        taken = step.pk if step else None
        event = Event(
            NoticeKind.MATTER,
            unit_id,
            text,
            NoticeLink.MATTER,
            matter.pk,
            matter_id=matter.pk,
            matter_step_id=taken,
        )
        tell(events=[event], today=today, but=post.id)
