"""The reminders that a new tenant begins with, as data; its own versions come after them."""

from typing import Any

from assessment.choices import RuleKind
from assessment.standard_measures import PAID_IN

# ``measure``: the name of a standard measure, where the rule is about one.
STANDARD: list[dict[str, Any]] = [
    {
        "kind": RuleKind.ZERO,
        "measure": PAID_IN,
        "first_month": 1,
        "every_months": 1,
        "leader_months": 3,
        "silent_days": 5,
    },
    {"kind": RuleKind.BEHIND, "measure": PAID_IN, "first_month": 1, "every_months": 1, "leader_months": 3},
    {"kind": RuleKind.DUE_SOON, "days_before": 1},
    {"kind": RuleKind.NOT_REPORTED, "unit_days": 1, "leader_days": 3},
    {"kind": RuleKind.REVIEWER, "unit_days": 5, "leader_days": 10},
]
