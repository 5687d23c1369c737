"""The edited copies: every kind of edit is made, and every copy is still a workbook of a careful office."""

import re
from collections import Counter
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from openpyxl import Workbook, load_workbook
from stdnum.cn import uscc

from tests.checker import edits
from tests.checker.book import Book, number, spellings
from tests.checker.recompute import recompute
from tests.checker.workbook import FUNDS, LEDGER, TASKS, amount, body, read, text

OFFICE = Path(__file__).parents[1] / "data" / "h1-2012" / "county-h1-2012.xlsx"
SEEDS = range(40)


@pytest.fixture(scope="module")
def office() -> bytes:
    return OFFICE.read_bytes()


@pytest.fixture(scope="module")
def copies(office) -> list[tuple[bytes, list[str]]]:
    return [edits.edited(office, seed) for seed in SEEDS]


def test_every_kind_of_edit_is_reached(copies):
    counts = Counter(line.split(": ")[0] for _, lines in copies for line in lines)
    assert {kind: counts[kind] for kind in edits.KINDS if not counts[kind]} == {}
    assert set(counts) <= set(edits.KINDS)
    assert {len(lines) for _, lines in copies} == {20}


def test_edited_copies_stay_clean_and_laid_out(office, copies):
    before = load_workbook(BytesIO(office))
    for content, _ in copies:
        after = load_workbook(BytesIO(content))
        county = read(after)
        money = Counter()
        for voucher in county.vouchers:
            money[voucher.project] += voucher.amount
        assert [p.name for p in county.projects if money[p.name] > p.introduced] == []
        assert [p.name for p in county.projects if p.carried_over and not money[p.name]] == []
        with_project = {project.unit for project in county.projects}
        assert with_project == {voucher.unit for voucher in county.vouchers}
        for old, new in zip(before, after, strict=True):
            assert [[c.value for c in row] for row in new["A1:L3"]] == [
                [c.value for c in r] for r in old["A1:L3"]
            ]
            assert text(new.cell(new.max_row, 1).value) == text(old.cell(old.max_row, 1).value)
            assert {str(area) for area in new.merged_cells.ranges} == {
                str(a) for a in old.merged_cells.ranges
            }
            assert new.freeze_panes == old.freeze_panes


def test_totals_of_edited_copies_are_the_sums_of_their_rows(copies):
    for content, _ in copies:
        workbook = load_workbook(BytesIO(content))
        for title, header in (
            (TASKS, "年度到位资金任务"),
            (FUNDS, "到位资金"),
            (LEDGER, "总投资"),
            (LEDGER, "引资额"),
        ):
            sheet = workbook[title]
            columns, rows, total_row = body(sheet)
            counted = [r for r in rows if title != LEDGER or sheet.cell(r, columns["是否续建"]).value == "否"]
            total = sum(amount(sheet.cell(row, columns[header]).value) for row in counted)
            assert amount(sheet.cell(total_row, columns[header]).value) == total
            assert [sheet.cell(row, 1).value for row in rows] == list(range(1, len(rows) + 1))


def test_boundaries_that_were_reached_stay_reached(copies):
    line_of_landing = re.compile(r"(unit|county)'s money (.+) (half|all) the task: \S+ of (\S+) ")
    landed = Counter()
    for content, lines in copies:
        county = read(load_workbook(BytesIO(content)))
        tasks = {unit.name: unit.task for unit in county.units}
        for whose, how, share, unit in (
            found.groups() for found in map(line_of_landing.match, lines) if found
        ):
            task, paid = tasks[unit], county.paid(unit)
            if whose == "county":
                task, paid = county.paid_task, sum(voucher.amount for voucher in county.vouchers)
            assert paid == task * {"half": edits.HALF, "all": edits.FULL}[share] + edits.OFFSETS[how]
            landed[whose] += 1
    assert landed["unit"] >= 80
    assert landed["county"] >= 10


@pytest.mark.parametrize(
    ("edit", "more"),
    [
        (edits.change_amount, (0, 0, 0, 0)),
        (edits.add_voucher, (1, 0, 0, 0)),
        (edits.delete_voucher, (-1, 0, 0, 0)),
        (edits.break_zero, (1, 1, -1, 0)),
        (edits.report_zero, (0, 0, 1, -1)),
        (edits.withdraw_zero, (0, 0, -1, 1)),
        (edits.flip_agreement, (0, 0, 0, 0)),
        (edits.change_task, (0, 0, 0, 0)),
        (edits.change_project, (0, 0, 0, 0)),
    ],
)
def test_an_edit_changes_what_it_names(office, edit, more):
    """`more` counts vouchers, projects, zero reports and silent units beyond those before."""

    def counts(book):
        county = book.county
        return [len(rows) for rows in (county.vouchers, county.projects, county.zero, book.silent())]

    book, before = Book(office), Book(office)
    assert edit(book, Random(5))
    book.settle()
    assert read(load_workbook(BytesIO(book.content()))) == book.county != before.county
    assert counts(book) == [old + extra for old, extra in zip(counts(before), more, strict=True)]


def test_the_copies_reach_every_class_and_both_sides_of_half_a_year(office, copies):
    clean = recompute(office)["standing"]["classes"]
    reached, met = set(), set()
    for content, _ in copies:
        found = recompute(content)["standing"]
        before = {name: kind for kind, names in clean.items() for name in names}
        reached |= {
            (before[n], kind) for kind, names in found["classes"].items() for n in names if before[n] != kind
        }
        met.add((found["half_year_met"], found["completion_pct"] == "50.00"))
    assert {kind for _, kind in reached} == {"done", "on_schedule", "behind", "zero", "not_reported"}
    assert met == {(True, False), (True, True), (False, False), (False, True)}


def test_a_seed_always_gives_the_same_copy(office, copies):
    def cells(content):
        return [[[c.value for c in row] for row in sheet] for sheet in load_workbook(BytesIO(content))]

    again, lines = edits.edited(office, seed=7)
    assert lines == copies[7][1]
    assert cells(again) == cells(copies[7][0])
    assert lines != copies[8][1]
    unchanged, none = edits.edited(office, seed=7, count=0)
    assert (cells(unchanged), none) == (cells(office), [])


def test_respelling_changes_cells_but_no_figure(office):
    book, rng = Book(office), Random(1)
    lines = [edits.respell_amount(book, rng) for _ in range(150)] + [
        edits.respell_date(book, rng) for _ in range(100)
    ]
    assert len(set(lines)) > 200
    assert recompute(book.content()) == recompute(office)


def test_amounts_survive_the_file_and_every_spelling():
    rng = Random(2)
    amounts = [Decimal(rng.randint(1, 10**places)).scaleb(-6) for places in range(6, 15) for _ in range(60)]
    amounts += [Decimal("9.95"), Decimal("994.999999"), Decimal("0.000001"), Decimal(10_000), Decimal("1E+3")]
    workbook = Workbook()
    for value in amounts:
        workbook.active.append([number(value), *spellings(value)])
    stream = BytesIO()
    workbook.save(stream)
    for value, row in zip(amounts, load_workbook(stream).active.values, strict=True):
        assert {amount(cell) for cell in row} == {value}


def test_made_up_credit_codes_are_valid():
    rng = Random(3)
    codes = [edits.credit_code(region, rng) for region in ("610100", "420300") for _ in range(300)]
    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert len(set(codes)) == 600
