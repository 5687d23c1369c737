"""Figures of a county (S2-02..S2-06): projects, contracts, amounts and rates, each from its claims."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.refusals import NotFound
from assessment.choices import Basis
from assessment.models import Target
from assessment.percent import percent
from assessment.queries.basis import COLUMNS, claims_until, year_of
from assessment.standard_measures import INTRODUCED
from projects.choices import AgreementKind, BusinessLine, ClaimKind, ClaimState, PeriodKind
from projects.models import Claim

AMOUNT, PROJECTS, ENTRIES = "amount", "projects", "entries"


@dataclass(frozen=True)
class Figure:
    """A number and the claims behind it. ``how``: their sum in 万元, their projects, or how many they are."""

    key: str
    label: Any
    how: str
    where: Q


def _signed(kind: str, *more: Q) -> Q:
    condition = Q(kind=kind)
    for item in more:
        condition &= item
    return condition


def definitions(as_of: dt.date) -> dict[str, Figure]:
    """Every figure that is counted from claims, by key. A project introduced before the year is 续建."""
    new = Q(project__year_introduced=as_of.year)
    old = Q(project__year_introduced__lt=as_of.year)
    paid = Q(kind=ClaimKind.PAID_IN)
    contract = Q(agreement__kind=AgreementKind.CONTRACT)
    contracted = _projects_signed(as_of, [AgreementKind.CONTRACT])
    intended = _projects_signed(as_of, [AgreementKind.INTENT, AgreementKind.FRAMEWORK])
    figures = [
        Figure("projects_introduced", _("新引进项目"), PROJECTS, _signed(ClaimKind.SIGNED_COUNT, new)),
        Figure("contracts", _("其中：合同项目"), PROJECTS, _signed(ClaimKind.SIGNED_COUNT, new, contract)),
        Figure("total_investment_wan", _("总投资"), AMOUNT, _signed(ClaimKind.SIGNED_TOTAL, new)),
        Figure("introduced_wan", _("引资额"), AMOUNT, _signed(ClaimKind.SIGNED_INTRODUCED, new)),
        Figure("paid_in_wan", _("到位资金"), AMOUNT, paid),
        Figure("paid_in_new_projects_wan", _("新引进项目到位资金"), AMOUNT, paid & new),
        Figure("paid_in_carry_over_wan", _("续建项目到位资金"), AMOUNT, paid & old),
        Figure(
            "paid_in_on_intent_only_wan",
            _("仅有意向的项目到位资金"),
            AMOUNT,
            paid & new & Q(project__in=intended) & ~Q(project__in=contracted),
        ),
        Figure("carried_over_projects", _("有到位资金的续建项目"), PROJECTS, paid & old),
        Figure("fund_entries", _("到位资金笔数"), ENTRIES, paid),
    ]
    return {figure.key: figure for figure in figures}


def _projects_signed(as_of: dt.date, kinds: list[str]) -> QuerySet:
    """Projects with a standing signature of these kinds in the year."""
    signed = claims_until(as_of).filter(kind=ClaimKind.SIGNED_COUNT, agreement__kind__in=kinds)
    return signed.exclude(state=ClaimState.REVERSED).filter(reverses__isnull=True).values("project_id")


def claims_behind(key: str, *, as_of: dt.date, basis: str) -> QuerySet[Claim]:
    """The claims that a figure is counted from: what its number opens. Raises NotFound for another key."""
    figure = definitions(as_of).get(key)
    if figure is None:
        raise NotFound("没有这个指标。")
    claims = claims_until(as_of).filter(figure.where, project__line=BusinessLine.RECRUITMENT)
    claims = claims.annotate(figure=COLUMNS[Basis(basis)]).filter(figure__isnull=False)
    if figure.how == AMOUNT:
        return claims
    # Counted things: a reversed act and its reversal are no act, and a rejected one counts for nothing.
    return claims.exclude(state=ClaimState.REVERSED).filter(reverses__isnull=True, figure__gt=0)


def figures(*, as_of: dt.date, basis: str = Basis.VERIFIED) -> dict:
    """All figures at a day, with rates. Money in 万元 exact, rates in % as text, None: not computable."""
    result: dict = {"as_of": as_of.isoformat(), "basis": Basis(basis).value}
    for key, figure in definitions(as_of).items():
        claims = claims_behind(key, as_of=as_of, basis=basis)
        if figure.how == AMOUNT:
            result[key] = claims.aggregate(total=Sum("figure"))["total"] or Decimal(0)
        elif figure.how == PROJECTS:
            result[key] = claims.values("project_id").distinct().count()
        else:
            result[key] = claims.count()
    result["introduced_task_wan"] = _tenant_task(as_of)
    task = result["introduced_task_wan"]
    introduced = result["introduced_wan"]
    result["contract_share_pct"] = _text(percent(result["contracts"], result["projects_introduced"]))
    result["introduced_completion_pct"] = _text(percent(introduced, task) if task else None)
    result["funds_rate_with_carry_over_pct"] = _text(percent(result["paid_in_wan"], introduced))
    result["funds_rate_new_projects_pct"] = _text(percent(result["paid_in_new_projects_wan"], introduced))
    return result


def _tenant_task(as_of: dt.date) -> Decimal | None:
    """The county's own yearly task of introduced money (引进资金), if one was issued."""
    return (
        Target.objects.filter(
            unit__isnull=True,
            measure__name=INTRODUCED,
            period__kind=PeriodKind.YEAR,
            period__starts_on=year_of(as_of),
            successors__isnull=True,
        )
        .values_list("amount", flat=True)
        .first()
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
