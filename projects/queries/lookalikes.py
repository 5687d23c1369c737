"""Files that prove something elsewhere too: the same bytes, or a photo that looks the same. No verdict.

Within one firm a file may be used again (选用已有材料); it speaks where it proves things of different firms
or of different units.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations, product
from typing import cast

from django.db.models import Q

from accounts.queries.posts import ActingPost
from projects.models import Claim, Evidence, EvidenceLink, Project
from projects.queries.files import Paper, bound_to, proves
from projects.rules import reads_county

# How many other uses a doubt names; the page names all.
NAMED = 3


@dataclass(frozen=True)
class Use:
    """A paper that a file proves: of which units and firms, in words, and on which page it stands."""

    paper: Paper
    units: frozenset[int]
    firms: frozenset[int]
    words: str
    page: str
    page_id: int

    def of_others(self, other: "Use") -> bool:
        """Whether the other belongs to another unit or another firm; who is unknown is nobody else."""
        return _apart(self.units, other.units) or _apart(self.firms, other.firms)


def _apart(one: frozenset[int], other: frozenset[int]) -> bool:
    return bool(one and other) and one.isdisjoint(other)


@dataclass(frozen=True)
class Again:
    """A file of a paper, and another use of it or of a picture that looks like it, by others."""

    file: Evidence
    other: Evidence
    use: Use

    @property
    def same(self) -> bool:
        """Whether it is the very file."""
        return self.file.pk == self.other.pk

    @property
    def words(self) -> str:
        """Which use, and how alike, in a line."""
        if self.same:
            return f"同一份文件也用于{self.use.words}"
        order = "较早上传" if self.other.pk < self.file.pk else "较晚上传"
        return f"照片与{self.use.words}的照片相似（{order}{self._points}），请比对"

    @property
    def _points(self) -> str:
        """How many of the points differ, where the two were compared and not both with a third."""
        for one, other in ((self.file, self.other), (self.other, self.file)):
            if one.resembles_id == other.pk:
                return f"，1024 点中 {one.differing} 点不同"
        return ""


def doubts_on(post: ActingPost, claims: Iterable[Claim]) -> dict[int, str]:
    """By claim id one sentence about its files that others use too. Three queries at most."""
    found = {}
    for claim, again in of_claims(post, claims).items():
        more = f"；另有 {len(again) - NAMED} 处" if len(again) > NAMED else ""
        found[claim] = "；".join(one.words for one in again[:NAMED]) + more
    return found


def of_claims(post: ActingPost, claims: Iterable[Claim]) -> dict[int, list[Again]]:
    """By claim id the files of its act that others use too. Three queries at most."""
    papers = {claim.pk: claim.proved_by for claim in claims}
    found = of_papers(post, (paper for paper in papers.values() if paper))
    return {claim: found[paper] for claim, paper in papers.items() if paper in found}


def of_papers(post: ActingPost, papers: Iterable[Paper]) -> dict[Paper, list[Again]]:
    """By paper its files that others use too; only for posts that read the whole county.

    No query for other posts; three at most, of which the last only where a file has several uses.
    """
    asked = set(papers)
    if not asked or not reads_county(post):
        return {}
    keys = _keys_of_files(asked)
    if not keys:
        return {}
    near: dict[int, dict[Paper, list[EvidenceLink]]] = defaultdict(lambda: defaultdict(list))
    for link in _links_near(keys):
        for key in _keys(link.evidence):
            near[key][link.paper].append(link)
    shared = [uses for uses in near.values() if len(uses) > 1]
    told = _uses_of({paper: links[0] for uses in shared for paper, links in uses.items()})
    found: dict[Paper, dict[tuple[int, int, Paper], Again]] = defaultdict(dict)
    for uses in shared:
        for paper, other in permutations(uses, 2):
            if paper in asked and told[paper].of_others(told[other]):
                for own, link in product(uses[paper], uses[other]):
                    again = Again(own.evidence, link.evidence, told[other])
                    found[paper][own.evidence_id, link.evidence_id, other] = again
    return {paper: list(again.values()) for paper, again in found.items()}


def _keys(file: Evidence) -> set[int]:
    """The file, and the picture that it resembles: files that share one of these are near each other."""
    return {file.pk, file.resembles_id} if file.resembles_id else {file.pk}


def _keys_of_files(papers: set[Paper]) -> set[int]:
    """What the files of these papers are near to. One query."""
    pairs = EvidenceLink.objects.filter(bound_to(papers)).values_list("evidence_id", "evidence__resembles_id")
    return {key for pair in pairs for key in pair if key}


def _links_near(keys: set[int]) -> list[EvidenceLink]:
    """Every use of these files and of those that resemble them, in the order of use. One query."""
    near = Q(evidence__in=keys) | Q(evidence__resembles__in=keys)
    return list(
        EvidenceLink.objects.filter(near, of_return__isnull=True)
        .select_related(
            "evidence",
            "voucher__payer",
            *("agreement__project__unit", "agreement__project__enterprise"),
            *("project__unit", "project__enterprise"),
            *("visit__unit", "visit__enterprise", "visit__project__enterprise"),
        )
        .order_by("pk")
    )


def _uses_of(papers: dict[Paper, EvidenceLink]) -> dict[Paper, Use]:
    """What these papers are, each with a link of it. One query at most."""
    vouchers = {key for name, key in papers if name == "voucher"}
    cited: dict[int, list[Claim]] = defaultdict(list)
    if vouchers:
        claims = Claim.objects.filter(voucher__in=vouchers).select_related("unit", "project").order_by("pk")
        for claim in claims:
            cited[claim.voucher_id or 0].append(claim)
    return {paper: _use(paper, link, cited[link.voucher_id or 0]) for paper, link in papers.items()}


def _use(paper: Paper, link: EvidenceLink, claims: list[Claim]) -> Use:
    """One paper, told with its unit and firm.

    A voucher is of the units that claim it, of its payer and of the firms that it is claimed for.
    """
    page = paper
    if link.voucher:
        units = {claim.unit_id: claim.unit.name for claim in claims}
        firms = {link.voucher.payer_id} | {claim.project.enterprise_id for claim in claims if claim.project}
        firm = f"“{link.voucher.payer.name}”"
    elif link.visit:
        visit, firm = link.visit, ""
        units = {visit.unit_id: visit.unit.name}
        known = visit.enterprise_id or (visit.project.enterprise_id if visit.project else None)
        firms = {known} if known else set()
    else:
        project = link.agreement.project if link.agreement else cast(Project, link.project)
        units = {project.unit_id: project.unit.name}
        firms, firm = {project.enterprise_id}, f"“{project.enterprise.name}”"
        page = ("project", project.pk)
    words = f"{'、'.join(units.values())}{firm}的{proves(link)}"
    return Use(paper, frozenset(units), frozenset(firms), words, *page)
