"""Who may say what about which claim: the whole matrix, in raw SQL as the application's role.

Every refusal has its twin: the same opinion on the same claim by somebody without an interest is accepted.
What should happen is written down here a second time, from the rules and not from the triggers.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import psycopg
import pytest

from accounts import scope
from tests.walls.ground import Ground, Outcome, add, attempt, begin, context_of, insert, set_context
from tests.walls.guards import claim, opinion_row, resubmit, say, voucher
from tests.world import FROM

pytestmark = [pytest.mark.battery, pytest.mark.walls, pytest.mark.django_db]

FACT = dt.date(2012, 6, 1)  # the day of the claims that are entered here
DAY = dt.timedelta(days=1)

STEPS = {"first_review": "bureau", "inspection": "inspection", "superior": "superior"}
VERDICTS = {
    "first_review": ("accept", "reduce", "reject", "return", "doubt"),
    "inspection": ("accept", "reduce", "reject", "return", "doubt"),
    "superior": ("accept", "reduce", "reject"),
}
AMOUNT = {"reduce": 40}

# Where a second post of the person lies -> whether it is an interest in the claim (I4).
RELATIONS = {
    "the credited unit": True,
    "a unit of the split": True,
    "an ancestor": True,
    "the ancestor's ancestor": True,
    "an ancestor of a unit of the split": True,
    "a descendant": True,
    "the descendant's descendant": True,
    "a descendant of a unit of the split": True,
    "the leader's office": True,
    "the leader's office of a unit of the split": True,
    "the credited unit, until before the fact": False,
    "the credited unit, until the day of the fact": True,
    "the credited unit, until after the fact": True,
    "the credited unit, from tomorrow on": True,
    "the leader's office, until before the fact": False,
    "a sister unit": False,
    "the leader's office of the ancestor": False,
    "another county's unit of the same name": False,
    "no second post": False,
}


class Cast:
    """One transaction: units in every relation to one split claim, and a person for each of them."""

    def __init__(self, app: psycopg.Connection, ground: Ground):
        self.app, self.ground, self.world = app, ground, ground.world
        self.a, self.b, self.city = ground.world.a, ground.world.b, ground.world.city
        self.people: dict[tuple[str, str], str] = {}
        self.number = 0
        self._units()
        self._claim()

    def become_admin(self) -> None:
        set_context(self.app, context_of(self.a.posts["admin"]))

    def unit(self, name: str, **values) -> int:
        row = {"name": name, "kind": "department", "organisation_code": "", "exempt": False, "sort_key": ""}
        return add(self.app, "accounts_unit", tenant_id=self.a.tenant_id, **row, **values)

    def _units(self) -> None:
        self.become_admin()
        top = self.unit("祖父单位")
        middle = self.unit("上级单位", parent_id=top, leader_office_id=self.unit("上级的分管办"))
        office = self.unit("分管办")
        credited = self.unit("记账单位", parent_id=middle, leader_office_id=office)
        below = self.unit("下级单位", parent_id=credited)
        shared_top = self.unit("分成方上级")
        shared_office = self.unit("分成方分管办")
        shared = self.unit("分成方", parent_id=shared_top, leader_office_id=shared_office)
        neutral = self.unit("无关单位")
        self.credited, self.shared, self.neutral = credited, shared, neutral
        later, past = {"from_on": dt.date(2030, 1, 1)}, {"until_on": FACT - DAY}
        self.places = {
            "the credited unit": (credited, {}),
            "a unit of the split": (shared, {}),
            "an ancestor": (middle, {}),
            "the ancestor's ancestor": (top, {}),
            "an ancestor of a unit of the split": (shared_top, {}),
            "a descendant": (below, {}),
            "the descendant's descendant": (self.unit("下下级单位", parent_id=below), {}),
            "a descendant of a unit of the split": (self.unit("分成方下级", parent_id=shared), {}),
            "the leader's office": (office, {}),
            "the leader's office of a unit of the split": (shared_office, {}),
            "the credited unit, until before the fact": (credited, past),
            "the credited unit, until the day of the fact": (credited, {"until_on": FACT}),
            "the credited unit, until after the fact": (credited, {"until_on": FACT + DAY}),
            "the credited unit, from tomorrow on": (credited, later),
            "the leader's office, until before the fact": (office, past),
            "a sister unit": (self.unit("平级单位", parent_id=middle), {}),
            "the leader's office of the ancestor": (self._id("上级的分管办"), {}),
        }

    def _id(self, name: str) -> int:
        return self.app.execute("SELECT id FROM accounts_unit WHERE name = %s", [name]).fetchone()["id"]

    def _claim(self) -> None:
        """A claim of the credited unit, shared by a split, in its submitted Return."""
        set_context(self.app, context_of(self.a.posts["clerk"]))
        tenant = {"tenant_id": self.a.tenant_id}
        plain = {"submitted_by": "", "on_behalf": False, "seal": ""}
        self.booked = add(
            self.app,
            "projects_return",
            **tenant,
            **plain,
            unit_id=self.credited,
            period_id=self.a.rows["period"],
        )
        agreed = {"project_id": self.a.rows["project"], "document": "回避矩阵", "agreed_on": FROM}
        split = add(self.app, "projects_split", **tenant, **agreed, double_credit=True)
        for unit in (self.credited, self.shared):
            line = {"split_id": split, "unit_id": unit, "kind": "paid_in", "share": "0.5"}
            add(self.app, "projects_splitline", **tenant, **line)
        self.split = split
        set_context(self.app, context_of(self.a.posts["reporter"]))
        self.claim = self.enter()

    def enter(self) -> int:
        """A claim as whoever is acting, submitted at once."""
        new = claim(
            self.app, self.ground, unit_id=self.credited, booked_in_id=self.booked, split_id=self.split
        )
        self.app.execute("UPDATE projects_return SET submitted_at = now() WHERE id = %s", [self.booked])
        return new

    def person(self, step: str, relation: str) -> str:
        """The context of somebody who may take this step and has a second post in this relation."""
        key = step, relation
        if key not in self.people:
            self.people[key] = self._appoint(step, relation)
        return self.people[key]

    def _appoint(self, step: str, relation: str) -> str:
        self.become_admin()
        self.number += 1
        login = f"matrix{self.number}"
        user = self.app.execute("SELECT sec.add_user(%s, %s, 'x') AS id", [login, login]).fetchone()["id"]
        if relation in self.places:
            unit, dates = self.places[relation]
            self._post(self.a, user, unit, "reporter", **dates)
        if relation.startswith("another county"):
            self._elsewhere(self.b, user, self.b.units["水沟镇"], "reporter")
        kind, tenant_id = scope.MEMBER, self.a.tenant_id
        if step == "superior":
            post = self._elsewhere(self.city, user, self.city.units["市招商局"], "superior")
            kind = scope.SUPERIOR
        else:
            post = self._post(self.a, user, self.neutral, STEPS[step])
        return scope.signed(scope.Scope(tenant_id, user, post, kind))

    def _post(self, county, user: int, unit: int, role: str, **dates) -> int:
        row = {"user_id": user, "unit_id": unit, "role": role, "from_on": FROM, "until_on": None, **dates}
        if row["until_on"] and row["until_on"] < row["from_on"]:
            row["from_on"] = row["until_on"]
        return add(self.app, "accounts_post", tenant_id=county.tenant_id, **row)

    def _elsewhere(self, county, user: int, unit: int, role: str) -> int:
        """A post in another tenant. An act stays in its tenant, so that county's own act has given it before."""
        row = self.reserve[county.tenant_id].pop()
        raise NotImplementedError(row)
