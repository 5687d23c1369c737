"""What a notice says: what, how much, until when and what to do. And a rule as a plain sentence."""

import datetime as dt
from decimal import Decimal

from assessment.choices import RuleKind
from assessment.models import Measure, Rule
from assessment.queries.standing import Line, Standing
from projects.choices import unit_of
from projects.models import Return
from projects.sheets.cells import plain

LEADER, PRINCIPAL = "分管领导", "主要领导"
NAMED = 5  # units that a sentence names before it only counts


def day(on: dt.date) -> str:
    """7月2日."""
    return f"{on.month}月{on.day}日"


def names(units: list[str]) -> str:
    """The first few names, and how many there are."""
    head = "、".join(units[:NAMED])
    return head if len(units) <= NAMED else f"{head}等{len(units)}个单位"


def quantity(amount: Decimal, measure: Measure) -> str:
    """An amount with its unit (I14)."""
    return f"{plain(amount)}{unit_of(measure.kind)}"


def zero(line: Line, measure: Measure, *, today: dt.date, until: dt.date, then: str) -> str:
    """To a unit that has not broken zero (未破零)."""
    amount, target = line.amount or Decimal(0), line.target or Decimal(0)
    limit = f"（破零线{quantity(measure.zero_threshold, measure)}）" if measure.zero_threshold else ""
    return (
        f"{line.name}：截至{day(today)}，今年{measure.name}核实数为{quantity(amount, measure)}{limit}，"
        "尚未破零；"
        f"全年任务{quantity(target, measure)}，时序进度{line.schedule}%。"
        f"请于{day(until)}前登记到账凭证并上报核实。{then}"
    )


def zero_for_reviewer(office: str, units: list[str], measure: Measure, claims: int, days: int) -> str:
    """To the office that holds the claims of units that have not broken zero."""
    return (
        f"{office}：{names(units)}今年{measure.name}尚未破零，共{claims}笔申报待核实已满{days}个工作日。"
        "单位已上报，请尽快核实，或退回并写明理由。"
    )


def behind(line: Line, table: Standing, *, until: dt.date, months: int, then: str) -> str:
    """To a unit behind schedule (落后时序)."""
    measure = table.measure
    amount, target = line.amount or Decimal(0), line.target or Decimal(0)
    gap = target * months / 12 - amount
    waits = f"，另有{quantity(line.pending, measure)}待核实" if line.pending > 0 else ""
    return (
        f"{line.name}：截至{day(table.as_of)}，今年{measure.name}核实{quantity(amount, measure)}，"
        f"完成任务{quantity(target, measure)}的{line.completion}%，时序进度{line.schedule}%，"
        f"按时序还差{quantity(gap, measure)}{waits}。"
        f"请于{day(until)}前赶上进度，已到账的及时登记凭证。{then}"
    )


def not_reported(return_: Return, *, days: int) -> str:
    """To a unit whose Return is missing after its due day (未报)."""
    period = return_.period
    what = (
        f"{return_.unit.name}：{period.name}报表应于{day(period.due_on)}前上报，"
        f"已超期{days}个工作日，至今未报。"
    )
    if return_.reports_closed_at:
        return what + "本期填报已关闭，请与招商局联系，重新开放后补报。"
    return what + "请今天上报；本期没有数据的，也请作零报告。"


def due_soon(return_: Return) -> str:
    """To a unit whose Return is due (明日到期)."""
    period = return_.period
    return (
        f"{return_.unit.name}：{period.name}报表{day(period.due_on)}截止，尚未上报。"
        f"请于{day(period.due_on)}前核对并上报；本期没有数据的，请作零报告。"
    )


def reviewer(office: str, period: str, *, claims: int, units: int, days: int, since: dt.date) -> str:
    """To an office that sits on claims (核实超期)."""
    return (
        f"{office}：{period}有{units}个单位的{claims}笔申报待核实超过{days}个工作日，最早的自{day(since)}起等待。"
        "请今天起逐笔核实，或退回并写明理由。"
    )


def sentence(rule: Rule) -> str:
    """The rule as a sentence for people (F-68)."""
    words = {
        RuleKind.ZERO: _by_month,
        RuleKind.BEHIND: _by_month,
        RuleKind.NOT_REPORTED: _not_reported,
        RuleKind.DUE_SOON: _due_soon,
        RuleKind.REVIEWER: _reviewer,
    }[RuleKind(rule.kind)](rule)
    hours = f"{rule.hours_from:%H:%M}至{rule.hours_until:%H:%M}"
    return f"{words}只在工作日{hours}之间提醒，每一步只提醒一次。"


def _by_month(rule: Rule) -> str:
    measure = rule.measure.name if rule.measure else ""
    whom = (
        f"{measure}核实数未超过破零线" if rule.kind == RuleKind.ZERO else f"{measure}核实数已破零但落后于时序"
    )
    every = "每月末" if rule.every_months == 1 else f"每{rule.every_months}个月"
    words = f"从{rule.first_month}月末起，{every}提醒一次{whom}的有任务单位。"
    if rule.leader_months:
        words += f"每满{rule.leader_months}个月的那一次同时提请{LEADER}。"
    if rule.principal_months and rule.principal_office:
        words += (
            f"每满{rule.principal_months}个月的那一次同时提请{PRINCIPAL}（{rule.principal_office.name}）。"
        )
    if rule.kind == RuleKind.ZERO:
        words += (
            "单位已有足以破零的申报待核实的，不再催单位；"
            f"满{rule.silent_days}个工作日仍未核实，改为提醒核实人。"
        )
    return words


def _escalated(rule: Rule, after: str) -> str:
    words = ""
    if rule.leader_days:
        words += f"{after}{rule.leader_days}个工作日的，同时提请{LEADER}。"
    if rule.principal_days and rule.principal_office:
        words += (
            f"{after}{rule.principal_days}个工作日的，同时提请{PRINCIPAL}（{rule.principal_office.name}）。"
        )
    return words


def _not_reported(rule: Rule) -> str:
    return f"报表截止后第{rule.unit_days}个工作日仍未上报的，提醒有任务的单位。" + _escalated(rule, "超期")


def _due_soon(rule: Rule) -> str:
    return f"报表截止前第{rule.days_before}个工作日，提醒尚未上报的有任务单位。"


def _reviewer(rule: Rule) -> str:
    return f"申报待核实超过{rule.unit_days}个工作日的，提醒经手的科室。" + _escalated(rule, "超过")
