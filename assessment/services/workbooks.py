"""A county's workbook: read, checked, accepted as one act, undone while nobody has acted on it."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import OuterRef

from accounts import scope
from accounts.acts import act
from accounts.models import ChangeRow
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused
from assessment import rules
from assessment.models import ImportBatch, Opinion
from assessment.queries.known import known, live_claims
from assessment.services.workbook_rows import Writer
from projects.models import Claim, Return
from projects.services import claims, periods, returns
from projects.sheets.book import open_book
from projects.sheets.checks import KINDS, Result, check
from projects.sheets.findings import ASK, ERROR, Finding
from projects.sheets.periods import Span, months
from projects.sheets.reader import BookRefused

WORDS = {
    "units": "单位",
    "aliases": "单位别名",
    "targets": "目标任务",
    "enterprises": "企业",
    "projects": "项目",
    "agreements": "协议",
    "vouchers": "凭证",
    "claims": "申报",
    "returns": "报表上报",
}


@dataclass(frozen=True)
class Examined:
    """What a workbook says, before anything is written.

    ``span``: the period that it reports, for a sheet of tasks alone its year, None when no title names one.
    """

    result: Result
    span: Span | None

    @property
    def period_name(self) -> str:
        """The period in words, empty when none is named."""
        return self.span.label if self.span else ""

    @property
    def acceptable(self) -> bool:
        """True when nothing stands against loading the whole workbook."""
        return self.result.is_clean

    @property
    def new_rows(self) -> dict[str, int]:
        """Clean rows by table that are not in the ledger yet."""
        return {kind: len(getattr(self.result.clean, kind)) for kind in KINDS}

    @property
    def unchanged(self) -> int:
        """Rows that are registered already, value for value."""
        return sum(len(getattr(self.result.unchanged, kind)) for kind in KINDS)


@dataclass(frozen=True)
class Loaded:
    """What was written (new rows by what they are), which findings kept rows out; no batch: nothing new."""

    batch: ImportBatch | None
    written: dict[str, int]
    left: list[Finding]


def examine(
    content: bytes, file_name: str, *, today: dt.date, answers: Mapping[str, str] | None = None
) -> Examined:
    """Read and check a workbook against what the tenant has; writes nothing.

    Raises Refused when the file is no workbook at all.
    """
    try:
        book = open_book(content, file_name)
    except BookRefused as refusal:
        raise Refused(str(refusal)) from refusal
    result = check(book, known(book.span, book.year), today, answers or {})
    return Examined(result, book.span or (months(book.year, 1, 12) if book.year else None))


@transaction.atomic
def load(
    *,
    post: ActingPost,
    content: bytes,
    file_name: str,
    today: dt.date,
    answers: Mapping[str, str] | None = None,
    accept_clean: bool = False,
) -> Loaded:
    """Write a workbook's new rows as one act: units and tasks, projects, papers, claims, Returns.

    The same file twice changes nothing. A figure that differs from a registered one is refused: it
    is corrected, not loaded. With ``accept_clean`` the rows without fault are written and the
    others left. Two clerks at once: the second waits and finds everything registered. Raises
    Forbidden, Refused.
    """
    if not rules.imports(post):
        raise Forbidden("工作簿由招商局导入。")
    _one_at_a_time()
    examined = examine(content, file_name, today=today, answers=answers)
    left = [finding for finding in examined.result.findings if finding.severity in (ERROR, ASK)]
    span = examined.span
    if (left and not accept_clean) or span is None or span.kind not in periods.MONTHS:
        raise Refused(f"工作簿有 {len(left)} 处问题没有解决，没有写入任何数据。")
    if not any(examined.new_rows.values()) and not examined.result.aliases:
        return Loaded(None, {}, left)
    digest = hashlib.sha256(content).hexdigest()
    change = act("workbook.load", reason=f"工作簿 {digest[:12]}")
    writer = Writer(examined.result, span)
    period = writer.write()
    batch = ImportBatch.objects.create(
        sha256=digest, file_name=file_name[-200:], period=period, change_id=change, summary=writer.written
    )
    return Loaded(batch, writer.written, left)


@transaction.atomic
def undo(*, post: ActingPost, batch_id: int, reason: str, today: dt.date) -> ImportBatch:
    """Undo an import while no opinion stands on its claims: reversals, and the Returns it filled unsubmitted.

    Units, aliases, tasks, firms and projects stay. Raises Forbidden, NotFound, Refused.
    """
    if not rules.imports(post):
        raise Forbidden("导入由招商局撤销。")
    change = act("workbook.undo", reason=reason)
    batch = ImportBatch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("没有这个导入批次。")
    if batch.undone_by_id is not None:
        raise Refused("这个批次已经撤销。")
    written = list(
        Claim.objects.filter(pk__in=_written(batch, "projects_claim", "I"), reversals__isnull=True)
        .select_related("booked_in")
        .order_by("pk")
    )
    if count := Opinion.objects.filter(claim__in=written).values("claim_id").distinct().count():
        raise Refused(f"已有 {count} 笔申报有了核实意见，不能撤销整批；请逐笔更正。")
    claims.write([claims.reversal(claim, booked_in=claim.booked_in) for claim in written])
    # A Return in which others' figures stand stays submitted.
    reported = Return.objects.filter(pk__in=_written(batch, "projects_return", "U"))
    returns.unsubmit(list(reported.exclude(live_claims(booked_in=OuterRef("pk")))))
    batch.undone_by_id = change
    batch.save(update_fields=["undone_by"])
    return batch


def _written(batch: ImportBatch, table: str, op: str) -> list[int]:
    """Rows that the batch's act wrote, from the change log: nothing is noted twice."""
    lines = ChangeRow.objects.filter(change_id=batch.change_id, table=table, op=op)
    return list(lines.values_list("row", flat=True))


def _one_at_a_time() -> None:
    """Imports of one tenant follow each other; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('workbook'), %s::int)", [scope.tenant_id()])
