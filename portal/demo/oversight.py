"""What the demo's county meets once its half-year is closed: publicity, 督办单, sample, official figures."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db.models import Sum

from accounts.choices import Role
from accounts.commands import acting
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from assessment.choices import SourceKind
from assessment.models import Draw, Matter, OfficialSource, Snapshot
from assessment.services import draws, matters, objections, official, snapshots
from assessment.services.official import Paper
from assessment.standard_measures import PAID_IN
from portal.demo.people import CITY, TODAY, County, Say
from projects.choices import ClaimKind, PeriodKind
from projects.models import Claim, Period
from projects.sheets.tables import Cell, Table, workbook

OBJECTION_DAYS = ANSWER_DAYS = 5
SAMPLE, FLOOR_WAN, SEED = 12, Decimal(8000), "商洛市招商局2012年7月2日"
OFFICIAL_PAPER = Paper("市统函〔2012〕31号", TODAY, "")


def tell(county: County, say: Say) -> None:
    """Everything that the county's first half-year meets; what has been told before is left as it is."""
    _publicity(county, say)
    _inspection_order(county, say)
    _sample(county, say)
    _official_table(county, say)


def _half(county: County) -> Period:
    return Period.objects.get(kind=PeriodKind.HALF, starts_on=dt.date(TODAY.year, 1, 1))


def _publicity(county: County, say: Say) -> None:
    """The result is shown for objections; the town objects to one of its own figures."""
    with acting(county.code, county.user("gov"), (Role.INSPECTION,)) as post:
        period = _half(county)
        if Snapshot.objects.filter(period=period).exists():
            return
        snapshots.publish(
            post=post,
            period_id=period.pk,
            objection_days=OBJECTION_DAYS,
            answer_days=ANSWER_DAYS,
            reason="",
            tenant_name=county.name,
            today=TODAY,
        )
    with acting(county.code, county.user("head"), (Role.HEAD,)) as post:
        own = Claim.objects.filter(unit=post.unit_id, kind=ClaimKind.PAID_IN, booked_in__period=period)
        objections.object_to(
            post=post,
            claim_id=own.order_by("pk").values_list("pk", flat=True)[0],
            reason="工程结算单之外还有一张进账单没有计入，请核对银行回单。",
            today=TODAY,
        )
    say(f"{county.name}：已公示“{period.name}”核实结果，{county.town}提出一件异议")


def _inspection_order(county: County, say: Say) -> None:
    with acting(county.code, county.user("party"), (Role.INSPECTION,)) as post:
        if Matter.objects.exists():
            return
        unit = Unit.objects.get(name=county.town)
        matters.issue(
            post=post,
            unit=unit,
            title="补齐上半年到位资金凭证原件",
            text="请把上半年到位资金的银行进账单、工程结算单原件送督查室查验，并上传付款回单。",
            days=5,
            today=TODAY,
        )
    say(f"{county.name}：已向{unit.name}下达督办单")


def _sample(county: County, say: Say) -> None:
    with _looking_down(county) as post:
        if Draw.objects.exists():
            return
        period = _half(county)
        draws.draw(
            post=post,
            period_id=period.pk,
            kind=ClaimKind.PAID_IN,
            size=SAMPLE,
            floor_wan=FLOOR_WAN,
            seed=SEED,
        )
    say(f"{county.name}：上级已抽查“{period.name}”到位资金")


def _official_table(county: County, say: Say) -> None:
    """The city's count of the money: it has not got the largest firm, and half of another one's."""
    with _looking_down(county) as post:
        if OfficialSource.objects.exists():
            return
        source = official.add_source(
            post=post, name="市统计局到位资金", kind=SourceKind.OFFICIAL, owner_unit=None, margin=5
        )
    with _looking_down(county) as post:
        written = official.load(
            post=post,
            source_id=source.pk,
            content=workbook([_counted_by_the_city(_half(county))]),
            file_name="市统计局到位资金.xlsx",
            paper=OFFICIAL_PAPER,
            today=TODAY,
        )
    say(f"{county.name}：已载入官方口径数 {written} 行")


def _counted_by_the_city(period: Period) -> Table:
    """A line for each firm and month, and one for the whole county each month, which has no code."""
    paid = (
        Claim.objects.filter(kind=ClaimKind.PAID_IN, booked_in__period=period, verified__gt=0)
        .values_list("project__enterprise__credit_code", "happened_on__month")
        .annotate(total=Sum("verified"))
        .order_by("-total", "project__enterprise__credit_code")
    )
    [_unknown_to_the_city, (firm, month, total), *others] = paid
    counted = [(firm, month, total / 2), *others]
    months: dict[int, Decimal] = defaultdict(Decimal)
    for _firm, month, total in counted:
        months[month] += total
    lines = [(None, month, total) for month, total in sorted(months.items())]
    lines += [line for line in counted if line[0]]
    rows: list[tuple[Cell, ...]] = [
        (PAID_IN, f"{TODAY.year}年{month}月", total, firm) for firm, month, total in lines
    ]
    return Table("官方口径数", ["指标", "月份", "数值（万元）", "统一社会信用代码"], rows)


@contextmanager
def _looking_down(county: County) -> Iterator[ActingPost]:
    """The city's officer, entered into the county."""
    with acting(CITY, "city_officer", (Role.SUPERIOR,), below=county.code) as post:
        yield post
