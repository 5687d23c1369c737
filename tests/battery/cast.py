"""People in every relation to one shared claim of county A, committed through the services."""

import datetime as dt
from decimal import Decimal

from accounts import scope
from accounts.acts import act
from accounts.choices import Role, UnitKind
from accounts.models import Post, Unit
from accounts.services import units, users
from projects.choices import ClaimKind, VoucherKind
from projects.models import Project
from projects.services import periods, returns, splits, vouchers
from tests.walls.ground import Ground
from tests.world import FROM, TODAY, County, World, acting, picture

FACT = dt.date(2012, 6, 1)  # the day of the shared claim
DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(2011, 1, 1)

STEPS = {"first_review": Role.BUREAU, "inspection": Role.INSPECTION, "superior": Role.SUPERIOR}
NEUTRAL = "无关单位"
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
        self.world, self.a, self.b, self.city = world, world.a, world.b, world.city
        self.contexts: dict[tuple[str, str], str] = {}
        self._units()
        self._claim()
        number = 0
        for step in STEPS:
            for relation in RELATIONS:
                number += 1
                self.contexts[step, relation] = self._person(f"matrix{number}", step, relation)
        self.roles = {role: self._holder(f"role{role}", role) for role in Role.values}

    def _units(self) -> None:
        clerk, self.units = self.a.posts["clerk"], {}
        for name, (parent, office) in UNITS.items():
            with acting(clerk):
                above = Unit.objects.filter(name=parent).first()
                leads = Unit.objects.filter(name=office).first()
                made = units.add(
                    post=clerk, name=name, kind=UnitKind.DEPARTMENT, parent=above, leader_office=leads
                )
                self.units[name] = made.pk
        with acting(clerk):
            act("period.open")
            period = Unit.objects.get(name="水沟镇").returns.get(pk=self.a.rows["return:水沟镇"]).period
            periods.add_missing_returns(period)

    def _claim(self) -> None:
        """A claim of 记账单位, shared with 分成方, entered by its own reporter and submitted."""
        self.reporter = self._holder("记账填报员", Role.REPORTER, unit="记账单位")
        clerk = self.a.posts["clerk"]
        with acting(clerk):
            project = Project.objects.get(pk=self.a.rows["project"])
            both = [Unit.objects.get(name=name) for name in ("记账单位", "分成方")]
            shares = [splits.Share(unit, ClaimKind.PAID_IN, Decimal("0.5")) for unit in both]
            split = splits.agree(post=clerk, project=project, document="回避矩阵", agreed_on=FROM, shares=shares)
            self.split = split.pk
        reporter = Post.objects
        with acting(self._acting(self.reporter)) as post:
            entry = vouchers.Entry(
                project=Project.objects.get(pk=self.a.rows["project"]),
                kind=VoucherKind.BANK_SLIP,
                number="MATRIX",
                dated_on=FACT,
                face_wan=Decimal(100),
                split=split,
                files=[picture(77)],
            )
            done = vouchers.record(
                post=post, entry=entry, unit=Unit.objects.get(name="记账单位"), today=TODAY
            )
            self.claim, self.booked = done.claim.pk, done.claim.booked_in_id
        with acting(clerk):
            returns.submit(post=clerk, return_id=self.booked)
