"""Rules of reminding (提醒规则) of a tenant."""

from assessment import standard_measures, standard_rules
from assessment.models import Measure, Rule


def publish_standard(measures: list[Measure]) -> list[Rule]:
    """Version 1 of the standard rules for a new tenant, inside the caller's act."""
    named = {measure.name: measure for measure in measures}
    return Rule.objects.bulk_create(
        Rule(
            version=1,
            valid_from=standard_measures.VALID_FROM,
            **{**definition, "measure": named.get(definition.get("measure", ""))},
        )
        for definition in standard_rules.STANDARD
    )
