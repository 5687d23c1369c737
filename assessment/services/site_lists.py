"""Printing a 现场核查表: many claims leave the portal at once, so the log says which and how many (F-112)."""

from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden
from assessment import rules


@transaction.atomic
def printed(*, post: ActingPost, about: str, claims: int) -> None:
    """An act of the access log: who took how many claims of what. Raises Forbidden."""
    if not rules.checks_on_site(post):
        raise Forbidden("现场核查表由督查室或上级打印。")
    act("site_list.print", reason=f"{about}：{claims} 笔申报")
