"""Work out a county's standing and figures from its workbook, without the product.

Everything here is written a second time on purpose: the classes of units, the sums and the rounding. It
shares no code with the product, so an error there cannot hide in here. Money is exact, in 万元.

    python -m tests.checker.recompute county.xlsx
"""

import json
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from math import floor
from pathlib import Path

from openpyxl import load_workbook

from tests.checker.workbook import CATEGORIES, County, NotClean, read

CLASSES = ("done", "on_schedule", "behind", "zero", "not_reported")


def percent(part: Decimal | int, whole: Decimal | int) -> str | None:
    """part / whole in per cent, two places, halves up; None when there is nothing to divide by."""
    if not whole:
        return None
    hundredths = floor(Fraction(part) / Fraction(whole) * 10_000 + Fraction(1, 2))
    return str(Decimal(hundredths).scaleb(-2))


def money(value: Decimal) -> int | Decimal:
    """An exact number for JSON: an int where the 万元 are whole."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def elapsed_months(as_of: date) -> int:
    """Whole months of the year that are over at the end of the day."""
    return as_of.month if (as_of + timedelta(days=1)).day == 1 else as_of.month - 1


def class_of(task: Decimal, paid: Decimal, months: int, zero_reported: bool) -> str:
    """The one class of a unit with a task; exact amounts decide, never rounded shares."""
    if paid >= task:
        return "done"
    if paid > 0:
        return "on_schedule" if paid * 12 >= task * months else "behind"
    return "zero" if zero_reported else "not_reported"


def standing(county: County) -> dict:
    """Part `standing`: the tasked units' money and classes at the cut-off day."""
    months = elapsed_months(county.as_of)
    classes: dict[str, list[str]] = {name: [] for name in CLASSES}
    counts = {name: dict.fromkeys(CATEGORIES.values(), 0) for name in CLASSES}
    paid_by_unit: dict[str, int | Decimal | None] = {}
    for unit in county.units:
        paid = county.paid(unit.name)
        name = class_of(unit.task, paid, months, unit.name in county.zero)
        classes[name].append(unit.name)
        counts[name][CATEGORIES[unit.category]] += 1
        paid_by_unit[unit.name] = None if name == "not_reported" else money(paid)
    kinds = Counter(CATEGORIES[unit.category] for unit in county.units)
    task = Decimal(sum(unit.task for unit in county.units))
    paid = Decimal(sum(voucher.amount for voucher in county.vouchers))
    completion, schedule = percent(paid, task), percent(months, 12)
    # The distance is told from the two printed figures, so that a reader can check it.
    return {
        "as_of": county.as_of.isoformat(),
        "measure": "到位资金",
        "units": len(county.units),
        "towns": kinds["town"],
        "departments": kinds["department"],
        "task_wan": money(task),
        "paid_in_wan": money(paid),
        "completion_pct": completion,
        "schedule_pct": schedule,
        "ahead_points": str(Decimal(completion) - Decimal(schedule)),
        "half_year_met": paid * 2 >= task,
        "class_counts": counts,
        "classes": {name: sorted(members) for name, members in classes.items()},
        "unit_paid_wan": paid_by_unit,
    }


def figures(county: County) -> dict:
    """Part `figures`: projects, contracts, amounts and rates of the county.

    `carried_over_projects` counts every listed project with 是否续建 = 是. The office's workbook cannot tell
    this from "only those that received money this year", because each of its 14 did.
    """
    projects = {project.name: project for project in county.projects}
    new = [project for project in county.projects if not project.carried_over]
    contracts = sum(project.agreement == "合同" for project in new)
    introduced = Decimal(sum(project.introduced for project in new))
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for voucher in county.vouchers:
        project = projects[voucher.project]
        paid["carried" if project.carried_over else project.agreement] += voucher.amount
    paid_new = paid["合同"] + paid["意向"]
    paid_in = paid_new + paid["carried"]
    return {
        "as_of": county.as_of.isoformat(),
        "projects_introduced": len(new),
        "contracts": contracts,
        "contract_share_pct": percent(contracts, len(new)),
        "total_investment_wan": money(Decimal(sum(project.total for project in new))),
        "introduced_wan": money(introduced),
        "introduced_task_wan": money(county.introduced_task),
        "introduced_completion_pct": percent(introduced, county.introduced_task),
        "paid_in_wan": money(paid_in),
        "paid_in_new_projects_wan": money(paid_new),
        "paid_in_carry_over_wan": money(paid["carried"]),
        "paid_in_on_intent_only_wan": money(paid["意向"]),
        "funds_rate_with_carry_over_pct": percent(paid_in, introduced),
        "funds_rate_new_projects_pct": percent(paid_new, introduced),
        "carried_over_projects": len(county.projects) - len(new),
        "fund_entries": len(county.vouchers),
    }


def recompute(source: str | Path | bytes) -> dict:
    """Both parts, from a file or its content; raises NotClean."""
    workbook = load_workbook(BytesIO(source) if isinstance(source, bytes) else source)
    county = read(workbook)
    return {"standing": standing(county), "figures": figures(county)}


def differences(expected: object, actual: object, path: str = "") -> list[str]:
    """Where `actual` is not what `expected` asks, a line each; lists are sets, further keys are allowed.

    Numbers compare exactly and only with numbers, so None is not 0 and "50.90" is not 50.9: read JSON
    with `parse_float=Decimal`.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        lines = [f"{path}/{key}: missing" for key in expected if key not in actual]
        for key in expected.keys() & actual.keys():
            lines += differences(expected[key], actual[key], f"{path}/{key}")
        return sorted(lines)
    if isinstance(expected, list) and isinstance(actual, list):
        lacking, surplus = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
        if not lacking and not surplus:
            return []
        return [f"{path}: lacks {sorted(lacking)}, has besides {sorted(surplus)}"]
    if expected == actual and (
        type(expected) is type(actual) or {type(expected), type(actual)} <= {int, Decimal}
    ):
        return []
    return [f"{path}: expected {expected!r}, found {actual!r}"]


if __name__ == "__main__":
    try:
        # A float prints up to 15 digits as they were, which is nine for 万元 and six down to 分.
        print(json.dumps(recompute(sys.argv[1]), ensure_ascii=False, indent=1, default=float))
    except NotClean as error:
        sys.exit(str(error))
