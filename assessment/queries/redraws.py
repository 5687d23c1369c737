"""复算: a draw made again from its seed, and what has become of the claims since it was drawn."""

from dataclasses import dataclass

from assessment import sampling
from assessment.models import Draw, DrawnClaim
from assessment.queries import draws
from projects.choices import COUNTED, ClaimState
from projects.models import Claim


@dataclass(frozen=True)
class Redrawn:
    """What comes out now. The first three must hold for ever; the rest tells what the county did since.

    ``digest``: the kept list still has its digest. ``ledger``: every claim of the list is in the ledger with
    the same unit and reported figure. ``choice``: seed and list choose the very claims that were
    chosen. ``moved``: claims of the list whose verified figure has changed, or that were taken back;
    ``later``: how many claims of the period were decided after the draw.
    """

    digest: bool
    ledger: bool
    choice: bool
    moved: list[Claim]
    later: int

    @property
    def agrees(self) -> bool:
        return self.digest and self.ledger and self.choice


def redraw(draw: Draw) -> Redrawn:
    """Draw again from the kept seed and list. Three queries; writes nothing."""
    listed = sampling.read(draw.listing)
    again = sampling.choose(
        listed, seed=draw.seed, division=draw.division, size=draw.size, floor=draw.floor_wan
    )
    kept = DrawnClaim.objects.filter(draw=draw).order_by("place")
    rows = list(kept.values_list("claim_id", "place", "must", "verified"))
    now = {claim.pk: claim for claim in Claim.objects.filter(pk__in=[one.claim for one in listed])}
    return Redrawn(
        digest=sampling.digest(draw.listing) == draw.sha256 and len(listed) == draw.population,
        ledger=all(one.claim in now and _agrees(now[one.claim], one) for one in listed),
        choice=rows == [(one.claim, one.place, one.must, one.verified) for one in again],
        moved=[now[one.claim] for one in listed if one.claim in now and _moved(now[one.claim], one)],
        later=draws.population(draw.period, draw.kind).exclude(pk__in=now).count(),
    )


def _agrees(claim: Claim, listed: sampling.Listed) -> bool:
    """What never changes in a claim."""
    return (claim.kind not in COUNTED, claim.reported) == (listed.money, listed.reported)


def _moved(claim: Claim, listed: sampling.Listed) -> bool:
    return claim.verified != listed.verified or claim.state == ClaimState.REVERSED
