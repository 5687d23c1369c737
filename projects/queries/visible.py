"""Who sees which rows inside a tenant: one function per entity, for pages, exports, search and files."""

from django.db.models import Q, QuerySet

from accounts.models import Unit
from accounts.queries.posts import ActingPost
from projects.models import Claim, Evidence, Project, Return, SplitLine, Voucher
from projects.rules import reads_county, reads_data


def projects_for(post: ActingPost) -> QuerySet[Project]:
    """Projects that the post may read in full."""
    return _restricted(Project.objects.all(), post, "unit")


def claims_for(post: ActingPost) -> QuerySet[Claim]:
    """Claims of the post's unit, those credited to it by a split, or all of the county."""
    claims = Claim.objects.all()
    if reads_county(post):
        return claims
    if reads_data(post):
        shared = SplitLine.objects.filter(unit_id=post.unit_id).values("split_id")
        return claims.filter(Q(unit_id=post.unit_id) | Q(split__in=shared))
    return claims.none()


def vouchers_for(post: ActingPost) -> QuerySet[Voucher]:
    """Vouchers that a visible claim cites."""
    if reads_county(post):
        return Voucher.objects.all()
    return Voucher.objects.filter(pk__in=claims_for(post).values("voucher_id"))


def evidence_for(post: ActingPost) -> QuerySet[Evidence]:
    """Files that prove a visible voucher or belong to a visible project."""
    if reads_county(post):
        return Evidence.objects.all()
    return Evidence.objects.filter(links__voucher__in=vouchers_for(post)).distinct()


def returns_for(post: ActingPost) -> QuerySet[Return]:
    """Returns of the post's unit, or all of the county."""
    return _restricted(Return.objects.all(), post, "unit")


def units_for(post: ActingPost) -> QuerySet[Unit]:
    """Units whose figures the post may open row by row."""
    return _restricted(Unit.objects.all(), post, "pk")


def _restricted(rows: QuerySet, post: ActingPost, unit: str) -> QuerySet:
    if reads_county(post):
        return rows
    return rows.filter(**{unit: post.unit_id}) if reads_data(post) else rows.none()
