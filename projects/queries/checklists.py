"""Which files a voucher or a signature still lacks (还差 n 项): one answer for pages, queue and Returns."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from projects.choices import Demand, EvidenceKind
from projects.models import Agreement, ChecklistItem, Claim, EvidenceLink, Voucher

Paper = Voucher | Agreement


@dataclass(frozen=True)
class Needed:
    """One line of a checklist: what, whether the county insists on it, whether it is there."""

    kind: str
    must: bool
    met: bool

    @property
    def words(self) -> str:
        return str(EvidenceKind(self.kind).label)


@dataclass(frozen=True)
class Checklist:
    """What belongs to one paper, in the county's order; empty where the county asks for nothing."""

    items: tuple[Needed, ...] = ()

    @property
    def lacking(self) -> list[Needed]:
        return [item for item in self.items if not item.met]

    @property
    def lacking_musts(self) -> list[Needed]:
        return [item for item in self.lacking if item.must]

    @property
    def words(self) -> str:
        """还差 n 项, by name, what the county insists on marked; empty when nothing is lacking."""
        return _told(self.lacking)


def _told(lacking: list[Needed]) -> str:
    names = "、".join(f"{item.words}{'（必须）' if item.must else ''}" for item in lacking)
    return f"还差 {len(lacking)} 项：{names}" if lacking else ""


def of_papers(papers: Iterable[Paper]) -> dict[Paper, Checklist]:
    """By paper: a voucher by its own files, a signature by its own and its project's.

    A file of a voucher whose kind nobody has named is taken for the paper itself. Two queries,
    whatever there is; none without papers.
    """
    asked = set(papers)
    if not asked:
        return {}
    there = _kinds_there(asked)
    rows = list(ChecklistItem.objects.order_by("valid_from", "pk"))
    return {paper: _checked(rows, paper, there) for paper in asked}


def of_claims(claims: Iterable[Claim]) -> dict[int, Checklist]:
    """By claim id, for claims of vouchers and signatures (joined). What a stage needs is its gate's.

    Two queries at most.
    """
    sources = {claim.pk: claim.voucher or claim.agreement for claim in claims}
    lists = of_papers(paper for paper in sources.values() if paper)
    return {claim: lists[paper] for claim, paper in sources.items() if paper}


def musts_lacking(claims: Iterable[Claim]) -> list[str]:
    """A sentence for every paper of these claims that lacks what the county insists on."""
    rows = list(claims)
    lists = of_claims(rows)
    told = {
        claim.source_words: _told(lists[claim.pk].lacking_musts)
        for claim in rows
        if claim.pk in lists and lists[claim.pk].lacking_musts
    }
    return [f"{paper}：{words}" for paper, words in told.items()]


def listed(today: dt.date) -> list[tuple[ChecklistItem, bool]]:
    """All rules, kind by kind of file, the latest first; True: a later one holds today. One query."""
    seen: set[tuple[str, str]] = set()
    found = []
    kinds = EvidenceKind.values
    rows = ChecklistItem.objects.order_by("-valid_from", "pk")
    for row in sorted(rows, key=lambda row: kinds.index(row.kind)):
        found.append((row, (row.about, row.kind) in seen))
        if row.valid_from <= today:
            seen.add((row.about, row.kind))
    return found


def _kinds_there(papers: set[Paper]) -> dict[tuple[str, int], set[str]]:
    """The kinds of the files of these papers and of the projects of those that are signatures. One query."""
    vouchers = {paper.pk for paper in papers if isinstance(paper, Voucher)}
    signed = [paper for paper in papers if isinstance(paper, Agreement)]
    links = EvidenceLink.objects.filter(
        Q(voucher__in=vouchers)
        | Q(agreement__in=signed)
        | Q(project__in={agreement.project_id for agreement in signed})
    )
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for voucher, agreement, project, kind in links.values_list("voucher", "agreement", "project", "kind"):
        if voucher:
            found["voucher", voucher].add(kind or EvidenceKind.PAPER)
        elif agreement:
            found["agreement", agreement].add(kind)
        else:
            found["project", project].add(kind)
    return found


def _checked(rows: list[ChecklistItem], paper: Paper, there: dict[tuple[str, int], set[str]]) -> Checklist:
    """The rules in force for a paper of this kind and day, the last word about each kind of file."""
    if isinstance(paper, Voucher):
        on, held = paper.dated_on, there["voucher", paper.pk]
    else:
        on = paper.signed_on
        held = there["agreement", paper.pk] | there["project", paper.project_id]
    said = {row.kind: row.demand for row in rows if row.about == paper.kind and row.valid_from <= on}
    return Checklist(
        tuple(
            Needed(kind.value, said[kind] == Demand.MUST, kind in held)
            for kind in EvidenceKind
            if said.get(kind, Demand.NONE) != Demand.NONE
        )
    )
