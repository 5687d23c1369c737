"""The lifecycle of a project as data: stages, how they follow each other, what opens each of them.

Pure functions over plain values, asked by pages, services and interfaces alike.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.choices import CLAIMANT_FILES, AgreementKind, ClaimKind, EvidenceKind, GateKind, Move, Stage

# The way forward; what is not on it interrupts it.
WAY = (
    Stage.LEAD,
    Stage.NEGOTIATING,
    Stage.INTENT,
    Stage.SIGNED,
    Stage.LANDED,
    Stage.STARTED,
    Stage.COMPLETED,
    Stage.IN_PRODUCTION,
)
OFF_WAY = (Stage.SUSPENDED, Stage.TERMINATED, Stage.LOST_CONTACT)
BEGINNINGS = (Stage.LEAD, Stage.NEGOTIATING)
# Stages for which a project says beforehand when it means to reach them.
PLANNED = WAY[WAY.index(Stage.SIGNED) :]

# Stages whose reaching is a figure. A signing's figures belong to its agreement.
CLAIMED = {
    Stage.LANDED: ClaimKind.LANDED,
    Stage.STARTED: ClaimKind.STARTED,
    Stage.COMPLETED: ClaimKind.COMPLETED,
    Stage.IN_PRODUCTION: ClaimKind.IN_PRODUCTION,
}
# Which signature brings a project how far, the strongest first.
SIGNED_BY = (
    (Stage.SIGNED, (AgreementKind.CONTRACT,)),
    (Stage.INTENT, (AgreementKind.INTENT, AgreementKind.FRAMEWORK)),
)

HEAD, BUREAU = "head", "bureau"
# What a gate may ask for, by kind, in the words of the sentence "还差 ...".
ITEMS: dict[str, dict[str, Any]] = {
    GateKind.FIELD: {
        "credit_code": _("投资方的统一社会信用代码"),
        "industry": _("行业代码"),
        "host_unit": _("落户地"),
        "channel": _("招商方式"),
    },
    GateKind.AGREEMENT: {
        "intent": _("意向或框架协议"),
        "contract": _("合同"),
        "contract_amount": _("合同的总投资和引资额"),
    },
    GateKind.VISIT: {"any": _("至少一次洽谈记录")},
    GateKind.EVIDENCE: {kind.value: kind.label for kind in CLAIMANT_FILES},
    GateKind.APPROVAL: {HEAD: _("本单位负责人确认"), BUREAU: _("招商局确认")},
}

# The gates that a new tenant begins with.
STANDARD_GATES: tuple[tuple[Stage, GateKind, str], ...] = (
    (Stage.NEGOTIATING, GateKind.VISIT, "any"),
    (Stage.INTENT, GateKind.AGREEMENT, "intent"),
    (Stage.SIGNED, GateKind.AGREEMENT, "contract"),
    (Stage.SIGNED, GateKind.AGREEMENT, "contract_amount"),
    (Stage.LANDED, GateKind.FIELD, "credit_code"),
    (Stage.LANDED, GateKind.FIELD, "host_unit"),
    (Stage.LANDED, GateKind.EVIDENCE, EvidenceKind.LICENCE),
    (Stage.LANDED, GateKind.EVIDENCE, EvidenceKind.FILING),
    (Stage.LANDED, GateKind.EVIDENCE, EvidenceKind.LAND),
    (Stage.STARTED, GateKind.FIELD, "industry"),
    (Stage.STARTED, GateKind.EVIDENCE, EvidenceKind.PERMIT),
    (Stage.STARTED, GateKind.EVIDENCE, EvidenceKind.PHOTO),
    (Stage.COMPLETED, GateKind.EVIDENCE, EvidenceKind.ACCEPTANCE),
    (Stage.IN_PRODUCTION, GateKind.EVIDENCE, EvidenceKind.OUTPUT),
)
GATES_FROM = dt.date(2000, 1, 1)

# How long a lead is held where the county has said nothing else.
HOLD_DAYS = 180


class LeadState(models.TextChoices):
    """Where a lead stands (线索状态)."""

    OPEN = "open", _("跟进中")
    CONVERTED = "converted", _("已转项目")
    EXPIRED = "expired", _("已过保护期")
    ABANDONED = "abandoned", _("已放弃")


def lead_state(*, converted: bool, abandoned: bool, held_until: dt.date, today: dt.date) -> LeadState:
    """A lead's state on a day; the last day of the hold still counts."""
    if converted:
        return LeadState.CONVERTED
    if abandoned:
        return LeadState.ABANDONED
    return LeadState.OPEN if held_until >= today else LeadState.EXPIRED


@dataclass(frozen=True)
class Required:
    """One condition of a gate."""

    kind: str
    item: str

    @property
    def words(self) -> str:
        """What is asked for, as users read it."""
        return str(ITEMS.get(self.kind, {}).get(self.item, self.item))


@dataclass(frozen=True)
class Facts:
    """What a project has: filled fields, signatures, number of visits, files by what they prove."""

    fields: frozenset[str] = field(default_factory=frozenset)
    agreements: frozenset[str] = field(default_factory=frozenset)
    visits: int = 0
    evidence: frozenset[str] = field(default_factory=frozenset)

    def meets(self, required: Required) -> bool:
        """Whether a condition is met. An approval is no fact: it is given to the move itself."""
        match required.kind:
            case GateKind.FIELD:
                return required.item in self.fields
            case GateKind.AGREEMENT:
                return required.item in self.agreements
            case GateKind.VISIT:
                return self.visits > 0
            case GateKind.EVIDENCE:
                return required.item in self.evidence
            case _:
                return True


def missing(facts: Facts, gate: Iterable[Required]) -> list[Required]:
    """The conditions of a gate that are not met yet (还差 n 项)."""
    return [required for required in gate if not facts.meets(required)]


def approvals(gate: Iterable[Required]) -> list[str]:
    """Whose agreement a gate asks for beside its facts."""
    return [required.item for required in gate if required.kind == GateKind.APPROVAL]


def stage_of(recorded: str, signatures: Iterable[str]) -> Stage:
    """The stage of a project: the recorded one, else what its signatures say, else 在谈."""
    if recorded:
        return Stage(recorded)
    kinds = set(signatures)
    for stage, signed_by in SIGNED_BY:
        if kinds & set(signed_by):
            return stage
    return Stage.NEGOTIATING


def signed_days(signatures: Iterable[tuple[str, dt.date]]) -> list[tuple[Stage, dt.date]]:
    """The stages that signatures (kind and day, the earliest first) tell, each with its first day."""
    marks: dict[Stage, dt.date] = {}
    for kind, day in signatures:
        stage = next((stage for stage, kinds in SIGNED_BY if kind in kinds), None)
        if stage is not None:
            marks.setdefault(stage, day)
    return list(marks.items())


def days_reached(
    moves: Iterable[tuple[str, dt.date]], signatures: Iterable[tuple[str, dt.date]]
) -> dict[Stage, dt.date]:
    """On which day a project came to each stage of the way that lies behind it or at which it is.

    ``moves``: stage and day of every change that stands, in their order. Going back forgets what was
    reached beyond; leaving the way forgets nothing. A stage that was passed by is missing, unless
    ``signatures`` (kind and day, the earliest first) tell a day for it that fits between the others.
    """
    moves = [(Stage(stage), day) for stage, day in moves if stage in WAY]
    days: dict[Stage, dt.date] = {}
    for stage, day in moves:
        behind = {known: on for known, on in days.items() if WAY.index(known) < WAY.index(stage)}
        days = {**behind, stage: days.get(stage, day)}
    furthest = max(map(WAY.index, days), default=len(WAY))
    for stage, day in signed_days(signatures):
        place = WAY.index(stage)
        fits = all((on <= day) if WAY.index(known) < place else (on >= day) for known, on in days.items())
        if stage not in days and place < furthest and fits:
            days[stage] = day
    return days


def has_come_to(now: str, stage: str, days: dict[Stage, dt.date]) -> bool:
    """Whether a project that is at ``now`` has come as far as a stage; off the way its last days tell."""
    place = WAY.index(Stage(stage))
    if now in WAY:
        return WAY.index(Stage(now)) >= place
    return any(WAY.index(known) >= place for known in days)


def next_of(stage: str) -> Stage | None:
    """The one step forward; None at the end of the way and off it."""
    if stage not in WAY:
        return None
    place = WAY.index(Stage(stage)) + 1
    return WAY[place] if place < len(WAY) else None


def move_of(before: str, after: str) -> Move:
    """What kind of move leads from one stage to another. Raises ValueError when none does."""
    if before == after or after not in Stage.values:
        raise ValueError(f"no move from {before} to {after}")
    if not before:
        return Move.BEGIN
    if after == next_of(before):
        return Move.FORWARD
    if before in WAY and after in WAY and WAY.index(Stage(after)) > WAY.index(Stage(before)):
        return Move.SKIP
    return Move.BACK


def leads_on(before: str, after: str) -> bool:
    """Whether a move goes forward on the way, by one step or more: only then a gate asks for something."""
    return after in Stage.values and after != before and move_of(before, after) != Move.BACK
