"""The scope of the current act: which tenant, which person, in which post.

Two walls stand on it. Managers of tenant tables refuse a query outside a scope and add its
tenant; PostgreSQL's policies read the same scope from a signed, transaction-local setting.
``enter`` is called from the listed places of ``tests/test_layers.py`` only.
"""

import contextvars
import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

# Longer than the longest request, task or import; a context that outlives it fails closed.
LIFETIME_SECONDS = 1800

IDENTITY = "identity"  # own user row and own posts, nothing else
MEMBER = "member"  # a post inside the tenant
SUPERIOR = "superior"  # a post of an ancestor tenant, looking down
OPERATOR = "operator"  # a read-only command on the server, no person
TASK = "task"  # the portal itself, without a person: reads, and writes what tables let tasks write
CLIENT = "client"  # another system that reads through the API, no person; writes nothing


@dataclass(frozen=True)
class Scope:
    """Who works where: ids of tenant, person and post, and in which way (the kinds above)."""

    tenant_id: int | None
    user_id: int | None
    post_id: int | None
    kind: str


class NoScope(RuntimeError):
    """A tenant table was asked for outside a scope: forgetting must be loud."""


_current: contextvars.ContextVar[Scope | None] = contextvars.ContextVar("scope", default=None)


def current() -> Scope:
    """The scope entered last. Raises NoScope outside of one."""
    scope = _current.get()
    if scope is None:
        raise NoScope("no scope: enter a tenant before touching its tables")
    return scope


def tenant_id() -> int:
    """Id of the current tenant, the default of every ``tenant`` field. Raises NoScope without one."""
    scope = current()
    if scope.tenant_id is None:
        raise NoScope("this scope has no tenant")
    return scope.tenant_id


def signed(scope: Scope, lifetime: int = LIFETIME_SECONDS) -> str:
    """The setting that the database checks: fields that cannot hold '|', then their HMAC-SHA256."""
    parts = ("1", scope.tenant_id, scope.user_id, scope.post_id, scope.kind, int(time.time()) + lifetime)
    message = "|".join("" if part is None else str(part) for part in parts)
    return message + "|" + hmac.new(settings.SCOPE_KEY, message.encode(), hashlib.sha256).hexdigest()


@contextmanager
def enter(
    tenant: int | None, *, user: int | None = None, post: int | None = None, kind: str = MEMBER
) -> Iterator[Scope]:
    """Work as this person in this tenant until the block ends. Needs an open transaction.

    Opens a savepoint of its own: an exception rolls the setting back with it, success restores
    it by hand (a released savepoint would keep it).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a scope lives inside a transaction")
    scope = Scope(tenant, user, post, kind)
    token = _current.set(scope)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT current_setting('app.ctx', true), set_config('app.ctx', %s, true)",
                    [signed(scope)],
                )
                before = cursor.fetchone()[0]
            yield scope
            if not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('app.ctx', %s, true)", [before or ""])
    finally:
        _current.reset(token)
