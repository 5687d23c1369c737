"""What people are told when something has happened: an opinion on a claim, a step of a matter (督办单)."""

import datetime as dt
from decimal import Decimal

from assessment.choices import MatterStepKind, Step, Verdict
from assessment.models import Matter, MatterStep, Opinion
from assessment.queries.notice_words import day
from projects.models import Claim
from projects.sheets.cells import plain


def figure(amount: Decimal | None, claim: Claim) -> str:
    """A figure of the claim with its unit; in words where there is none."""
    return "暂无" if amount is None else f"{plain(amount)}{claim.quantity_unit}"


def about(claim: Claim) -> str:
    """The claim in a line: its number, what it is about, what was reported."""
    kind = claim.get_kind_display()
    return f"申报{claim.pk}（{claim.subject}，{kind}，申报{figure(claim.reported, claim)}）"


def against(claim: Claim, opinion: Opinion, *, others: int) -> str:
    """To the unit: its claim was returned, reduced or rejected. ``others``: claims decided with it."""
    more = f"及同一协议的其他{others}项" if others else ""
    words = f"{about(claim)}{more}：{Step(opinion.step).label}意见为“{Verdict(opinion.verdict).label}”"
    if opinion.verdict == Verdict.REDUCE:
        words += f"，认可{figure(opinion.accepted, claim)}"
    words += f"。理由：{opinion.reason}"
    return f"{_ended(words)}请补充后重报。" if opinion.verdict == Verdict.RETURN else _ended(words)


def changed(claim: Claim, opinion: Opinion, *, before: Decimal | None) -> str:
    """To those whom it touches: the verified figure of a decided claim was changed or withdrawn."""
    said = f"{Step(opinion.step).label}：{Verdict(opinion.verdict).label}"
    words = (
        f"{about(claim)}的核实数由{figure(before, claim)}改为{figure(claim.verified, claim)}"
        f"（{said}）。理由：{opinion.reason}"
    )
    return f"{_ended(words)}有关单位的完成数随之变化，详见这笔申报。"


def differs(claim: Claim, opinion: Opinion) -> str:
    """To those whom it touches: the superior has found another figure than the county."""
    words = (
        f"{about(claim)}：上级核查数为{figure(claim.superior, claim)}，"
        f"县核实数为{figure(claim.verified, claim)}。理由：{opinion.reason or '未写明'}"
    )
    return f"{_ended(words)}县里的核实数不变。"


def issued(matter: Matter) -> str:
    """To the unit that must do it."""
    return (
        f"{matter}：{_ended(matter.title)}请于{day(matter.due_on)}前办理并回复。"
        f"下达单位：{matter.office.name if matter.office else ''}。"
    )


def stepped(matter: Matter, step: MatterStep) -> str:
    """To whoever did not take the step."""
    words = {
        MatterStepKind.REPLY: f"{matter.unit.name}已回复，请审看后销号或退回重办。",
        MatterStepKind.SEND_BACK: f"已退回重办。理由：{_ended(step.text)}请重新办理并回复。",
        MatterStepKind.EXTEND: f"期限延至{day(step.due_on or matter.due_on)}。理由：{_ended(step.text)}",
        MatterStepKind.CLOSE: f"已销号。{_ended(step.text)}",
    }
    return f"{matter}（{matter.title}）：{words[MatterStepKind(step.kind)]}"


def overdue(matter: Matter, *, due_on: dt.date, days: int) -> str:
    """To the unit and to the office that issued it, once for each due day."""
    return (
        f"{matter}（{matter.title}）应由{matter.unit.name}于{day(due_on)}前办理回复，"
        f"已逾期{days}个工作日，至今没有回复。"
    )


def _ended(words: str) -> str:
    """The words with a full stop behind them."""
    return words if words.endswith(("。", "！", "？")) else f"{words}。"
