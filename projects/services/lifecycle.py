"""The only writer of a project's stage: every move is a row, claims what it counts, and asks its gate."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused, explained
from projects import rules, stages
from projects.choices import ClaimState, LeftBecause, Move, MoveState, Stage
from projects.models import Claim, Project, StageChange
from projects.queries import gates
from projects.queries.visible import projects_for
from projects.services import claims, returns
from projects.stages import Required


class Incomplete(Refused):
    """The gate of the stage is not met; ``missing`` says what is lacking."""

    def __init__(self, to: str, missing: list[Required]):
        self.missing = missing
        words = "、".join(required.words for required in missing)
        super().__init__(f"进入“{Stage(to).label}”还差 {len(missing)} 项：{words}。")


@dataclass(frozen=True)
class Moved:
    """The change; ``waits`` while a second person has not confirmed it; ``claim`` where it counts."""

    change: StageChange
    claim: Claim | None

    @property
    def waits(self) -> bool:
        return self.change.status == MoveState.WAITING


@transaction.atomic
def advance(
    *,
    post: ActingPost,
    project_id: int,
    to: str,
    happened_on: dt.date,
    today: dt.date,
    note: str = "",
    reason: str = "",
    code: str = "",
    late_ok: bool = False,
) -> Moved:
    """Move a project to a stage (阶段推进) and write its claim in the open Return.

    One step forward stands at once. A skip, a step back, an interruption, or a gate that asks for
    an approval waits for a second person (``confirm``) and needs a reason, the approval alone none.
    An interruption also needs its ``code`` (``LeftBecause``), which no other move has.
    Raises NotFound, Forbidden outside the own unit, ValidationError by field, Incomplete naming
    what the gate lacks, PeriodClosed to ask before the claim is booked late (补报), Refused.
    """
    act("project.advance", reason=reason)
    project = _locked(post, project_id)
    before = gates.stage_of(project)
    gate = gates.gate_of(to, on=today)
    problems = _move_problems(before, to, reason, code) | _day_problems(project, happened_on, today)
    if problems:
        raise ValidationError(problems)
    move = stages.move_of(before, to)
    if move != Move.BACK and (missing := stages.missing(gates.facts_of(project), gate)):
        raise Incomplete(to, missing)
    if project.stage_changes.filter(status=MoveState.WAITING).exists():
        raise Refused("该项目有一次阶段变更等待确认，请先办理。", "PT504")
    waits = move in {Move.SKIP, Move.BACK} or bool(stages.approvals(gate))
    with explained():
        change = StageChange.objects.create(
            project=project,
            before=before,
            after=to,
            move=move,
            status=MoveState.WAITING if waits else MoveState.EFFECTIVE,
            happened_on=happened_on,
            note=note.strip(),
            reason=reason.strip(),
            code=code if to in stages.OFF_WAY else "",
        )
    return Moved(change, None if waits else _stand(project, change, today=today, late_ok=late_ok))


@transaction.atomic
def confirm(
    *, post: ActingPost, change_id: int, agree: bool, today: dt.date, answer: str = "", late_ok: bool = False
) -> Moved:
    """Answer a change that waits, as the second person: agreed it stands and claims, else nothing moves.

    Raises NotFound, Forbidden without the right or for one's own change, Refused when it was
    answered already, PeriodClosed like ``advance``, ValidationError for a refusal without words.
    """
    act("project.confirm", reason=answer)
    change = StageChange.objects.filter(project__in=projects_for(post), pk=change_id).first()
    if change is None:
        raise NotFound("没有这次阶段变更。")
    project = _locked(post, change.project_id, confirming=True)
    change = StageChange.objects.select_for_update(of=("self",), no_key=True).get(pk=change_id)
    if change.status != MoveState.WAITING:
        raise Refused("这次阶段变更已经确认过。", "PT504")
    if change.entered_by_id == post.user_id:
        raise Forbidden("自己提出的阶段变更须由另一人确认。")
    if not agree and not answer.strip():
        raise ValidationError({"answer": "不同意的，请写明原因。"})
    needed = stages.approvals(gates.gate_of(change.after, on=today))
    if agree and stages.BUREAU in needed and not rules.may_set_gates(post):
        raise Forbidden("进入这一阶段须经招商局确认。")
    change.status = MoveState.EFFECTIVE if agree else MoveState.REFUSED
    change.answer = answer.strip()[:200]
    with explained():
        change.save(update_fields=["status", "answer"])
    change.refresh_from_db()
    return Moved(change, _stand(project, change, today=today, late_ok=late_ok) if agree else None)


def begin(project: Project, *, happened_on: dt.date, today: dt.date, note: str = "") -> StageChange:
    """The first stage of a project that was just registered by hand (在谈), inside the caller's act."""
    change = StageChange.objects.create(
        project=project,
        before="",
        after=Stage.NEGOTIATING,
        move=Move.BEGIN,
        status=MoveState.EFFECTIVE,
        happened_on=happened_on,
        note=note,
    )
    _stand(project, change, today=today, late_ok=False)
    return change


def follow_signature(
    project: Project, *, to: Stage, happened_on: dt.date, today: dt.date
) -> StageChange | None:
    """A signature brings its project one or more steps forward where nothing else is lacking.

    Inside the caller's act, the project being locked. A project whose stage follows from its
    signatures anyway needs no change; None then, and where the gate lacks something or asks for a
    confirmation.
    """
    if not project.stage or project.stage not in stages.WAY:
        return None
    gate = gates.gate_of(to, on=today)
    if stages.WAY.index(to) <= stages.WAY.index(Stage(project.stage)) or stages.approvals(gate):
        return None
    waits = project.stage_changes.filter(status=MoveState.WAITING).exists()
    if waits or stages.missing(gates.facts_of(project), gate):
        return None
    # What lies between is signed away: a contract needs no intent before it.
    change = StageChange.objects.create(
        project=project,
        before=project.stage,
        after=to,
        move=Move.FORWARD,
        status=MoveState.EFFECTIVE,
        happened_on=happened_on,
        note="随协议登记",
    )
    _stand(project, change, today=today, late_ok=True)
    return change


def _stand(project: Project, change: StageChange, *, today: dt.date, late_ok: bool) -> Claim | None:
    """The change stands: the project is at its new stage, and what counts is claimed, once."""
    project.stage = change.after
    with explained():
        project.save(update_fields=["stage"])
    kind = stages.CLAIMED.get(Stage(change.after))
    if kind is None or change.move == Move.BACK or _counted(project, kind):
        return None
    unit = project.unit
    booked_in = returns.to_book(unit, happened_on=change.happened_on, today=today, late_ok=late_ok)
    claim = claims.of_stage_change(change, kind=kind, unit=unit, booked_in=booked_in)
    claims.write([claim])
    claim.refresh_from_db()
    return claim


def _counted(project: Project, kind: str) -> bool:
    """Whether the project was counted for this already: it is counted once, however often it comes back."""
    standing = Claim.objects.filter(project=project, kind=kind, reverses__isnull=True)
    return standing.exclude(state=ClaimState.REVERSED).exists()


def _locked(post: ActingPost, project_id: int, *, confirming: bool = False) -> Project:
    """The project, locked for this act. Raises NotFound, Forbidden."""
    found = (
        projects_for(post).select_for_update(of=("self",), no_key=True).select_related("unit", "enterprise")
    )
    project = found.filter(pk=project_id).first()
    if project is None:
        raise NotFound("没有这个项目。")
    may = rules.may_confirm_stage_of if confirming else rules.may_record_for
    if not may(post, project.unit_id):
        words = "阶段变更由本单位负责人或招商局确认。" if confirming else "项目阶段由引进单位或招商局变更。"
        raise Forbidden(words)
    return project


def _move_problems(before: str, to: str, reason: str, code: str) -> dict[str, str]:
    if to not in Stage.values or to == before:
        return {"to": f"项目现处于“{Stage(before).label}”，请选择另一个阶段。"}
    problems = {}
    if to in stages.OFF_WAY and code not in LeftBecause.values:
        problems["code"] = f"项目{Stage(to).label}的，请选择中断原因。"
    if stages.move_of(before, to) in {Move.SKIP, Move.BACK} and not reason.strip():
        problems["reason"] = "跨阶段推进、回退或中断，请写明理由；经另一人确认后生效。"
    return problems


def _day_problems(project: Project, happened_on: dt.date, today: dt.date) -> dict[str, str]:
    if happened_on > today:
        return {"happened_on": f"日期 {happened_on:%Y-%m-%d} 晚于今天（{today:%Y-%m-%d}），请核对。"}
    standing = project.stage_changes.filter(status=MoveState.EFFECTIVE)
    last = standing.order_by("-pk").values_list("happened_on", flat=True).first()
    if last is not None and happened_on < last:
        return {"happened_on": f"日期不能早于上一次阶段变更（{last:%Y-%m-%d}）。"}
    return {}
