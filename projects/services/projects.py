"""Projects registered by hand, and the correction of what describes them."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound
from projects import rules
from projects.choices import BusinessLine, Channel
from projects.models import Project
from projects.queries import held
from projects.queries.visible import projects_for
from projects.services import enterprises, lifecycle

FIRST_YEAR = 1980
NAME_TAKEN = "已有同名项目，请在名称中写明区别（如二期）。"


@dataclass(frozen=True)
class Entry:
    """What describes a project. The investor is a name with its credit code, or without (暂无代码)."""

    name: str
    firm_name: str
    credit_code: str = ""
    division: str = ""
    line: str = BusinessLine.RECRUITMENT
    year_introduced: int | None = None
    host_unit: Unit | None = None
    parent: Project | None = None
    industry: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Added:
    """The project, and what people should look at (warnings refuse nothing)."""

    project: Project
    warnings: list[str]


@transaction.atomic
def add(*, post: ActingPost, entry: Entry, unit: Unit, happened_on: dt.date, today: dt.date) -> Added:
    """Register a project for a unit; it begins in negotiation (在谈). It claims nothing by itself.

    Another unit's project of the same firm is told with that unit's name only. Raises Forbidden
    outside the own unit, ValidationError naming every bad field.
    """
    if not rules.may_record_for(post, unit.pk):
        raise Forbidden("只能为本单位登记项目；招商局可以代填。")
    act("project.add")
    warnings = held.warnings_of(entry.name, entry.firm_name, entry.credit_code, unit_id=unit.pk, today=today)
    project = written(entry, unit=unit, today=today)
    lifecycle.begin(project, happened_on=happened_on, today=today)
    return Added(project, warnings)


def written(entry: Entry, *, unit: Unit, today: dt.date) -> Project:
    """The project's row, inside the caller's act. Raises ValidationError naming every bad field."""
    problems = problems_of(entry, today)
    if held.project_named(entry.name) is not None:
        problems["name"] = NAME_TAKEN
    if problems:
        raise ValidationError(problems)
    firm = enterprises.found_or_added(entry.firm_name, entry.credit_code, entry.division)
    return Project.objects.create(enterprise=firm, unit=unit, **_values(entry, today))


@transaction.atomic
def edit(*, post: ActingPost, project_id: int, entry: Entry, today: dt.date) -> Project:
    """Correct what describes a project; its stage and its figures have ways of their own.

    The introducing unit stays. Raises NotFound, Forbidden, ValidationError by field.
    """
    act("project.edit")
    project = projects_for(post).select_for_update(of=("self",), no_key=True).filter(pk=project_id).first()
    if project is None:
        raise NotFound("没有这个项目。")
    if not rules.may_record_for(post, project.unit_id):
        raise Forbidden("项目资料由引进单位或招商局修改。")
    problems = problems_of(entry, today)
    known = held.project_named(entry.name)
    if known is not None and known.pk != project.pk:
        problems["name"] = NAME_TAKEN
    if entry.parent is not None and entry.parent.pk == project.pk:
        problems["parent"] = "项目不能是自己的前期项目。"
    if problems:
        raise ValidationError(problems)
    project.enterprise = enterprises.found_or_added(entry.firm_name, entry.credit_code, entry.division)
    for field, value in _values(entry, today).items():
        setattr(project, field, value)
    project.save()
    return project


def problems_of(entry: Entry, today: dt.date) -> dict[str, str]:
    """What is wrong with an entry, by field: asked by forms and by the service."""
    problems = enterprises.problems_of(entry.firm_name, entry.credit_code)
    if not entry.name.strip():
        problems["name"] = "请填写项目名称。"
    if entry.line not in BusinessLine.values:
        problems["line"] = "请选择业务条线。"
    if entry.channel and entry.channel not in Channel.values:
        problems["channel"] = "请选择招商方式。"
    if entry.year_introduced is not None and not FIRST_YEAR <= entry.year_introduced <= today.year:
        problems["year_introduced"] = f"引进年份应在 {FIRST_YEAR} 到 {today.year} 之间。"
    return problems


def _values(entry: Entry, today: dt.date) -> dict:
    return {
        "name": entry.name.strip(),
        "line": entry.line,
        "host_unit": entry.host_unit,
        "parent": entry.parent,
        "industry": entry.industry.strip(),
        "channel": entry.channel,
        "year_introduced": entry.year_introduced or today.year,
    }
