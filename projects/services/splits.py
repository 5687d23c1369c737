"""Agreed credit: several units share a project's claims by document."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, explained
from projects import rules
from projects.models import Project, Split, SplitLine


@dataclass(frozen=True)
class Share:
    """One unit's share (1 = 100 %) of the claims of one kind."""

    unit: Unit
    kind: str
    share: Decimal


@transaction.atomic
def agree(
    *,
    post: ActingPost,
    project: Project,
    document: str,
    agreed_on: dt.date,
    shares: list[Share],
    double_credit: bool = False,
) -> Split:
    """Register a split certificate (到位资金分割证明). It cannot be changed once a claim uses it.

    Shares of one kind add up to 100 % unless both sides count fully. Raises Forbidden,
    ValidationError for shares that are none, Refused when they do not add up.
    """
    if not rules.may_agree_split(post):
        raise Forbidden("分成协议由招商局登记。")
    if len({share.unit.pk for share in shares}) < 2:
        raise ValidationError({"shares": "分成协议至少涉及两个单位。"})
    if Split.objects.filter(project=project, document=document).exists():
        raise ValidationError({"document": "该项目已登记过这份文件。"})
    act("split.agree")
    split = Split.objects.create(
        project=project, document=document, agreed_on=agreed_on, double_credit=double_credit
    )
    with explained():
        SplitLine.objects.bulk_create(
            SplitLine(split=split, unit=share.unit, kind=share.kind, share=share.share) for share in shares
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS guard_shares IMMEDIATE")
    return split
