"""The frozen rows of a snapshot as pages show them: nothing here asks the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.queries.posts import ActingPost
from assessment import rules
from assessment.choices import UnitClass
from assessment.models import Snapshot
from assessment.queries.snapshot_rows import FIGURES
from projects.choices import ClaimKind, unit_of

# As in the standing.
ORDER = list(UnitClass)
WORDS = {
    "target": "任务",
    "reported": "申报数",
    "reviewed": "初审数",
    "verified": "核实数",
    "superior": "上级核查数",
    "class": "类别",
}
TONES = {UnitClass.DONE: "good", UnitClass.ON_SCHEDULE: "good", UnitClass.ZERO: "bad"}


@dataclass(frozen=True)
class Line:
    """One unit's row: as frozen, its class in words, and whether the post may open what is behind."""

    row: dict[str, Any]
    words: str
    tone: str
    opens: bool


@dataclass(frozen=True)
class Table:
    """One measure: its place in the snapshot, as frozen, and its lines by class, then by pinyin."""

    place: int
    measure: dict[str, Any]
    lines: list[Line]


def measures(snapshot: Snapshot, post: ActingPost) -> list[Table]:
    """The tables of a snapshot, in its own order."""
    return [
        Table(place, measure, _lines(measure["units"], post))
        for place, measure in enumerate(snapshot.rows["measures"], 1)
    ]


def _lines(units: list[dict[str, Any]], post: ActingPost) -> list[Line]:
    lines = []
    for row in sorted(units, key=lambda row: ORDER.index(UnitClass(row["class"]))):
        unit_class = UnitClass(row["class"])
        opens = rules.opens_unit(post, row["id"])
        lines.append(Line(row, str(unit_class.label), TONES.get(unit_class, ""), opens))
    return lines


@dataclass(frozen=True)
class Part:
    """A frozen claim with its number and the part of it that counts here."""

    id: int
    claim: dict[str, Any]
    share: Decimal
    counted: Decimal | None

    @property
    def kind_words(self) -> str:
        return str(ClaimKind(self.claim["kind"]).label)


@dataclass(frozen=True)
class Behind:
    """What a number adds up from: of a measure and a unit, of a measure's total, or counted by none."""

    title: str
    kind: str
    parts: list[Part]
    figures: dict[str, Any]
    shared: bool


def behind(snapshot: Snapshot, place: int, unit: int) -> Behind | None:
    """The claims behind a row of the measure at this place, its total (unit 0), or uncounted (place 0).

    None where the snapshot has no such row.
    """
    found = snapshot.rows
    if not place:
        parts = _parts(found, found["uncounted"], 0)
        return None if unit else Behind("没有列入统计口径的申报", "", parts, {}, shared=False)
    if place > len(found["measures"]):
        return None
    measure = found["measures"][place - 1]
    lines = {line["id"]: line for line in measure["units"]} | {0: measure["total"]}
    if unit not in lines:
        return None
    line = lines[unit]
    parts = _parts(found, line["claims"], unit)
    title = f"{line.get('name', '合计')} {measure['name']}"
    figures = {name: line[name] for name in FIGURES}
    return Behind(title, measure["kind"], parts, figures, shared=any(part.share != 1 for part in parts))


def _parts(found: dict[str, Any], keys: Iterable[int], unit: int) -> list[Part]:
    parts = []
    for key in keys:
        claim = found["claims"][str(key)]
        share = Decimal(claim["shares"][str(unit)]) if unit else Decimal(1)
        verified = claim["verified"]
        parts.append(Part(key, claim, share, None if verified is None else Decimal(verified) * share))
    return parts


@dataclass(frozen=True)
class Difference:
    """One figure that differs, in words; ``kind`` is empty where it is no quantity."""

    measure: str
    unit: str
    what: str
    kind: str
    counted_in: str
    before: Any
    after: Any


def told(found: list[dict[str, Any]]) -> list[Difference]:
    """Differences in words."""
    return [_told(row) for row in found]


def _told(row: dict[str, Any]) -> Difference:
    before, after, kind = row["before"], row["after"], row["kind"]
    if row["what"] == "class":
        before, after = (str(UnitClass(code).label) if code else "—" for code in (before, after))
        kind = ""
    counted_in = unit_of(kind) if kind else ""
    return Difference(
        row["measure"], row["unit"] or "合计", WORDS[row["what"]], kind, counted_in, before, after
    )
