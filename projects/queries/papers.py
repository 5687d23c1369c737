"""Projects and vouchers as lists and as one page: who pays, what was claimed, what proves it."""

from decimal import Decimal

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.pinyin import named
from accounts.queries.posts import ActingPost
from projects.choices import BusinessLine, ClaimKind, Stage
from projects.models import Claim, EvidenceLink, Project, Voucher
from projects.queries.gates import with_stage
from projects.queries.visible import ACTS, claims_for, projects_for, vouchers_for


def projects_listed(
    post: ActingPost, *, words: str = "", unit_id: int | None = None, stage: str = "", line: str = ""
) -> QuerySet[Project]:
    """Projects that the post may read, with ``vouchers_cited``, ``paid_in`` and ``paid_in_verified`` (万元).

    ``words`` looks in the names of the project and of its firm; ``stage_now`` is its stage.
    """
    projects = with_stage(projects_for(post).select_related("enterprise", "unit"))
    if stage in Stage.values:
        projects = projects.filter(Q(stage_now=stage))
    if line in BusinessLine.values:
        projects = projects.filter(line=line)
    if words:
        projects = projects.filter(named(words) | named(words, "enterprise__"))
    if unit_id is not None:
        projects = projects.filter(unit_id=unit_id)
    paid = claims_for(post).filter(kind=ClaimKind.PAID_IN)
    cited = claims_for(post).filter(project=OuterRef("pk")).order_by().values("project")
    return projects.annotate(
        vouchers_cited=Subquery(cited.annotate(found=Count("voucher", distinct=True)).values("found")),
        paid_in=_sum_of(paid, "project", "reported"),
        paid_in_verified=_sum_of(paid, "project", "verified"),
    ).order_by("-year_introduced", "name", "pk")


def projects_to_enter_for(post: ActingPost, *, words: str = "") -> QuerySet[Project]:
    """The same projects, those first for which the post's unit entered something last."""
    own = Claim.objects.filter(unit_id=post.unit_id, project=OuterRef("pk")).order_by().values("project")
    latest = Subquery(own.annotate(latest=Max("pk")).values("latest"))
    found = projects_listed(post, words=words)
    return found.order_by(latest.desc(nulls_last=True), "-year_introduced", "name", "pk")


def _sum_of(claims: QuerySet[Claim], key: str, figure: str) -> Subquery:
    """The sum of one figure over the claims of the outer row; None without any."""
    own = claims.filter(**{key: OuterRef("pk")}).order_by().values(key)
    return Subquery(own.annotate(found=Sum(figure)).values("found"))


def vouchers_listed(post: ActingPost, *, words: str = "") -> QuerySet[Voucher]:
    """Vouchers that the post may read, the latest first, with ``claimed`` (万元) and ``files``.

    ``words`` looks in the number and in the payer's name.
    """
    vouchers = vouchers_for(post).select_related("payer")
    if words:
        vouchers = vouchers.filter(Q(number__icontains=words) | named(words, "payer__"))
    links = EvidenceLink.objects.filter(voucher=OuterRef("pk")).order_by().values("voucher")
    return vouchers.annotate(
        claimed=_sum_of(claims_for(post), "voucher", "reported"),
        files=Subquery(links.annotate(found=Count("pk")).values("found")),
    ).order_by("-dated_on", "-pk")


def claims_of_project(post: ActingPost, project: Project) -> QuerySet[Claim]:
    """Claims of a project that the post may read, the latest fact first."""
    return told(claims_for(post).filter(project=project))


def claims_of_voucher(post: ActingPost, voucher: Voucher) -> QuerySet[Claim]:
    """Claims that cite a voucher and that the post may read, in the order of entry."""
    return told(claims_for(post).filter(voucher=voucher)).order_by("pk")


def latest_claims(post: ActingPost, number: int) -> QuerySet[Claim]:
    """The claims of the post's own unit that were entered last."""
    own = claims_for(post).filter(unit_id=post.unit_id)
    return told(own).order_by(F("entered_at").desc(nulls_last=True), "-pk")[:number]


def sums_of(claims: list[Claim]) -> list[tuple[str, str, Decimal, Decimal | None]]:
    """By kind that is claimed: (kind, label, reported, verified); verified is None where nobody has said."""
    sums = []
    for kind in ClaimKind:
        found = [claim for claim in claims if claim.kind == kind]
        said = [claim.verified for claim in found if claim.verified is not None]
        if found:
            reported = sum((claim.reported for claim in found), Decimal(0))
            sums.append((kind.value, str(kind.label), reported, sum(said, Decimal(0)) if said else None))
    return sums


def told(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims with everything that a table of them names, the latest fact first."""
    return claims.select_related(
        "unit", "project", "voucher", "agreement", *ACTS, "booked_in__period", "split", "entered_by"
    ).order_by("-happened_on", "-pk")
