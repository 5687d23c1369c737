"""What the checks of one workbook share while they run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice

from projects.sheets import cells, names
from projects.sheets.book import Book
from projects.sheets.findings import ASK, ERROR, Findings
from projects.sheets.known import Known
from projects.sheets.names import Names
from projects.sheets.rows import Row

MOST_PLACES = 5  # of a clash that a sentence names


@dataclass
class Work:
    """A workbook under check. ``read`` holds the rows with their words replaced by what they mean.

    ``same`` are the rows that the tenant already has, value for value.
    """

    book: Book
    known: Known
    today: date
    names: Names
    findings: Findings
    read: dict[tuple[str, int], Row] = field(default_factory=dict)
    same: set[tuple[str, int]] = field(default_factory=set)

    def unit(self, row: Row) -> str | None:
        """The unit that the row names; None, with an ask or an error at the row, when that is not clear."""
        written = row.unit
        if written is None:
            return None
        meaning = self.names.meaning(written)
        if meaning.state == names.ASK:
            self.ask(row, meaning)
        elif meaning.state == names.UNKNOWN:
            self.unknown_unit(row, refused=meaning.refused)
        return meaning.unit or None

    def ask(self, row: Row, meaning: names.Meaning) -> None:
        """Ask whether the written name is the proposed unit."""
        best, *others = meaning.proposals
        also = f"（也可能是{'、'.join(others)}）" if others else ""
        self.findings.cell(
            row,
            "unit",
            ASK,
            "unit_spelling",
            f"没有叫“{row.unit}”的单位，可能是“{best}”{also}。请确认；确认后记为别名，以后不再问。",
            question=f"“{row.unit}”是“{best}”吗？",
            proposal=best,
            key=names.ask_key(row.unit),
        )

    def unknown_unit(self, row: Row, *, refused: bool) -> None:
        """Say that there is no such unit."""
        where = "任务分解表和系统中" if self.known.fresh else "系统中"
        said = "，给出的答复也不是已有单位" if refused else ""
        self.findings.cell(
            row,
            "unit",
            ERROR,
            "unit_unknown",
            f"{where}没有单位“{row.unit}”{said}。请改成已有单位的名称，或先把它列入任务分解表、在系统中建立。",
        )

    def meaning(self, row: Row, name: str, words: Mapping[str, str], code: str) -> str | None:
        """The stored value for a word of a dictionary; None, with an error, when the word is not in it."""
        written = getattr(row, name)
        if written is None:
            return None
        value = words.get(cells.name_key(written))
        if value is None:
            header = self.findings.sheets[row.sheet].header(name)
            self.findings.cell(
                row,
                name,
                ERROR,
                code,
                f"{header}“{written}”不在字典里。请改填：{'、'.join(_one_each(words))}。",
            )
        return value

    def positive(self, row: Row, name: str, *, zero: str = "") -> None:
        """Refuse an amount below zero, and zero itself with the reason ``zero``."""
        value: Decimal | None = getattr(row, name)
        header = self.findings.sheets[row.sheet].header(name)
        if value is not None and value < 0:
            self.findings.cell(
                row,
                name,
                ERROR,
                "negative",
                f"{header}是负数，也没有指明更正哪一笔。请填实际数；更正已登记的数请在系统中按“更正”办理。",
            )
        elif value == 0 and zero:
            self.findings.cell(row, name, ERROR, "zero", zero)

    def changes(self, row: Row, subject: str, pairs: Iterable[tuple[str, object, object]]) -> None:
        """Compare a row with what is recorded: (field, recorded, read). Equal: the row is the same.

        Each difference is an error, because an import never changes a recorded figure. A field that could
        not be read has its own error and is not compared.
        """
        same = True
        for name, was, now in pairs:
            if now is None and row.raw.get(name, "").strip():
                same = False
            elif was != now:
                same = False
                header = self.findings.sheets[row.sheet].header(name)
                self.findings.cell(
                    row,
                    name,
                    ERROR,
                    "changed",
                    f"“{subject}”的{header}原为“{_said(was)}”，本表现为“{_said(now)}”。导入不改已登记的数：确需更改的，"
                    "请在系统中按“更正”办理（注明原因，由另一人核实）；写错的，请改回原数。",
                )
        if same:
            self.same.add(row.place)


def keyed(words: Mapping[str, str]) -> dict[str, str]:
    """A dictionary that is looked up by the keys of names."""
    return {cells.name_key(word): value for word, value in words.items()}


def others(rows: Sequence[Row], row: Row) -> str:
    """Where the other rows of a clash stand, for a sentence at one of them."""
    rest = islice((other for other in rows if other.place != row.place), MOST_PLACES)
    return places(tuple(rest), row.sheet, len(rows) - 1)


def places(rows: Sequence[Row], sheet: str, count: int | None = None) -> str:
    """Where rows stand, for a sentence on a sheet; the first few of ``count``."""
    count = len(rows) if count is None else count
    named = []
    for row in rows[:MOST_PLACES]:
        named.append(f"第{row.number}行" if row.sheet == sheet else f"“{row.sheet}”第{row.number}行")
        sheet = row.sheet
    return "、".join(named) + (f"等{count}行" if count > MOST_PLACES else "")


def _one_each(words: Mapping[str, str]) -> list[str]:
    """The first spelling of each value."""
    return list({value: word for word, value in reversed(list(words.items()))}.values())[::-1]


def _said(value) -> str:
    if isinstance(value, Decimal):
        return f"{cells.plain(value)}万元"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "未填" if value is None else str(value)
