"""Bulk exports (批量导出): asked for with a purpose, answered once by a second person."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import MESSAGES, Forbidden, NotFound, Refused, explained
from assessment import rules
from assessment.choices import ExportOutcome
from assessment.models import ExportRequest
from assessment.models.export_request import VALID
from assessment.queries import exports as queries
from assessment.queries.exports import Wanted
from assessment.queries.visible import export_requests_for


class NeedsApproval(Refused):
    """So many rows go out with the approval of a second person only."""

    def __init__(self, post: ActingPost, rows: int):
        if rules.asks_exports(post):
            what = "须先申请，经另一人同意后导出。"
        else:
            what = "请选择填报期、类别或单位后分次导出。"
        super().__init__(f"共 {rows:,} 笔，一次超过 {queries.LIMIT:,} 笔的导出{what}")


def approved(*, post: ActingPost, wanted: Wanted, rows: int, today: dt.date) -> ExportRequest | None:
    """The approval under which these rows go out; None where so few need none. Raises NeedsApproval."""
    if rows <= queries.LIMIT:
        return None
    found = queries.allowing(post, wanted, rows, today=today)
    if found is None:
        raise NeedsApproval(post, rows)
    return found


@transaction.atomic
def ask(*, post: ActingPost, wanted: Wanted, rows: int, purpose: str, today: dt.date) -> ExportRequest:
    """Ask for the approval of an export of this many rows.

    Raises Forbidden, Refused (so few rows need none), ValidationError (no purpose, asked already).
    """
    if not rules.asks_exports(post):
        raise Forbidden(MESSAGES["PT701"])
    if rows <= queries.LIMIT:
        raise Refused(f"共 {rows:,} 笔，不超过 {queries.LIMIT:,} 笔的直接导出，不需要申请。")
    act("export.ask", reason=purpose)
    request = ExportRequest(
        kind=wanted.kind,
        query=wanted.query,
        question=wanted.question,
        rows=rows,
        purpose=purpose.strip(),
        asked_on=today,
        actor_id=post.user_id,
        post_label=queries.label_of(post),
    )
    request.full_clean()
    with explained():
        request.save(force_insert=True)
    return request


@transaction.atomic
def answer(*, post: ActingPost, request_id: int, outcome: str, text: str, today: dt.date) -> ExportRequest:
    """Approve or refuse a request of somebody else, once; an approval holds for seven days more.

    Raises Forbidden, NotFound, Refused (answered, own request), ValidationError (refused without words).
    """
    if not rules.answers_exports(post):
        raise Forbidden(MESSAGES["PT702"])
    act("export.answer", reason=text)
    found = export_requests_for(post).select_for_update(of=("self",), no_key=True)
    request = found.filter(pk=request_id).first()
    if request is None:
        raise NotFound("没有这份导出申请。")
    if request.answered:
        raise Refused(MESSAGES["PT704"], "PT704")
    if request.actor_id == post.user_id:
        raise Refused(MESSAGES["PT703"], "PT703")
    if outcome == ExportOutcome.REFUSED and not text.strip():
        raise ValidationError({"text": "不同意的，请写明理由。"})
    request.outcome, request.answer, request.answered_on = outcome, text.strip(), today
    request.valid_until = today + VALID if outcome == ExportOutcome.APPROVED else None
    with explained():
        request.save(update_fields=["outcome", "answer", "answered_on", "valid_until"])
    request.refresh_from_db()
    return request
