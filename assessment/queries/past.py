"""What was decided before about a claim's unit and firm, in a few lines beside the claim."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from assessment.percent import percent
from assessment.queries.basis import STANDS
from assessment.queries.risk import DECIDED
from projects.choices import ClaimKind
from projects.models import Claim, Enterprise

# How many of the unit's periods are shown; the claim's own is among them.
PERIODS = 3


@dataclass(frozen=True)
class Filed:
    """What the unit claims of one kind in one Return. ``verified``: None where nothing is decided."""

    return_id: int
    period: str
    reported: Decimal
    decided: Decimal | None
    verified: Decimal | None

    @property
    def reduction(self) -> Decimal | None:
        """核减率 in %: what was not accepted of what is decided; None where nothing is."""
        if self.decided is None or self.verified is None:
            return None
        return percent(self.decided - self.verified, self.decided)


@dataclass(frozen=True)
class Past:
    """The unit's last periods with claims of this kind, and all that the firm's projects claim as arrived.

    ``entries``, ``reported`` and ``verified`` are the firm's; ``firm`` is None for an act of no project.
    """

    filed: list[Filed]
    firm: Enterprise | None
    entries: int
    reported: Decimal | None
    verified: Decimal | None


def of(claim: Claim) -> Past:
    """The past of a claim's unit and firm as far as the county's readers see it. Two queries."""
    firm = claim.project.enterprise if claim.project else None
    paid: dict[str, Any] = {"entries": 0, "reported": None, "verified": None}
    if firm is not None:
        claims = Claim.objects.filter(STANDS, project__enterprise=firm, kind=ClaimKind.PAID_IN)
        paid = claims.aggregate(entries=Count("pk"), reported=Sum("reported"), verified=Sum("verified"))
    return Past(_filed(claim), firm, **paid)


def _filed(claim: Claim) -> list[Filed]:
    own = Claim.objects.filter(STANDS, unit=claim.unit_id, kind=claim.kind)
    rows = (
        own.order_by("-booked_in__period__starts_on", "-booked_in_id")
        .values("booked_in_id", "booked_in__period__name")
        .annotate(
            all_reported=Sum("reported"),
            all_decided=Sum("reported", filter=DECIDED),
            all_verified=Sum("verified", filter=DECIDED),
        )
    )
    return [
        Filed(
            row["booked_in_id"],
            row["booked_in__period__name"],
            row["all_reported"],
            row["all_decided"],
            row["all_verified"],
        )
        for row in rows[:PERIODS]
    ]
