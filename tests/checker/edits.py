"""Copies of a county's workbook with random edits that an office could really have made.

Every copy stays clean: 合计 and 序号 are right, the county's goal is the sum of the tasks, no project has
more money than its introduced amount, voucher numbers are unique, dates lie in the half-year and not before
the signing. So the product must load it without a finding and must agree with the recomputed parts.

Left out on purpose, because two readings would both be fair: a unit with a project that also reports zero,
and a carried-over project that loses its last voucher.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from math import ceil
from random import Random

from tests.checker.book import Book, dated, some_amount, spelled, spellings
from tests.checker.workbook import FUNDS, LEDGER, TASKS, ZERO, Voucher, amount, body, day, text

FEN = Decimal("0.000001")  # 1 分 in 万元
HALF, FULL = Decimal("0.5"), Decimal(1)
OFFSETS = {
    "1 万元 below": Decimal(-1),
    "1 分 below": -FEN,
    "exactly": Decimal(0),
    "1 分 above": FEN,
    "1 万元 above": Decimal(1),
}
LARGEST = 30_000  # no project of the office's workbook is far larger
FIRMS = ("嘉禾", "永泰", "鸿业", "同创", "盛和", "远航", "华茂", "新泽", "长青", "天佑", "安顺", "汇通")


def change_amount(book: Book, rng: Random) -> str | None:
    """A voucher gets another amount."""
    vouchers = [voucher for voucher in book.free_vouchers() if book.room(voucher) >= 1]
    if not vouchers:
        return None
    voucher = rng.choice(vouchers)
    return set_amount(book, rng, voucher, some_amount(rng, min(book.room(voucher), voucher.amount * 3 + 1)))


def set_amount(book: Book, rng: Random, voucher: Voucher, value: Decimal) -> str:
    """Write the voucher's amount and say so."""
    cell = spelled(value, rng)
    book.put(FUNDS, voucher.row, "到位资金", cell)
    return f"{voucher.number} of {voucher.unit} {voucher.amount} -> {cell!r}"


def land_unit(book: Book, rng: Random, share: Decimal, offset: Decimal) -> str | None:
    """One voucher changes so that its unit's money lands `offset` off a share of the task, for good."""
    units = {unit.name: unit for unit in book.county.units}
    vouchers = book.free_vouchers()
    for voucher in rng.sample(vouchers, len(vouchers)):
        goal = units[voucher.unit].task * share + offset
        value = voucher.amount + goal - book.county.paid(voucher.unit)
        if 0 < value <= book.room(voucher) and value != voucher.amount:
            book.pinned.add(voucher.unit)
            return set_amount(book, rng, voucher, value)
    return None


def land_county(book: Book, rng: Random, offset: Decimal) -> str | None:
    """One voucher changes so that the county's money lands `offset` off half its task."""
    paid = sum(voucher.amount for voucher in book.county.vouchers)
    short = book.county.paid_task * HALF + offset - paid
    vouchers = [v for v in book.free_vouchers() if 0 < v.amount + short <= book.room(v)]
    if not vouchers or not short:
        return None
    voucher = rng.choice(vouchers)
    return set_amount(book, rng, voucher, voucher.amount + short)


def respell_amount(book: Book, rng: Random) -> str:
    """An amount is written in another way and stays the same."""
    title, column = rng.choice(
        (
            (FUNDS, "到位资金"),
            (FUNDS, "到位资金"),
            (LEDGER, "总投资"),
            (LEDGER, "引资额"),
            (TASKS, "年度到位资金任务"),
        )
    )
    row = rng.choice(body(book.workbook[title])[1])
    old = book.get(title, row, column)
    new = rng.choice([form for form in spellings(amount(old)) if form != old])
    book.put(title, row, column, new)
    return f"{title} {row} {column} {old!r} -> {new!r}"


def respell_date(book: Book, rng: Random) -> str:
    """A date is written in another way and stays the same."""
    title, column = rng.choice(((FUNDS, "到位日期"), (LEDGER, "签约日期")))
    row = rng.choice(body(book.workbook[title])[1])
    old = book.get(title, row, column)
    new = rng.choice([form for form in dated(day(old)) if form != old])
    book.put(title, row, column, new)
    return f"{title} {row} {column} {old!r} -> {new!r}"


def fund_row(
    book: Book, rng: Random, *, project: str, unit: str, since: date, value: Decimal
) -> dict[str, object]:
    """A row of 到位资金明细 with a new voucher number, dated between `since` and the cut-off day."""
    year = book.county.as_of.replace(month=1, day=1)
    since = max(since, year)
    on = since + timedelta(days=rng.randint(0, (book.county.as_of - since).days))
    serial = max(int(voucher.number[-4:]) for voucher in book.county.vouchers) + 1
    pattern = rng.choice(book.county.vouchers)
    return {
        "项目名称": project,
        "引进单位": unit,
        "到位日期": rng.choice(dated(on)),
        "到位资金": spelled(value, rng),
        "凭证类型": book.get(FUNDS, pattern.row, "凭证类型"),
        "凭证号": f"{pattern.number[:2]}{on:%Y%m}{serial:04}",
    }


def add_voucher(book: Book, rng: Random) -> str | None:
    """A project that is listed gets a further voucher, below its others or at the end."""
    projects = [
        project
        for project in book.county.projects
        if project.unit not in book.pinned and project.introduced - book.money_of(project) >= 1
    ]
    if not projects:
        return None
    project = rng.choice(projects)
    name = project.name
    value = some_amount(rng, min(project.introduced - book.money_of(project), Decimal(3000)))
    values = fund_row(book, rng, project=name, unit=project.unit, since=project.signed_on, value=value)
    own = [voucher.row for voucher in book.county.vouchers if voucher.project == name]
    end = book.county.vouchers[-1].row
    book.insert(FUNDS, rng.choice([end, max(own, default=end)]) + 1, values)
    return f"{values['凭证号']} of {name} {values['到位日期']!s} {values['到位资金']!r}"


def delete_voucher(book: Book, rng: Random) -> str | None:
    """A voucher goes; the unit keeps another, and so does a carried-over project."""
    carried = {project.name for project in book.county.projects if project.carried_over}
    vouchers = [
        voucher
        for voucher in book.free_vouchers()
        if any(other is not voucher and other.unit == voucher.unit for other in book.county.vouchers)
        and (
            voucher.project not in carried
            or any(
                other is not voucher and other.project == voucher.project for other in book.county.vouchers
            )
        )
    ]
    if not vouchers:
        return None
    voucher = rng.choice(vouchers)
    book.delete(FUNDS, voucher.row)
    return f"{voucher.number} of {voucher.unit}, {voucher.amount}"


def credit_code(region: str, rng: Random) -> str:
    """A valid 统一社会信用代码 of a company registered in the region (six digits)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    organisation = "MA" + "".join(rng.choices(letters, k=6))
    # GB 11714: weighted sum modulo 11 over the eight places of the organisation's code.
    places = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(places.index(c) * weight for c, weight in zip(organisation, weights, strict=True)) % 11
    code = f"91{region}{organisation}{'0123456789X0'[rest]}"
    # GB 32100: the same modulo 31 over the first 17 places, weights are powers of 3.
    return code + letters[-sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(code)) % 31]


def break_zero(book: Book, rng: Random) -> str | None:
    """A unit that reported zero brings a first project with money; its zero report goes (破零)."""
    units = [unit for unit in book.county.units if unit.name in book.county.zero]
    new = [p for p in book.county.projects if not p.carried_over]
    like = rng.choice([p for p in new if book.get(LEDGER, p.row, "统一社会信用代码")])
    place = text(book.get(LEDGER, like.row, "投资方所在地"))
    taken = {text(book.get(LEDGER, project.row, "投资方")) for project in book.county.projects}
    firms = [f"{place[:2]}{firm}实业有限公司" for firm in FIRMS]
    firms = [firm for firm in firms if firm not in taken]
    if len(units) < 2 or not firms:
        return None
    unit = rng.choice(units)
    purpose = like.name.removeprefix(like.unit.removesuffix("镇"))
    name = unit.name.removesuffix("镇") + purpose
    introduced = rng.randint(1500, 9000)
    signed_on = date(book.county.as_of.year, rng.randint(1, 6), rng.randint(1, 28))
    values = {
        "项目名称": name,
        "投资方": rng.choice(firms),
        "统一社会信用代码": None
        if rng.random() < 0.25
        else credit_code(text(book.get(LEDGER, like.row, "统一社会信用代码"))[2:8], rng),
        "引进单位": unit.name,
        "投资方所在地": place,
        "行业代码": book.get(LEDGER, like.row, "行业代码"),
        "总投资": spelled(Decimal(introduced + rng.choice((0, 0, 2100))), rng),
        "引资额": spelled(Decimal(introduced), rng),
        "协议类型": rng.choice(("合同", "意向")),
        "签约日期": rng.choice(dated(signed_on)),
        "是否续建": "否",
    }
    funds = fund_row(
        book, rng, project=name, unit=unit.name, since=signed_on, value=some_amount(rng, Decimal(1500))
    )
    book.insert(LEDGER, new[-1].row + 1, values)
    book.insert(FUNDS, book.county.vouchers[-1].row + 1, funds)
    book.delete(ZERO, book.county.zero[unit.name])
    return f"{unit.name}: {name} ({values['协议类型']}), {funds['到位资金']!r}"


def report_zero(book: Book, rng: Random) -> str | None:
    """A unit that had not reported reports zero."""
    if not (silent := book.silent()):
        return None
    unit, end = rng.choice(silent), max(book.county.zero.values())
    book.insert(ZERO, end + 1, {"单位": unit.name, "到位资金": 0, "说明": book.get(ZERO, end, "说明")})
    return unit.name


def withdraw_zero(book: Book, rng: Random) -> str | None:
    """A zero report disappears: the unit has not reported."""
    if len(book.county.zero) < 2:
        return None
    name = rng.choice(sorted(book.county.zero))
    book.delete(ZERO, book.county.zero[name])
    return name


def flip_agreement(book: Book, rng: Random) -> str:
    """A new project's agreement turns from 合同 to 意向 or back."""
    project = rng.choice([project for project in book.county.projects if not project.carried_over])
    kind = "意向" if project.agreement == "合同" else "合同"
    book.put(LEDGER, project.row, "协议类型", kind)
    return f"{project.name} -> {kind}"


def change_task(book: Book, rng: Random) -> str:
    """A unit's task changes; odd amounts too, so that its half is no whole 万元."""
    unit = rng.choice([unit for unit in book.county.units if unit.name not in book.pinned])
    old = int(unit.task)
    tasks = (old * rng.randint(40, 200) // 10_000 * 100, old + rng.choice((-251, -1, 1, 375)))
    task = max(101, rng.choice([task for task in tasks if task != old]))
    book.put(TASKS, unit.row, "年度到位资金任务", spelled(Decimal(task), rng))
    return f"{unit.name} {old} -> {task}"


def change_project(book: Book, rng: Random) -> str:
    """A project's total and introduced amounts change; introduced stays between its money and the total."""
    project = rng.choice(book.county.projects)
    least = ceil(max(book.money_of(project), Decimal(1)))
    introduced = rng.randint(least, max(least, min(LARGEST, ceil(project.introduced * Decimal("1.5")))))
    total = introduced + rng.choice((0, rng.randint(1, 3000)))
    book.put(LEDGER, project.row, "总投资", spelled(Decimal(total), rng))
    book.put(LEDGER, project.row, "引资额", spelled(Decimal(introduced), rng))
    old = f"{project.total:f} and {project.introduced:f}"
    return f"{project.name} total and introduced {old} -> {total} and {introduced}"


Edit = Callable[[Book, Random], str | None]

LANDINGS: dict[str, Edit] = {
    f"unit's money {how} {name} the task": partial(land_unit, share=share, offset=offset)
    for name, share in (("half", HALF), ("all", FULL))
    for how, offset in OFFSETS.items()
}
# A group is as likely as any other, and its kinds share its luck; boundaries are worth a second chance.
GROUPS: tuple[dict[str, Edit], ...] = (
    LANDINGS,
    LANDINGS,
    {"voucher amount": change_amount},
    {"amount respelled": respell_amount},
    {"date respelled": respell_date},
    {"voucher added": add_voucher},
    {"voucher deleted": delete_voucher},
    {"zero broken": break_zero},
    {"zero reported": report_zero},
    {"zero report withdrawn": withdraw_zero},
    {"agreement changed": flip_agreement},
    {"task changed": change_task},
    {"project amounts changed": change_project},
)
# Only ever the last edit, since any later one would move the county off its boundary.
CLOSING: dict[str, Edit] = {
    f"county's money {how} half the task": partial(land_county, offset=offset)
    for how, offset in OFFSETS.items()
}
KINDS = tuple(dict.fromkeys(name for group in (*GROUPS, CLOSING) for name in group))


def edit_once(book: Book, rng: Random, *, last: bool) -> str:
    """Make one random edit that is possible and settle the workbook; returns "kind: what"."""
    groups = rng.sample(GROUPS, len(GROUPS))
    if last and rng.random() < 0.75:
        groups.insert(0, CLOSING)
    for group in groups:
        for name in rng.sample(list(group), len(group)):
            if done := group[name](book, rng):
                book.settle()
                return f"{name}: {done}"
    raise AssertionError("no edit is possible")


def edited(content: bytes, seed: int, count: int = 20) -> tuple[bytes, list[str]]:
    """A copy of the workbook with `count` random legal edits, and what was done, an edit a line.

    The same content, seed and count always give the same cells (the file's own time stamp differs).
    """
    book, rng = Book(content), Random(seed)
    lines = [edit_once(book, rng, last=place == count) for place in range(1, count + 1)]
    return book.content(), lines
