"""The frame of commands that act in a tenant: as a person, or as the operator who only reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import clock, operator, scope
from accounts.models import Tenant
from accounts.queries.posts import ActingPost, own_posts
from accounts.refusals import Refused
from accounts.services import users


class TenantCommand(BaseCommand):
    """A command with ``--tenant``. Refusals are printed as they are, without a trace."""

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True, metavar="CODE", help="行政区划代码")

    def execute(self, *args, **options):
        try:
            return super().execute(*args, **options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def tenant_id(self, code: str) -> int:
        """Id of the tenant with this code; CommandError for an unknown one."""
        with operator.as_migrator():
            tenant = operator.tenant_id_of(code)
        if tenant is None:
            raise CommandError(f"没有行政区划代码为 {code} 的辖区。")
        return tenant

    @contextmanager
    def reading(self, code: str) -> Iterator[None]:
        """One transaction that reads this tenant and can write nothing."""
        tenant = self.tenant_id(code)
        with transaction.atomic(), scope.enter(tenant, kind=scope.OPERATOR):
            yield


@contextmanager
def acting(code: str, username: str, roles: tuple[str, ...], *, below: str = "") -> Iterator[ActingPost]:
    """One transaction as this person in a post of this tenant with one of these roles; commits at the end.

    ``below``: the tenant that a superior has entered, looking down from that post. Raises Refused for an
    unknown or disabled user, and for one without such a post.
    """
    with transaction.atomic():
        user = users.find(username)
        if user is None or not user.is_active:
            raise Refused(f"没有用户 {username}，或已停用。")
        with scope.enter(None, user=user.pk, kind=scope.IDENTITY):
            posts = [post for post in own_posts(user.pk, on=clock.today()) if post.tenant_code == code]
        post = next((post for post in posts if post.role in roles), None)
        if post is None:
            raise Refused(f"{username} 在 {code} 没有可办理此事的岗位。")
        where = {"tenant": post.tenant_id, "kind": scope.MEMBER}
        if below:
            with scope.enter(post.tenant_id, user=user.pk, post=post.id):
                where = {"tenant": Tenant.objects.get(code=below).pk, "kind": scope.SUPERIOR}
        with scope.enter(user=user.pk, post=post.id, **where):
            yield post
