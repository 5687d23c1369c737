"""Bulk exports (批量导出): from how many rows on they need a second person, and what stands approved."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, QuerySet

from accounts.queries.posts import ActingPost
from assessment import rules
from assessment.choices import ExportOutcome
from assessment.models import ExportRequest
from assessment.queries.visible import export_requests_for

# Claims that go out without asking. One kind of claim of one filing period is far below it in a county of
# some forty units; the whole ledger of a county is above it.
LIMIT = 500

WAITING, APPROVED, ENDED, REFUSED = "waiting", "approved", "ended", "refused"
# State -> its word and its tone in the style sheet.
STATES = {
    WAITING: ("待审批", "wait"),
    APPROVED: ("同意", "good"),
    ENDED: ("已过有效期", "warn"),
    REFUSED: ("不同意", "bad"),
}


@dataclass(frozen=True)
class Wanted:
    """An export that is asked for: its kind, the query that repeats it, the same in words."""

    kind: str
    query: str
    question: str


def label_of(post: ActingPost) -> str:
    """The post as the database writes it beside what is done."""
    return f"{post.unit_name}·{post.role}"


def state_of(request: ExportRequest, today: dt.date) -> str:
    """Where the request stands on this day."""
    if request.outcome == ExportOutcome.REFUSED:
        return REFUSED
    if request.valid_until is None:
        return WAITING
    return APPROVED if today <= request.valid_until else ENDED


def same(post: ActingPost, wanted: Wanted) -> QuerySet[ExportRequest]:
    """What this person has asked in this unit and role for exactly these rows."""
    own = export_requests_for(post).filter(actor=post.user_id, post_label=label_of(post))
    return own.filter(kind=wanted.kind, query=wanted.query)


def allowing(post: ActingPost, wanted: Wanted, rows: int, *, today: dt.date) -> ExportRequest | None:
    """The approval that lets this post take these rows today; None without one. One query.

    Up to a tenth more rows than were approved go out: claims come in while an answer is awaited.
    """
    found = same(post, wanted).filter(outcome=ExportOutcome.APPROVED, valid_until__gte=today)
    return found.filter(rows__gte=-(-rows * 10 // 11)).order_by("-pk").first()


def waiting(post: ActingPost, wanted: Wanted) -> ExportRequest | None:
    """The post's own request for these rows that nobody has answered. One query."""
    return same(post, wanted).filter(answered_at__isnull=True).first()


def listed(post: ActingPost) -> QuerySet[ExportRequest]:
    """Requests that the post may read: those that wait, the oldest first, then the latest answered."""
    found = export_requests_for(post).select_related("actor", "answered_by")
    return found.order_by(F("answered_at").desc(nulls_first=True), "pk")


def to_answer(post: ActingPost) -> int:
    """How many requests of others wait for an answer that this post may give; no query for who may not."""
    if not rules.answers_exports(post):
        return 0
    return export_requests_for(post).filter(answered_at__isnull=True).exclude(actor=post.user_id).count()
