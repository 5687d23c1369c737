"""Which steps claims pass in this county (核实程序), as people read it."""

from dataclasses import dataclass

from assessment.choices import Step
from assessment.models import Procedure
from projects.choices import ClaimKind


@dataclass(frozen=True)
class Ruled:
    """A procedure with what it is about and its steps in words; ``later``: another has followed it."""

    procedure: Procedure
    about: str
    words: str
    later: bool


def steps_beside() -> frozenset[Step]:
    """The steps that some procedure of the tenant adds to first review and inspection. One query."""
    added = {Step.COMPLETENESS: "completeness", Step.JOINT: "joint"}
    rows = list(Procedure.objects.all())
    return frozenset(step for step, name in added.items() if any(getattr(row, name) for row in rows))


def listed() -> list[Ruled]:
    """All procedures, the general ones first, of each kind the latest first. One query."""
    rows = list(Procedure.objects.order_by("kind", "-valid_from"))
    seen: set[str] = set()
    found = []
    for row in rows:
        about = ClaimKind(row.kind).label if row.kind else "没有单独规定的各类申报"
        found.append(Ruled(row, str(about), words(row), row.kind in seen))
        seen.add(row.kind)
    return found


def words(procedure: Procedure) -> str:
    """The steps in the order in which a claim passes them."""
    steps = ["单位上报"]
    if procedure.completeness:
        steps.append("材料审查")
    if procedure.first_review:
        days = procedure.review_days
        steps.append(f"初审（超过 {days} 个工作日未办的可直接核实）" if days else "初审")
    steps.append("督查核实")
    if procedure.joint:
        steps.append("另一督查室会签")
    return " → ".join(steps)
