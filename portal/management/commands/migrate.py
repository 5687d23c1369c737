from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from accounts.operator import as_migrator


class Command(migrate.Command):
    """Django's migrate, run as the role that owns the tables; then the scope's key is installed."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as migrator. With --plan or --check nothing is written, the key included."""
        alias = options["database"]
        with as_migrator(alias):
            super().handle(*args, **options)
            if not options["plan"] and not options["check_unapplied"]:
                _install_scope_key(alias)


def _install_scope_key(alias: str) -> None:
    """Give the database the key that the application signs scopes with, so that both hold the same one."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('sec.install_key(bytea)')")
        if cursor.fetchone() == (None,):
            return  # Migrated back to before the function existed.
        cursor.execute("SELECT sec.install_key(%s)", [settings.SCOPE_KEY])
