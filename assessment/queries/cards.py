"""The queue as people work through it: one card per act, with what speaks against a quick yes.

A signing writes up to four claims; they are decided as one card. A voucher's claim is a card alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, QuerySet

from accounts.queries.posts import ActingPost
from assessment.choices import Step
from assessment.models import Measure
from assessment.queries import queue
from assessment.queries.basis import counts
from assessment.queries.risk import risks_of
from assessment.risk import Risk, of_card
from projects.models import Claim

MONEY, SIGNING = "money", "signing"
DUE, RISK = "due", "risk"
# How far the next card without a conflict of interest is looked for.
AHEAD = 50


@dataclass(frozen=True)
class Narrowed:
    """What the queue is narrowed to: a unit, one kind of act, what a rule counts, doubtful claims only.

    ``order``: DUE (due day, then unit) or RISK (the riskiest card first, then as by DUE).
    """

    unit_id: int | None = None
    kind: str = ""
    doubts: bool = False
    measure: Measure | None = None
    order: str = DUE


@dataclass(frozen=True)
class Card:
    """The waiting claims of one act, the first of which gives its name and address.

    ``doubted`` are the doubts by claim; ``risk`` is None where it was not asked for.
    """

    claims: list[Claim]
    conflict: str = ""
    doubted: dict[int, list[str]] = field(default_factory=dict)
    risk: Risk | None = None

    @property
    def doubts(self) -> list[str]:
        """What speaks against a quick yes, each doubt once."""
        return list(dict.fromkeys(doubt for found in self.doubted.values() for doubt in found))

    @property
    def first(self) -> Claim:
        return self.claims[0]


def waiting(post: ActingPost, step: str, narrowed: Narrowed) -> QuerySet[Claim]:
    """Claims that wait at this step, narrowed by unit, kind and rule (doubts need the claims themselves).

    A rule counts each claim by the year of its own fact.
    """
    claims = queue.waiting(post, step)
    if narrowed.unit_id is not None:
        claims = claims.filter(unit_id=narrowed.unit_id)
    if narrowed.kind:
        claims = claims.filter(voucher__isnull=narrowed.kind == SIGNING)
    if narrowed.measure is not None:
        claims = claims.filter(counts(narrowed.measure, F("happened_on__year")))
    return claims


def units_waiting(post: ActingPost, step: str) -> list[tuple[int, str]]:
    """Units that have claims waiting at this step, by pinyin. One query."""
    claims = queue.waiting(post, step).order_by("unit__sort_key", "unit_id")
    return list(claims.values_list("unit_id", "unit__name").distinct())


def card_keys(post: ActingPost, step: str, narrowed: Narrowed) -> list[list[int]]:
    """Ids of the waiting claims, card by card in the chosen order.

    One query; with doubts or by risk a fixed few more.
    """
    claims = waiting(post, step, narrowed)
    by_risk = narrowed.order == RISK and step != Step.UNIT
    if not (narrowed.doubts or by_risk):
        return _by_act(claims.values_list("pk", "agreement_id"))
    rows = list(claims)
    doubts = queue.doubts_on(post, rows)
    shown = [claim for claim in rows if claim.pk in doubts] if narrowed.doubts else rows
    keys = _by_act((claim.pk, claim.agreement_id) for claim in shown)
    if not by_risk:
        return keys
    risks = risks_of(shown, doubts)
    # Sorting keeps what is equal as it was: by due day, unit and entry.
    return sorted(keys, key=lambda key: -of_card(risks[claim] for claim in key).points)


def _by_act(pairs: Iterable) -> list[list[int]]:
    """Claims and their agreements as cards: the claims of one signing together."""
    keys: dict[tuple[str, int], list[int]] = {}
    for claim, agreement in pairs:
        keys.setdefault(("agreement", agreement) if agreement else ("claim", claim), []).append(claim)
    return list(keys.values())


def cards(post: ActingPost, step: str, keys: list[list[int]], *, risk: bool = True) -> list[Card]:
    """These cards with their claims, conflicts, doubts and, if asked for, risk. A fixed number of queries.

    A unit that answers a return is told no risk: it is the checkers' own order of work.
    """
    found = _found(post, step, keys)
    rows = list(found.values())
    conflicts = queue.conflicts_of(post, rows, step) if step != Step.UNIT else {}
    doubts = queue.doubts_on(post, rows)
    risks = risks_of(rows, doubts) if risk and step != Step.UNIT else {}
    result = []
    for key in keys:
        claims = [found[claim] for claim in key if claim in found]
        if claims:
            conflict = next((conflicts[claim.pk] for claim in claims if claim.pk in conflicts), "")
            doubted = {claim.pk: doubts[claim.pk] for claim in claims if claim.pk in doubts}
            together = of_card(risks[claim.pk] for claim in claims) if risks else None
            result.append(Card(claims, conflict, doubted, together))
    return result


def passes_on(conflict: str, step: str) -> bool:
    """Whether this post may only pass such a card on: its own house's, at one of the bureau's steps."""
    return conflict == queue.HOUSE and step in queue.SKIPPED_FROM


def risk_of(card: Card) -> Risk:
    """The risk of a card that was found without it. Five queries."""
    return of_card(risks_of(card.claims, card.doubted).values())


def _found(post: ActingPost, step: str, keys: list[list[int]]) -> dict[int, Claim]:
    """The claims of these cards that still wait, by id. One query."""
    rows = queue.waiting(post, step).filter(pk__in=[claim for key in keys for claim in key])
    return {claim.pk: claim for claim in rows}


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
    ahead = _found(post, step, order[:AHEAD])
    conflicts = queue.conflicts_of(post, list(ahead.values()), step) if step != Step.UNIT else {}
    others = {claim for claim, why in conflicts.items() if not passes_on(why, step)}
    free = [key for key in order[:AHEAD] if not others.intersection(key)]
    rest = [claim for claim in keys[here] if claim != claim_id] if here >= 0 and not passing else []
    return rest + [key[0] for key in free if key[0] in ahead]
