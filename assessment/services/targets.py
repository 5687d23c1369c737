"""Targets (目标任务): issued by document, revised with a reason; nothing is overwritten (F-58)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.models import Unit, UnitAlias
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused
from assessment import rules
from assessment.models import Measure, Target
from assessment.queries.basis import measure_named
from assessment.queries.targets import live
from assessment.standard_measures import PAID_IN
from projects.choices import COUNTED, ClaimKind
from projects.models import Period
from projects.services import periods
from projects.sheets import target_list
from projects.sheets.periods import Span
from projects.sheets.reader import BookRefused
from projects.sheets.target_list import Listed, Task


@dataclass(frozen=True)
class Paper:
    """The document that issues or revises: its number, who issued it, on which day."""

    document: str
    issuer: str
    issued_on: dt.date


@transaction.atomic
def issue(
    *,
    post: ActingPost,
    unit: Unit | None,
    measure_name: str,
    kind: str,
    starts_on: dt.date,
    amount: Decimal,
    paper: Paper,
) -> Target:
    """Issue a target to a unit, or without one to the whole tenant; ``amount`` in the measure's unit.

    Raises Forbidden, ValidationError when it was issued already or the measure is not in force then.
    """
    _allowed(post)
    act("target.issue")
    span = periods.span(kind, starts_on)
    period = _period(span)
    measure = _in_force(measure_name, span.end)
    _check_amount(measure, amount)
    if live().filter(unit=unit, measure__name=measure.name, period=period).exists():
        raise ValidationError({"measure": "该单位本期这项任务已下达，请用调整。"})
    return _write([Target(unit=unit, measure=measure, period=period, amount=amount)], paper)[0]


@transaction.atomic
def revise(*, post: ActingPost, target_id: int, amount: Decimal, reason: str, paper: Paper) -> Target:
    """Replace a target by another amount; the old row stays. Raises Forbidden, NotFound, Refused."""
    _allowed(post)
    act("target.revise", reason=reason)
    before = Target.objects.select_related("measure", "period").filter(pk=target_id).first()
    if before is None:
        raise NotFound("没有这项任务。")
    Period.objects.select_for_update(no_key=True).get(pk=before.period_id)
    if before.successors.exists():
        raise Refused("这项任务已经调整过，请在最新的一次上调整。")
    if amount == before.amount:
        raise ValidationError({"amount": "与原来的目标数相同，没有调整。"})
    _check_amount(before.measure, amount)
    return _write([_next(before, amount)], paper)[0]


def examine(content: bytes, file_name: str, *, revising: bool, today: dt.date) -> Listed:
    """Read and check a list of tasks; writes nothing. Raises Refused when the file is no workbook."""
    try:
        return target_list.check(content, file_name, told=_told(today), revising=revising, today=today)
    except BookRefused as refusal:
        raise Refused(str(refusal)) from refusal


@transaction.atomic
def load(
    *, post: ActingPost, content: bytes, file_name: str, paper: Paper, reason: str, today: dt.date
) -> int:
    """Issue, and with a ``reason`` revise, all tasks of a list that has no error; says how many.

    One act: an issue, or a revision when a task is replaced. Raises Forbidden, Refused.
    """
    _allowed(post)
    listed = examine(content, file_name, revising=bool(reason), today=today)
    if not listed.is_clean:
        raise Refused("表中还有错误，没有写入任何数据。")
    if not listed.tasks:
        return 0
    revises = any(task.was is not None for task in listed.tasks)
    act("target.revise" if revises else "target.issue", reason=reason)
    return len(_write(list(_rows(listed.tasks)), paper))


def _rows(tasks: Iterable[Task]) -> Iterator[Target]:
    """Tasks of a list as rows, the periods locked one after the other in the order of time."""
    spans = sorted({task.span for task in tasks}, key=lambda span: (span.start, span.end))
    held = {span: _period(span) for span in spans}
    units: dict[str, int | None] = dict(Unit.objects.values_list("name", "pk"))
    measures = {
        (name, span): _in_force(name, span.end)
        for name, span in dict.fromkeys((task.measure, task.span) for task in tasks)
    }
    standing = {
        (target.unit_id, target.measure.name, target.period_id): target
        for target in live().filter(period__in=held.values()).select_related("measure")
    }
    for task in tasks:
        unit_id, period = units.get(task.unit), held[task.span]
        before = standing.get((unit_id, task.measure, period.pk))
        if before is not None:
            yield _next(before, task.amount)
        else:
            measure = measures[task.measure, task.span]
            yield Target(unit_id=unit_id, measure=measure, period=period, amount=task.amount)


def _next(before: Target, amount: Decimal) -> Target:
    return Target(
        unit_id=before.unit_id,
        measure_id=before.measure_id,
        period_id=before.period_id,
        amount=amount,
        replaces=before,
    )


def _write(targets: list[Target], paper: Paper) -> list[Target]:
    for target in targets:
        target.document, target.issuer, target.issued_on = paper.document, paper.issuer, paper.issued_on
    return Target.objects.bulk_create(targets)


def _allowed(post: ActingPost) -> None:
    if not rules.issues_targets(post):
        raise Forbidden("目标任务由招商局下达和调整。")


def _period(span: Span) -> Period:
    """The period of this span, locked: two who issue the same task follow each other."""
    return Period.objects.select_for_update(no_key=True).get(pk=periods.ensure(span, filed=False).pk)


def _in_force(name: str, day: dt.date) -> Measure:
    measure = measure_named(name, day)
    if measure is None:
        raise ValidationError({"measure": f"{day:%Y-%m-%d} 没有生效的口径“{name}”。"})
    return measure


def _check_amount(measure: Measure, amount: Decimal) -> None:
    if amount <= 0:
        raise ValidationError({"amount": "目标数应大于零；没有任务的单位不下达。"})
    if measure.kind in COUNTED and amount != amount.to_integral_value():
        raise ValidationError({"amount": "这项指标按个数下达，请填整数。"})


def _told(today: dt.date) -> target_list.Told:
    """What the checks of a list ask of the tenant. A fixed number of queries."""
    standing = live().values_list(
        "unit__name", "measure__name", "period__kind", "period__starts_on", "amount"
    )
    open_units = Unit.objects.exclude(ends_on__lt=today)
    return target_list.Told(
        units=list(open_units.values_list("name", flat=True)),
        aliases=dict(UnitAlias.objects.values_list("name", "unit__name")),
        exempt=set(open_units.filter(exempt=True).values_list("name", flat=True)),
        measures={
            name: target_list.Counted(kind, str(COUNTED.get(ClaimKind(kind), "")), first)
            for name, kind, first in Measure.objects.order_by("-valid_from").values_list(
                "name", "kind", "valid_from"
            )
        },
        tasks={(unit or "", measure, kind, first): amount for unit, measure, kind, first, amount in standing},
        first_measure=PAID_IN,
    )
