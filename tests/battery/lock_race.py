"""The people of the lock race, each a process: clerks who enter, inspectors who decide, one who closes.

A Return closes only when none of its claims is undecided, so whoever enters a claim withdraws it in the
same act (both stand reversed), and opinions are changes of mind on a claim that was decided before the
race. Either way the Return may be closed at any moment, and either way a write that slips past the closing
changes rows that the seal has counted.
"""

import datetime as dt
import random
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.db import connection
from django.utils import timezone

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Refused, explained
from accounts.tasks import inside
from assessment.models import Opinion
from assessment.services import opinions
from projects.choices import VoucherKind
from projects.models import Project, Return, Voucher
from projects.services import claims, closing
from tests.world import TODAY, acting

CLOSED = {"PT101", "PT102"}
# How far from the Return that closes next a writer writes: mostly there, else behind or ahead.
AIM = [-6, -4, -3, -2, -2, -1, -1, -1, 0, 0, 0, 0, 0, 1, 1, 2]


@dataclass(frozen=True)
class Place:
    """A Return of the race, with what a claim in it needs, and its decided claim if it has one."""

    return_id: int
    period_id: int
    unit_id: int
    project_id: int
    payer_id: int
    happened_on: dt.date
    claim_id: int | None


def aim(places: list[Place], luck: random.Random) -> Place | None:
    """A Return near the one that will be closed next; None when all are closed."""
    still_open = Return.objects.filter(pk__gte=places[0].return_id, opinions_closed_at__isnull=True)
    following = still_open.order_by("pk").values_list("pk", flat=True).first()
    if following is None:
        return None
    at = bisect_left(places, following, key=lambda place: place.return_id) + luck.choice(AIM)
    return places[min(max(at, 0), len(places) - 1)]


def aim_at_reopened(places: list[Place], luck: random.Random, *, over: Path) -> Place | None:
    """Mostly a Return that is open again, else any; None when nothing is reopened any more."""
    if over.exists():
        return None
    ids = [place.return_id for place in places]
    reopened = Return.objects.filter(pk__in=ids, reports_closed_at__isnull=True)
    found = list(reopened.order_by("pk").values_list("pk", flat=True))
    if not found or luck.random() < 0.2:
        return luck.choice(places)
    chosen = luck.choice(found)
    return next(place for place in places if place.return_id == chosen)


Aim = Callable[[list[Place], random.Random], Place | None]


def enter(*, post: ActingPost, places: list[Place], name: str, towards: Aim = aim) -> Counter:
    """Enter claims and withdraw them, near the closing, until everything is closed."""
    luck, tally = random.Random(name), Counter()
    while True:
        try:
            with acting(post):
                place = towards(places, luck)
                if place is None:
                    return tally
                _enter_and_withdraw(place, f"{name}-{tally.total()}", luck.randint(1, 10**8))
            tally["accepted"] += 1
        except Refused as refusal:
            tally["refused" if refusal.code in CLOSED else refusal.code] += 1


def _enter_and_withdraw(place: Place, number: str, fen: int) -> None:
    act("voucher.record")
    amount = Decimal(fen).scaleb(-6)
    voucher = Voucher.objects.create(
        kind=VoucherKind.BANK_SLIP,
        number=number,
        payer_id=place.payer_id,
        dated_on=place.happened_on,
        face_wan=amount,
    )
    booked_in = Return(pk=place.return_id)
    claim = claims.of_voucher(
        voucher,
        project=Project(pk=place.project_id),
        unit=Unit(pk=place.unit_id),
        booked_in=booked_in,
        amount=amount,
    )
    claims.write([claim])
    claims.write([claims.reversal(claim, booked_in=booked_in)])


def change_minds(*, post: ActingPost, places: list[Place], name: str, towards: Aim = aim) -> Counter:
    """Change the verdict on decided claims, near the closing, until everything is closed."""
    luck, tally = random.Random(name), Counter()
    places = [place for place in places if place.claim_id is not None]
    while True:
        try:
            with acting(post):
                place = towards(places, luck)
                if place is None:
                    return tally
                last = Opinion.objects.filter(claim=place.claim_id, step="inspection").latest("pk")
                opinions.give(
                    post=post,
                    claim_id=place.claim_id,
                    step="inspection",
                    verdict="reduce",
                    accepted=Decimal(luck.randint(1, 99_000_000)).scaleb(-6),
                    reason="复核",
                    supersedes_id=last.pk,
                    today=TODAY,
                )
            tally["accepted"] += 1
        except Refused as refusal:
            tally["refused" if refusal.code in CLOSED else refusal.code] += 1


def close(*, post: ActingPost, places: list[Place], writes: float, ways: tuple[str, ...]) -> dict:
    """Close every Return, the periods in turn each way, after so many accepted writes for each closing.

    "service": a period at once as the page does; "lock": Return by Return in raw SQL that locks the row
    first, as the service does; "update": likewise, by the UPDATE alone.
    """
    tally, longest = Counter(), 0.0
    before = _acts(post)
    periods = sorted({place.period_id for place in places})
    for turn, period_id in enumerate(periods):
        way = ways[turn % len(ways)]
        ids = [place.return_id for place in places if place.period_id == period_id]
        for return_id in [None] if way == "service" else ids:
            while _acts(post) - before < tally["closings"] * (writes + 1):
                time.sleep(0.01)
            started = time.monotonic()
            with acting(post), explained():
                if return_id is None:
                    closing.close_period(post=post, period_id=period_id)
                else:
                    _close_raw(return_id, lock_first=way == "lock")
            longest = max(longest, time.monotonic() - started)
            tally["closings"] += 1
        tally["returns"] += len(ids)
    return {**tally, "longest wait (ms)": round(longest * 1000)}


def reopen(*, post: ActingPost, places: list[Place], turns: int, over: Path) -> Counter:
    """Open closed Returns again for a moment, so many times; half are closed by hand, half by their time."""
    luck, tally = random.Random("reopen"), Counter()
    for turn in range(turns):
        place, life = luck.choice(places), dt.timedelta(milliseconds=luck.choice([100, 300, 600]))
        try:
            with acting(post):
                now = timezone.now()
                closing.reopen(post=post, return_id=place.return_id, reason="漏报", until=now + life, now=now)
            tally["reopened"] += 1
            time.sleep(luck.uniform(0, 0.4))
            if turn % 2:
                with acting(post), explained():
                    _close_raw(place.return_id, lock_first=luck.random() < 0.5)
                tally["closed by hand"] += 1
        except Refused as refusal:  # Open still, or closed by its time first.
            tally[refusal.code] += 1
    _wait_until_closed(post, [place.return_id for place in places])
    over.touch()
    return tally


def _wait_until_closed(post: ActingPost, return_ids: list[int]) -> None:
    while True:
        with acting(post):
            if not Return.objects.filter(pk__in=return_ids, opinions_closed_at__isnull=True).exists():
                return
        time.sleep(0.05)


def close_by_time(*, tenant_id: int, over: Path) -> Counter:
    """What the scheduled task does, again and again: close and seal the Returns whose reopening is over."""
    tally = Counter()
    while not over.exists():
        try:
            with inside(tenant_id):
                closed = closing.reclose_expired(today=TODAY)
            tally["closed by time"] += closed
        except Refused as refusal:
            tally[refusal.code] += 1
        time.sleep(0.05)
    return tally


def among_reopened(over: Path) -> Aim:
    return partial(aim_at_reopened, over=over)


def _acts(post: ActingPost) -> int:
    """Acts of the tenant until now."""
    with acting(post), connection.cursor() as cursor:
        cursor.execute("SELECT pos FROM accounts_chainhead WHERE tenant_id = %s", [post.tenant_id])
        return cursor.fetchone()[0]


def _close_raw(return_id: int, *, lock_first: bool) -> None:
    act("return.close")
    with connection.cursor() as cursor:
        if lock_first:
            cursor.execute("SELECT FROM projects_return WHERE id = %s FOR UPDATE", [return_id])
        cursor.execute(
            "UPDATE projects_return SET reports_closed_at = now(), opinions_closed_at = now() WHERE id = %s",
            [return_id],
        )
