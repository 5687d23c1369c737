"""Which posts a person holds, and the one that is acted in."""

import datetime as dt
from dataclasses import dataclass, fields

from django.db import connection

from accounts.choices import Role


@dataclass(frozen=True)
class ActingPost:
    """A post with the names that pages need; read before a tenant's scope is entered."""

    id: int
    role: str
    unit_id: int
    unit_name: str
    tenant_id: int
    tenant_code: str
    tenant_name: str
    tenant_level: str
    from_on: dt.date
    until_on: dt.date | None
    user_id: int
    unread: int = 0  # notices that this post has not opened

    @property
    def label(self) -> str:
        """辖区·单位·角色, as the post switch shows it."""
        return f"{self.tenant_name}·{self.unit_name}·{Role(self.role).label}"


def own_posts(user_id: int, *, on: dt.date) -> list[ActingPost]:
    """Posts that the person of the current scope holds on this day, oldest first. One query."""
    with connection.cursor() as cursor:
        # Columns in the order of the fields.
        cursor.execute("SELECT p.*, sec.unread_notices(p.id) FROM sec.own_posts() p")
        rows = cursor.fetchall()
    names = [field.name for field in fields(ActingPost) if field.name != "user_id"]
    posts = [ActingPost(**dict(zip(names, row, strict=True)), user_id=user_id) for row in rows]
    return [post for post in posts if post.from_on <= on and (post.until_on is None or post.until_on >= on)]
