"""核减情况 as a workbook to keep: the tables, the claims behind them, and who took it when (F-112)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.acts import act
from accounts.queries.posts import ActingPost
from accounts.refusals import Refused
from assessment.models import Measure
from assessment.queries import archive
from assessment.queries import reductions as queries
from assessment.queries.exports import Wanted
from assessment.queries.reductions import Asked, Row
from assessment.services import exports
from projects.choices import unit_of
from projects.rules import reads_county
from projects.services import watermarks
from projects.sheets import tables
from projects.sheets.tables import Cell, Table

MOST_CLAIMS = 20_000
HEADS = (
    *("计量单位", "有结论（笔）", "申报数", "核实数", "核减（笔）", "核减数"),
    *("不予认可（笔）", "不予认可数", "核减率（%）", "尚无结论（笔）"),
)


@transaction.atomic
def export(
    *,
    post: ActingPost,
    asked: Asked,
    result: str,
    wanted: Wanted,
    measures: list[Measure],
    at: dt.datetime,
) -> bytes:
    """An xlsx of what the pages show for this question; an act in the log with the question and its rows.

    ``wanted``: the same question as words and as a query; ``result``: which claims are listed
    (``queries.listed``). Raises NeedsApproval where a second person has to agree, Refused when there are
    too many claims for one workbook.
    """
    claims = list(queries.listed(post, asked, result).select_related("entered_by")[: MOST_CLAIMS + 1])
    if len(claims) > MOST_CLAIMS:
        raise Refused(f"一次最多导出 {MOST_CLAIMS:,} 笔申报，请选择填报期后分次导出。")
    under = exports.approved(post=post, wanted=wanted, rows=len(claims), today=timezone.localdate(at))
    question = f"{wanted.question}，导出审批 {under.pk} 号" if under else wanted.question
    act("reductions.export", reason=f"{question}：{len(claims)} 笔申报")
    return tables.workbook(
        [
            _about(post, question, len(claims), at),
            _lines("按类别", "类别", queries.by_kind(post, asked)),
            _lines("按统计口径", "统计口径", queries.by_measure(post, asked, measures)),
            _lines("按单位", "单位", queries.by_unit(post, asked)),
            *(_of_checkers(post, asked) if reads_county(post) else []),
            archive.claims_table(claims),
        ]
    )


def _about(post: ActingPost, question: str, claims: int, at: dt.datetime) -> Table:
    who, when = watermarks.words_for(post, at).split("\n")
    rows: list[tuple[str, Cell]] = [
        ("导出岗位", who),
        ("导出时间", when),
        ("查询条件", question),
        ("申报笔数", claims),
        ("核减率", "（申报数 − 核实数）÷ 申报数，只计有结论、没有冲销的申报，按申报单位计，不按分成。"),
        ("空缺", f"“{tables.UNKNOWN}”表示尚无结论，不是零。"),
    ]
    return Table("说明", ["事项", "内容"], rows)


def _of_checkers(post: ActingPost, asked: Asked) -> list[Table]:
    return [
        _lines("按督查室", "督查室", queries.by_office(post, asked)),
        _lines("按核实人", "核实人", queries.by_inspector(post, asked)),
    ]


def _lines(title: str, head: str, rows: list[Row]) -> Table:
    return Table(title, [head, *HEADS], [_line(row) for row in rows])


def _line(row: Row) -> tuple[Cell, ...]:
    return (
        row.label,
        str(unit_of(row.kind)),
        row.decided,
        row.reported,
        row.verified,
        row.reduced,
        row.reduced_by,
        row.rejected,
        row.rejected_sum,
        row.rate,
        row.waiting,
    )
