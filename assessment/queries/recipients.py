"""Who is addressed: the people of a unit, the leader in charge (分管领导), the principal leaders."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.choices import Role
from accounts.models import Post, Unit
from accounts.queries.dated import on_day

UNIT_ROLES = frozenset({Role.REPORTER, Role.HEAD, Role.BUREAU})
OFFICE_ROLES = frozenset({Role.BUREAU, Role.INSPECTION})
LEADERS = frozenset({Role.LEADER})


@dataclass(frozen=True)
class Recipient:
    """A post that is told, with the names that people know it by."""

    post_id: int
    name: str
    unit: str
    role: str


class People:
    """Units and the posts held on a day, read once. Two queries."""

    def __init__(self, on: dt.date):
        self.units: dict[int, Unit] = {unit.pk: unit for unit in Unit.objects.order_by("pk")}
        self._posts: dict[int, list[Post]] = defaultdict(list)
        held = Post.objects.filter(on_day(on), pending=False)
        for post in held.filter(user__is_active=True).select_related("user").order_by("pk"):
            self._posts[post.unit_id].append(post)

    def of(self, unit_id: int, roles: Iterable[str]) -> list[Recipient]:
        """The posts of these roles in a unit."""
        return [
            Recipient(post.pk, post.user.name, self.units[unit_id].name, str(Role(post.role).label))
            for post in self._posts[unit_id]
            if post.role in roles
        ]

    def with_role(self, role: str) -> list[int]:
        """Units in which somebody holds this role."""
        return sorted(unit for unit, posts in self._posts.items() if any(post.role == role for post in posts))

    def leaders_in(self, office_id: int) -> list[Recipient]:
        """The leaders of an office."""
        return self.of(office_id, LEADERS)

    def leaders_of(self, unit: Unit) -> list[Recipient]:
        """The leaders in charge of a unit: those of its leader's office, else of the unit above it."""
        above: Unit | None = unit
        while above is not None:
            if above.leader_office_id:
                return self.leaders_in(above.leader_office_id)
            above = self.units.get(above.parent_id) if above.parent_id else None
        return []
