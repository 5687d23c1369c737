"""Who had access (访问记录): what was read or taken away, sign-ins, and sign-ins that failed.

Reads are acts without lines in the change log: an unmasking, an export, a download. Sign-ins are
kept by the lock-out's own tables, which know usernames and no tenant: only those of people with a
post in the current tenant are shown.
"""

import datetime as dt

from axes.models import AccessFailureLog, AccessLog
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Change, ChangeRow, Post, User

READS, SIGN_INS, FAILURES = "reads", "sign_ins", "failures"


def reads(*, words: str = "", since: dt.date | None = None, until: dt.date | None = None) -> QuerySet[Change]:
    """Sealed acts that wrote nothing, the newest first."""
    lines = ChangeRow.objects.filter(change=OuterRef("pk"))
    acts = Change.objects.filter(~Exists(lines), pos__isnull=False)
    if words:
        people = people_here().filter(Q(name__icontains=words) | Q(username__icontains=words))
        acts = acts.filter(Q(actor__in=people.values("pk")) | Q(post_label__icontains=words))
    return _between(acts, "at", since, until).order_by("-pos")


def sign_ins(
    *, words: str = "", since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[AccessLog]:
    """Sign-ins of people of the tenant, the newest first."""
    return _between(_of_people(AccessLog.objects.all(), words), "attempt_time", since, until).order_by(
        "-attempt_time", "-pk"
    )


def failures(
    *, words: str = "", since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[AccessFailureLog]:
    """Sign-ins under a username of the tenant that failed, the newest first."""
    rows = _of_people(AccessFailureLog.objects.all(), words)
    return _between(rows, "attempt_time", since, until).order_by("-attempt_time", "-pk")


def people_here() -> QuerySet[User]:
    """People with a post in the current tenant."""
    return User.objects.filter(pk__in=Post.objects.values("user_id"))


def _of_people(rows: QuerySet, words: str) -> QuerySet:
    people = people_here()
    if words:
        people = people.filter(Q(name__icontains=words) | Q(username__icontains=words))
    return rows.filter(username__in=people.values("username"))


def _between(rows: QuerySet, moment: str, since: dt.date | None, until: dt.date | None) -> QuerySet:
    if since:
        rows = rows.filter(**{f"{moment}__date__gte": since})
    return rows.filter(**{f"{moment}__date__lte": until}) if until else rows
