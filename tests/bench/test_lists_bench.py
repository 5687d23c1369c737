"""Must show: what a list page asks of the database does not grow with its rows."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.acts import act
from accounts.choices import Role
from accounts.models import Unit
from accounts.services import users
from assessment.models import ImportBatch
from assessment.queries.figures import definitions
from assessment.services import opinions, workbooks
from projects.models import Claim, Period, Project, Return, Voucher
from tests import world
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
    """A county with lists of one length."""

    def __init__(self, size: int):
        self.size = size
        self.county = world._tenant(f"6110{size + 30}", f"第{size}县", "county", "610900", f"n{size}")
        world._people(self.county, PEOPLE)
        with self.acting("clerk") as post:
            workbooks.load(post=post, content=workbook(size), file_name="county.xlsx", today=world.TODAY)
        self.town = self._ids(Unit, name="第1镇")[0]
        self.claims = self._ids(Claim, kind="paid_in", unit=self.town)
        with self.acting("admin") as post:
            users.appoint(
                post=post,
                username=self.county.username("reporter"),
                name="填报员",
                unit=Unit.objects.get(pk=self.town),
                role=Role.REPORTER,
                password=world.PASSWORD,
                on=world.FROM,
            )

    def acting(self, stem: str):
        return world.acting(self.county.posts[stem])

    def _ids(self, model, **where) -> list[int]:
        with self.acting("clerk"):
            return list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))

    def more_batches(self) -> None:
        with self.acting("clerk"):
            change = act("workbook.load")
            ImportBatch.objects.bulk_create(
                ImportBatch(
                    sha256=f"{number:064}",
                    file_name=f"{number}.xlsx",
                    period=Period.objects.get(filed=True),
                    change_id=change,
                    summary={},
                )
                for number in range(1, self.size)
            )

    def give_back(self) -> None:
        """As many claims as the size go back to their unit; the others pass the first review."""
        for claim_id in self.claims[1:]:
            with self.acting("second_clerk") as post:
                opinions.give(
                    post=post,
                    claim_id=claim_id,
                    step="first_review",
                    verdict="return",
                    reason="缺附件",
                    today=world.TODAY,
                )
        with self.acting("second_clerk") as post:
            opinions.decide_clean(post=post, step="first_review")

    def counted(self, stem: str, *addresses: str) -> dict[tuple[str, str], int]:
        """Statements by person and page, each page seen once before."""
        browser = Client()
        browser.post("/login/", {"username": self.county.username(stem), "password": world.PASSWORD})
        found = {}
        for address in addresses:
            assert browser.get(address).status_code == 200, address
            with CaptureQueriesContext(connection) as captured:
                browser.get(address)
            found[stem, re.sub(r"\d+", "N", address)] = len(captured)
        return found

    def pages(self) -> dict[tuple[str, str], int]:
        """Every list and queue, as the people who have it."""
        project = self._ids(Project, unit=self.town)[0]
        filed = self._ids(Return, unit=self.town)[0]
        voucher = self._ids(Voucher, claims__in=self.claims)[0]
        self.more_batches()
        found = self.counted(
            "second_clerk",
            "/",
            "/projects/",
            f"/projects/{project}/",
            "/vouchers/",
            f"/vouchers/{voucher}/",
            "/vouchers/new/",
            "/returns/",
            f"/returns/{filed}/",
            f"/splits/new/?project={project}",
            "/queue/",
            f"/queue/{self.claims[0]}/",
            "/queue/clean/",
            f"/claims/{self.claims[0]}/",
            "/workbooks/",
        )
        self.give_back()
        with self.acting("leader"):
            figures = [f"/figures/{key}/" for key in definitions(AS_OF)]
        # After one act for each claim given back: the log's list has grown with the size too.
        found |= self.counted("second_clerk", "/changes/")
        found |= self.counted("party_inspector", "/queue/", "/queue/clean/")
        found |= self.counted("reporter", "/queue/", "/vouchers/", "/returns/", "/projects/")
        return found | self.counted(
            "leader",
            "/standing/",
            "/standing/claims/",
            f"/standing/{self.town}/claims/",
            "/standing/targets/",
            f"/standing/{self.town}/targets/",
            "/figures/",
            *figures,
        )


def test_lists_send_as_many_statements_for_thirty_rows_as_for_three():
    counted = {size: Place(size).pages() for size in SIZES}
    show(
        "statements a page, by rows in its list",
        ("as", "page", *(f"{size} rows" for size in SIZES)),
        [(*page, *(counted[size][page] for size in SIZES)) for page in counted[1]],
    )
    assert counted[3] == counted[30]
