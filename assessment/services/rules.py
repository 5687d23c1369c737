"""Rules of reminding (提醒规则) of a tenant."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden
from assessment import rules, standard_measures, standard_rules
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


@transaction.atomic
def publish(
    *, post: ActingPost, kind: str, measure: Measure | None, values: dict[str, Any], reason: str
) -> Rule:
    """Publish the next version of the rule of this kind and measure, or its first.

    ``values`` are the rule's own columns; what is left out is empty. Notices that were written stay,
    and nobody is told the same again. Raises Forbidden, and ValidationError by field.
    """
    if not rules.keeps_reminders(post):
        raise Forbidden("提醒规则由招商局或系统管理员维护。")
    act("rule.publish", reason=reason)
    first = Measure.objects.get(name=measure.name, version=1) if measure else None
    before = Rule.objects.filter(kind=kind, measure=first).order_by("-version").first()
    rule = Rule(kind=kind, measure=first, version=before.version + 1 if before else 1, **values)
    if before and rule.valid_from < before.valid_from:
        raise ValidationError({"valid_from": f"生效日期不能早于上一版的{before.valid_from:%Y-%m-%d}。"})
    rule.full_clean()
    rule.save(force_insert=True)
    return rule
