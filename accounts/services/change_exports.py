"""The change log as a file to keep (F-56): what was done, by whom, why, and the hash of each act."""

import csv
import datetime as dt
import io

from django.db import transaction
from django.utils import timezone

from accounts.acts import act
from accounts.queries import history
from accounts.queries.history import Entry, Filters
from accounts.queries.posts import ActingPost
from accounts.refusals import Refused

MOST_ACTS = 20_000
HEADS = ("序号", "时间", "事项", "单位", "岗位", "人员", "理由", "涉及", "哈希（SHA-256）")
# With these a spreadsheet would take a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@transaction.atomic
def export(
    *, post: ActingPost, who: str, filters: Filters, question: str, values: bool, at: dt.datetime
) -> bytes:
    """A CSV (UTF-8 with its mark) of the acts that pass the filters, newest first; an act in the log itself.

    ``question``: the filters in words; ``values`` False leaves out what the acts touched, as the page does.
    No values of rows are in it. The hashes are those that checkpoints attest: whoever keeps the file can
    tell later whether an act was exchanged. Raises Refused for too many acts.
    """
    found = history.acts(filters, values=values, size=MOST_ACTS + 1)
    if len(found) > MOST_ACTS:
        raise Refused(f"一次最多导出 {MOST_ACTS:,} 条变更，请选择起止日期后分次导出。")
    act("changes.export", reason=f"{question}：{len(found)} 条")
    out = io.StringIO()
    sheet = csv.writer(out)
    taken = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    sheet.writerow([_text(f"变更记录（{question}），{len(found)} 条；{post.label} {who} 导出于 {taken}")])
    sheet.writerow(HEADS)
    sheet.writerows(map(_row, found))
    return out.getvalue().encode("utf-8-sig")


def _row(entry: Entry) -> list[str]:
    when = f"{timezone.localtime(entry.when):%Y-%m-%d %H:%M:%S}"
    touched = "、".join(f"{thing} {lines}" for thing, lines in entry.touched)
    told = (entry.sentence, entry.unit, entry.role, entry.who, entry.reason, touched)
    return [str(entry.pos), when, *map(_text, told), entry.digest]


def _text(words: str) -> str:
    """As text, also where a spreadsheet would reckon."""
    return f"'{words}" if words.startswith(FORMULA) else words
