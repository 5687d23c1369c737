"""Who sees which rows inside a tenant: one function per entity, for pages, exports, search and files."""

from django.db.models import Q, QuerySet

from accounts.choices import Role
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from projects.models import Claim, Evidence, Project, Return, SplitLine, Voucher

# Read the whole county; the others who work with data see their own unit.
WHOLE_COUNTY = {Role.BUREAU, Role.INSPECTION, Role.LEADER, Role.SUPERIOR}
OWN_UNIT = {Role.REPORTER, Role.HEAD}


def projects_for(post: ActingPost) -> QuerySet[Project]:
    """Projects that the post may read in full."""
    return _restricted(Project.objects.all(), post, "unit")


def claims_for(post: ActingPost) -> QuerySet[Claim]:
    """Claims of the post's unit, those credited to it by a split, or all of the county."""
    claims = Claim.objects.all()
    if post.role in WHOLE_COUNTY:
        return claims
    if post.role in OWN_UNIT:
        shared = SplitLine.objects.filter(unit_id=post.unit_id).values("split_id")
        return claims.filter(Q(unit_id=post.unit_id) | Q(split__in=shared))
    return claims.none()


def vouchers_for(post: ActingPost) -> QuerySet[Voucher]:
    """Vouchers that a visible claim cites."""
    if post.role in WHOLE_COUNTY:
        return Voucher.objects.all()
    return Voucher.objects.filter(pk__in=claims_for(post).values("voucher_id"))


def evidence_for(post: ActingPost) -> QuerySet[Evidence]:
    """Files that prove a visible voucher or belong to a visible project."""
    if post.role in WHOLE_COUNTY:
        return Evidence.objects.all()
    return Evidence.objects.filter(links__voucher__in=vouchers_for(post)).distinct()


def returns_for(post: ActingPost) -> QuerySet[Return]:
    """Returns of the post's unit, or all of the county."""
    return _restricted(Return.objects.all(), post, "unit")


def units_for(post: ActingPost) -> QuerySet[Unit]:
    """Units whose figures the post may open row by row."""
    return _restricted(Unit.objects.all(), post, "pk")


def _restricted(rows: QuerySet, post: ActingPost, unit: str) -> QuerySet:
    if post.role in WHOLE_COUNTY:
        return rows
    return rows.filter(**{unit: post.unit_id}) if post.role in OWN_UNIT else rows.none()
