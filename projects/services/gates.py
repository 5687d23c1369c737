"""What stages ask for in this county: rules with dates, set and ended by the bureau (I13)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, explained
from projects import rules, stages
from projects.models import Gate


def publish_standard() -> list[Gate]:
    """The standard gates of a new tenant, inside the caller's act."""
    return Gate.objects.bulk_create(
        Gate(stage=stage, kind=kind, item=item, valid_from=stages.GATES_FROM)
        for stage, kind, item in stages.STANDARD_GATES
    )


@transaction.atomic
def add(
    *, post: ActingPost, stage: str, kind: str, item: str, valid_from: dt.date, document: str = ""
) -> Gate:
    """Ask for one thing more before a stage, from a day on. Raises Forbidden, ValidationError."""
    if not rules.may_set_gates(post):
        raise Forbidden("阶段条件由招商局设置。")
    act("gate.set")
    problems = {}
    if stage not in stages.WAY[1:]:
        problems["stage"] = "请选择一个阶段。"
    if item not in stages.ITEMS.get(kind, {}):
        problems["item"] = "请选择一项条件。"
    same = Gate.objects.filter(stage=stage, kind=kind, item=item)
    if same.filter(valid_until__isnull=True).exists() or same.filter(valid_until__gt=valid_from).exists():
        problems["item"] = "这一阶段已有这项条件。"
    if problems:
        raise ValidationError(problems)
    return Gate.objects.create(
        stage=stage, kind=kind, item=item, valid_from=valid_from, document=document.strip()
    )


@transaction.atomic
def end(*, post: ActingPost, gate_id: int, today: dt.date) -> Gate:
    """Ask for it no longer, from today on; the rule stays readable. Raises Forbidden, NotFound, Refused."""
    if not rules.may_set_gates(post):
        raise Forbidden("阶段条件由招商局停用。")
    act("gate.end")
    gate = Gate.objects.select_for_update(of=("self",)).filter(pk=gate_id).first()
    if gate is None:
        raise NotFound("没有这项阶段条件。")
    gate.valid_until = max(today, gate.valid_from)
    with explained():
        gate.save(update_fields=["valid_until"])
    return gate
