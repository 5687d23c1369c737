"""A tenant's chain computed anew from its contents, outside the database, with SHA-256 and with SM3.

Both chains run over the same bytes. With H one of the two functions and nothing before the first act:

    H(act) = H( H(act before) || header || H(line 1) || H(line 2) ... )

Header and lines are the JSON arrays that the log's trigger hashes (``sec.act_digest``), as UTF-8. So the SM3
digest vouches for every act by itself, even for whoever no longer trusts SHA-256; and neither believes a
function of the database, which its administrator could replace.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from accounts.statements import sm3

FETCHED = 2000
LAST = 2**63 - 1

CONTENTS = """
SELECT c.pos, c.id, c.hash,
       jsonb_build_array(c.tenant_id, c.pos, extract(epoch FROM c.at)::text, c.act, c.actor, c.post_label,
                         c.reason, c.request_id)::text,
       CASE WHEN r.id IS NOT NULL THEN
           jsonb_build_array(r.tenant_id, r."table", r."row", r.op, r.before, r.after)::text END
FROM accounts_change c
LEFT JOIN accounts_changerow r ON r.change_id = c.id AND r.tenant_id = c.tenant_id
WHERE c.tenant_id = %s AND c.pos > %s AND c.pos <= %s
ORDER BY c.pos, c.id, r.id
"""


@dataclass(frozen=True)
class Link:
    """The chain at one act: its two digests as computed, and the hash that the act carries."""

    pos: int
    sha256: bytes
    sm3: bytes
    kept: bytes


START = Link(0, b"", b"", b"")


def links(tenant_id: int, *, after: Link = START, until: int = LAST) -> Iterator[Link]:
    """The chain act by act, from the one after ``after`` to ``until``; one query, read a part at a time."""
    link = after
    for (pos, _id), lines in groupby(_contents(tenant_id, after.pos, until), key=itemgetter(0, 1)):
        first = next(lines)
        sha256, sm3_ = bytearray(), bytearray()
        for line in _texts(first, lines):
            sha256 += hashlib.sha256(line).digest()
            sm3_ += sm3(line)
        header = first[3].encode()
        link = Link(
            pos,
            hashlib.sha256(link.sha256 + header + sha256).digest(),
            sm3(link.sm3 + header + sm3_),
            bytes(first[2] or b""),
        )
        yield link


def _texts(first: tuple[Any, ...], rest: Iterator[tuple[Any, ...]]) -> Iterator[bytes]:
    """The lines of an act; an act without lines comes as one row that has none."""
    if first[4] is not None:
        yield first[4].encode()
    for row in rest:
        yield row[4].encode()


def _contents(tenant_id: int, after: int, until: int) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(CONTENTS, [tenant_id, after, until])
        while rows := cursor.fetchmany(FETCHED):
            yield from rows
