"""Inspection notices (督办单) as people follow them: state, day due, work days left, course."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.queries.posts import ActingPost
from assessment.choices import MatterState, MatterStepKind, NoticeKind
from assessment.models import Matter, MatterStep, Notice
from assessment.queries.visible import matters_for
from projects.models import Claim, Evidence, Project
from projects.queries import workdays
from projects.queries.visible import claims_for, evidence_for, projects_for

OVERDUE = "overdue"
TONES = {MatterState.OPEN: "wait", MatterState.REPLIED: "warn", MatterState.CLOSED: "good"}


@dataclass(frozen=True)
class Entry:
    """A matter on a day. ``days``: work days left until it is due, negative when it is late.

    ``days`` is None where it no longer matters (a reply is there) or where the calendar is not known.
    """

    matter: Matter
    state: MatterState
    due_on: dt.date
    overdue: bool
    days: int | None

    @property
    def tone(self) -> str:
        """The tone of the style sheet for the state's word."""
        return f"state-{'bad' if self.overdue else TONES[self.state]}"

    @property
    def left(self) -> str:
        """How long there is, in words; empty where nobody waits for the unit."""
        if self.days is None:
            return ""
        if self.overdue:
            return f"已逾期{-self.days}个工作日"
        return f"还有{self.days}个工作日" if self.days else "今天到期"


def with_state(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    """Annotate ``state`` (MatterState) and ``due`` (the day due now), both from the steps."""
    steps = MatterStep.objects.filter(matter=OuterRef("pk")).order_by("-pk")
    last = steps.exclude(kind=MatterStepKind.EXTEND).values("kind")[:1]
    later = steps.filter(kind=MatterStepKind.EXTEND).values("due_on")[:1]
    state = Case(
        When(last=MatterStepKind.CLOSE, then=Value(MatterState.CLOSED)),
        When(last=MatterStepKind.REPLY, then=Value(MatterState.REPLIED)),
        default=Value(MatterState.OPEN),
        output_field=CharField(),
    )
    return matters.annotate(last=Subquery(last)).annotate(
        state=state, due=Coalesce(Subquery(later), F("due_on"))
    )


def listed(post: ActingPost) -> QuerySet[Matter]:
    """Matters that the post may read with their state, the latest first."""
    found = with_state(matters_for(post)).select_related("unit", "office", "project", *_OF_CLAIM)
    return found.order_by("-year", "-number", "-pk")


def about(matters: QuerySet[Matter], *, unit: int, project: int, claim: int) -> QuerySet[Matter]:
    """The matters to a unit, and about a project (or a claim of it) or a claim; 0: any."""
    if unit:
        matters = matters.filter(unit=unit)
    if project:
        matters = matters.filter(Q(project=project) | Q(claim__project=project))
    return matters.filter(claim=claim) if claim else matters


def in_state(matters: QuerySet[Matter], state: str, *, today: dt.date) -> QuerySet[Matter]:
    """The matters of ``listed`` in one state, or overdue; all of them for an unknown word."""
    if state == OVERDUE:
        return matters.filter(late(today))
    return matters.filter(state=state) if state in MatterState.values else matters  # type: ignore[misc]


def late(today: dt.date) -> Q:
    """The condition on ``with_state``: the unit has let the day due pass and has not replied."""
    return Q(state=MatterState.OPEN, due__lt=today)


def entries(matters: list[Matter], *, today: dt.date) -> list[Entry]:
    """Matters of ``with_state`` as they stand on a day. Two queries at most."""
    calendar = workdays.table() if matters else None
    return [_entry(matter, calendar, today) for matter in matters]


def _entry(matter: Any, calendar: workdays.Table | None, today: dt.date) -> Entry:
    state = MatterState(matter.state)
    overdue = state == MatterState.OPEN and matter.due < today
    days = None
    if state == MatterState.OPEN and calendar is not None:
        try:
            days = calendar.count(today, matter.due) - calendar.count(matter.due, today)
        except workdays.CalendarMissing:
            days = None
    return Entry(matter, state, matter.due, overdue, days)


def late_untold(today: dt.date) -> list[Matter]:
    """Overdue matters of which nobody has been told since their day due was set; with ``due``, ``extension``.

    ``extension`` is the step that set the day due, None while it is the first one. Two queries.
    """
    extensions = MatterStep.objects.filter(matter=OuterRef("pk"), kind=MatterStepKind.EXTEND).order_by("-pk")
    told = set(
        Notice.objects.filter(kind=NoticeKind.MATTER_OVERDUE).values_list("matter_id", "matter_step_id")
    )
    found = with_state(Matter.objects.all()).filter(late(today))
    found = found.annotate(extension=Subquery(extensions.values("pk")[:1])).select_related("unit", "office")
    return [matter for matter in found.order_by("pk") if (matter.pk, matter.extension) not in told]


def course(matter: Matter) -> QuerySet[MatterStep]:
    """The steps of a matter in order. One query."""
    return matter.steps.select_related("actor", "evidence").order_by("pk")


def of_claim(post: ActingPost, claim: Claim) -> QuerySet[Matter]:
    """Matters about a claim that the post may read."""
    return with_state(matters_for(post).filter(claim=claim)).order_by("-pk")


def readable(post: ActingPost, matter: Matter) -> bool:
    """Whether the post may open what the matter is about. One query at most."""
    if matter.claim_id:
        return claims_for(post).filter(pk=matter.claim_id).exists()
    if matter.project_id:
        return projects_for(post).filter(pk=matter.project_id).exists()
    return False


def files(post: ActingPost, matter: Matter) -> QuerySet[Evidence]:
    """Files of the matter's project that the post may read, for a reply to point at."""
    claim: Claim | None = matter.claim
    project: Project | None = matter.project or (claim.project if claim else None)
    if project is None:
        return Evidence.objects.none()
    of = Q(links__project=project) | Q(links__agreement__project=project)
    of |= Q(links__voucher__claims__project=project)
    return evidence_for(post).filter(pk__in=Evidence.objects.filter(of).values("pk")).order_by("-pk")


def interested(post: ActingPost, unit_id: int, *, since: dt.date) -> bool:
    """Whether this person has an interest in a unit, as the database sees it (回避)."""
    with connection.cursor() as cursor:
        asked: list[Any] = [post.tenant_id, unit_id, since, post.user_id]
        cursor.execute("SELECT sec.has_interest_in(%s, %s, %s, %s)", asked)
        return cursor.fetchone()[0]


_OF_CLAIM = ("claim__project", "claim__visit__enterprise", "claim__lead__enterprise")
