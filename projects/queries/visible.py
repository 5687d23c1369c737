"""Who sees which rows inside a tenant: one function per entity, for pages, exports, search and files."""

from django.db.models import Q, QuerySet

from accounts.models import Unit
from accounts.queries.posts import ActingPost
from projects.models import (
    Agreement,
    Claim,
    Contact,
    Enterprise,
    Evidence,
    EvidenceLink,
    Lead,
    Project,
    Return,
    Split,
    SplitLine,
    Visit,
    Voucher,
)
from projects.rules import reads_contacts, reads_county, reads_data, reads_leads

# What a claim's act needs to be told in a line, beside its voucher or agreement.
ACTS = ("visit__enterprise", "lead__enterprise", "stage_change")


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


def visits_for(post: ActingPost) -> QuerySet[Visit]:
    """Visits of the post's unit, or all of the county."""
    return _restricted(Visit.objects.all(), post, "unit")


def leads_for(post: ActingPost) -> QuerySet[Lead]:
    """Leads stay with their unit and the bureau; a claim tells those who check it what they need."""
    return _kept(Lead.objects.all(), post)


def contacts_for(post: ActingPost) -> QuerySet[Contact]:
    """Contacts stay with their unit and the bureau."""
    return _kept(Contact.objects.all(), post)


def enterprises_for(post: ActingPost) -> QuerySet[Enterprise]:
    """Firms of the post's own projects, visits and leads, or all of the county."""
    firms = Enterprise.objects.all()
    if reads_county(post):
        return firms
    own = Q(pk__in=projects_for(post).values("enterprise_id"))
    own |= Q(pk__in=visits_for(post).values("enterprise_id"))
    return firms.filter(own | Q(pk__in=leads_for(post).values("enterprise_id")))


def vouchers_for(post: ActingPost) -> QuerySet[Voucher]:
    """Vouchers that a visible claim cites."""
    if reads_county(post):
        return Voucher.objects.all()
    return Voucher.objects.filter(pk__in=claims_for(post).values("voucher_id"))


def agreements_for(post: ActingPost) -> QuerySet[Agreement]:
    """Signatures of visible projects, and those that a visible claim cites."""
    if reads_county(post):
        return Agreement.objects.all()
    cited = claims_for(post).values("agreement_id")
    return Agreement.objects.filter(Q(project__in=projects_for(post)) | Q(pk__in=cited))


def splits_for(post: ActingPost) -> QuerySet[Split]:
    """Agreed credit of visible projects, and that of visible claims."""
    if reads_county(post):
        return Split.objects.all()
    used = claims_for(post).values("split_id")
    return Split.objects.filter(Q(project__in=projects_for(post)) | Q(pk__in=used))


def evidence_for(post: ActingPost) -> QuerySet[Evidence]:
    """Files that prove a visible voucher or visit, or belong to a visible Return, project or agreement."""
    if reads_county(post):
        return Evidence.objects.all()
    projects = projects_for(post)
    links = EvidenceLink.objects.filter(
        Q(voucher__in=vouchers_for(post))
        | Q(visit__in=visits_for(post))
        | Q(of_return__in=returns_for(post))
        | Q(project__in=projects)
        | Q(agreement__project__in=projects)
    )
    return Evidence.objects.filter(pk__in=links.values("evidence_id"))


def returns_for(post: ActingPost) -> QuerySet[Return]:
    """Returns of the post's unit, or all of the county."""
    return _restricted(Return.objects.all(), post, "unit")


def units_for(post: ActingPost) -> QuerySet[Unit]:
    """Units whose figures the post may open row by row."""
    return _restricted(Unit.objects.all(), post, "pk")


def _kept(rows: QuerySet, post: ActingPost) -> QuerySet:
    """Rows that stay with their unit and the bureau."""
    if reads_contacts(post):
        return rows
    return rows.filter(unit_id=post.unit_id) if reads_leads(post) else rows.none()


def _restricted(rows: QuerySet, post: ActingPost, unit: str) -> QuerySet:
    if reads_county(post):
        return rows
    return rows.filter(**{unit: post.unit_id}) if reads_data(post) else rows.none()
