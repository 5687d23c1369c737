"""What a claim was when it was submitted or last decided on, against now (F-50): from the change log."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import ChangeRow, User
from accounts.queries import history
from accounts.queries.readable import Line
from assessment.choices import Step, Verdict
from assessment.models import Opinion
from assessment.queries.claim_sheet import Sheet, links_of
from projects.models import Claim, Evidence, EvidenceLink, Return

FILING = ("return.submit", "workbook.load")


@dataclass(frozen=True)
class Since:
    """When and by whom the Return was submitted, how often the claim, and what has changed since ``moment``.

    ``moment`` is the last opinion of an office, else the submission; None while nothing is submitted.
    ``after`` says which. ``sent`` counts the claim's submissions (报送): the first and each after a
    return; ``filed`` those of its Return. ``added`` are files (the ledger takes none away); ``changed``
    are lines about the project and its firm.
    """

    moment: dt.datetime | None
    after: str
    submitted_by: str
    sent: int
    filed: int
    added: list[Evidence]
    changed: list[Line]

    @property
    def unchanged(self) -> bool:
        return not (self.added or self.changed)


def of(sheet: Sheet) -> Since:
    """The difference for the claim of a sheet. Five queries, a few more where something changed."""
    claim = sheet.claim
    last = next((one for one in reversed(sheet.opinions) if one.step not in (Step.UNIT, Step.SUPERIOR)), None)
    moment = last.at if last else claim.booked_in.submitted_at
    filings = _filings(claim.booked_in_id)
    actor = filings[-1] if filings else None
    name = User.objects.filter(pk=actor).values_list("name", flat=True).first() if actor else None
    return Since(
        moment=moment,
        after=_words(last),
        submitted_by=name or "",
        sent=1 + sum(one.step == Step.UNIT for one in sheet.opinions),
        filed=len(filings),
        added=_added(sheet, moment) if moment else [],
        changed=_changed(claim, moment) if moment else [],
    )


def _words(last: Opinion | None) -> str:
    return f"{last.get_step_display()}“{Verdict(last.verdict).label}”" if last else "上报"


def _filings(return_id: int) -> list[int | None]:
    """Who submitted this Return, each time, in order."""
    table = Return._meta.db_table
    lines = ChangeRow.objects.filter(table=table, row=return_id, op="U", change__act__in=FILING)
    return list(lines.order_by("pk").values_list("change__actor", flat=True))


def _added(sheet: Sheet, moment: dt.datetime) -> list[Evidence]:
    """Files of the claim's act that were bound to it later, as far as the sheet shows them."""
    links = dict(links_of(sheet.claim).values_list("pk", "evidence_id"))
    lines = ChangeRow.objects.filter(table=EvidenceLink._meta.db_table, op="I", row__in=list(links))
    later = {links[row] for row in lines.filter(change__at__gt=moment).values_list("row", flat=True)}
    return [file for file in sheet.evidence if file.pk in later]


def _changed(claim: Claim, moment: dt.datetime) -> list[Line]:
    if claim.project is None:
        return []
    project = claim.project
    pairs = [("projects_project", project.pk), ("projects_enterprise", project.enterprise_id)]
    return list(_lines(history.of_rows(pairs, after=moment)))


def _lines(entries: Iterable[history.Entry]) -> Iterable[Line]:
    """Changed fields, the earliest first; a row that was made since is no change."""
    return (line for entry in reversed(list(entries)) for line in entry.lines if line.op == "U")
