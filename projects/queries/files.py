"""What a file proves, and the files of a firm that may be used again (无需重复上传)."""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.queries.posts import ActingPost
from projects.choices import EvidenceKind
from projects.models import Evidence, EvidenceLink, Project, Voucher
from projects.models.voucher import PAPERS
from projects.queries.visible import (
    agreements_for,
    claims_for,
    evidence_for,
    projects_for,
    returns_for,
    visits_for,
    vouchers_for,
)

# What a file proves something of, by name (``PAPERS``) and id: ("voucher", 12).
Paper = tuple[str, int]
# How many a choice offers: those that were used last.
NEWEST = 100


def bound_to(papers: Iterable[Paper]) -> Q:
    """The links of files to any of these papers; to nothing where there are none."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for name, key in papers:
        wanted[name].add(key)
    return reduce(or_, (Q(**{f"{name}__in": wanted[name]}) for name in PAPERS))


def proves(link: EvidenceLink) -> str:
    """One use of a file in words (voucher, agreement and visit joined), the kind of the file with it."""
    kind = str(link.get_kind_display()) if link.kind else ""
    if link.voucher:
        subject = f"凭证 {link.voucher}"
    elif link.agreement:
        subject = f"{link.agreement.get_kind_display()} {link.agreement.signed_on:%Y-%m-%d}"
    elif link.visit:
        subject = f"走访 {link.visit.happened_on:%Y-%m-%d} {link.visit.firm}"
    elif link.of_return:
        subject = f"盖章的报表 {link.of_return.period.name} {link.of_return.unit.name}"
    else:
        return kind or "项目材料"
    return f"{subject}（{kind}）" if kind else subject


def uses_of(post: ActingPost, evidence: Evidence) -> list[tuple[str, EvidenceLink]]:
    """What a file proves, in words, as far as the post may read it; in the order of entry. One query."""
    visible = (
        Q(voucher__in=vouchers_for(post))
        | Q(visit__in=visits_for(post))
        | Q(of_return__in=returns_for(post))
        | Q(project__in=projects_for(post))
        | Q(agreement__in=agreements_for(post))
    )
    links = EvidenceLink.objects.filter(visible, evidence=evidence).select_related(
        "voucher__payer",
        "agreement__project",
        "visit__enterprise",
        "project",
        "of_return__unit",
        "of_return__period",
    )
    return [(proves(link), link) for link in links.order_by("pk")]


def reusable_for_voucher(post: ActingPost, voucher: Voucher) -> dict[int, str]:
    """By evidence id: name and uses of files of the payer and of the projects' firms. Two queries."""
    cited = claims_for(post).filter(voucher=voucher).values_list("project__enterprise_id", flat=True)
    return _of_firms(post, {voucher.payer_id, *cited.order_by()})


def reusable_for_project(post: ActingPost, project: Project) -> dict[int, str]:
    """By evidence id: name and uses of the files of the project's firm, in words. One query."""
    return _of_firms(post, {project.enterprise_id})


def _of_firms(post: ActingPost, firms: set[int | None]) -> dict[int, str]:
    """What the post may read of these firms' projects, agreements, vouchers and visits, the latest first."""
    projects = projects_for(post).filter(enterprise__in=firms)
    paid = claims_for(post).filter(project__enterprise__in=firms).order_by().values("voucher_id")
    links = (
        EvidenceLink.objects.filter(
            Q(project__in=projects)
            | Q(agreement__in=agreements_for(post).filter(project__enterprise__in=firms))
            | Q(voucher__in=vouchers_for(post).filter(Q(payer__in=firms) | Q(pk__in=paid)))
            | Q(visit__in=visits_for(post).filter(Q(enterprise__in=firms) | Q(project__enterprise__in=firms)))
        )
        .filter(evidence__in=evidence_for(post))
        # What was found on the site is no proof that a unit could give.
        .exclude(kind=EvidenceKind.SITE_RECORD)
        .select_related("evidence", "voucher", "agreement", "visit__enterprise")
        .order_by("-pk")
    )
    names: dict[int, str] = {}
    uses: dict[int, list[str]] = defaultdict(list)
    for link in links:
        names[link.evidence_id] = link.evidence.original_name
        uses[link.evidence_id].append(proves(link))
    return {key: f"{names[key]}：{'；'.join(uses[key])}" for key in list(names)[:NEWEST]}
