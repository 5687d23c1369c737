"""现场核查表: what people need on the site who have no network there, act by act."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from accounts.queries.posts import ActingPost
from assessment.models import DrawnClaim
from assessment.queries import cards, draws, queue
from assessment.queries.queue import CONFLICT_WORDS
from projects.choices import EvidenceKind
from projects.models import Claim, EvidenceLink, Project
from projects.queries.files import Paper, bound_to
from projects.queries.visible import evidence_for


@dataclass(frozen=True)
class Block:
    """The claims of one act on paper, the first of which gives its name and address.

    ``place``: where to go, as far as it is known; ``files``: what was handed in, by kind, in words;
    ``conflict``: why whoever prints may not decide on it; ``drawn``: its line in the superior's sample.
    """

    claims: list[Claim]
    doubts: list[str]
    place: str
    files: str
    conflict: str = ""
    drawn: DrawnClaim | None = None

    @property
    def first(self) -> Claim:
        return self.claims[0]


def of_queue(post: ActingPost, step: str, keys: list[list[int]]) -> list[Block]:
    """These cards of the queue. A fixed number of queries."""
    found = cards.cards(post, step, keys, risk=False)
    places, files = _around(post, [claim for card in found for claim in card.claims])
    return [
        Block(
            card.claims,
            card.doubts,
            places[card.first.pk],
            files[card.first.pk],
            CONFLICT_WORDS.get(card.conflict, ""),
        )
        for card in found
    ]


def of_draw(post: ActingPost, rows: list[draws.Row]) -> list[Block]:
    """These claims of a sample, as ``draws.chosen`` gives them. A fixed number of queries."""
    claims = [row.drawn.claim for row in rows]
    doubts = queue.doubts_on(post, claims)
    places, files = _around(post, claims)
    return [
        Block(
            [row.drawn.claim],
            doubts.get(row.drawn.claim_id, []),
            places[row.drawn.claim_id],
            files[row.drawn.claim_id],
            drawn=row.drawn,
        )
        for row in rows
    ]


def _around(post: ActingPost, claims: list[Claim]) -> tuple[dict[int, str], dict[int, str]]:
    """By claim id: the place and the files, both in words. Two queries."""
    projects = {claim.project_id for claim in claims if claim.project_id}
    hosts = dict(
        Project.objects.filter(pk__in=projects, host_unit__isnull=False).values_list("pk", "host_unit__name")
    )
    kinds = _kinds(post, claims)
    places, files = {}, {}
    for claim in claims:
        places[claim.pk] = claim.visit.place if claim.visit else hosts.get(claim.project_id or 0, "")
        counted = kinds[claim.proved_by]
        files[claim.pk] = "、".join(f"{_file_words(kind)} {number} 份" for kind, number in counted.items())
    return places, files


def _kinds(post: ActingPost, claims: list[Claim]) -> dict[Paper | None, Counter[str]]:
    """By what files belong to, how many there are of each kind. One query."""
    papers = filter(None, (claim.proved_by for claim in claims))
    links = EvidenceLink.objects.filter(bound_to(papers), evidence__in=evidence_for(post))
    found: dict[Paper | None, Counter[str]] = defaultdict(Counter)
    for link in links.order_by("pk"):
        found[link.paper][link.kind] += 1
    return found


def _file_words(kind: str) -> str:
    return str(EvidenceKind(kind).label) if kind else "未注明种类的材料"
