"""Facts document -> Facts. All faults at once, with path and line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from assessment.engine import periods
from assessment.engine.facts import (
    BASES,
    VERIFIED,
    Decision,
    Facts,
    Figure,
    Item,
    ManualScore,
    Membership,
    Rating,
    TargetFact,
    UnitFact,
)
from assessment.engine.faults import FactsError, Faults, Path
from assessment.engine.fitting import misfits
from assessment.engine.reading import Document, as_date, as_number, quick_json
from assessment.engine.scheme import Scheme

_SECTIONS: dict[str, tuple[set[str], set[str]]] = {  # section: required keys, further keys
    "units": ({"unit"}, {"name", "group", "groups", "competes", "attributes", "exempt"}),
    "targets": ({"unit", "target", "period", "amount"}, {"id", "in", "issuer", "document"}),
    "figures": ({"unit", "figure", "value"}, {"id", "period", "in", "source", "as_of", "note"}),
    "externals": ({"unit", "figure", "value", "source", "as_of"}, {"id", "period", "in", "note"}),
    "items": ({"id", "unit", "kind"}, {"name"}),
    "events": ({"unit", "event", "date"}, {"id", "name", "times"}),
    "ratings": ({"unit", "rating", "rater", "value"}, {"id", "weight_group"}),
    "manual": ({"unit", "manual", "value", "scorer", "reason"}, {"id", "document", "date"}),
    "decisions": ({"unit", "decision", "document", "reason"}, {"id", "date"}),
    "self_scores": ({"unit", "indicator", "points"}, set()),
}
_OPEN = {"items", "events"}
_TOP = {"schema", "period", "as_of", "basis", *_SECTIONS}


def load(text: str, scheme: Scheme | None = None) -> Facts:
    """Read a facts document (YAML or JSON); raises FactsError with every fault.

    With the scheme that is to run over them, also with everything that does not fit it.
    """
    data = quick_json(text) if text.lstrip().startswith("{") else None
    if data is not None:
        try:
            return _Reader(data, Faults()).facts(scheme)
        except FactsError:
            pass  # read again, slowly, to tell the lines
    document = Document(text)
    if document.broken:
        raise FactsError([document.broken])
    faults = Faults(document.lines)
    for path, reason in document.faults:
        faults.add(path, reason)
    return _Reader(document.data, faults).facts(scheme)


class _Reader:
    """Reads the sections of one document."""

    def __init__(self, data: Any, faults: Faults) -> None:
        self._faults = faults
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            faults.add((), "文档应当是“名称: 内容”的形式")
        self._window = periods.Window(date.min, date.max)  # until the period is read
        self._units: set[str] = set()
        self._ids: set[str] = set()
        self._lines: dict[str, int] = {}

    def facts(self, scheme: Scheme | None) -> Facts:
        """All sections; raises FactsError when anything was wrong."""
        for key in self._data.keys() - _TOP:
            self._faults.add((key,), f"不认识的内容“{key}”，可用的有：{'、'.join(sorted(_TOP))}")
        kind = self._period()
        as_of = self._as_of()
        basis = self._basis()
        units = self._rows("units", self._unit)
        figures = self._rows("figures", self._figure) + self._rows("externals", self._figure)
        targets = self._rows("targets", self._target)
        items = self._rows("items", self._item) + self._rows("events", self._event)
        ratings = self._rows("ratings", self._rating)
        manual = self._rows("manual", self._manual)
        decisions = self._rows("decisions", self._decision)
        own = dict(self._rows("self_scores", self._self_score))
        self._overlaps(figures)
        facts = Facts(
            *(kind, self._window, as_of, units, figures, targets, items, ratings, manual, decisions, own),
            basis,
            self._lines,
        )
        if scheme is not None:
            self._misfits(scheme, facts)
        if self._faults.found:
            raise FactsError(self._faults.found)
        return facts

    def _misfits(self, scheme: Scheme, facts: Facts) -> None:
        """What the scheme cannot take; of a period that cannot be read nothing follows."""
        unread = any(fault.path in ("period", "as_of") for fault in self._faults.found)
        self._faults.found += [
            fault
            for fault in misfits(scheme, facts)
            if not (unread and fault.path.startswith(("period", "units")))
        ]

    def _period(self) -> str:
        found = periods.read(self._data.get("period"))
        if found is None:
            self._faults.add(("period",), "考核期应写成 2024、2024H1、2024Q2 或 2024-05")
            return "year"
        self._window = found[1]
        return found[0]

    def _as_of(self) -> date:
        raw = self._data.get("as_of")
        day = self._window.end if raw is None else as_date(raw)
        if day is None:
            self._faults.add(("as_of",), "截止日应写成 2024-06-30")
            return self._window.end
        if day < self._window.start and self._window.start != date.min:
            self._faults.add(("as_of",), "截止日早于考核期")
        return day

    def _basis(self) -> str:
        basis = str(self._data.get("basis", VERIFIED))
        if basis not in BASES:
            known = "、".join(f"{key}（{word}）" for key, word in BASES.items())
            self._faults.add(("basis",), f"“{basis}”不是数据口径，可用的有：{known}")
        return basis

    def _rows(self, section: str, build: Callable[[dict[str, Any], Path], Any]) -> tuple[Any, ...]:
        rows = self._data.get(section)
        if rows is None:
            return ()
        if not isinstance(rows, list):
            self._faults.add((section,), "应当是一列（每行以 - 开头）")
            return ()
        out = []
        for i, row in enumerate(rows):
            path: Path = (section, i)
            if self._shape(section, row, path):
                before = len(self._faults.found)
                made = build(row, path)
                self._lines[_named(made)] = self._faults.lines.get(path, 0)
                # An item is kept for the scheme's checks, less the values that cannot be read.
                if len(self._faults.found) == before or isinstance(made, Item):
                    out.append(made)
        return tuple(out)

    def _shape(self, section: str, row: Any, path: Path) -> bool:
        if not isinstance(row, dict):
            self._faults.add(path, "应当是“名称: 内容”的形式")
            return False
        required, further = _SECTIONS[section]
        good = True
        for key in sorted(required - row.keys()):
            self._faults.add(path, f"缺少“{key}”")
            good = False
        if section not in _OPEN:
            for key in sorted(row.keys() - required - further):
                self._faults.add(
                    (*path, key), f"不认识的内容“{key}”，可用的有：{'、'.join(sorted(required | further))}"
                )
        if good and section != "units" and str(row["unit"]) not in self._units:
            self._faults.add((*path, "unit"), f"units 里没有单位“{row['unit']}”")
        return good

    def _id(self, row: dict[str, Any], path: Path, made: str) -> str:
        key = str(row.get("id") or made)
        if key in self._ids:
            self._faults.add((*path, "id") if "id" in row else path, f"“{key}”重复，同一事实只能写一次")
        self._ids.add(key)
        return key

    def _number(self, row: dict[str, Any], key: str, path: Path) -> Decimal:
        value = as_number(row[key])
        if value is None or not value.is_finite():
            self._faults.add((*path, key), f"“{row[key]}”不是一个数")
            return Decimal(0)
        return value

    def _window_of(self, row: dict[str, Any], path: Path) -> periods.Window:
        if "period" not in row:
            return self._window
        found = periods.read(row["period"])
        if found is None:
            self._faults.add(
                (*path, "period"), f"“{row['period']}”不是考核期，应写成 2024、2024H1、2024Q2 或 2024-05"
            )
            return self._window
        return found[1]

    def _day(self, row: dict[str, Any], key: str, path: Path) -> date | None:
        day = as_date(row.get(key))
        if row.get(key) is not None and day is None:
            self._faults.add((*path, key), f"“{row[key]}”不是日期，应写成 2024-06-30")
        return day

    def _unit(self, row: dict[str, Any], path: Path) -> UnitFact:
        key = str(row["unit"])
        if key in self._units:
            self._faults.add((*path, "unit"), f"单位“{key}”写了两次")
        self._units.add(key)
        listed = row.get("groups") or ([{"group": row["group"]}] if "group" in row else [])
        stays = []
        for i, stay in enumerate(listed if isinstance(listed, list) else []):
            where: Path = (*path, "groups", i)
            if not isinstance(stay, dict) or "group" not in stay or stay.keys() - {"group", "from", "to"}:
                self._faults.add(where, "应写成 {group: 组, from: 起日, to: 止日}")
                continue
            stays.append(
                Membership(str(stay["group"]), self._day(stay, "from", where), self._day(stay, "to", where))
            )
        if not stays:
            self._faults.add(path, f"单位“{key}”没有写 group 或 groups")
        attributes = row.get("attributes") or {}
        exempt = row.get("exempt") or []
        if not isinstance(attributes, dict) or not isinstance(exempt, list):
            self._faults.add(path, "attributes 应是“名称: 内容”，exempt 应是一列")
            attributes, exempt = {}, []
        competes = row.get("competes", True)
        if not isinstance(competes, bool):
            self._faults.add((*path, "competes"), "应写 true（参加评比）或 false（不参加评比）")
        return UnitFact(
            key,
            str(row.get("name") or key),
            tuple(stays),
            competes is True,
            attributes,
            frozenset(str(name) for name in exempt),
        )

    def _figure(self, row: dict[str, Any], path: Path) -> Figure:
        window = self._window_of(row, path)
        made = f"figure:{row['unit']}/{row['figure']}/{row.get('period', window.name)}"
        value = None if row["value"] is None else self._number(row, "value", path)
        if str(row["value"]).strip().endswith("%") and "in" not in row:
            row = {**row, "in": "%"}
        elif row.get("in") == "%" and value is not None:
            value = value if str(row["value"]).endswith("%") else value.scaleb(-2)
        if ("source" in row) != ("as_of" in row):
            self._faults.add(path, "来源 source 和截止日 as_of 要一起写")
        return Figure(
            self._id(row, path, made),
            str(row["unit"]),
            str(row["figure"]),
            window,
            value,
            str(row.get("in", "")),
            str(row.get("source", "")),
            self._day(row, "as_of", path),
        )

    def _target(self, row: dict[str, Any], path: Path) -> TargetFact:
        issuer = str(row.get("issuer", ""))
        made = f"target:{row['unit']}/{row['target']}/{row['period']}" + (f"/{issuer}" if issuer else "")
        return TargetFact(
            self._id(row, path, made),
            str(row["unit"]),
            str(row["target"]),
            self._window_of(row, path),
            self._number(row, "amount", path),
            str(row.get("in", "")),
            issuer,
        )

    def _item(self, row: dict[str, Any], path: Path) -> Item:
        return self._thing(row, path, str(row["kind"]), {"unit", "kind", "id", "name"})

    def _event(self, row: dict[str, Any], path: Path) -> Item:
        return self._thing(row, path, str(row["event"]), {"unit", "event", "id", "name"})

    def _thing(self, row: dict[str, Any], path: Path, kind: str, own: set[str]) -> Item:
        values = {key: value for key, value in row.items() if key not in own}
        values["date"] = self._day(values, "date", path)
        for key, value in values.items():
            if isinstance(value, str) and len(value) == 10 and (day := as_date(value)):
                values[key] = day
            elif isinstance(value, list | dict):
                self._faults.add((*path, key), "应当是一个数、日期、文字或 true/false")
                values[key] = None
        key = self._id(row, path, "") if "id" in row else self._made(kind, str(row["unit"]), values)
        name = row.get("name") or ("" if "id" in row else row.get("date"))
        return Item(key, kind, str(row["unit"]), values, str(name or ""))

    def _made(self, kind: str, unit: str, values: dict[str, Any]) -> str:
        """An id from the content alone, so that the order of the rows never matters."""
        further = "".join(f"/{key}={values[key]}" for key in sorted(values) if key != "date")
        stem = f"{kind}:{unit}/{values.get('date')}{further}"
        key, nth = stem, 1
        while key in self._ids:
            nth += 1
            key = f"{stem}#{nth}"
        self._ids.add(key)
        return key

    def _rating(self, row: dict[str, Any], path: Path) -> Rating:
        made = f"rating:{row['unit']}/{row['rating']}/{row['rater']}"
        return Rating(
            self._id(row, path, made),
            str(row["unit"]),
            str(row["rating"]),
            str(row["rater"]),
            str(row.get("weight_group", "")),
            self._number(row, "value", path),
        )

    def _manual(self, row: dict[str, Any], path: Path) -> ManualScore:
        for key in ("scorer", "reason"):
            if not str(row[key] or "").strip():
                self._faults.add((*path, key), "评定分必须写明评分人和理由")
        return ManualScore(
            self._id(row, path, f"manual:{row['unit']}/{row['manual']}"),
            str(row["unit"]),
            str(row["manual"]),
            self._number(row, "value", path),
            str(row["scorer"]),
            str(row["reason"]),
            str(row.get("document") or ""),
        )

    def _decision(self, row: dict[str, Any], path: Path) -> Decision:
        for key in ("document", "reason"):
            if not str(row[key] or "").strip():
                self._faults.add((*path, key), "否决等决定必须写明文件和理由")
        return Decision(
            self._id(row, path, f"decision:{row['unit']}/{row['decision']}"),
            str(row["unit"]),
            str(row["decision"]),
            str(row["document"]),
            str(row["reason"]),
        )

    def _self_score(self, row: dict[str, Any], path: Path) -> tuple[tuple[str, str], Decimal]:
        return (str(row["unit"]), str(row["indicator"])), self._number(row, "points", path)

    def _overlaps(self, figures: tuple[Figure, ...]) -> None:
        seen: dict[tuple[str, str], list[Figure]] = {}
        for figure in figures:
            seen.setdefault((figure.unit, figure.name), []).append(figure)
        for rows in seen.values():
            rows.sort(key=lambda row: (row.window.start, row.window.end))
            for one, two in pairwise(rows):
                if two.window.start <= one.window.end:
                    self._faults.add(
                        ("figures",), f"{one.id} 与 {two.id} 的时段重叠，会重复计算，请只留一种时段"
                    )


def _named(made: Any) -> str:
    """What the faults call a row."""
    return f"units（{made.key}）" if isinstance(made, UnitFact) else str(getattr(made, "id", ""))
