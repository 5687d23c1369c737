"""A cadre's phone on a country network: how much a task costs, and what a broken line costs (nothing)."""

import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import expect

from portal import engines, homes
from tests.e2e.conftest import SIZES, Visitor
from tests.e2e.test_walk import look

pytestmark = pytest.mark.browser

# A weak 3G cell: 200 ms, 1.5 Mbit/s down, 0.7 Mbit/s up.
WEAK = {"offline": False, "latency": 200, "downloadThroughput": 187_500, "uploadThroughput": 90_000}
SEND = "main form.sheet .actions button >> nth=0"
PEOPLE = "张三、李四"
# What the gate of 落地 asks for beyond the credit code that the workbook tells, and the words of its link.
LACKING = {"落户地": "去填写", "营业执照": "去上传", "项目备案证": "去上传", "用地或厂房手续": "去上传"}


@pytest.fixture(scope="module")
def photo() -> bytes:
    """What a phone's camera gives: 2600 x 1900, some megabytes."""
    out = io.BytesIO()
    shapes = Image.effect_noise((260, 190), 90).resize((2600, 1900), Image.Resampling.BICUBIC)
    Image.blend(shapes, Image.effect_noise((2600, 1900), 40), 0.15).convert("RGB").save(
        out, "JPEG", quality=97
    )
    return out.getvalue()


@pytest.fixture
def count(demo, environment):
    """How many rows of a table have these values, asked of the database as its owner."""
    sockets = homes.home_of(Path(environment["PORTAL_VAR"])).sockets
    with psycopg.connect(host=str(sockets), user="migrator", dbname=engines.DATABASE) as connection:

        def rows(table: str, **values: object) -> int:
            with connection.transaction():
                wanted = " AND ".join(f"{column} = %s" for column in values)
                query = f"SELECT count(*) FROM {table} WHERE {wanted}"
                return connection.execute(query, list(values.values())).fetchone()[0]

        yield rows


@dataclass
class Hand:
    """One hand on a phone: what it typed and tapped, and since when."""

    visitor: Visitor
    cdp: object
    inputs: int = 0
    taps: int = 0
    letters: int = 0
    began: float = 0.0
    table: list[str] = field(default_factory=list)

    @property
    def page(self):
        return self.visitor.page

    def begin(self) -> None:
        self.page.goto(self.visitor.address)
        self.inputs = self.taps = self.letters = 0
        self.began = time.monotonic()

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.page.tap(selector)

    def enter(self, name: str, text: str) -> None:
        """Tap a field and type."""
        self.inputs += 1
        self.letters += len(text)
        self.page.fill(f"main [name={name}]", text)

    def choose(self, name: str, words: str) -> None:
        """Take an entry of a list."""
        self.inputs += 1
        self.page.select_option(f"main [name={name}]", label=words)

    def shoot(self, content: bytes, name: str = "photos") -> None:
        """Take a photo; the page makes it smaller before it is sent."""
        self.inputs += 1
        self.page.set_input_files(
            f"main [name={name}]", {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": content}
        )

    def done(self, task: str, words: str) -> None:
        """The page says that it is done: one line of the table."""
        expect(self.page.locator("main .message-success")).to_contain_text(words, timeout=90_000)
        seconds = time.monotonic() - self.began
        self.table.append(
            f"{task}: {self.inputs} inputs, {self.taps} taps, {self.letters} letters, {seconds:.1f} s"
        )

    def network(self, *, offline: bool) -> None:
        self.cdp.send("Network.emulateNetworkConditions", {**WEAK, "offline": offline})

    def lose_the_answer(self) -> None:
        """The next form reaches the server, its answer never comes back."""

        lost = []

        def swallow(route):
            if lost or route.request.method != "POST":
                route.fallback()
                return
            lost.append(route.fetch().status)
            route.abort("connectionreset")

        self.page.route("**/*", swallow)

    def told(self, words: str, seconds: int = 20) -> None:
        expect(self.page.locator("main .sending")).to_contain_text(words, timeout=seconds * 1000)

    def break_and_resend(self) -> None:
        """The answer is lost, the network goes, the form is sent twice more."""
        self.lose_the_answer()
        self.page.tap(SEND)
        self.told("网络中断，已保存在本机，恢复后可再次提交", seconds=90)
        self.network(offline=True)
        self.page.tap(SEND)
        self.told("网络中断，已保存在本机，恢复后可再次提交")
        self.network(offline=False)
        self.page.tap(SEND)
        expect(self.page.locator("main")).to_contain_text("此前已经提交成功，没有重复登记", timeout=90_000)


@pytest.fixture
def hand(demo, browser) -> Iterator[Hand]:
    """A phone of the town 水沟镇: 390 x 844, touch, a weak network; signed in."""
    context = browser.new_context(viewport=SIZES["phone"], locale="zh-CN", has_touch=True, is_mobile=True)
    visitor = Visitor(context, context.new_page(), demo)
    page = visitor.page
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: visitor.faults.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: "Content Security Policy" in said.text and visitor.faults.append(said.text),
    )
    visitor.sign_in("sn_town")
    found = Hand(visitor, context.new_cdp_session(page))
    found.network(offline=False)
    yield found
    context.close()


def fill_visit(hand: Hand, firm: str) -> None:
    hand.begin()
    hand.tap("main .entries >> text=记走访")
    hand.enter("place", "广东深圳")
    hand.enter("firm_name", firm)
    hand.enter("people", PEOPLE)
    hand.enter("result", "有意来县建厂，下月回访。")


def fill_lead(hand: Hand, *, content: str) -> None:
    hand.enter("content", content)
    hand.enter("scale_wan", "8000")
    hand.enter("contact_name", "王经理")
    hand.enter("contact_phone", "13800000000")


def fill_voucher(hand: Hand, number: str, photo: bytes) -> None:
    hand.begin()
    hand.tap("main .entries >> text=报到位资金")
    hand.tap("main .choices a >> nth=0")
    hand.enter("number", number)
    hand.enter("dated_on", "2012-07-01")
    hand.enter("face_wan", "35")
    hand.shoot(photo)


def open_move(hand: Hand, project: str) -> None:
    """From home to the move of a project that has signed; what its workbook did not tell is lacking."""
    hand.begin()
    hand.tap("label.menu-button")
    hand.tap("nav.menu >> text=/^项目$/")
    hand.tap(f"main table a:has-text('{project}')")
    hand.tap("main a:has-text('推进到落地')")
    expect(hand.page.locator("main h2")).to_have_text(f"进入“落地”还差 {len(LACKING)} 项")
    lacking = hand.page.locator("main .gate li:has-text('还差')").all_inner_texts()
    assert [words.split()[1] for words in lacking] == list(LACKING)


def bring_what_is_lacking(hand: Hand, photo: bytes) -> None:
    """Each condition leads to where it is entered and back to the move."""
    for words, press in LACKING.items():
        move = hand.page.url
        hand.tap(f"main .gate li:has-text('{words}') a")
        hand.page.wait_for_url("**then=landed**")
        if press == "去填写":
            hand.choose("host_unit", "水沟镇")
        else:
            hand.shoot(photo, "files")
        hand.tap(SEND)
        hand.page.wait_for_url(move, timeout=90_000)
    expect(hand.page.locator("main h2")).to_have_text("进入“落地”的条件已具备")


@pytest.mark.covers("F-12", "F-101", "F-103")
def test_what_each_task_costs(hand, photo, count):
    fill_visit(hand, "深圳甲电子")
    look(hand.visitor, "phone-entry-visit")
    assert hand.inputs <= 5
    hand.tap(SEND)
    hand.done("visit", "已登记走访")

    fill_visit(hand, "深圳乙电子")
    hand.tap("main button[name=then_lead]")
    hand.page.wait_for_url("**/leads/new/?visit=*")
    assert hand.page.input_value("[name=firm_name]") == "深圳乙电子"
    hand.inputs = hand.taps = hand.letters = 0
    hand.began = time.monotonic()
    fill_lead(hand, content="电子元件厂")
    look(hand.visitor, "phone-entry-lead")
    hand.tap(SEND)
    hand.done("lead from the visit", "已登记线索“深圳乙电子”")

    fill_voucher(hand, "PH2012070001", photo)
    look(hand.visitor, "phone-entry-voucher")
    hand.tap(SEND)
    hand.done("voucher with photo", "已登记凭证")
    size = hand.page.inner_text("main tr:has(a.copy) small").partition("，")[0]
    print("\n".join([*hand.table, f"the photo of {len(photo) / 1e6:.1f} MB was kept as {size}"]))
    assert count("projects_voucher", number="PH2012070001") == 1
    assert hand.visitor.faults == []


@pytest.mark.covers("F-22", "F-101", "F-103")
def test_what_a_stage_move_costs(hand, photo):
    open_move(hand, "水沟旅游饭店项目")
    look(hand.visitor, "phone-entry-move")
    bring_what_is_lacking(hand, photo)
    look(hand.visitor, "phone-entry-move-ready")
    hand.tap(SEND)
    hand.done("stage move with what it lacks", "项目已进入“落地”")
    print(*hand.table, sep="\n")
    assert hand.visitor.faults == []


@pytest.mark.covers("F-22", "F-102", "I1")
def test_a_line_that_breaks_moves_a_stage_once(hand, photo, count):
    """The figure that the stage counts for is claimed once, as the stage is reached once."""
    open_move(hand, "水沟电子元件项目")
    bring_what_is_lacking(hand, photo)
    hand.enter("note", "断线变更")
    hand.break_and_resend()
    assert count("projects_stagechange", note="断线变更") == 1
    project = re.search(r"/projects/(\d+)/$", hand.page.url)[1]
    assert count("projects_stagechange", project_id=project, after="landed") == 1
    assert count("projects_claim", project_id=project, kind="landed") == 1
    hand.page.goto(hand.visitor.address)
    assert hand.page.locator("#drafts").is_hidden()
    assert hand.visitor.faults == []


@pytest.mark.covers("F-102", "I1")
def test_a_line_that_breaks_in_the_middle_costs_nothing(hand, photo, count):
    """However often a form is sent: one row each."""
    fill_visit(hand, "断线甲公司")
    hand.break_and_resend()
    assert count("projects_visit", firm_name="断线甲公司") == 1
    hand.visitor.open("/leads/new/")
    hand.enter("firm_name", "断线甲公司")
    fill_lead(hand, content="断线项目")
    hand.break_and_resend()
    assert count("projects_lead", firm_name="断线甲公司") == 1
    fill_voucher(hand, "PH2012070002", photo)
    hand.break_and_resend()
    assert count("projects_voucher", number="PH2012070002") == 1
    assert hand.page.locator("main a.copy").count() == 1
    hand.page.goto(hand.visitor.address)
    assert hand.page.locator("#drafts").is_hidden()
    assert hand.visitor.faults == []


@pytest.mark.covers("F-102", "F-109")
def test_an_expired_session_loses_nothing(hand, count):
    fill_visit(hand, "过期会话公司")
    hand.visitor.context.clear_cookies(name="sessionid")
    hand.page.tap(SEND)
    hand.page.wait_for_url("**/login/**")
    expect(hand.page.locator("main")).to_contain_text("刚才填写的内容已保存在本机，登录后自动恢复")
    hand.page.fill("[name=username]", "sn_town")
    hand.page.fill("[name=password]", "zhaoshang-2012")
    hand.page.tap("main form button")
    hand.page.wait_for_url("**/visits/new/")
    expect(hand.page.locator("main .restored")).to_contain_text("没有提交的内容，请核对后提交")
    look(hand.visitor, "phone-entry-restored")
    assert hand.page.input_value("[name=firm_name]") == "过期会话公司"
    assert hand.page.input_value("[name=people]") == PEOPLE
    hand.page.tap(SEND)
    expect(hand.page.locator("main .message-success")).to_contain_text("已登记走访")
    assert count("projects_visit", firm_name="过期会话公司") == 1


@pytest.mark.covers("F-102")
def test_drafts_are_listed_at_home_and_belong_to_their_person(hand, demo, photo):
    fill_voucher(hand, "PH2012070003", photo)
    hand.page.wait_for_timeout(500)
    hand.page.goto(demo)
    expect(hand.page.locator("#drafts h2")).to_have_text("有 1 份未提交的草稿")
    look(hand.visitor, "phone-entry-drafts")
    hand.page.tap("#drafts a")
    expect(hand.page.locator("main .restored")).to_contain_text("照片和文件没有保存在本机，请重新选择")
    assert hand.page.input_value("[name=number]") == "PH2012070003"
    # The session ends by itself; somebody else takes the phone and sees nothing of it.
    hand.visitor.context.clear_cookies()
    hand.visitor.sign_in("sn_head")
    hand.page.wait_for_url(demo)
    assert hand.page.locator("#drafts").is_hidden()
    hand.page.tap("main .entries >> text=报到位资金")
    hand.page.tap("main .choices a >> nth=0")
    assert hand.page.input_value("[name=number]") == ""
    # Its owner comes back, and signing out clears it after a question.
    hand.visitor.context.clear_cookies()
    hand.visitor.sign_in("sn_town")
    hand.page.wait_for_url(demo)
    expect(hand.page.locator("#drafts h2")).to_have_text("有 1 份未提交的草稿")
    asked = []
    hand.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    hand.page.tap("[data-signs-out] button")
    hand.page.wait_for_url("**/login/**")
    assert "退出后将清除" in asked[0]
    assert (
        hand.page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft|')).length") == 0
    )


@pytest.mark.covers("F-102")
def test_other_entries_after_a_lost_answer_are_shown_beside_the_first(hand, count):
    fill_visit(hand, "冲突公司")
    hand.lose_the_answer()
    hand.page.tap(SEND)
    hand.told("网络中断")
    hand.enter("place", "上海")
    hand.page.tap(SEND)
    expect(hand.page.locator("main h1")).to_contain_text("这次的内容与上次不同")
    expect(hand.page.locator("main dl")).to_contain_text("上海")
    look(hand.visitor, "phone-entry-conflict")
    hand.page.tap("main a:has-text('查看已保存的那一份')")
    expect(hand.page.locator("main")).to_contain_text("冲突公司")
    assert count("projects_visit", firm_name="冲突公司") == 1


def test_two_taps_are_one(hand, count):
    fill_visit(hand, "双击公司")
    hand.page.evaluate(
        "() => { const b = document.querySelector('main form.sheet .actions button'); b.click(); b.click(); }"
    )
    expect(hand.page.locator("main .message-success")).to_contain_text("已登记走访")
    assert count("projects_visit", firm_name="双击公司") == 1


def test_nothing_is_sent_while_an_input_method_composes(hand, count):
    fill_visit(hand, "")
    hand.page.focus("[name=firm_name]")
    hand.cdp.send("Input.imeSetComposition", {"text": "shen zhen", "selectionStart": 9, "selectionEnd": 9})
    hand.page.evaluate("document.querySelector('main form.sheet').requestSubmit()")
    hand.page.wait_for_timeout(500)
    assert hand.page.url.endswith("/visits/new/")
    assert hand.page.locator("main .sending").count() == 0
    hand.cdp.send("Input.insertText", {"text": "输入法公司"})
    hand.page.tap(SEND)
    expect(hand.page.locator("main .message-success")).to_contain_text("已登记走访")
    assert count("projects_visit", firm_name="输入法公司") == 1


def test_the_field_works_without_scripts(visit, count):
    town = visit("phone", scripts=False)
    town.sign_in("sn_town")
    town.page.click("main .entries >> text=记走访")
    for name, text in (("place", "西安"), ("firm_name", "无脚本公司"), ("result", "已约下次。")):
        town.page.fill(f"main [name={name}]", text)
    town.page.click("main button[name=then_lead]")
    town.page.fill("main [name=content]", "无脚本项目")
    town.page.click(SEND)
    assert "已登记线索“无脚本公司”" in town.page.inner_text("main")
    assert count("projects_lead", firm_name="无脚本公司") == 1
    assert town.faults == []
