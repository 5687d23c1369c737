"""The demo's counties and who works in them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from accounts.choices import Role

TODAY = dt.date(2012, 7, 2)
CITY = "611000"
Say = Callable[[str], object]


@dataclass(frozen=True)
class Person:
    """Somebody who signs in: username, name, unit and role."""

    username: str
    name: str
    unit: str
    role: Role


@dataclass(frozen=True)
class County:
    """A county of the demo, its workbook and its people. ``prefix`` begins its usernames."""

    code: str
    name: str
    prefix: str
    workbook: str
    town: str

    def user(self, stem: str) -> str:
        """The username of a stem, e.g. sn_clerk."""
        return f"{self.prefix}_{stem}"

    @property
    def people(self) -> list[Person]:
        """Enough people for four eyes; those of the town join once the workbook has brought it."""
        return [
            Person(self.user("clerk"), "王静", "招商局", Role.BUREAU),
            Person(self.user("clerk2"), "李伟", "招商局", Role.BUREAU),
            Person(self.user("party"), "张敏", "县委督查室", Role.INSPECTION),
            Person(self.user("gov"), "刘洋", "县政府督查室", Role.INSPECTION),
            Person(self.user("leader"), "陈县长", "县政府办", Role.LEADER),
            Person(self.user("audit"), "赵磊", "系统管理", Role.AUDIT_ADMIN),
            # The last one: from here on posts that decide wait for him.
            Person(self.user("security"), "马超", "系统管理", Role.SECURITY_ADMIN),
        ]

    @property
    def townspeople(self) -> list[Person]:
        """A town's reporter and head."""
        return [
            Person(self.user("town"), "周婷", self.town, Role.REPORTER),
            Person(self.user("head"), "吴强", self.town, Role.HEAD),
        ]
