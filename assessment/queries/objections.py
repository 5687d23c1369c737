"""Objections (异议): which publicity takes one, what was said, and what has to be answered until when."""

import datetime as dt

from django.db.models import BooleanField, F, Func, QuerySet, Value

from accounts.queries.posts import ActingPost
from assessment import rules
from assessment.choices import SnapshotKind
from assessment.models import Objection, Snapshot
from assessment.queries.visible import objections_for, snapshots_for
from projects.models import Claim, SplitLine


def open_for(post: ActingPost, claim: Claim, *, today: dt.date) -> Snapshot | None:
    """The latest publicity that takes an objection of the post's unit to this claim today.

    Two queries at most. None: the post's unit is not credited, or no such publicity is open.
    """
    if not rules.objects(post) or not _credited(post, claim):
        return None
    names = Func(F("content"), Value(claim.pk), function="sec.publicises", output_field=BooleanField())
    return (
        snapshots_for(post)
        .defer("content")
        .annotate(names=names)
        .filter(
            kind=SnapshotKind.PUBLICITY,
            published_on__lte=today,
            objections_until__gte=today,
            successors__isnull=True,
            results__isnull=True,
            names=True,
        )
        .order_by("-published_on", "-pk")
        .first()
    )


def _credited(post: ActingPost, claim: Claim) -> bool:
    if claim.unit_id == post.unit_id:
        return True
    shares = SplitLine.objects.filter(split=claim.split_id, kind=claim.kind, unit_id=post.unit_id)
    return claim.split_id is not None and shares.exists()


def listed(post: ActingPost, *, open_only: bool = False) -> QuerySet[Objection]:
    """Objections that the post may read: those that wait by their due day, then the others, latest first."""
    found = objections_for(post).select_related("publicity__period", "claim", "unit", "opinion")
    found = found.defer("publicity__content")
    if open_only:
        found = found.filter(answered_at__isnull=True)
    return found.order_by(F("answered_at").desc(nulls_first=True), "answer_due", "pk")


def to_claim(post: ActingPost, claim: Claim) -> QuerySet[Objection]:
    """Objections to one claim that the post may read, the latest first."""
    return listed(post).filter(claim=claim).order_by("-pk")
