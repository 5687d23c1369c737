"""Which version of each rule of reminding holds on a day."""

import datetime as dt

from assessment.choices import RuleKind
from assessment.models import Rule

ORDER = list(RuleKind.values)


def newest(on: dt.date) -> list[Rule]:
    """The version in force of every rule, enabled or not, in the order of the matters. One query."""
    found: dict[tuple[str, int | None], Rule] = {}
    rules = Rule.objects.filter(valid_from__lte=on).select_related("measure", "principal_office")
    for rule in rules.order_by("version", "pk"):
        found[rule.kind, rule.measure_id] = rule
    return sorted(found.values(), key=lambda rule: (ORDER.index(rule.kind), rule.measure_id or 0))


def in_force(on: dt.date) -> list[Rule]:
    """The rules by which people are told on a day."""
    return [rule for rule in newest(on) if rule.enabled]
