"""The queue as people work through it: one card per act, with what speaks against a quick yes.

A signing writes up to four claims; they are decided as one card. A voucher's claim is a card alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.queries.posts import ActingPost
from assessment.choices import Step
from assessment.queries import queue
from projects.models import Claim

MONEY, SIGNING = "money", "signing"
# How far the next card without a conflict of interest is looked for.
AHEAD = 50


@dataclass(frozen=True)
class Narrowed:
    """What the queue is narrowed to: a unit, one kind of act, doubtful claims only."""

    unit_id: int | None = None
    kind: str = ""
    doubts: bool = False


@dataclass(frozen=True)
class Card:
    """The waiting claims of one act, the first of which gives its name and address."""

    claims: list[Claim]
    conflict: str = ""
    doubts: list[str] = field(default_factory=list)

    @property
    def first(self) -> Claim:
        return self.claims[0]


def waiting(post: ActingPost, step: str, narrowed: Narrowed) -> QuerySet[Claim]:
    """Claims that wait at this step, narrowed by unit and kind (doubts need the claims themselves)."""
    claims = queue.waiting(post, step)
    if narrowed.unit_id is not None:
        claims = claims.filter(unit_id=narrowed.unit_id)
    if narrowed.kind:
        claims = claims.filter(voucher__isnull=narrowed.kind == SIGNING)
    return claims


def units_waiting(post: ActingPost, step: str) -> list[tuple[int, str]]:
    """Units that have claims waiting at this step, by pinyin. One query."""
    claims = queue.waiting(post, step).order_by("unit__sort_key", "unit_id")
    return list(claims.values_list("unit_id", "unit__name").distinct())


def card_keys(post: ActingPost, step: str, narrowed: Narrowed) -> list[list[int]]:
    """Ids of the waiting claims, card by card in the queue's order. One query; with doubts a few more."""
    claims = waiting(post, step, narrowed)
    if narrowed.doubts:
        rows = list(claims)
        doubtful = queue.doubts_on(rows)
        pairs: Iterable = ((claim.pk, claim.agreement_id) for claim in rows if claim.pk in doubtful)
    else:
        pairs = claims.values_list("pk", "agreement_id")
    keys: dict[tuple[str, int], list[int]] = {}
    for claim, agreement in pairs:
        keys.setdefault(("agreement", agreement) if agreement else ("claim", claim), []).append(claim)
    return list(keys.values())


def cards(post: ActingPost, step: str, keys: list[list[int]]) -> list[Card]:
    """These cards with their claims, conflicts and doubts. A fixed number of queries."""
    rows = list(queue.waiting(post, step).filter(pk__in=[claim for key in keys for claim in key]))
    found = {claim.pk: claim for claim in rows}
    conflicts = queue.conflicts_of(post, rows, step) if step != Step.UNIT else {}
    doubts = queue.doubts_on(rows)
    result = []
    for key in keys:
        claims = [found[claim] for claim in key if claim in found]
        if claims:
            conflict = next((conflicts[claim.pk] for claim in claims if claim.pk in conflicts), "")
            said = dict.fromkeys(doubt for claim in claims for doubt in doubts.get(claim.pk, []))
            result.append(Card(claims, conflict, list(said)))
    return result


def passes_on(card: Card | None, step: str) -> bool:
    """Whether this post may only pass the card on: its own house's, at one of the bureau's steps."""
    return card is not None and card.conflict == queue.HOUSE and step in queue.SKIPPED_FROM


def next_after(
    post: ActingPost, step: str, narrowed: Narrowed, claim_id: int, *, passing: bool = False
) -> list[int]:
    """First claims of the cards to offer after this one, nearest first, but for what others must decide.

    Asked before the opinion is given; the caller takes the first that still waits. The card's own
    other claims come first, unless the card is passed over (``passing``).
    """
    keys = card_keys(post, step, narrowed)
    here = next((at for at, key in enumerate(keys) if claim_id in key), -1)
    order = keys[here + 1 :] + keys[: max(here, 0)]
    ahead = cards(post, step, order[:AHEAD])
    rest = [claim for claim in keys[here] if claim != claim_id] if here >= 0 and not passing else []
    return rest + [card.first.pk for card in ahead if not card.conflict or passes_on(card, step)]
