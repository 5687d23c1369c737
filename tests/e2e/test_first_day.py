"""The first day of a county, walked in a browser: units, users, work days, tasks and projects from Excel
files, then a cadre with the printed slip signs in, takes a password of their own and files a voucher.

Prints what each step took. The files are cut from the office's real workbook, as its people would.
"""

import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.demo import story
from tests.county import OFFICE
from tests.e2e.conftest import ROOT
from tests.e2e.test_walk import look
from tests.sheets import workbook
from tests.world import picture

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CODE = "611091"
OWN = "own-secret-2012"
HEADERS = ["单位名称", "类别", "考核分组", "上级单位", "分管领导所在办公室"]
OFFICES = [["县委督查室", "内设机构", "", "县委办", ""], ["县政府督查室", "内设机构", "", "县政府办", ""]]
PEOPLE = [
    ["姓名", "用户名", "单位", "角色"],
    ["林静", "fd_clerk", "招商局", "招商局经办"],
    ["周婷", "fd_town", "水沟镇", "填报员"],
    ["吴强", "fd_head", "水沟镇", "单位负责人"],
]


@dataclass
class Day:
    """What was done by hand, and how long each step took the portal and the browser."""

    began: float = field(default_factory=time.monotonic)
    steps: list[tuple[str, float, int]] = field(default_factory=list)
    acts: int = 0

    def step(self, name: str) -> None:
        """A step is over: note its seconds and its clicks and inputs."""
        now = time.monotonic()
        self.steps.append((name, now - self.began, self.acts))
        self.began, self.acts = now, 0

    def told(self) -> str:
        """The steps as a table, with their sum."""
        lines = [
            f"  {name:<24}{seconds:6.1f} s {acts:3} clicks and inputs" for name, seconds, acts in self.steps
        ]
        seconds = sum(seconds for _name, seconds, _acts in self.steps)
        acts = sum(acts for _name, _seconds, acts in self.steps)
        return "\n".join(
            [*lines, f"  all: {seconds / 60:.1f} minutes of the machine, {acts} clicks and inputs"]
        )


class Hand:
    """One person's hand on the pages; counts what it does."""

    def __init__(self, visitor, day: Day):
        self.visitor, self.page, self.day = visitor, visitor.page, day

    def press(self, words: str) -> None:
        self.day.acts += 1
        self.page.click(f"main button:has-text('{words}'), main a.btn:has-text('{words}')")

    def choose(self, words: str) -> None:
        self.day.acts += 1
        self.page.click(f"nav.menu >> text={words}")

    def fill(self, name: str, value: str) -> None:
        self.day.acts += 1
        self.page.fill(f"main [name={name}]", value)

    def upload(self, name: str, file: str, content: bytes) -> None:
        self.day.acts += 1
        given = {"name": file, "mimeType": XLSX, "buffer": content}
        self.page.set_input_files(f"main input[name={name}]", given)

    def download(self, words: str) -> bytes:
        self.day.acts += 1
        with self.page.expect_download() as downloading:
            self.page.click(f"main a:has-text('{words}')")
        return downloading.value.path().read_bytes()

    def sign_in(self, username: str, secret: str) -> None:
        """With the slip; then the password of one's own."""
        self.day.acts += 3
        self.visitor.sign_in(username, secret)
        for field_, value in (("old", secret), ("new", OWN), ("again", OWN)):
            self.fill(field_, value)
        self.press("修改密码")
        self.sees("密码已修改")

    def sees(self, words: str) -> None:
        """Wait until the page says this."""
        self.page.wait_for_selector(f"main >> text=/{words}/", timeout=60_000)


def rows_of(title: str) -> list[list]:
    """A sheet of the office's workbook."""
    sheet = load_workbook(OFFICE)[title]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def unit_list() -> bytes:
    """Units of the task sheet and the offices, as the list asks for them."""
    tasked = [row for row in rows_of("任务分解表") if isinstance(row[0], int)]
    units = [[row[1], row[2], row[2], "", ""] for row in tasked]
    there = {row[0] for row in units}
    heads = [[name, "部门", "部门", "", ""] for name in ("招商局", "县委办", "县政府办") if name not in there]
    return workbook(("单位名册", [["单位名册"], HEADERS, *units, *heads, *OFFICES]))


def with_saturday(calendar: bytes) -> bytes:
    """The sheet of the year as the portal gave it, and a Saturday on which the county works."""
    book = load_workbook(BytesIO(calendar))
    sheet = book.active
    empty = next(row for row in sheet["A3:C400"] if row[0].value is None)
    for cell, value in zip(empty, ("2012-08-18", "上班", "项目集中签约"), strict=True):
        cell.value = value
    changed = BytesIO()
    book.save(changed)
    return changed.getvalue()


@pytest.fixture
def county(demo, environment) -> str:
    """A new county of the demo's city; the secret of its administrator, as the operator reads it."""
    words = ["--code", CODE, "--name", "新开县", "--level", "county", "--parent", story.CITY]
    done = subprocess.run(
        [sys.executable, "manage.py", "add_tenant", *words, "--admin", "fd_admin"],
        cwd=ROOT,
        env={**environment, "PORTAL_NOW": story.NOW},
        capture_output=True,
        text=True,
        check=True,
    )
    return re.search(r"初始密码：(\S+?)（", done.stdout)[1]


@pytest.mark.covers("S2-30", "F-58", "F-62", "I1")
def test_a_county_begins_in_one_day(visit, county):
    day = Day()
    secrets = set_up(Hand(visit(), day), county, day)
    clerk = begin(Hand(visit(), day), secrets["fd_clerk"], day)
    voucher = file(Hand(visit("phone"), day), secrets["fd_town"], day)
    clerk.visitor.open("/vouchers/")
    clerk.sees("JH201206F001")
    print(f"\n{day.told()}")
    assert [hand.visitor.faults for hand in (clerk, voucher)] == [[], []]


def set_up(admin: Hand, secret: str, day: Day) -> dict[str, str]:
    """The administrator: units, then accounts; gives back the secrets of the slips."""
    admin.sign_in("fd_admin", secret)
    day.step("administrator signs in")
    admin.choose("单位")
    admin.press("从表格导入")
    admin.upload("workbook", "单位名册.xlsx", unit_list())
    admin.press("上传并检查")
    admin.sees("没有错误，可以导入")
    look(admin.visitor, "first-day-units")
    admin.press("导入")
    admin.sees("已新增 10[0-9] 个单位")
    day.step("units")
    admin.choose("用户")
    admin.press("批量建立")
    admin.upload("people", "账户名单.xlsx", workbook(("账户名单", PEOPLE)))
    admin.press("检查名单")
    admin.press("建立 3 个账户")
    admin.sees("初始密码只显示这一次")
    slips = admin.page.eval_on_selector_all(
        ".slip", "all => all.map(one => [...one.querySelectorAll('code')].map(code => code.innerText))"
    )
    assert len(slips) == 3
    day.step("users")
    assert admin.visitor.faults == []
    return dict(slips)


def begin(clerk: Hand, secret: str, day: Day) -> Hand:
    """The bureau: the year's work days with one of its own, its tasks and projects from their sheets."""
    clerk.sign_in("fd_clerk", secret)
    day.step("clerk signs in")
    clerk.choose("工作日历")
    clerk.upload("workbook", "2012年工作日历.xlsx", with_saturday(clerk.download("下载当年的表")))
    clerk.press("上传并载入")
    clerk.sees("2012年的工作日历已按上传的表载入")
    clerk.sees("全年工作日 250 天。来源：上传的日历表")
    look(clerk.visitor, "first-day-calendar")
    day.step("work days")
    clerk.choose("目标任务")
    clerk.press("从表格导入")
    clerk.upload("workbook", "任务分解表.xlsx", workbook(("任务分解表", rows_of("任务分解表"))))
    clerk.fill("document", "商政发〔2012〕6号")
    clerk.fill("issued_on", "2012-02-06")
    clerk.press("上传并检查")
    clerk.sees("没有错误，可以导入")
    look(clerk.visitor, "first-day-targets")
    clerk.press("导入")
    clerk.sees("已下达或调整 100 项任务")
    day.step("targets")
    clerk.choose("导入工作簿")
    clerk.upload("workbook", "项目台账.xlsx", workbook(("项目台账", rows_of("项目台账"))))
    clerk.press("上传并检查")
    clerk.press("全部导入")
    clerk.sees("已导入第")
    day.step("projects")
    clerk.choose("任务进度")
    clerk.sees("279,000.00")
    return clerk


def file(cadre: Hand, secret: str, day: Day) -> Hand:
    """A cadre of a town, on the phone."""
    cadre.sign_in("fd_town", secret)
    day.step("cadre signs in")
    cadre.visitor.open("/vouchers/new/")
    cadre.page.click("main .choices a >> nth=0")
    for name, value in (("number", "JH201206F001"), ("dated_on", "2012-06-20"), ("face_wan", "352.5")):
        cadre.fill(name, value)
    slip = picture(61)
    cadre.page.set_input_files(
        "main input[name=files]", {"name": slip.name, "mimeType": "image/png", "buffer": slip.content}
    )
    cadre.press("登记并申报")
    cadre.day.acts += 2
    cadre.sees("JH201206F001")
    cadre.sees("352.50")
    look(cadre.visitor, "first-day-voucher")
    day.step("voucher")
    return cadre
