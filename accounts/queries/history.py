"""What happened: acts of the change log with their lines, newest first (F-97).

The words of a line (names instead of keys, labels instead of codes) stand in ``readable``.
"""

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.acts import SENTENCES
from accounts.models import Change, ChangeRow, User
from accounts.queries.readable import Line, RawLine, Reader, post_words, thing_of


@dataclass(frozen=True)
class Entry:
    """One act. ``when`` is the real clock; ``who`` is empty where the person is not visible here.

    ``touched`` counts lines by thing for a list that shows no lines.
    """

    pos: int
    when: dt.datetime
    who: str
    unit: str
    role: str
    sentence: str
    reason: str
    request_id: str
    digest: str
    lines: list[Line] = field(default_factory=list)
    touched: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Filters:
    """What the page may narrow the log to. Dates are days of the real clock in the portal's zone."""

    unit: str = ""
    act: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    table: str = ""
    row: int | None = None


def of_rows(
    pairs: Iterable[tuple[str, int]], limit: int = 50, after: dt.datetime | None = None
) -> list[Entry]:
    """The latest acts that wrote these rows (table, id), each with its lines about these rows only.

    ``after``: only acts later than this moment of the real clock. The number of queries depends on the
    kinds of things named, never on the number of rows.
    """
    wanted = defaultdict(set)
    for table, row in pairs:
        wanted[table].add(row)
    if not wanted:
        return []
    lines = Q()
    for table, rows in wanted.items():
        lines |= Q(table=table, row__in=rows)
    own = ChangeRow.objects.filter(lines)
    sealed = _sealed() if after is None else _sealed().filter(at__gt=after)
    changes = list(sealed.filter(pk__in=own.values("change_id")).order_by("-pos")[:limit])
    return _told(changes, own.filter(change__in=[change.pk for change in changes]))


def acts(filters: Filters, *, values: bool, before: int | None = None, size: int = 50) -> list[Entry]:
    """Acts older than ``before`` (a position) that pass the filters; without lines, with what they touched.

    ``values`` False gives the headers alone, as the audit administrator reads them.
    """
    changes = _passing(_sealed(), filters)
    if before is not None:
        changes = changes.filter(pos__lt=before)
    found = list(changes.order_by("-pos")[:size])
    touched = _touched(found) if values else {}
    people = _people(found)
    return [_entry(change, people, touched=touched.get(change.pk, [])) for change in found]


def one(pos: int, *, values: bool, first: int = 0, size: int = 100) -> tuple[Entry, int] | None:
    """The act at a position with a page of its lines, and how many lines it has; None for none."""
    change = _sealed().filter(pos=pos).first()
    if change is None:
        return None
    if not values:
        return _entry(change, _people([change])), 0
    lines = ChangeRow.objects.filter(change=change)
    page = lines.order_by("pk").values("pk")[first : first + size]
    return _told([change], ChangeRow.objects.filter(pk__in=page))[0], lines.count()


def headers(changes: list[Change]) -> list[Entry]:
    """These acts without lines. One query."""
    people = _people(changes)
    return [_entry(change, people) for change in changes]


def units_that_acted() -> list[str]:
    """Units of the posts in the log, for the filter. One query."""
    labels = Change.objects.order_by("post_label").values_list("post_label", flat=True).distinct()
    return sorted({post_words(label)[0] for label in labels})


def _sealed() -> QuerySet[Change]:
    """Acts with their place in the chain; the act of the current transaction has none yet."""
    return Change.objects.filter(pos__isnull=False)


def _passing(changes: QuerySet[Change], filters: Filters) -> QuerySet[Change]:
    if filters.unit:
        changes = changes.filter(Q(post_label__startswith=f"{filters.unit}·") | Q(post_label=filters.unit))
    if filters.act:
        changes = changes.filter(act=filters.act)
    if filters.since:
        changes = changes.filter(at__date__gte=filters.since)
    if filters.until:
        changes = changes.filter(at__date__lte=filters.until)
    if filters.table:
        lines = ChangeRow.objects.filter(table=filters.table)
        lines = lines if filters.row is None else lines.filter(row=filters.row)
        changes = changes.filter(pk__in=lines.values("change_id"))
    return changes


def _touched(changes: list[Change]) -> dict[int, list[tuple[str, int]]]:
    """By act: how many lines about which things, the most first, ties by name. One query.

    Without the name the database's plan would decide: fresh statistics would change the page.
    """
    rows = ChangeRow.objects.filter(change__in=[change.pk for change in changes])
    counted = rows.values_list("change_id", "table").annotate(lines=Count("pk"))
    things: dict[int, Counter] = defaultdict(Counter)
    for change, table, lines in counted:
        things[change][thing_of(table)] += lines
    return {
        change: sorted(counter.items(), key=lambda item: (-item[1], item[0]))
        for change, counter in things.items()
    }


def _told(changes: list[Change], lines: QuerySet[ChangeRow]) -> list[Entry]:
    """The acts with these lines in words."""
    raw = [
        RawLine(change, table, row, op, _exact(before), _exact(after))
        for change, table, row, op, before, after in lines.order_by("pk").values_list(
            "change_id", "table", "row", "op", Cast("before", TextField()), Cast("after", TextField())
        )
    ]
    reader = Reader(raw)
    by_change = defaultdict(list)
    for line in raw:
        if (told := reader.tell(line)) is not None:
            by_change[line.change_id].append(told)
    people = _people(changes)
    return [_entry(change, people, lines=by_change[change.pk]) for change in changes]


def _exact(text: str | None) -> dict:
    """A logged row with exact numbers: the column's own decoder would make binary fractions of money."""
    return json.loads(text, parse_float=Decimal) if text else {}


def _people(changes: list[Change]) -> dict[int, str]:
    """Names of those who acted, as far as this scope may see them. One query."""
    actors = {change.actor for change in changes if change.actor is not None}
    return dict(User.objects.filter(pk__in=actors).values_list("pk", "name"))


def _entry(change: Change, people: dict[int, str], **more: Any) -> Entry:
    unit, role = post_words(change.post_label)
    return Entry(
        pos=change.pos or 0,
        when=change.at,
        who=people.get(change.actor or 0, ""),
        unit=unit,
        role=role,
        sentence=str(SENTENCES.get(change.act, change.act)),
        reason=change.reason,
        request_id=change.request_id,
        digest=bytes(change.hash or b"").hex(),
        **more,
    )
