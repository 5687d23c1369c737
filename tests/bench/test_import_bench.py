"""Must show: importing 10,000 vouchers against reading the file alone."""

import cProfile
import datetime as dt
import io
import pstats
from collections import defaultdict

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from assessment.services import workbooks
from projects.sheets.book import open_book
from tests import county
from tests.bench.measuring import in_turns, ms, seconds, show

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

UNITS, PROJECTS, VOUCHERS = 100, 400, 10_000
TODAY = dt.date(2012, 7, 2)
ROUNDS = 3
NAME = "county.xlsx"


def workbook() -> bytes:
    """An office's workbook: the tasks of 100 units, 400 projects, 10,000 slips."""
    book = openpyxl.Workbook(write_only=True)
    units = [f"第{number + 1:03}{'镇' if number < 20 else '局'}" for number in range(UNITS)]
    *busy, idle = units
    tasks = book.create_sheet("任务分解表")
    for row in (["2012年任务分解表"], ["单位：万元"], ["单位", "类别", "年度任务"]):
        tasks.append(row)
    for name in units:
        tasks.append([name, "镇" if name.endswith("镇") else "部门", 5000])
    targets = book.create_sheet("县级目标")
    for row in (["2012年县级目标", "单位：万元"], ["指标", "全年目标"], ["到位资金", 500_000]):
        targets.append(row)
    ledger = book.create_sheet("项目台账")
    ledger.append(["2012年上半年项目台账", "单位：万元"])
    ledger.append(["项目名称", "投资方", "引进单位", "总投资", "引资额", "协议类型", "签约日期", "是否续建"])
    for number in range(PROJECTS):
        signed_on = dt.date(2012, 1, 1) + dt.timedelta(days=number % 180)
        firm = f"第{number + 1:03}投资公司"
        ledger.append(
            [f"{number + 1:03}号项目", firm, busy[number % len(busy)], 90000, 80000, "合同", signed_on, "否"]
        )
    funds = book.create_sheet("到位资金明细")
    funds.append(["2012年上半年到位资金明细", "单位：万元"])
    funds.append(["项目名称", "引进单位", "到位日期", "到位资金", "凭证类型", "凭证号"])
    for number in range(VOUCHERS):
        project = number % PROJECTS
        on = dt.date(2012, 1, 1) + dt.timedelta(days=number * 7 % 180)
        amount = 1 + number % 997 / 10
        funds.append(
            [f"{project + 1:03}号项目", busy[project % len(busy)], on, amount, "银行进账单", f"JZ{number:06}"]
        )
    zeros = book.create_sheet("零报告")
    for row in (["2012年上半年零报告单位"], ["单位", "到位资金", "说明"], [idle, 0, "暂无"]):
        zeros.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def bare_read(content: bytes) -> int:
    """Cells as calamine gives them, nothing understood."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def load(content: bytes) -> None:
    """Load into the empty county with all that a commit checks and seals, then take it back."""
    with county.acting(county.ENTERS) as post:
        done = workbooks.load(post=post, content=content, file_name=NAME, today=TODAY)
        assert done.written["vouchers"] == VOUCHERS
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def profiled(content: bytes) -> None:
    """Where the time goes: functions of Python, statements of SQL."""
    profile = cProfile.Profile()
    with CaptureQueriesContext(connection) as captured:
        profile.runcall(load, content)
    stream = io.StringIO()
    pstats.Stats(profile, stream=stream).sort_stats("cumulative").print_stats(45)
    pstats.Stats(profile, stream=stream).sort_stats("tottime").print_stats(15)
    print(stream.getvalue())
    taken: dict[str, list[float]] = defaultdict(list)
    for query in captured.captured_queries:
        taken[" ".join(query["sql"].replace('"', "").split()[:3])].append(float(query["time"]))
    slowest = sorted(taken.items(), key=lambda item: -sum(item[1]))[:12]
    show(
        f"statements of a load: {len(captured)}",
        ("statement", "times", "ms"),
        [(words, len(times), ms(sum(times))) for words, times in slowest],
    )


def test_an_import_of_ten_thousand_vouchers():
    county.set_up()
    content = workbook()
    with county.acting(county.ENTERS):
        found = workbooks.examine(content, NAME, today=TODAY).result
        assert (len(found.findings), len(found.clean.funds)) == (0, VOUCHERS)

    profiled(content)
    bare_read(content)
    took = in_turns(
        ROUNDS,
        load=lambda: load(content),
        read=lambda: open_book(content, NAME),
        bare=lambda: bare_read(content),
    )
    with county.acting(county.ENTERS):
        took["examine"] = seconds(lambda: workbooks.examine(content, NAME, today=TODAY))

    show(
        f"import of {VOUCHERS} vouchers, {UNITS} units, {PROJECTS} projects; medians of {ROUNDS}",
        ("", "ms", "/ reading the file alone", "/ calamine alone"),
        [
            (words, ms(took[key]), f"{took[key] / took['read']:.2f}", f"{took[key] / took['bare']:.2f}")
            for key, words in (
                ("load", "load"),
                ("examine", "examine (read and check), once"),
                ("read", "open_book (read into typed rows)"),
                ("bare", "calamine"),
            )
        ],
    )
