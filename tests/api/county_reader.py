"""A program of another office: it knows the API alone and computes the standing itself.

``python tests/api/county_reader.py ADDRESS KEY 2012-06-30`` prints it; the tests give it their own transport.
"""

import datetime as dt
import json
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

Get = Callable[[str], dict]
FIGURES = {
    "reported": lambda claim: claim["reported"],
    "reviewed": lambda claim: claim["verified"] if claim["reviewed"] is None else claim["reviewed"],
    "verified": lambda claim: claim["verified"],
}


def over_http(address: str, key: str) -> Get:
    """Reads pages of a running portal; numbers stay exact."""

    def get(path: str) -> dict:
        request = urllib.request.Request(address + path, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read(), parse_float=Decimal)

    return get


def everything(get: Get, name: str) -> dict[int, dict]:
    """All rows of a resource by id, page after page."""
    rows, address = {}, f"/api/v1/{name}/?limit=200"
    while address:
        page = get(address)
        rows |= {row["id"]: row for row in page["items"]}
        address = page["next"]
    return rows


class County:
    """What a standing is computed from."""

    def __init__(self, get: Get):
        names = ("units", "projects", "agreements", "claims", "splits", "periods", "returns")
        for name in (*names, "measures", "targets"):
            setattr(self, name, everything(get, name))

    def standing(self, as_of: str, measure_name: str = "到位资金", basis: str = "verified") -> dict:
        """The tasked units' figures, what waits, their classes; and the county's totals."""
        january = f"{as_of[:4]}-01-01"
        versions = [
            it for it in self.measures.values() if it["name"] == measure_name and it["valid_from"] <= as_of
        ]
        measure = max(versions, key=lambda it: (it["valid_from"], it["version"]))
        paid, waiting, entries = defaultdict(Decimal), defaultdict(Decimal), defaultdict(int)
        total = total_waiting = Decimal(0)
        for claim in self.claims.values():
            if not self.counts(claim, measure, january, as_of):
                continue
            figure = FIGURES[basis](claim) or 0
            waits = claim["reported"] if claim["verified"] is None and claim["state"] != "reversed" else 0
            total, total_waiting = total + figure, total_waiting + waits
            for unit, share in self.shares(claim):
                paid[unit] += figure * share
                waiting[unit] += waits * share
                entries[unit] += claim["state"] != "reversed" and claim["reverses"] is None
        filed = {
            it["unit"]
            for it in self.returns.values()
            if it["submitted_at"]
            and self.periods[it["period"]]["starts_on"] >= january
            and self.periods[it["period"]]["due_on"] <= as_of
        }
        lines = {}
        for unit, task in self.tasks(measure_name, january).items():
            known = entries[unit] or unit in filed
            lines[self.units[unit]["name"]] = {
                "target": task,
                "amount": paid[unit] if known else None,
                "pending": waiting[unit],
                "class": classify(task, paid[unit], known, months(as_of), measure["zero_threshold"]),
            }
        return {"amount": total, "pending": total_waiting, "lines": lines}

    def counts(self, claim: dict, measure: dict, first: str, last: str) -> bool:
        """Whether the counting rule takes this claim."""
        project = self.projects.get(claim["project"])
        kinds = measure["agreement_kinds"]
        year = project["year_introduced"] if project else None
        return (
            claim["kind"] == measure["kind"]
            and first <= claim["happened_on"] <= last
            and self.periods[claim["period"]]["starts_on"] <= last
            and project is not None
            and project["line"] == measure["line"]
            and (not kinds or self.agreements[claim["agreement"]]["kind"] in kinds)
            and (measure["carry_over"] is None or measure["carry_over"] == (year < int(last[:4])))
        )

    def shares(self, claim: dict) -> list[tuple[int, Decimal]]:
        """Who is credited, with which part."""
        lines = self.splits[claim["split"]]["lines"] if claim["split"] else []
        found = [(line["unit"], Decimal(line["share"])) for line in lines if line["kind"] == claim["kind"]]
        return found or [(claim["unit"], Decimal(1))]

    def tasks(self, measure_name: str, january: str) -> dict[int, Decimal]:
        """Yearly tasks in force of the units that are assessed."""
        replaced = {it["replaces"] for it in self.targets.values()}
        return {
            it["unit"]: it["amount"]
            for it in self.targets.values()
            if it["unit"] is not None
            and it["id"] not in replaced
            and self.measures[it["measure"]]["name"] == measure_name
            and self.periods[it["period"]]["kind"] == "year"
            and self.periods[it["period"]]["starts_on"] == january
            and not self.units[it["unit"]]["exempt"]
        }


def months(as_of: str) -> int:
    """Months of the year that are over."""
    day = dt.date.fromisoformat(as_of)
    return day.month if (day + dt.timedelta(days=1)).month != day.month else day.month - 1


def classify(task, amount, known, over: int, threshold) -> str:
    """The one class of a tasked unit."""
    if not known:
        return "not_reported"
    if amount <= threshold:
        return "zero"
    if amount >= task:
        return "done"
    return "on_schedule" if amount * 12 >= task * over else "behind"


if __name__ == "__main__":
    where, shown, day = sys.argv[1:]
    print(
        json.dumps(County(over_http(where, shown)).standing(day), ensure_ascii=False, indent=1, default=str)
    )
