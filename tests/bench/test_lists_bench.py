"""Must show: what a list page asks of the database does not grow with its rows."""

import datetime as dt
import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import scope
from accounts.acts import act
from accounts.choices import Role
from accounts.models import Unit
from assessment.models import ImportBatch
from assessment.queries.figures import definitions
from assessment.services import opinions, workbooks
from projects.models import Claim, Period, Project, Return, Voucher
from projects.services.evidence import Upload
from projects.services import vouchers
from tests import county, world
from tests.bench.measuring import show
from tests.projects.workbooks import FUND_HEADER, PROJECT_HEADER, TARGET_SHEET, made

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

AS_OF = dt.date(2012, 6, 30)
SIZES = (1, 3, 30)
PEOPLE = {
    "clerk": ("招商局", Role.BUREAU),
    "second_clerk": ("招商局", Role.BUREAU),
    "party_inspector": ("县委督查室", Role.INSPECTION),
    "leader": ("县政府办", Role.LEADER),
}


def workbook(size: int) -> bytes:
    """``size`` towns with a project and a slip each, and as many further slips on the first project."""
    towns = [f"第{number + 1}镇" for number in range(size)]
    tasks = [["2012年任务分解表"], ["单位：万元"], ["单位", "类别", "年度任务"]]
    tasks += [[town, "镇", 900] for town in [*towns, "无资金镇"]]
    ledger = [["2012年上半年项目台账", "单位：万元"], PROJECT_HEADER]
    ledger += [
        [f"{town}开发项目", f"{town}投资公司", town, 8000, 7000, "合同", "2012-02-01", "否"] for town in towns
    ]
    funds = [["2012年上半年到位资金明细", "单位：万元"], FUND_HEADER]
    for number, town in enumerate([*towns, *[towns[0]] * size]):
        funds.append([f"{town}开发项目", town, "2012-03-01", 20, "银行进账单", f"J{number + 1}"])
    zeros = [["2012年上半年零报告单位"], ["单位", "到位资金", "说明"], ["无资金镇", 0, "暂无"]]
    return made({"任务": tasks, "目标": TARGET_SHEET, "台账": ledger, "明细": funds, "零": zeros})


class Place:
    """A county with lists of one length, and how many statements each of its pages sends."""

    def __init__(self, size: int):
        self.size = size
        self.prefix = f"n{size}"
        self.county = world._tenant(f"6110{size + 30}", f"第{size}县", "county", "610900", self.prefix)
        world._people(self.county, PEOPLE)
        with self.acting("clerk") as post:
            workbooks.load(post=post, content=workbook(size), file_name="county.xlsx", today=world.TODAY)
        world.UNITS["第1镇"] = (None, None)

    def acting(self, stem: str):
        return world.acting(self.county.posts[stem])

    def look(self):
        return scope.enter(self.county.tenant_id, kind=scope.OPERATOR)

    def sign_in(self, stem: str) -> Client:
        browser = Client()
        browser.post("/login/", {"username": f"{self.prefix}_{stem}", "password": world.PASSWORD})
        return browser

    def counted(self, stem: str, *addresses: str) -> dict[tuple[str, str], int]:
        """Statements by person and page, each page seen once before."""
        browser = self.sign_in(stem)
        found = {}
        for address in addresses:
            assert browser.get(address).status_code == 200, address
            with CaptureQueriesContext(connection) as captured:
                browser.get(address)
            found[stem, re.sub(r"\d+(?=/)", "N", address)] = len(captured)
        return found
