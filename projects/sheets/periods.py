"""What the lines above a table say: the period, the day up to which it counts, the unit of its amounts."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from projects.sheets import cells

NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
CHINESE_YEAR = re.compile(r"[〇○零一二三四五六七八九]{4}(?=年)")
DAY = r"[0-9]{4}(?:年[0-9]{1,2}月[0-9]{1,2}日?|[.\-/][0-9]{1,2}[.\-/][0-9]{1,2})"
UP_TO = re.compile(rf"截[至止到]{{1,2}}(?:时间|日期)?[:：]?({DAY})")
HALF = re.compile(r"([0-9]{4})年.{0,12}?(上|下)半年")
QUARTER = re.compile(r"([0-9]{4})年.{0,12}?([一二三四1-4])季度")
MONTHS = re.compile(r"([0-9]{4})年([0-9]{1,2})月?份?(?:-|—|–|~|至|到)([0-9]{1,2})月")
MONTH = re.compile(r"([0-9]{4})年([0-9]{1,2})月")
YEAR = re.compile(r"([0-9]{4})年")
UNIT = re.compile(r"([^\s(]{0,2})单位[:：]\s*([^\s,，;；、()]+)")


@dataclass(frozen=True)
class Span:
    """A stretch of whole months. ``kind`` is month, quarter, half, year, or "range" for any other."""

    kind: str
    start: date
    end: date

    @property
    def label(self) -> str:
        """The span as a title says it, e.g. 2012年上半年."""
        year, first, last = self.start.year, self.start.month, self.end.month
        match self.kind:
            case "month":
                return f"{year}年{first}月"
            case "quarter":
                return f"{year}年第{'一二三四'[last // 3 - 1]}季度"
            case "half":
                return f"{year}年{'上' if first == 1 else '下'}半年"
            case "year":
                return f"{year}年"
        return f"{year}年{first}—{last}月"

    def covers(self, day: date) -> bool:
        """True when the day lies in the span."""
        return self.start <= day <= self.end


def span_of(line: str) -> Span | None:
    """The period that a title names (2012年上半年, 第一季度, 1-6月, 3月, 全年), None when it names none.

    A whole date in the line, as in 截至2012年6月30日, is no period.
    """
    text = re.sub(DAY, " ", _plain(line))
    if found := HALF.search(text):
        return months(int(found[1]), *((1, 6) if found[2] == "上" else (7, 12)))
    if found := QUARTER.search(text):
        quarter = int(found[2].translate(NUMERALS))
        return months(int(found[1]), quarter * 3 - 2, quarter * 3)
    if found := MONTHS.search(text):
        return months(int(found[1]), int(found[2]), int(found[3]))
    if found := MONTH.search(text):
        return months(int(found[1]), int(found[2]), int(found[2]))
    if found := YEAR.search(text):
        return months(int(found[1]), 1, 12)
    return None


def months(year: int, first: int, last: int) -> Span | None:
    """The span from the first to the last month, both included; None when there are no such months."""
    if year not in cells.YEARS or not 1 <= first <= last <= 12:
        return None
    count = last - first + 1
    aligned = last % count == 0
    kind = {1: "month", 3: "quarter", 6: "half", 12: "year"}.get(count, "range") if aligned else "range"
    return Span(kind, date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def up_to(line: str) -> date | None:
    """The day after 截至 or 截止, None when there is none or it does not exist."""
    found = UP_TO.search(_plain(line))
    try:
        return cells.date(found[1]) if found else None
    except cells.Unreadable:
        return None


def unit_of(line: str) -> str | None:
    """The unit of amounts after 单位：, as written; None when the line names none.

    填报单位：招商局 and the like name an office, no unit of amounts.
    """
    for before, word in UNIT.findall(cells.narrow(line)):
        if word in cells.IN_WAN or (before in ("", "金额", "计量", "货币") and re.search("[元币]", word)):
            return word
    return None


def _plain(line: str) -> str:
    text = "".join(cells.narrow(line).split())
    return CHINESE_YEAR.sub(lambda found: found[0].translate(NUMERALS), text)
