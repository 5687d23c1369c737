"""Where two publications of the same period say different things: measure by measure, unit by unit."""

from collections.abc import Iterator
from typing import Any

# What is compared, in the order of the table; the percentage follows from them.
COMPARED = ("target", "reported", "reviewed", "verified", "superior", "class")
WHOLE = "total"


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Each figure that differs: measure, kind, unit (its name; empty: the total), what, before, after.

    Both as read from canonical text; None where one side has no such row or does not know.
    """
    return list(_differing(before, after))


def _differing(before: dict[str, Any], after: dict[str, Any]) -> Iterator[dict[str, Any]]:
    old, new = _by_name(before), _by_name(after)
    for name in dict.fromkeys([*new, *old]):
        was, now = old.get(name, {}), new.get(name, {})
        for key in dict.fromkeys([*_units(now), WHOLE, *_units(was)]):
            left, right = _line(was, key), _line(now, key)
            for what in COMPARED:
                if left.get(what) != right.get(what):
                    yield {
                        "measure": name,
                        "kind": (now or was)["kind"],
                        "unit": (right or left).get("name", ""),
                        "what": what,
                        "before": left.get(what),
                        "after": right.get(what),
                    }


def _by_name(rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {measure["name"]: measure for measure in rows["measures"]}


def _units(measure: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {line["id"]: line for line in measure.get("units", ())}


def _line(measure: dict[str, Any], key: int | str) -> dict[str, Any]:
    return measure.get("total", {}) if key == WHOLE else _units(measure).get(key, {})  # type: ignore[call-overload]
