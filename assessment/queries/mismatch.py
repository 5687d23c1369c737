"""What the independent tables say about the firm of a claim of money: a doubt with its arithmetic.

It is no verdict.

A table covers a month when it has any figure for it; a firm that it does not list then has none. What it
does not cover is unknown and speaks against nobody (I12). Looked at are the months that a table covers in
the claim's year: taxes and electricity are summed, the insured are those of the last month, and the
statistics are cumulative, so that the last month is the year.
"""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from django.db.models import Max, Q

from accounts.queries.posts import ActingPost
from assessment.choices import COUNTED_IN, SourceKind
from assessment.models import OfficialSource
from assessment.queries.basis import STANDS
from assessment.queries.official import live, months_said
from projects.choices import ClaimKind
from projects.models import Claim
from projects.queries.visible import claims_for
from projects.sheets.cells import plain

NOTHING = Decimal(0)
SUMMED = {SourceKind.TAX, SourceKind.ELECTRICITY}
# What a table's figure is called in the arithmetic, and what is missing where it is nothing.
CALLED = {
    SourceKind.TAX: ("", "无税收"),
    SourceKind.SOCIAL_INSURANCE: ("参保 ", "无参保"),
    SourceKind.ELECTRICITY: ("用电 ", "无用电"),
    SourceKind.STATISTICS: ("累计 ", "无统计入库"),
}


@dataclass(frozen=True)
class Said:
    """What one table says about one claim's firm.

    ``value`` None: not provided for the month, or the firm has no credit code. ``doubt``: what speaks
    against the claim in a few words, else "". ``arithmetic``: the sentence with months, owner and day.
    """

    source: OfficialSource
    months: str
    value: Decimal | None
    as_of: dt.date | None
    doubt: str
    arithmetic: str

    @property
    def counted_in(self) -> str:
        """The unit of the figure."""
        return str(COUNTED_IN[SourceKind(self.source.kind)])

    @property
    def provided(self) -> bool:
        """Whether the table covers the claim's month."""
        return self.as_of is not None


def concerns(claim: Claim) -> bool:
    """Whether a claim is compared at all: money said to have arrived, not the taking back of it."""
    return claim.kind == ClaimKind.PAID_IN and claim.reverses_id is None


def doubts_on(claims: Iterable[Claim]) -> dict[int, str]:
    """By claim id the one sentence that the tables speak against it. Four queries at most."""
    return {
        claim.pk: sentence(claim, against)
        for claim, said in _compared(claims)
        if (against := [one for one in said if one.doubt])
    }


def told_of(claim: Claim) -> list[Said]:
    """What every table of firms says about a claim; nothing for a claim that is not compared."""
    return next((said for _claim, said in _compared([claim])), [])


def sentence(claim: Claim, against: list[Said]) -> str:
    """The doubt in words: what is claimed, what is missing, and each table's arithmetic."""
    claimed = f"申报到位 {plain(claim.reported)} 万元（{claim.happened_on:%Y-%m}）"
    if not codes_of(claim):
        tables = "、".join(one.source.name for one in against)
        return f"{claimed}，企业没有统一社会信用代码，不能与{tables}对照"
    missing = "、".join(dict.fromkeys(one.doubt for one in against))
    return f"{claimed}，{missing}：{'；'.join(one.arithmetic for one in against)}"


def codes_of(claim: Claim) -> set[str]:
    """Credit codes under which a claim's firm may stand: the payer's and the project's."""
    firms = [claim.voucher and claim.voucher.payer, claim.project and claim.project.enterprise]
    return {firm.credit_code for firm in firms if firm and firm.credit_code}


@dataclass(frozen=True)
class Doubtful:
    """The claims of a year with a doubt, the latest fact first, of how many that were compared."""

    rows: list[tuple[Claim, str]]
    compared: int

    @property
    def total(self) -> Decimal:
        """What the doubtful claims report, in 万元."""
        return sum((claim.reported for claim, _doubt in self.rows), NOTHING)


def doubtful(post: ActingPost, *, year: int, unit_id: int | None = None, state: str = "") -> Doubtful:
    """The claims of money of a year that the tables speak against. Five queries at most.

    ``state``: "open" (not verified yet) or "verified"; claims that were taken back say nothing any more.
    """
    claims = claims_for(post).filter(STANDS, kind=ClaimKind.PAID_IN, happened_on__year=year)
    if unit_id is not None:
        claims = claims.filter(unit_id=unit_id)
    if state:
        claims = claims.filter(verified__isnull=state == "open")
    listed = claims.select_related("unit", "project__enterprise", "voucher__payer")
    rows = list(listed.order_by("-happened_on", "-pk"))
    doubts = doubts_on(rows)
    return Doubtful([(claim, doubts[claim.pk]) for claim in rows if claim.pk in doubts], len(rows))


@dataclass(frozen=True)
class _Paid:
    """A claim's verified money, under the credit codes of its firms."""

    claim_id: int
    codes: frozenset[str]
    day: dt.date
    verified: Decimal


@dataclass
class _Tables:
    """The figures that some claims are compared with.

    ``covered``: by source, its months with the latest day up to which each stands; ``figures``: by
    source, credit code and month; ``paid``: the verified money by credit code.
    """

    covered: dict[OfficialSource, dict[dt.date, dt.date]] = field(default_factory=dict)
    figures: dict[tuple[int, str, dt.date], Decimal] = field(default_factory=dict)
    paid: dict[str, list[_Paid]] = field(default_factory=lambda: defaultdict(list))

    def value(self, source: OfficialSource, codes: set[str], months: list[dt.date]) -> Decimal:
        """The sum of these firms' figures; what a table does not list is nothing."""
        keys = product([source.pk], codes, months)
        return sum((self.figures.get(key, NOTHING) for key in keys), NOTHING)

    def verified(self, codes: set[str], begin: dt.date, end: dt.date, *, without: int) -> Decimal:
        """The verified money of these firms between two days, one claim left out."""
        found = {one for code in codes for one in self.paid[code] if one.claim_id != without}
        return sum((one.verified for one in found if begin <= one.day <= end), NOTHING)


def _compared(claims: Iterable[Claim]) -> Iterator[tuple[Claim, list[Said]]]:
    """The claims that are compared, each with what the tables say."""
    looked_at = [claim for claim in claims if concerns(claim)]
    if not looked_at:
        return
    tables = _tables(looked_at)
    for claim in looked_at:
        codes = codes_of(claim)
        yield claim, [_said(claim, codes, source, tables) for source in tables.covered]


def _tables(claims: list[Claim]) -> _Tables:
    """What these claims are compared with. Four queries at most."""
    years = {claim.happened_on.year for claim in claims}
    span = dt.date(min(years), 1, 1), dt.date(max(years), 12, 31)
    found = OfficialSource.objects.filter(kind__in=CALLED).select_related("owner_unit").order_by("pk")
    order = list(CALLED)
    sources = sorted(found, key=lambda source: order.index(SourceKind(source.kind)))
    if not sources:
        return _Tables()
    by_key = {source.pk: source for source in sources}
    tables = _Tables(covered={source: {} for source in sources})
    rows = live().filter(source__in=sources, month__range=span)
    for source, month, as_of in rows.values_list("source_id", "month").annotate(until=Max("as_of")):
        tables.covered[by_key[source]][month] = as_of
    codes = set().union(*(codes_of(claim) for claim in claims))
    firms = rows.filter(credit_code__in=codes)
    for source, code, month, value in firms.values_list("source_id", "credit_code", "month", "value"):
        tables.figures[source, code or "", month] = value
    for paid in _paid(codes, *span):
        for code in paid.codes:
            tables.paid[code].append(paid)
    return tables


def _paid(codes: set[str], first: dt.date, last: dt.date) -> Iterator[_Paid]:
    """The verified money of these firms, claim by claim."""
    of_firms = Q(voucher__payer__credit_code__in=codes) | Q(project__enterprise__credit_code__in=codes)
    verified = Claim.objects.filter(of_firms, kind=ClaimKind.PAID_IN, verified__isnull=False)
    rows = verified.filter(happened_on__range=(first, last)).values_list(
        "pk", "voucher__payer__credit_code", "project__enterprise__credit_code", "happened_on", "verified"
    )
    for claim_id, payer, investor, day, amount in rows:
        firms = frozenset(code for code in (payer, investor) if code)
        yield _Paid(claim_id, firms, day, amount or NOTHING)


def _said(claim: Claim, codes: set[str], source: OfficialSource, tables: _Tables) -> Said:
    """What one table says about the firms of a claim."""
    covered = tables.covered[source]
    month = claim.happened_on.replace(day=1)
    if month not in covered:
        return Said(source, "", None, None, "", f"{source.name} {months_said([month])} 未提供")
    year = sorted(one for one in covered if one.year == month.year)
    used = year if source.kind in SUMMED else year[-1:]
    as_of = max(covered[one] for one in used)
    by = f"（{source.owner_unit.name if source.owner_unit else '上级'}，截至 {as_of}）"
    months = months_said(used)
    if not codes:
        words = f"{source.name} {months} 企业没有统一社会信用代码{by}"
        return Said(source, months, None, as_of, "不能对照", words)
    value = tables.value(source, codes, used)
    called, missing = CALLED[SourceKind(source.kind)]
    words = f"{source.name} {months} {called}{plain(value)} {COUNTED_IN[SourceKind(source.kind)]}{by}"
    if not value:
        return Said(source, months, value, as_of, missing, words)
    above = ""
    if source.kind == SourceKind.STATISTICS:
        begin = dt.date(month.year, 1, 1)
        verified = tables.verified(codes, begin, last_day(used[-1]), without=claim.pk)
        above = _above(claim, verified, value, source.margin)
    return Said(source, months, value, as_of, "到位高于统计入库" if above else "", words + above)


def _above(claim: Claim, verified: Decimal, value: Decimal, margin: int) -> str:
    """The verified money of the year and this claim against the statistics, where they exceed the margin."""
    own = claim.reported if claim.verified is None else claim.verified
    together = verified + own
    if together * 100 <= value * (100 + margin):
        return ""
    return (
        f"，核实到位 {plain(verified)} 万元加本笔 {plain(own)} 万元合计 {plain(together)} 万元，"
        f"高出 {plain(together - value)} 万元（允许 {margin}%）"
    )


def last_day(month: dt.date) -> dt.date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
