"""Sending a form again is harmless: the key of a form that took effect keeps its first answer.

The key's row and the form's effect are one transaction. Who sends the same key meanwhile waits for
that transaction and then reads its answer.
"""

import datetime as dt
import uuid

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts import scope
from accounts.models import SentForm

# Longer than a browser keeps a draft (portal/static/portal/entry.js: 30 days).
KEPT = dt.timedelta(days=60)


def take(key: uuid.UUID, digest: str) -> SentForm | None:
    """Take the key for this transaction; None, or what the person sent under it before.

    Waits for another transaction that has taken the same key. Sweeps the person's old keys.
    """
    mine = _own().filter(key=key)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_sentform (tenant_id, user_id, key, digest, answer)"
            " VALUES (%s, %s, %s, %s, '') ON CONFLICT (tenant_id, user_id, key) DO NOTHING",
            [scope.tenant_id(), scope.current().user_id, key, digest],
        )
        if not cursor.rowcount:
            return mine.get()
    _own().filter(at__lt=Now() - KEPT).delete()
    return None


def settle(key: uuid.UUID, answer: str) -> None:
    """The form took effect: everybody who sends the key from now on is sent to this address."""
    _own().filter(key=key).update(answer=answer)


def release(key: uuid.UUID) -> None:
    """The form had no effect (a fault, a question): the key may be sent again."""
    _own().filter(key=key).delete()


def _own() -> QuerySet[SentForm]:
    return SentForm.objects.filter(user=scope.current().user_id)
