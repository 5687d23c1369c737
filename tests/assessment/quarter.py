"""A small county that lives through half a year day by day, told by its own services (frozen time).

Two towns, a department and the offices. 城关镇 files zero reports, then brings in its first money;
水沟镇 does not report; 农业局 is behind from the start and stays there.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from accounts import scope
from accounts.acts import act
from accounts.choices import Role, UnitKind
from accounts.models import Unit
from accounts.queries.posts import ActingPost, own_posts
from accounts.services import units, users
from accounts.tasks import inside
from assessment.models import Measure, Notice, Target
from assessment.services import notices, opinions
from portal import new_tenant
from projects.choices import PeriodKind, VoucherKind
from projects.models import Claim, Enterprise, Project, Return
from projects.services import periods, returns, vouchers
from tests.conftest import NOW
from tests.world import PASSWORD, TODAY, acting, picture

CODE = "611077"
UNITS = {
    "县政府办": (UnitKind.DEPARTMENT, None),
    "招商局": (UnitKind.DEPARTMENT, None),
    "督查室": (UnitKind.OFFICE, None),
    "城关镇": (UnitKind.TOWN, "县政府办"),
    "水沟镇": (UnitKind.TOWN, "县政府办"),
    "农业局": (UnitKind.DEPARTMENT, "县政府办"),
}
PEOPLE = {
    "clerk": ("招商局", Role.BUREAU),
    "second": ("招商局", Role.BUREAU),
    "inspector": ("督查室", Role.INSPECTION),
    "leader": ("县政府办", Role.LEADER),
    "cheng": ("城关镇", Role.HEAD),
    "shui": ("水沟镇", Role.HEAD),
    "nong": ("农业局", Role.HEAD),
}
TASKED = ("城关镇", "水沟镇", "农业局")


@dataclass
class Quarter:
    """The county in one year, with its posts by stem."""

    year: int
    tenant_id: int = 0
    posts: dict[str, ActingPost] = field(default_factory=dict)

    def day(self, month: int, day: int) -> dt.date:
        return dt.date(self.year, month, day)

    def found(self) -> None:
        """The county on January 1st with its targets, and 农业局's first 50 of 1,200 verified."""
        first = self.day(1, 1)
        tenant = new_tenant.add(
            code=CODE, name="历县", level="county", on=first, admin=("li_admin", "管理员", PASSWORD)
        )
        self.tenant_id = tenant.pk
        admin = self.posts["admin"] = _post_of("li_admin", first)
        for name, (kind, office) in UNITS.items():
            with acting(admin):
                over = Unit.objects.get(name=office) if office else None
                units.add(post=admin, name=name, kind=kind, leader_office=over)
        for stem, (unit, role) in PEOPLE.items():
            with acting(admin):
                users.appoint(
                    post=admin,
                    username=f"li_{stem}",
                    name=stem,
                    unit=Unit.objects.get(name=unit),
                    role=role,
                    password=PASSWORD,
                    on=first,
                )
            self.posts[stem] = _post_of(f"li_{stem}", first)
        self._targets()
        self.open_month(1)
        self.pay("农业局", 1, self.day(1, 10), Decimal(50))
        self.submit("农业局", 1)
        self.review()
        self.verify()

    def _targets(self) -> None:
        with acting(self.posts["clerk"]):
            act("workbook.load")
            year = periods.ensure(periods.span(PeriodKind.YEAR, self.day(1, 1)), filed=False)
            measure = Measure.objects.get(name="到位资金")
            firm = Enterprise.objects.create(name="恒盛公司")
            for name in TASKED:
                unit = Unit.objects.get(name=name)
                Target.objects.create(unit=unit, measure=measure, period=year, amount=Decimal(1200))
                Project.objects.create(
                    name=f"{name}项目", enterprise=firm, unit=unit, year_introduced=self.year
                )

    def open_month(self, month: int) -> None:
        """Open a month; it is due on the 5th of the next."""
        with acting(self.posts["clerk"]) as clerk:
            periods.open_period(
                post=clerk,
                kind=PeriodKind.MONTH,
                starts_on=self.day(month, 1),
                due_on=self.day(month + 1, 5),
            )

    def pay(self, unit: str, number: int, on: dt.date, amount: Decimal) -> None:
        with acting(self.posts["clerk"]) as clerk:
            entry = vouchers.Entry(
                project=Project.objects.get(unit__name=unit),
                kind=VoucherKind.BANK_SLIP,
                number=f"LX{number}",
                dated_on=on,
                face_wan=amount,
                files=[picture(number)],
            )
            vouchers.record(post=clerk, entry=entry, unit=Unit.objects.get(name=unit), today=on, late_ok=True)

    def submit(self, unit: str, month: int) -> None:
        with acting(self.posts["clerk"]) as clerk:
            found = Return.objects.get(unit__name=unit, period__starts_on=self.day(month, 1))
            returns.submit(post=clerk, return_id=found.pk)

    def review(self) -> None:
        """First review of everything, by the clerk who entered nothing."""
        for claim in self._claims("submitted"):
            with acting(self.posts["second"]) as post:
                opinions.give(post=post, claim_id=claim, step="first_review", verdict="accept", today=TODAY)

    def verify(self) -> None:
        for claim in self._claims("first_reviewed"):
            with acting(self.posts["inspector"]) as post:
                opinions.give(post=post, claim_id=claim, step="inspection", verdict="accept", today=TODAY)

    def _claims(self, state: str) -> list[int]:
        with acting(self.posts["clerk"]):
            return list(Claim.objects.filter(state=state).values_list("pk", flat=True))

    def plan(self, now: dt.datetime) -> int:
        """Run the planner at this moment; how many notices it wrote."""
        with inside(self.tenant_id):
            return len(notices.plan(now=now, today=now.date()))

    def told(self) -> list[tuple[dt.date, str, str, int, tuple[str, ...]]]:
        """Who was told what on which day: day, matter, unit, step, people."""
        with inside(self.tenant_id):
            rows = Notice.objects.order_by("planned_on", "pk").prefetch_related("deliveries__post__user")
            return [
                (
                    row.planned_on,
                    row.kind,
                    row.unit.name,
                    row.step,
                    tuple(sorted(delivery.post.user.name for delivery in row.deliveries.all())),
                )
                for row in rows.select_related("unit")
            ]


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    while first <= last:
        yield first
        first += dt.timedelta(days=1)


def moment(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=NOW.tzinfo)


def _post_of(username: str, on: dt.date) -> ActingPost:
    user = users.find(username)
    with transaction.atomic(), scope.enter(None, user=user.pk, kind=scope.IDENTITY):
        return own_posts(user.pk, on=on)[0]
