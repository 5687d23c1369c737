"""What the operator of the server may do that the application may not: work as the owner's role."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections


@contextmanager
def as_migrator(alias: str = "default") -> Iterator[None]:
    """Connect as the role that owns the tables until the block ends, then as the application again.

    For migrate, add_tenant and verify_changes. Closes the connection on both sides, so it cannot
    run inside a transaction.
    """
    connection = connections[alias]
    if connection.in_atomic_block:
        raise RuntimeError("as_migrator cannot run inside a transaction")
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings.MIGRATOR)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def tenant_id_of(code: str) -> int | None:
    """Id of the tenant with this division code, or None. To be called inside ``as_migrator``."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_tenant WHERE code = %s", [code])
        row = cursor.fetchone()
    return row[0] if row else None
