"""Who sees which rows of the assessment: one function per entity, for pages, exports and the API."""

from django.db.models import QuerySet

from accounts.queries.posts import ActingPost
from assessment import rules
from assessment.models import (
    Draw,
    DrawnClaim,
    ExportRequest,
    Matter,
    Measure,
    Objection,
    OfficialFigure,
    OfficialSource,
    Opinion,
    Snapshot,
    Target,
)
from projects.queries.visible import claims_for
from projects.rules import reads_county, reads_data


def opinions_for(post: ActingPost) -> QuerySet[Opinion]:
    """Opinions on visible claims."""
    if reads_county(post):
        return Opinion.objects.all()
    return Opinion.objects.filter(claim__in=claims_for(post))


def targets_for(post: ActingPost) -> QuerySet[Target]:
    """Tasks of the post's unit, or all of the county."""
    if reads_county(post):
        return Target.objects.all()
    return Target.objects.filter(unit_id=post.unit_id) if reads_data(post) else Target.objects.none()


def measures_for(post: ActingPost) -> QuerySet[Measure]:
    """Counting rules: everybody who works with data may know how it is counted."""
    return Measure.objects.all() if reads_data(post) else Measure.objects.none()


def drawn_claims_for(post: ActingPost) -> QuerySet[DrawnClaim]:
    """Claims that the superior's samples have chosen, as far as the claims are visible."""
    if reads_county(post):
        return DrawnClaim.objects.all()
    return DrawnClaim.objects.filter(claim__in=claims_for(post))


def draws_for(post: ActingPost) -> QuerySet[Draw]:
    """The superior's samples; for a unit those that have chosen a claim of its own."""
    if reads_county(post):
        return Draw.objects.all()
    return Draw.objects.filter(pk__in=drawn_claims_for(post).values("draw_id"))


def snapshots_for(post: ActingPost) -> QuerySet[Snapshot]:
    """What was published is for everybody who works with data."""
    return Snapshot.objects.all() if reads_data(post) else Snapshot.objects.none()


def objections_for(post: ActingPost) -> QuerySet[Objection]:
    """Objections of the post's unit, or all of the county."""
    if reads_county(post):
        return Objection.objects.all()
    return Objection.objects.filter(unit_id=post.unit_id) if reads_data(post) else Objection.objects.none()


def matters_for(post: ActingPost) -> QuerySet[Matter]:
    """Inspection notices (督办单) to the post's unit, or all of the county."""
    if reads_county(post):
        return Matter.objects.all()
    return Matter.objects.filter(unit_id=post.unit_id) if reads_data(post) else Matter.objects.none()


def sources_for(post: ActingPost) -> QuerySet[OfficialSource]:
    """Independent tables: all of the county, or those that the post's unit owns."""
    sources = OfficialSource.objects.all()
    if reads_county(post):
        return sources
    return sources.filter(owner_unit_id=post.unit_id) if reads_data(post) else sources.none()


def official_figures_for(post: ActingPost) -> QuerySet[OfficialFigure]:
    """Figures of visible independent tables; beside a claim its readers are told what they mean for it."""
    return OfficialFigure.objects.filter(source__in=sources_for(post))


def export_requests_for(post: ActingPost) -> QuerySet[ExportRequest]:
    """Requests for bulk exports: all for those who answer them, for others their own."""
    if rules.answers_exports(post):
        return ExportRequest.objects.all()
    own = ExportRequest.objects.filter(actor=post.user_id)
    return own if rules.asks_exports(post) else own.none()
