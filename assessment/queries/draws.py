"""The superior's samples (抽查): what could be drawn from, what was drawn, and what has been found so far."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.queries.posts import ActingPost
from accounts.refusals import NotFound
from assessment.choices import Step
from assessment.models import Draw, DrawnClaim, Opinion
from assessment.percent import percent
from assessment.queries.visible import drawn_claims_for, draws_for
from projects.choices import COUNTED, ClaimKind, ClaimState, unit_of
from projects.models import Claim, Period
from projects.queries.visible import ACTS

CHECKED = Q(claim__superior__isnull=False)
WRONG = CHECKED & ~Q(claim__superior=F("verified"))
TAKEN_BACK = Q(claim__state=ClaimState.REVERSED)


@dataclass(frozen=True)
class Part:
    """What could be drawn from, of one kind; sums in the unit of the kind.

    ``musts``: claims that reach the floor, None where no floor applies.
    """

    kind: str
    claims: int
    reported: Decimal
    verified: Decimal
    musts: int | None

    @property
    def label(self) -> str:
        return str(ClaimKind(self.kind).label)

    @property
    def unit(self) -> str:
        return unit_of(self.kind)


@dataclass(frozen=True)
class Found:
    """What the superior has found in the drawn claims of one kind; sums in the unit of the kind.

    ``drawn`` claims, of which ``checked`` have the superior's figure and ``wrong`` another one than the
    county had verified; ``taken_back`` were reversed since and unchecked. ``verified`` and ``superior``:
    sums of the checked ones alone, None while nothing is checked. Nothing is projected on what was not drawn.
    """

    kind: str
    drawn: int
    checked: int
    wrong: int
    taken_back: int
    verified: Decimal | None
    superior: Decimal | None

    @property
    def label(self) -> str:
        return str(ClaimKind(self.kind).label)

    @property
    def unit(self) -> str:
        return unit_of(self.kind)

    @property
    def difference(self) -> Decimal | None:
        """The superior's sum less the verified one: negative where the county counted too much."""
        if self.verified is None or self.superior is None:
            return None
        return self.superior - self.verified

    @property
    def rate(self) -> Decimal | None:
        """The difference in % of the verified sum of the checked claims."""
        if self.verified is None or self.difference is None:
            return None
        return percent(self.difference, self.verified)


@dataclass(frozen=True)
class Line:
    """A draw in a list: its findings of money (到位资金; None without), and how many claims of all kinds."""

    draw: Draw
    drawn: int
    checked: int
    wrong: int
    money: Found | None


@dataclass(frozen=True)
class Row:
    """A drawn claim with the superior's last opinion on it."""

    drawn: DrawnClaim
    opinion: Opinion | None


def population(period: Period, kind: str) -> QuerySet[Claim]:
    """The decided claims booked in a period, of a kind or ("") of all; the database draws from the same."""
    claims = Claim.objects.filter(
        booked_in__period=period,
        state=ClaimState.DECIDED,
        verified__isnull=False,
        reverses__isnull=True,
    )
    return claims.filter(kind=kind) if kind else claims


def preview(period: Period, kind: str, floor_wan: Decimal | None) -> list[Part]:
    """The population by kind, in the order of the kinds. One query."""
    musts = Q(reported__gte=floor_wan) if floor_wan is not None else Q(pk__isnull=True)
    rows = (
        population(period, kind)
        .order_by()
        .values("kind")
        .annotate(
            claims=Count("pk"),
            musts=Count("pk", filter=musts),  # before the sum that bears the column's name
            reported=Sum("reported"),
            verified=Sum("verified"),
        )
    )
    for row in rows:
        if floor_wan is None or row["kind"] in COUNTED:
            row["musts"] = None
    places = {kind: place for place, kind in enumerate(ClaimKind.values)}
    return sorted((Part(**row) for row in rows), key=lambda part: places[part.kind])


def listed(post: ActingPost) -> QuerySet[Draw]:
    """The draws that the post may read, the latest first, without the lists that they were drawn from."""
    return draws_for(post).select_related("period", "actor").defer("listing").order_by("-at", "-pk")


def lines(post: ActingPost, draws: list[Draw]) -> list[Line]:
    """These draws with what was found, as far as the post sees the claims. One query."""
    found = _findings(drawn_claims_for(post).filter(draw__in=draws))
    return [_line(draw, found[draw.pk]) for draw in draws]


def newest_below() -> dict[int, Line]:
    """By tenant the latest draw of each jurisdiction below, with what was found. Two queries."""
    latest = Draw.objects.below().select_related("period").defer("listing")
    draws = list(latest.order_by("tenant_id", "-at", "-pk").distinct("tenant_id"))
    if not draws:
        return {}
    found = _findings(DrawnClaim.objects.below().filter(draw__in=draws))
    return {draw.tenant_id: _line(draw, found[draw.pk]) for draw in draws}


def one(post: ActingPost, draw_id: int) -> Draw:
    """A draw that the post may read. Raises NotFound."""
    found = draws_for(post).select_related("period", "actor").filter(pk=draw_id).first()
    if found is None:
        raise NotFound("没有这次抽查。")
    return found


def findings(post: ActingPost, draw: Draw) -> list[Found]:
    """What was found by kind, as far as the post sees the claims. One query."""
    return _findings(drawn_claims_for(post).filter(draw=draw))[draw.pk]


def chosen(post: ActingPost, draw: Draw) -> list[Row]:
    """The drawn claims that the post sees, in the order of the draw. Two queries."""
    names = ("unit", "project__enterprise", "voucher__payer", "agreement", "booked_in__period", *ACTS)
    rows = list(
        drawn_claims_for(post)
        .filter(draw=draw)
        .select_related(*(f"claim__{name}" for name in names))
        .order_by("place", "pk")
    )
    given = Opinion.objects.filter(claim__in=[row.claim_id for row in rows], step=Step.SUPERIOR)
    latest = {opinion.claim_id: opinion for opinion in given.order_by("pk")}
    return [Row(row, latest.get(row.claim_id)) for row in rows]


def of_claim(post: ActingPost, claim: Claim) -> list[DrawnClaim]:
    """The draws that have chosen this claim, the latest first. One query."""
    rows = drawn_claims_for(post).filter(claim=claim).select_related("draw__period").defer("draw__listing")
    return list(rows.order_by("-draw__at", "-pk"))


def _line(draw: Draw, found: list[Found]) -> Line:
    money = next((one for one in found if one.kind == ClaimKind.PAID_IN), None)
    return Line(
        draw,
        drawn=sum(one.drawn for one in found),
        checked=sum(one.checked for one in found),
        wrong=sum(one.wrong for one in found),
        money=money,
    )


def _findings(rows: QuerySet[DrawnClaim]) -> dict[int, list[Found]]:
    """By draw, what was found in each kind, in the order of the kinds."""
    counted = (
        rows.order_by()
        .values("draw_id", kind=F("claim__kind"))
        .annotate(
            drawn=Count("pk"),
            checked=Count("pk", filter=CHECKED),
            wrong=Count("pk", filter=WRONG),
            taken_back=Count("pk", filter=TAKEN_BACK & ~CHECKED),
            verified_sum=Sum("verified", filter=CHECKED),
            superior=Sum("claim__superior", filter=CHECKED),
        )
    )
    found: dict[int, list[Found]] = defaultdict(list)
    for row in counted:
        found[row["draw_id"]].append(
            Found(
                kind=row["kind"],
                drawn=row["drawn"],
                checked=row["checked"],
                wrong=row["wrong"],
                taken_back=row["taken_back"],
                verified=row["verified_sum"],
                superior=row["superior"],
            )
        )
    places = {kind: place for place, kind in enumerate(ClaimKind.values)}
    for kinds in found.values():
        kinds.sort(key=lambda one: places[one.kind])
    return found
