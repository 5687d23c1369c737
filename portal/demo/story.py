"""The demo's story: a city with two counties at 2 July 2012, told through the same services that users call.

Every chapter looks first whether it has been told, so a second start keeps what people have done since.
"""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from accounts.choices import Role, UnitKind
from accounts.commands import acting
from accounts.models import Tenant, Unit
from accounts.operator import as_migrator, tenant_id_of
from accounts.services import units, users
from assessment.choices import Step
from assessment.models import ImportBatch
from assessment.services import opinions, targets, workbooks
from assessment.standard_measures import PAID_IN
from portal import new_tenant
from portal.demo import oversight
from portal.demo.people import CITY, TODAY, County, Person, Say
from projects.choices import PeriodKind, Stage, VoucherKind
from projects.models import Period, Project, Return, StagePlan
from projects.services import closing, periods, plans, returns, vouchers
from projects.services.evidence import Upload

NOW = "2012-07-02T09:00"
PASSWORD = "zhaoshang-2012"  # noqa: S105 -- the demo's logins are printed at its start
BEGAN = dt.date(2012, 1, 1)
FILES = Path(__file__).resolve().parent
STAGES = ("load", "decide", "close")
SHANGNAN = County("611023", "商南县", "sn", "county-h1-2012.xlsx", "水沟镇")
QINGLAN = County("611090", "青岚县", "ql", "qinglan-h1-2012.xlsx", "青岚镇")
CITY_PEOPLE = [
    Person("city_officer", "孙主任", "市招商局", Role.SUPERIOR),
    Person("city_clerk", "郑洁", "市招商局", Role.BUREAU),
]
# What the city asks of its counties this year (万元).
CITY_TASKS = {SHANGNAN.name: Decimal(260000), QINGLAN.name: Decimal(90000)}
CITY_PAPER = targets.Paper("商市发〔2012〕5号", "商洛市人民政府", dt.date(2012, 2, 10))
PLANS = {
    Stage.LANDED: dt.date(2012, 5, 31),
    Stage.STARTED: dt.date(2012, 9, 30),
    Stage.IN_PRODUCTION: dt.date(2013, 10, 1),
}
OFFICES = [
    ("招商局", UnitKind.DEPARTMENT, None),
    ("县委办", UnitKind.DEPARTMENT, None),
    ("县政府办", UnitKind.DEPARTMENT, None),
    ("县委督查室", UnitKind.OFFICE, "县委办"),
    ("县政府督查室", UnitKind.OFFICE, "县政府办"),
]


def tell(until: str, say: Say) -> None:
    """Tell the story up to a stage: load, decide or close (each includes those before it)."""
    _city(say)
    for county in (SHANGNAN, QINGLAN):
        _county(county, say)
        _load(county, say)
        _people(county, county.townspeople)
    stage = STAGES.index(until)
    if stage >= STAGES.index("decide"):
        _decide(SHANGNAN, say)
        _first_review(QINGLAN, say)
    if stage >= STAGES.index("close"):
        _close(SHANGNAN, say)
        _second_half(SHANGNAN, say)
        _plans(SHANGNAN)
        oversight.tell(SHANGNAN, say)


def logins() -> list[str]:
    """Who may sign in, one line each."""
    lines = [f"登录（口令均为 {PASSWORD}）/ logins (one password for all):"]
    people = [("商洛市", person) for person in CITY_PEOPLE]
    for county in (SHANGNAN, QINGLAN):
        people += [(county.name, person) for person in (*county.people, *county.townspeople)]
        people.append((county.name, Person(county.user("admin"), "", "系统管理", Role.SYSTEM_ADMIN)))
    return lines + [
        f"  {person.username:<14}{place} {person.unit} {person.role.label}" for place, person in people
    ]


def _known(code: str) -> bool:
    with as_migrator():
        return tenant_id_of(code) is not None


def _city(say: Say) -> None:
    if _known(CITY):
        return
    new_tenant.add(
        code=CITY, name="商洛市", level="city", on=BEGAN, admin=("city_admin", "市管理员", PASSWORD)
    )
    _units(CITY, "city_admin", [("市招商局", UnitKind.DEPARTMENT, None)])
    for person in CITY_PEOPLE:
        _appoint(CITY, "city_admin", person)
    say("已建立商洛市")


def _county(county: County, say: Say) -> None:
    if _known(county.code):
        return
    admin = county.user("admin")
    new_tenant.add(
        code=county.code,
        name=county.name,
        level="county",
        on=BEGAN,
        parent_code=CITY,
        admin=(admin, "县管理员", PASSWORD),
    )
    _units(county.code, admin, OFFICES)
    _people(county, county.people)
    with acting(CITY, "city_admin", (Role.SYSTEM_ADMIN,)) as post:
        # In the city's own book a county is a unit.
        below = Tenant.objects.get(code=county.code)
        unit = units.add(post=post, name=county.name, kind=UnitKind.JURISDICTION, represents=below)
    with acting(CITY, "city_clerk", (Role.BUREAU,)) as post:
        targets.issue(
            post=post,
            unit=unit,
            measure_name=PAID_IN,
            kind=PeriodKind.YEAR,
            starts_on=BEGAN,
            amount=CITY_TASKS[county.name],
            paper=CITY_PAPER,
        )
    say(f"已建立{county.name}")


def _units(code: str, admin: str, offices: list[tuple[str, UnitKind, str | None]]) -> None:
    for name, kind, parent in offices:
        with acting(code, admin, (Role.SYSTEM_ADMIN,)) as post:
            above = Unit.objects.get(name=parent) if parent else None
            units.add(post=post, name=name, kind=kind, parent=above)


def _people(county: County, people: list[Person]) -> None:
    for person in people:
        if users.find(person.username) is None:
            _appoint(county.code, county.user("admin"), person)


def _appoint(code: str, admin: str, person: Person) -> None:
    with acting(code, admin, (Role.SYSTEM_ADMIN,)) as post:
        users.appoint(
            post=post,
            username=person.username,
            name=person.name,
            unit=Unit.objects.get(name=person.unit),
            role=person.role,
            password=PASSWORD,
            on=BEGAN,
        )


def _load(county: County, say: Say) -> None:
    with acting(county.code, county.user("clerk"), (Role.BUREAU,)) as post:
        if ImportBatch.objects.exists():
            return
        done = workbooks.load(
            post=post,
            content=(FILES / county.workbook).read_bytes(),
            file_name=county.workbook,
            today=TODAY,
        )
        say(f"{county.name}：已导入工作簿，{done.written['claims']} 笔申报")


def _first_review(county: County, say: Say) -> None:
    """By the clerk who did not enter the figures."""
    _decide_step(county, "clerk2", Role.BUREAU, Step.FIRST_REVIEW, say)


def _decide(county: County, say: Say) -> None:
    """First review, then both inspection offices: each leaves its own house to the other."""
    _first_review(county, say)
    for stem in ("party", "gov"):
        _decide_step(county, stem, Role.INSPECTION, Step.INSPECTION, say)


def _decide_step(county: County, stem: str, role: Role, step: Step, say: Say) -> None:
    with acting(county.code, county.user(stem), (role,)) as post:
        if not Return.objects.filter(period__name="2012年上半年", opinions_closed_at__isnull=True).exists():
            return
        done = opinions.decide_clean(post=post, step=step)
        if done.accepted or done.skipped:
            left = len(done.left)
            say(f"{county.name}：{post.unit_name}{step.label}，认可 {done.accepted} 笔，留下 {left} 笔")


def _close(county: County, say: Say) -> None:
    with acting(county.code, county.user("party"), (Role.INSPECTION,)) as post:
        period = Period.objects.get(kind=PeriodKind.HALF, starts_on=BEGAN)
        if period.closed_at is None:
            closing.close_period(post=post, period_id=period.pk)
            say(f"{county.name}：“{period.name}”已关闭并封存")


def _second_half(county: County, say: Say) -> None:
    """The next period is open: one voucher with its evidence submitted, one still at the town."""
    starts_on = dt.date(2012, 7, 1)
    with acting(county.code, county.user("clerk"), (Role.BUREAU,)) as post:
        if Period.objects.filter(kind=PeriodKind.HALF, starts_on=starts_on).exists():
            return
        period = periods.open_period(post=post, kind=PeriodKind.HALF, starts_on=starts_on)
        found = Return.objects.get(period=period, unit__name=county.town).pk
    _voucher(county, "JH2012070001", Decimal(600))
    with acting(county.code, county.user("head"), (Role.HEAD,)) as post:
        returns.submit(post=post, return_id=found, today=TODAY)
    _voucher(county, "JH2012070002", Decimal("352.5"))
    say(f"{county.name}：已开启“{period.name}”")


def _plans(county: County) -> None:
    """The town says when its hotel is to go on; the first of the days is past."""
    with acting(county.code, county.user("town"), (Role.REPORTER,)) as post:
        if StagePlan.objects.exists():
            return
        project = Project.objects.filter(unit__name=county.town).earliest("pk")
        plans.plan(post=post, project_id=project.pk, days=PLANS, today=TODAY)


def _voucher(county: County, number: str, amount: Decimal) -> None:
    with acting(county.code, county.user("town"), (Role.REPORTER,)) as post:
        unit = Unit.objects.get(name=county.town)
        entry = vouchers.Entry(
            project=Project.objects.filter(unit=unit).order_by("pk").first(),
            kind=VoucherKind.BANK_SLIP,
            number=number,
            dated_on=dt.date(2012, 7, 1),
            face_wan=amount,
            files=[Upload(f"{number}.png", _slip(number, amount))],
        )
        vouchers.record(post=post, entry=entry, unit=unit, today=TODAY)


def _slip(number: str, amount: Decimal) -> bytes:
    """A drawn stand-in for a photographed bank slip."""
    image = Image.new("RGB", (640, 360), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((12, 12, 628, 348), outline="black", width=3)
    draw.text((40, 40), f"DEMO SLIP No. {number}", fill="black")
    draw.text((40, 90), f"AMOUNT {amount} x 10,000 CNY    2012-07-01", fill="black")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
