"""Periods (考核期) and windows: which days count."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

_FORMS = (
    ("year", re.compile(r"(\d{4})\Z"), 12),
    ("half", re.compile(r"(\d{4})H([12])\Z"), 6),
    ("quarter", re.compile(r"(\d{4})Q([1-4])\Z"), 3),
    ("month", re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z"), 1),
)
_LETTERS = {12: "", 6: "H", 3: "Q", 1: "-"}
MONTHS = {kind: months for kind, _, months in _FORMS}


@dataclass(frozen=True)
class Window:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    def holds(self, day: date | None) -> bool:
        """Whether `day` is known and lies inside."""
        return day is not None and self.start <= day <= self.end

    def covers(self, other: Window) -> bool:
        """Whether all of `other` lies inside."""
        return self.start <= other.start and other.end <= self.end

    def split(self, kind: str) -> tuple[Window, ...]:
        """The calendar months, quarters, halves or years that this window touches, cut to it."""
        parts = []
        day = self.start
        while day <= self.end:
            last = month_end(day, _months_left(day, kind))
            parts.append(Window(day, min(last, self.end)))
            day = last + timedelta(days=1)
        return tuple(parts)

    def shifted(self, years: int) -> Window:
        """The same days `years` years later (29 February becomes the month's last day)."""
        return Window(_shift(self.start, years), _shift(self.end, years))

    def since(self, start: date) -> Window:
        """The window with another first day."""
        return replace(self, start=start)

    def until(self, day: date) -> Window:
        """The window up to a day: what a period that is not over yet has brought so far."""
        return self if self.end <= day else replace(self, end=day)

    @property
    def year_to_date(self) -> Window:
        """From 1 January of the last day's year to the last day."""
        return self.since(date(self.end.year, 1, 1))

    @property
    def name(self) -> str:
        """The period's name when the window is one (2024, 2024Q2, 2024-05), else its days."""
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        nth, rest = divmod(self.start.month - 1, months)
        whole = months in _LETTERS and self.start.day == 1 and self.end == month_end(self.start, months)
        if rest or not whole:
            return f"{self.start}~{self.end}"
        if months == 1:
            return f"{self.start.year}-{self.start.month:02d}"
        letter = _LETTERS[months]
        return f"{self.start.year}{letter}{nth + 1}" if letter else f"{self.start.year}"


def _months_left(day: date, kind: str) -> int:
    size = MONTHS[kind]
    return size - (day.month - 1) % size


def month_end(day: date, months: int = 1) -> date:
    """The last day of the month that lies `months` - 1 months after that of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1) - timedelta(days=1)


def _shift(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def read(text: Any) -> tuple[str, Window] | None:
    """Kind and window of a period: 2024, 2024H1, 2024Q2, 2024-05; None when it is not one."""
    for kind, pattern, months in _FORMS:
        match = pattern.match(str(text))
        if match:
            year, nth = int(match[1]), int(match[2]) if match.lastindex == 2 else 1
            if not 1 <= year <= 9998:
                return None
            start = date(year, (nth - 1) * months + 1, 1)
            return kind, Window(start, month_end(start, months))
    return None


def months_elapsed(window: Window) -> int:
    """Whole months of the year that are over on the window's last day (时序进度)."""
    last = window.end
    return last.month if last == month_end(last) else last.month - 1
