"""When a project means to reach the stages that lie ahead of it (计划日期): versions, never edits."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from projects import rules, stages
from projects.choices import Stage
from projects.models import Project, StagePlan
from projects.queries import plans
from projects.queries.visible import projects_for


@transaction.atomic
def plan(
    *, post: ActingPost, project_id: int, days: Mapping[str, dt.date | None], today: dt.date, reason: str = ""
) -> list[StagePlan]:
    """Say on which days a project means to reach stages; every day that differs is a new version.

    ``days`` by stage; None leaves a stage without a plan as it is. Who changes a day says why. Returns
    the new versions. Raises NotFound, Forbidden outside the own unit, ValidationError by stage or for
    the reason, Refused when nothing differs or nothing lies ahead.
    """
    act("project.plan", reason=reason)
    project = _locked(post, project_id)
    track = plans.track_of(project, today=today)
    if not track.ahead:
        raise Refused(f"项目现处于“{track.now.label}”，没有待计划的阶段。")
    known = {line.stage: line.plan for line in track.lines if line.plan is not None}
    wanted = {Stage(stage): day for stage, day in days.items() if stage in stages.PLANNED}
    changed = {
        stage: day
        for stage, day in wanted.items()
        if day != (known[stage].planned_on if stage in known else None)
    }
    if problems := _problems(track, known, changed, reason):
        raise ValidationError(problems)
    if not changed:
        raise Refused("没有改动：请填写或修改至少一个计划日期。")
    with explained():
        return [
            StagePlan.objects.create(
                project=project,
                stage=stage,
                planned_on=day,
                version=known[stage].version + 1 if stage in known else 1,
                reason=reason.strip()[:200] if stage in known else "",
            )
            for stage, day in changed.items()
            if day is not None  # refused above
        ]


def _problems(
    track: plans.Track,
    known: dict[Stage, StagePlan],
    changed: dict[Stage, dt.date | None],
    reason: str,
) -> dict[str, str]:
    """What is wrong, by stage or ``reason``: passed stages, emptied days, days in the wrong order."""
    problems: dict[str, str] = {}
    in_force = {stage: plan.planned_on for stage, plan in known.items()} | changed
    # The last thing known before a planned stage: what was reached, then each plan on the way.
    before = track.since
    for stage in stages.PLANNED:
        day = in_force.get(stage)
        if stage not in track.ahead:
            if stage in changed:
                problems[stage] = f"项目已到“{track.now.label}”，不再计划“{stage.label}”。"
            continue
        if stage in changed and day is None:
            problems[stage] = f"“{stage.label}”已有计划日期，不能清空，请填写新的日期。"
        if day is None:
            continue
        if before is not None and day < before[1]:
            problems[stage] = f"{_said(stage, day, '计划')}早于{_said(*before)}，请核对。"
        before = (stage, day, "计划")
    if set(changed) & set(known) and not reason.strip():
        problems["reason"] = "调整已有的计划日期，请写明理由。"
    return problems


def _said(stage: Stage, day: dt.date, how: str) -> str:
    return f"{how}{stage.label}（{day:%Y-%m-%d}）"


def _locked(post: ActingPost, project_id: int) -> Project:
    """The project, locked for this act. Raises NotFound, Forbidden."""
    found = projects_for(post).select_for_update(of=("self",), no_key=True)
    project = found.filter(pk=project_id).first()
    if project is None:
        raise NotFound("没有这个项目。")
    if not rules.may_record_for(post, project.unit_id):
        raise Forbidden("计划日期由引进单位或招商局填写。")
    return project
