"""Objections (异议) to a publicity: raised once by a credited unit, answered once by the inspectors."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from assessment import rules
from assessment.models import Objection
from assessment.queries import objections as queries
from assessment.queries.visible import objections_for
from projects.queries import workdays
from projects.queries.visible import claims_for


@transaction.atomic
def object_to(*, post: ActingPost, claim_id: int, reason: str, today: dt.date) -> Objection:
    """Object to a claim that counts for the post's unit, in the publicity that is open for it today.

    Raises Forbidden, NotFound, Refused (not under publicity, too late, objected before, calendar
    missing), ValidationError.
    """
    if not rules.objects(post):
        raise Forbidden("异议由单位的填报员或负责人提出。")
    act("objection.raise", reason=reason)
    claim = claims_for(post).filter(pk=claim_id).first()
    if claim is None:
        raise NotFound("没有这笔申报。")
    publicity = queries.open_for(post, claim, today=today)
    if publicity is None:
        raise Refused("这笔申报不在公示期内，或者不计入本单位，现在不能提出异议。", "PT605")
    objection = Objection(
        publicity=publicity,
        claim=claim,
        unit_id=post.unit_id,
        reason=reason.strip(),
        raised_on=today,
        answer_due=workdays.add(today, publicity.answer_days or 0),
    )
    objection.full_clean()
    with explained():
        objection.save(force_insert=True)
    return objection


@transaction.atomic
def answer(*, post: ActingPost, objection_id: int, outcome: str, text: str, today: dt.date) -> Objection:
    """Answer an objection once: upheld or dismissed, in words. No figure changes by it.

    Raises Forbidden, NotFound, Refused (answered, own entry, interest), ValidationError.
    """
    if not rules.answers_objections(post):
        raise Forbidden("异议由督查室答复。")
    act("objection.answer", reason=text)
    found = objections_for(post).select_for_update(of=("self",), no_key=True).filter(pk=objection_id).first()
    if found is None:
        raise NotFound("没有这件异议。")
    if found.answered:
        raise Refused("这件异议已经答复，每件只答复一次。", "PT606")
    if not outcome or not text.strip():
        raise ValidationError("答复应有结论和内容。")
    found.outcome, found.answer, found.answered_on = outcome, text.strip(), today
    with explained():
        found.save(update_fields=["outcome", "answer", "answered_on"])
    found.refresh_from_db()
    return found
