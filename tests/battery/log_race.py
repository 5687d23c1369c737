"""Writers of the change log, each a process: honest ones, ones that want two tenants, ones that die."""

import time

from django.db import ProgrammingError, transaction

from accounts import scope
from accounts.acts import act
from accounts.models import UnitAlias
from accounts.queries.posts import ActingPost
from tests.battery.processes import say
from tests.world import acting


def write(*, post: ActingPost, unit_id: int, name: str, acts: int) -> dict:
    """So many acts of two rows each; says the number of each act once it is committed."""
    started = time.time()
    for number in range(acts):
        with acting(post):
            act("unit.add", reason=name)
            UnitAlias.objects.create(unit_id=unit_id, name=f"{name}-{number}a")
            UnitAlias.objects.create(unit_id=unit_id, name=f"{name}-{number}b")
        say(number)
    return {"started": started, "ended": time.time()}


def stop_in_the_middle(*, post: ActingPost, unit_id: int, name: str) -> None:
    """An act with its lines written and its seal already set, never committed."""
    with acting(post):
        act("unit.add", reason=name)
        UnitAlias.objects.bulk_create(UnitAlias(unit_id=unit_id, name=f"{name}-{i}") for i in range(50))
        say("in the middle")
        time.sleep(60)


def reach_over(*, post: ActingPost, units: dict[int, int], other: ActingPost, name: str, acts: int) -> dict:
    """Acts in one tenant that each try an act, and a row, of another one."""
    refused = {"acts": 0, "rows": 0}
    for number in range(acts):
        with acting(post):
            act("unit.add")
            UnitAlias.objects.create(unit_id=units[post.tenant_id], name=f"{name}-{number}")
            with scope.enter(other.tenant_id, user=other.user_id, post=other.id):
                try:
                    with transaction.atomic():
                        act("unit.add")
                except ProgrammingError:
                    refused["acts"] += 1
                try:
                    with transaction.atomic():
                        UnitAlias.objects.create(unit_id=units[other.tenant_id], name=f"{name}-{number}")
                except ProgrammingError:
                    refused["rows"] += 1
    return refused
