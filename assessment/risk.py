"""How closely a claim should be looked at (风险): points with their arithmetic in words. Pure.

Every factor is a fact of the ledger. What is not known gives no points: unknown is not zero.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assessment.percent import percent

# From so many points on, a person looks: the batch of claims without doubt leaves it.
HIGH = 5
# An amount is compared with a history of at least so many figures that are not zero.
ENOUGH = 5
# More than so many times the median of its history: points. The median bears zeros and single giants.
TIMES = ((Decimal(10), 2), (Decimal(5), 1))
# At least this share of the period's money of its kind in the whole county, in %: points.
SHARES = ((Decimal(25), 2), (Decimal(10), 1))
# At least this part of what was decided for the unit before was not accepted (核减率), in %: points.
REDUCED = ((Decimal(20), 2), (Decimal(5), 1))
FIRST_REPORT = 1
CORRECTION = 1
RESUBMITTED = 1
# The first doubt, and each further one; together at most MOST_FOR_DOUBTS.
DOUBT, FURTHER_DOUBT, MOST_FOR_DOUBTS = 2, 1, 4


@dataclass(frozen=True)
class History:
    """Verified figures of earlier decisions: how many are not zero, their median, and the sums of all.

    ``reported`` and ``verified`` are sums over everything decided; None where nothing was.
    """

    figures: int = 0
    median: Decimal | None = None
    reported: Decimal | None = None
    verified: Decimal | None = None


NO_HISTORY = History()


@dataclass(frozen=True)
class Facts:
    """What the ledger knows of one claim. Amounts are in the claim's own unit of quantity.

    ``period_total`` is what the whole county reports of this kind in the period (money only, else None).
    """

    kind: str
    reported: Decimal
    unit_of_quantity: str
    period_total: Decimal | None = None
    of_unit: History = NO_HISTORY
    of_kind: History = NO_HISTORY
    first_report: bool = False
    doubts: int = 0
    correction: bool = False
    resubmissions: int = 0


@dataclass(frozen=True)
class Factor:
    """One reason to look closer: its name, its points and its arithmetic in words."""

    key: str
    points: int
    words: str


@dataclass(frozen=True)
class Risk:
    """The factors of a claim or of a card, the weightiest first."""

    factors: tuple[Factor, ...] = ()

    @property
    def points(self) -> int:
        return sum(factor.points for factor in self.factors)

    @property
    def high(self) -> bool:
        return self.points >= HIGH

    @property
    def words(self) -> str:
        """The arithmetic: 风险 3：首次申报的企业（+1）；…… ."""
        told = "；".join(f"{factor.words}（+{factor.points}）" for factor in self.factors)
        return f"风险 {self.points}：{told}" if told else "风险 0：没有需要特别留意的情况"


def of(facts: Facts) -> Risk:
    """The risk of one claim."""
    return _sorted(_factors(facts))


def of_card(risks: Iterable[Risk]) -> Risk:
    """The risk of the claims of one act: each factor once, as its weightiest claim has it."""
    found: dict[str, Factor] = {}
    for risk in risks:
        for factor in risk.factors:
            if factor.key not in found or factor.points > found[factor.key].points:
                found[factor.key] = factor
    return _sorted(found.values())


def _sorted(factors: Iterable[Factor]) -> Risk:
    return Risk(tuple(sorted(factors, key=lambda factor: (-factor.points, factor.key))))


def _factors(facts: Facts) -> Iterator[Factor]:
    if facts.doubts > 0:
        points = min(DOUBT + FURTHER_DOUBT * (facts.doubts - 1), MOST_FOR_DOUBTS)
        yield Factor("doubts", points, f"有 {facts.doubts} 处疑点")
    yield from _outlier("unit", "本单位", facts, facts.of_unit)
    yield from _outlier("kind", "全县", facts, facts.of_kind)
    yield from _share(facts)
    yield from _reduced(facts)
    if facts.first_report:
        yield Factor("first", FIRST_REPORT, "该企业首次申报")
    if facts.correction:
        yield Factor("correction", CORRECTION, "冲销或更正")
    if facts.resubmissions > 0:
        yield Factor("resubmitted", RESUBMITTED, f"退回后重报，第 {facts.resubmissions + 1} 次报送")


def _outlier(key: str, whose: str, facts: Facts, history: History) -> Iterator[Factor]:
    if history.median is None or history.median <= 0 or history.figures < ENOUGH:
        return
    times = abs(facts.reported) / history.median
    if points := next((points for above, points in TIMES if times > above), 0):
        median = f"{history.median.normalize():f} {facts.unit_of_quantity}"
        rounded = times.quantize(Decimal("0.1"), ROUND_HALF_UP).normalize()
        words = f"数额为{whose}已核实{facts.kind}（{history.figures} 笔）中位数 {median}的 {rounded:f} 倍"
        yield Factor(key, points, words)


def _share(facts: Facts) -> Iterator[Factor]:
    if facts.period_total is None or facts.period_total <= 0:
        return
    part = abs(facts.reported)
    if points := _reached(part, facts.period_total, SHARES):
        yield Factor("share", points, f"占全县本期申报{facts.kind}的 {percent(part, facts.period_total)}%")


def _reduced(facts: Facts) -> Iterator[Factor]:
    reported, verified = facts.of_unit.reported, facts.of_unit.verified
    if reported is None or verified is None or reported <= 0:
        return
    if points := _reached(reported - verified, reported, REDUCED):
        rate = percent(reported - verified, reported)
        yield Factor("reduced", points, f"本单位以往{facts.kind}核减率 {rate}%")


def _reached(part: Decimal, whole: Decimal, table: tuple[tuple[Decimal, int], ...]) -> int:
    """The points of the highest step that the share reaches, by the exact values (I8)."""
    return next((points for step, points in table if part * 100 >= whole * step), 0)
