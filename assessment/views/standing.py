"""The standing of the tasked units, and what stands behind each of its numbers (I2)."""

from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.choices import TenantLevel
from accounts.models import Unit
from accounts.queries import history
from accounts.refusals import NotFound
from accounts.rules import may_look_down
from accounts.views.gate import gate
from assessment import rules
from assessment.choices import Basis, UnitClass
from assessment.forms.numbers import NumbersForm, Question
from assessment.models import Measure
from assessment.queries import drill
from assessment.queries.above import tasks_from_above
from assessment.queries.basis import measure_named
from assessment.queries.standing import Standing
from assessment.queries.standing import standing as standing_of
from projects.choices import unit_of
from projects.rules import reads_county, reads_data

PAGE = 100
ORDER = [
    UnitClass.DONE,
    UnitClass.ON_SCHEDULE,
    UnitClass.BEHIND,
    UnitClass.ZERO,
    UnitClass.NOT_REPORTED,
    UnitClass.NOT_APPLICABLE,
]


@gate(reads_data, "GET")
def standing(request: HttpRequest) -> HttpResponse:
    """The table by class, then by name; it ranks nobody."""
    form, question = asked(request)
    _measure(question)
    table = standing_of(as_of=question.as_of, basis=question.basis, measure_name=question.measure)
    groups = drill.group_names()
    shown_class, shown_group = request.GET.get("class", ""), request.GET.get("group", "")
    return render(
        request,
        "assessment/standing.html",
        {
            "form": form,
            "question": question,
            "query": question.query(),
            "bases": [(basis, question.query(basis=basis.value)) for basis in Basis],
            "table": table,
            "gap": None if table.ahead is None else abs(table.ahead),
            "kind": table.measure.kind,
            "unit": unit_of(table.measure.kind),
            "counts": _counts(table),
            "groups": [groups.get(code, code) for code in _codes(table)],
            "sections": _sections(table, groups, shown_class, shown_group, request.post),
            "narrowed": bool(shown_class or shown_group),
            "opens_all": reads_county(request.post),
            "from_above": [
                (task, task.completion(table.amount))
                for task in tasks_from_above(question.measure, as_of=question.as_of)
            ],
            "looks_down": may_look_down(request.post) and request.county is None,
            **place(request),
        },
    )


@gate(reads_data, "GET")
def claims(request: HttpRequest, unit_id: int | None = None) -> HttpResponse:
    """The claims that one number adds up from, with their papers and the sum."""
    unit = _unit(request, unit_id)
    question = asked(request)[1]
    measure = _measure(question)
    waiting = request.GET.get("only") == "pending"
    rows = drill.claims_behind(
        measure, as_of=question.as_of, basis=question.basis, unit=unit, waiting=waiting
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "assessment/standing_claims.html",
        {
            "unit": unit,
            "question": question,
            "measure": measure,
            "measure_unit": unit_of(measure.kind),
            "waiting": waiting,
            "page": page,
            "rows": drill.with_files(page.object_list),
            "shares": any(claim.split_id for claim in page) and unit is not None,
            "total": drill.total(rows),
            "query": question.query(only="pending") if waiting else question.query(),
            "back": question.query(),
            **place(request),
        },
    )


@gate(reads_data, "GET")
def targets(request: HttpRequest, unit_id: int | None = None) -> HttpResponse:
    """The tasks behind a number, with the documents that issued them."""
    unit = _unit(request, unit_id)
    question = asked(request)[1]
    measure = _measure(question)
    rows = list(drill.targets_behind(question.measure, as_of=question.as_of))
    units = [row for row in rows if row.unit_id is not None and not row.unit.exempt]
    if unit is not None:
        units = [row for row in units if row.unit_id == unit.pk]
    return render(
        request,
        "assessment/standing_targets.html",
        {
            "unit": unit,
            "question": question,
            "measure": measure,
            "measure_unit": unit_of(measure.kind),
            "rows": units,
            "total": sum((row.amount for row in units), Decimal(0)),
            "own": [row for row in rows if row.unit_id is None] if unit is None else [],
            "changes": history.of_rows(("assessment_target", row.pk) for row in units) if unit else [],
            "back": question.query(),
            **place(request),
        },
    )


def place(request: HttpRequest) -> dict[str, str]:
    """What people call the jurisdiction that is read: its level (县) and the whole of it (全县)."""
    level = TenantLevel(request.county.level if request.county else request.post.tenant_level).label
    return {"level": str(level), "whole": _("全{level}").format(level=level)}


def asked(request: HttpRequest) -> tuple[NumbersForm, Question]:
    """The question of this request, complete, and its form."""
    form = NumbersForm(request.GET, today=clock.today(), measures=drill.measure_names())
    return form, form.question()


def _measure(question: Question) -> Measure:
    measure = measure_named(question.measure, question.as_of)
    if measure is None:
        raise NotFound(f"没有名为“{question.measure}”的统计口径。")
    return measure


def _unit(request: HttpRequest, unit_id: int | None) -> Unit | None:
    """The unit whose rows are asked for, if the post may open them; None for the whole county."""
    if unit_id is None:
        if not reads_county(request.post):
            raise NotFound("全县明细不对本岗位开放。")
        return None
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None or not rules.opens_unit(request.post, unit_id):
        raise NotFound("没有这个单位，或其明细不对本岗位开放。")
    return unit


def _codes(table: Standing) -> list[str]:
    return sorted({line.group for line in table.tasked})


def _counts(table: Standing) -> list[dict]:
    """Units by class and group: every number with the filter that shows just these units."""
    counted = table.counts()
    rows = []
    for unit_class in ORDER[:-1]:
        by_group = counted[unit_class.value]
        rows.append(
            {
                "code": unit_class.value,
                "label": unit_class.label,
                "cells": [(code, by_group.get(code, 0)) for code in _codes(table)],
                "all": len(table.of_class(unit_class)),
            }
        )
    return rows


def _sections(
    table: Standing, groups: dict[str, str], shown_class: str, shown_group: str, post
) -> list[dict]:
    """The lines by class, each with its group's name and whether the post may open its rows."""
    sections = []
    for unit_class in ORDER:
        if shown_class and shown_class != unit_class.value:
            continue
        lines = [
            {
                "line": line,
                "group": groups.get(line.group, line.group),
                "opens": rules.opens_unit(post, line.unit_id),
            }
            for line in table.of_class(unit_class)
            if not shown_group or line.group == shown_group
        ]
        if lines:
            sections.append({"code": unit_class.value, "label": unit_class.label, "lines": lines})
    return sections
