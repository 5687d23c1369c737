"""People in every relation to one shared claim of county A, committed through the services."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import connection, transaction

from accounts import scope
from accounts.acts import act
from accounts.choices import Role, UnitKind
from accounts.models import Post, Unit
from accounts.operator import as_migrator
from accounts.queries.posts import ActingPost
from accounts.services import tenants, units
from projects.choices import ClaimKind, VoucherKind
from projects.models import Period, Project
from projects.services import periods, returns, splits, vouchers
from tests.world import FROM, TODAY, County, World, acting, picture

FACT = dt.date(2012, 6, 1)  # the day of the shared claim
DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(2011, 1, 1)

STEPS = {"first_review": Role.BUREAU, "inspection": Role.INSPECTION, "superior": Role.SUPERIOR}
NEUTRAL = "无关单位"
DISINTERESTED = {NEUTRAL, "平级单位", "上级分管办"}
ELSEWHERE = "another county's unit of the same name"
ALONE = "no second post"

# name -> (parent, leader's office), in the order in which they can be made
UNITS = {
    "祖父单位": (None, None),
    "上级分管办": (None, None),
    "上级单位": ("祖父单位", "上级分管办"),
    "分管办": (None, None),
    "记账单位": ("上级单位", "分管办"),
    "平级单位": ("上级单位", None),
    "下级单位": ("记账单位", None),
    "下下级单位": ("下级单位", None),
    "分成方上级": (None, None),
    "分成方分管办": (None, None),
    "分成方": ("分成方上级", "分成方分管办"),
    "分成方下级": ("分成方", None),
    NEUTRAL: (None, None),
}

ALWAYS = (LONG_AGO, None)
ENDED_BEFORE, ENDED_THAT_DAY, ENDED_AFTER = ((LONG_AGO, FACT + DAY * n) for n in (-1, 0, 1))
FROM_TOMORROW = (TODAY + DAY, None)

# Where a second post lies and for how long -> whether it is an interest in the claim (I4).
RELATIONS = {
    "the credited unit": ("记账单位", ALWAYS, True),
    "a unit of the split": ("分成方", ALWAYS, True),
    "an ancestor": ("上级单位", ALWAYS, True),
    "an ancestor's ancestor": ("祖父单位", ALWAYS, True),
    "an ancestor of a unit of the split": ("分成方上级", ALWAYS, True),
    "a descendant": ("下级单位", ALWAYS, True),
    "a descendant's descendant": ("下下级单位", ALWAYS, True),
    "a descendant of a unit of the split": ("分成方下级", ALWAYS, True),
    "the leader's office": ("分管办", ALWAYS, True),
    "the leader's office of a unit of the split": ("分成方分管办", ALWAYS, True),
    "the credited unit, until the day of the fact": ("记账单位", ENDED_THAT_DAY, True),
    "the credited unit, until after the fact": ("记账单位", ENDED_AFTER, True),
    "the leader's office, until after the fact": ("分管办", ENDED_AFTER, True),
    "the credited unit, from tomorrow on": ("记账单位", FROM_TOMORROW, True),
    "the credited unit, until before the fact": ("记账单位", ENDED_BEFORE, False),
    "an ancestor, until before the fact": ("上级单位", ENDED_BEFORE, False),
    "the leader's office, until before the fact": ("分管办", ENDED_BEFORE, False),
    "a sister unit": ("平级单位", ALWAYS, False),
    "the leader's office of the ancestor": ("上级分管办", ALWAYS, False),
    ELSEWHERE: ("水沟镇", ALWAYS, False),
    ALONE: (None, ALWAYS, False),
}


class Cast:
    """The shared claim, its Return, and the signed contexts of everybody who may be asked."""

    def __init__(self, world: World):
        self.a, self.b, self.city = world.a, world.b, world.city
        self.people: dict[str, int] = {}
        self.units = self._units()
        self._claim()
        self.contexts = {
            (step, relation): self._person(f"{step}{number}", step, relation)
            for step in STEPS
            for number, relation in enumerate(RELATIONS)
        }
        # The bureau's step, taken in a post that itself lies in a unit.
        self.houses = {
            unit: self._context(self._appoint(self.a, f"house-{unit}", unit, Role.BUREAU)) for unit in UNITS
        }
        self.roles = {
            role: self._context(self._appoint(self.a, f"role-{role}", NEUTRAL, role)) for role in Role.values
        }

    def _units(self) -> dict[str, int]:
        clerk, made = self.a.posts["clerk"], {}
        for name, (parent, office) in UNITS.items():
            with acting(clerk):
                above, leads = (Unit.objects.filter(name=other).first() for other in (parent, office))
                made[name] = units.add(
                    post=clerk, name=name, kind=UnitKind.DEPARTMENT, parent=above, leader_office=leads
                ).pk
        with acting(clerk):
            act("period.open")
            periods.add_missing_returns(Period.objects.get(pk=self.a.rows["period"]))
        return made

    def _claim(self) -> None:
        """A claim of 记账单位, shared with 分成方, entered by its own reporter and submitted."""
        clerk, reporter = (
            self.a.posts["clerk"],
            self._appoint(self.a, "shared-reporter", "记账单位", Role.REPORTER),
        )
        with acting(clerk):
            project = Project.objects.get(pk=self.a.rows["project"])
            both = [Unit.objects.get(name=name) for name in ("记账单位", "分成方")]
            shares = [splits.Share(unit, ClaimKind.PAID_IN, Decimal("0.5")) for unit in both]
            split = splits.agree(
                post=clerk, project=project, document="回避矩阵", agreed_on=FROM, shares=shares
            )
        with acting(reporter):
            entry = vouchers.Entry(
                project=project,
                kind=VoucherKind.BANK_SLIP,
                number="MATRIX",
                dated_on=FACT,
                face_wan=Decimal(100),
                split=split,
                files=[picture(77)],
            )
            done = vouchers.record(post=reporter, entry=entry, unit=both[0], today=TODAY)
        with acting(clerk):
            returns.submit(post=clerk, return_id=done.claim.booked_in_id)
        self.claim, self.booked, self.split = done.claim.pk, done.claim.booked_in_id, split.pk
        self.reporter = self._context(reporter)

    def _person(self, login: str, step: str, relation: str) -> str:
        """Somebody who may take this step, with a second post in this relation to the claim."""
        unit, (from_on, until_on), _interest = RELATIONS[relation]
        if unit is not None:
            county = self.b if relation == ELSEWHERE else self.a
            self._appoint(county, login, unit, Role.REPORTER, from_on=from_on, until_on=until_on)
        if step == "superior":
            post = self._appoint(self.city, login, "市招商局", Role.SUPERIOR)
            return scope.signed(scope.Scope(self.a.tenant_id, post.user_id, post.id, scope.SUPERIOR))
        return self._context(self._appoint(self.a, login, NEUTRAL, STEPS[step]))

    def _appoint(
        self,
        county: County,
        login: str,
        unit: str,
        role: str,
        *,
        from_on: dt.date = LONG_AGO,
        until_on: dt.date | None = None,
    ) -> ActingPost:
        """A post for this person, who may hold one in another tenant already."""
        with self._appointing(county, login):
            if login not in self.people:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT sec.add_user(%s, %s, '', '!', false)", [login, login])
                    self.people[login] = cursor.fetchone()[0]
            found = Unit.objects.get(name=unit)
            dates = {"from_on": from_on, "until_on": until_on}
            post = Post.objects.create(user_id=self.people[login], unit=found, role=role, **dates)
        names = (county.code, "", "county")
        return ActingPost(
            post.pk, role, found.pk, unit, county.tenant_id, *names, from_on, until_on, post.user_id
        )

    @contextmanager
    def _appointing(self, county: County, login: str) -> Iterator[None]:
        """The administrator's act; for somebody of another tenant that of the server's operator."""
        if login not in self.people:
            with acting(county.posts["admin"]):
                act("post.add")
                yield
            return
        with as_migrator(), transaction.atomic(), scope.enter(county.tenant_id, kind=scope.OPERATOR):
            tenants.open_act(county.tenant_id, "post.add", "测试")
            yield

    def _context(self, post: ActingPost) -> str:
        return scope.signed(scope.Scope(post.tenant_id, post.user_id, post.id, scope.MEMBER))

    @staticmethod
    def interest(relation: str) -> bool:
        return RELATIONS[relation][2]
