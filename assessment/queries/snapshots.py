"""What was published: publicities (公示稿) and results (结果), where each stands, and what it says of now."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.queries.posts import ActingPost
from assessment import canonical
from assessment.choices import SnapshotKind
from assessment.differences import differences
from assessment.models import Objection, Snapshot
from assessment.queries.snapshot_rows import gathered
from assessment.queries.visible import snapshots_for
from projects.models import Period, Return

# Where a snapshot stands: key -> words and tone.
STATES = {
    "replaced": ("已被更正", ""),
    "settled": ("已公布结果", "good"),
    "objections": ("公示中", "wait"),
    "over": ("公示期满", "warn"),
    "result": ("现行结果", "good"),
}


def listed(post: ActingPost) -> QuerySet[Snapshot]:
    """Everything published, the latest first, without the rows; annotated like ``whole``."""
    return whole(post).defer("content")


def whole(post: ActingPost) -> QuerySet[Snapshot]:
    """Everything published with its rows, the latest first, and with what followed it.

    ``replaced``: a later one stands instead; ``settled``: a result names it; ``raised`` and ``waiting``:
    objections to it, and those without an answer.
    """
    later = Snapshot.objects.filter(replaces=OuterRef("pk"))
    results = Snapshot.objects.filter(publicity=OuterRef("pk"))
    return (
        snapshots_for(post)
        .select_related("period", "replaces", "publicity")
        .defer("replaces__content", "publicity__content")
        .annotate(
            replaced=Exists(later),
            settled=Exists(results),
            raised=Count("objections"),
            waiting=Count("objections", filter=Q(objections__answered_at__isnull=True)),
        )
        .order_by("-published_on", "-pk")
    )


def state_of(snapshot: Snapshot, today: dt.date) -> str:
    """Key of the state of a snapshot of ``listed``."""
    if snapshot.replaced:  # type: ignore[attr-defined]
        return "replaced"
    if snapshot.kind == SnapshotKind.RESULT:
        return "result"
    if snapshot.settled:  # type: ignore[attr-defined]
        return "settled"
    until = snapshot.objections_until
    return "objections" if until is not None and today <= until else "over"


def publicities() -> QuerySet[Snapshot]:
    """Publicities of the tenant, replaced ones as well."""
    return Snapshot.objects.filter(kind=SnapshotKind.PUBLICITY)


def latest(period: Period, kind: str) -> Snapshot | None:
    """What stands of a kind for a period: nothing has replaced it."""
    return Snapshot.objects.filter(period=period, kind=kind, successors__isnull=True).first()


def within(period: Period) -> QuerySet[Period]:
    """The periods that lie in the span of one, itself among them."""
    return Period.objects.filter(starts_on__gte=period.starts_on, ends_on__lte=period.ends_on)


def open_units(period: Period) -> list[str]:
    """Units with a Return in the span of the period that is not closed for opinions, by pinyin. One query."""
    returns = Return.objects.filter(period__in=within(period), opinions_closed_at__isnull=True)
    names = returns.order_by("unit__sort_key", "unit_id").values_list("unit__name", flat=True)
    return list(dict.fromkeys(names))


def unanswered(period_id: int) -> int:
    """Objections to publicities of the period that wait for their answer."""
    return Objection.objects.filter(publicity__period=period_id, answered_at__isnull=True).count()


def obstacle(publicity: Snapshot, *, today: dt.date) -> str:
    """Why the result of a publicity cannot be frozen today, in words; empty when it can. Two queries."""
    if publicity.successors.exists():
        return "这份公示稿已被后来的公示稿代替，请在新的公示稿上办理。"
    until = publicity.objections_until
    if until is not None and today <= until:
        return f"异议期到 {until:%Y-%m-%d} 止（含当日），期满后才能公布结果。"
    if waiting := unanswered(publicity.period_id):
        return f"还有 {waiting} 件异议没有答复，全部答复后才能公布结果。"
    return ""


def periods_to_publish(today: dt.date) -> list[Period]:
    """Periods that have begun and in whose span a Return lies; what is sealed first, then the latest."""
    inside = Return.objects.filter(
        period__starts_on__gte=OuterRef("starts_on"), period__ends_on__lte=OuterRef("ends_on")
    )
    begun = Period.objects.filter(Exists(inside), starts_on__lte=today)
    waits = Exists(inside.filter(opinions_closed_at__isnull=True))
    return list(begun.annotate(waits=waits).order_by("waits", "-starts_on", "ends_on", "pk"))


def differences_from_now(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What the snapshot says otherwise than the rows say now."""
    return differences(snapshot.rows, canonical.plain(gathered(snapshot.period)))
