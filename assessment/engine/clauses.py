"""Clauses that several parts of a scheme document share: days and windows, bounds, rows, rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.engine import ladder, tree
from assessment.engine.check import DAY, FLAG, TEXT, Scope, expression, scaled
from assessment.engine.faults import Faults, Path
from assessment.engine.reading import as_date, as_number
from assessment.engine.rows import Dated, Lookup, compiled
from assessment.engine.scheme import Kind
from assessment.engine.units import Unit

Spec = Mapping[str, Any]


def item_scope(kind: Kind, lookups: Mapping[str, Lookup], outer: Scope) -> Scope:
    """The names that an item of this kind offers."""
    own = {key: table.unit for key, table in lookups.items() if table.kind == kind.key}
    return Scope({**kind.fields, **own}, outer.units, False, f"“{kind.title}”的内容", outer.used)


def dated(spec: Spec, kind: Kind | None, path: Path, faults: Faults) -> Dated:
    """Which day counts and in which window."""
    day = str(spec.get("date") or "date")
    if kind is not None and kind.fields.get(day) != DAY:
        faults.add((*path, "date"), f"“{kind.title}”没有日期“{day}”")
    window = spec.get("window") or "period"
    if isinstance(window, Mapping):
        days: dict[str, date | None] = {key: as_date(window.get(key)) for key in ("from", "to")}
        for key, value in days.items():
            if window.get(key) is not None and value is None:
                faults.add((*path, "window", key), f"“{window[key]}”不是日期，应写成 2006-01-01")
        return Dated(day, "period", days["from"], days["to"])
    if window not in ("period", "year_to_date", "last_year", "all"):
        faults.add(
            (*path, "window"),
            f"“{window}”不对，应当是 period、year_to_date、last_year、all 之一或 {{from, to}}",
        )
    return Dated(day, str(window))


def bound(raw: Any, unit: Unit, path: Path, faults: Faults, scope: Scope) -> Any:
    """A literal bound in the unit of what it bounds; faults are noted and give None."""
    if raw is None:
        return None
    if isinstance(raw, date):
        raw = str(raw)
    node = expression(raw, Scope({}, scope.units, False, "一个固定的数"), path, faults)
    if node is None:
        return None
    if isinstance(node, tree.Binary):  # -5% and the like
        node = tree.Const(compiled(node, {})({}), str(raw), node.unit)
    if not isinstance(node, tree.Const):
        faults.add(path, f"“{raw}”应当是一个固定的数")
        return None
    if node.unit.dimension != unit.dimension:
        hint = f"（如 {node.shown}{unit}）" if not node.unit.name else f"，不是{node.unit}"
        faults.add(path, f"应当写明单位{unit}{hint}")
        return None
    return scaled(node, unit).value if node.unit.dimension and isinstance(node.value, Decimal) else node.value  # type: ignore[union-attr]


def rungs(
    rows: Sequence[Spec], unit: Unit, upper: bool, path: Path, faults: Faults, scope: Scope
) -> ladder.Ladder | None:
    """A ladder from rows with `from`, `to` or `is`; None when a row is faulty."""
    if not all(rows):
        return None  # a broken row is told already
    drafts, before = [], len(faults.found)
    for i, row in enumerate(rows):
        where: Path = (*path, i)
        low, high = (bound(row.get(key), unit, (*where, key), faults, scope) for key in ("from", "to"))
        texts = [] if row.get("is") is None else row["is"]
        texts = tuple(one for one in texts if one is not None) if isinstance(texts, list) else (texts,)
        if texts and ("from" in row or "to" in row):
            faults.add(where, "is 和 from、to 只能写一种")
        if texts and unit not in (TEXT, FLAG):
            faults.add((*where, "is"), f"按{unit}查，应当写 from、to")
        drafts.append(ladder.Draft(i, low, high, texts, _shown(row)))
    return ladder.build(drafts, upper, path, faults) if len(faults.found) == before else None


def _shown(row: Spec) -> str:
    if row.get("title"):
        return str(row["title"])
    if "is" in row:
        return "、".join(str(one) for one in row["is"]) if isinstance(row["is"], list) else str(row["is"])
    low, high = row.get("from"), row.get("to")
    return (
        f"{low}～{high}"
        if low is not None and high is not None
        else f"{low}以上"
        if low is not None
        else f"{high}以下"
        if high is not None
        else "全部"
    )


def rounding(spec: Any, path: Path, faults: Faults) -> tuple[Decimal | None, str]:
    """Step and mode of a `round` entry."""
    if spec is None:
        return None, "half_up"
    raw, mode = (
        (spec.get("to"), str(spec.get("mode") or "half_up"))
        if isinstance(spec, Mapping)
        else (spec, "half_up")
    )
    step = as_number(raw)
    if raw is not None and (step is None or step <= 0):
        faults.add(path, f"“{raw}”应当是大于0的数，如 0.01")
        return None, mode
    return step, mode
