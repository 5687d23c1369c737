"""What people of county A do in tests of standing: pay, submit, decide, close, and look at the table.

水沟镇 has a task of 10,000; the world's claims were paid in on May 1st to 5th (see ``tests/world.py``).
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from accounts.acts import act
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from assessment.models import Measure, Target
from assessment.queries.standing import Standing, standing
from assessment.services import opinions
from projects.choices import VoucherKind
from projects.models import Claim, Period, Project, Return
from projects.services import closing, returns, vouchers
from tests.world import TODAY, acting, picture

MID_YEAR = dt.date(2012, 6, 30)


def look(world, as_of=MID_YEAR, basis="verified") -> Standing:
    with acting(world.a.posts["leader"]):
        return standing(as_of=as_of, basis=basis)


def amounts(found: Standing, field: str = "amount") -> dict[str, Decimal]:
    return {line.name: getattr(line, field) for line in found.lines if getattr(line, field)}


def pay(world, number: str, amount: str, on: dt.date, *, split=None) -> Claim:
    """A voucher of 水沟镇 over this amount and day, entered by a clerk."""
    with acting(world.a.posts["clerk"]) as clerk:
        entry = vouchers.Entry(
            project=Project.objects.get(pk=world.a.rows["project"]),
            kind=VoucherKind.BANK_SLIP,
            number=number,
            dated_on=on,
            face_wan=Decimal(amount),
            split=split,
            files=[picture(int(number))],
        )
        unit = Unit.objects.get(name="水沟镇")
        return vouchers.record(post=clerk, entry=entry, unit=unit, today=TODAY, late_ok=True).claim


def submit(world, unit: str) -> None:
    """Submit the unit's open Return on its behalf."""
    with acting(world.a.posts["clerk"]) as clerk:
        found = Return.objects.get(unit__name=unit, reports_closed_at__isnull=True)
        returns.submit(post=clerk, return_id=found.pk)


def opine(world, who: str, claim: int, *, step: str, verdict: str, accepted=None, supersedes=None) -> int:
    """One opinion of this person's; its id."""
    with acting(world.a.posts[who]) as post:
        return opinions.give(
            post=post,
            claim_id=claim,
            step=step,
            verdict=verdict,
            accepted=accepted,
            reason="核对凭证",
            supersedes_id=supersedes,
            today=TODAY,
        ).pk


def accept(world, claim: int) -> None:
    opine(world, "second_clerk", claim, step="first_review", verdict="accept")
    opine(world, "party_inspector", claim, step="inspection", verdict="accept")


@contextmanager
def working(world, name: str) -> Iterator[ActingPost]:
    """A transaction of a clerk's in which this act is open."""
    with acting(world.a.posts["clerk"]) as clerk:
        act(name)
        yield clerk


def decide(world) -> None:
    """Everything that was submitted, by the bureau and by both inspection offices."""
    for who, step in [
        ("second_clerk", "first_review"),
        ("party_inspector", "inspection"),
        ("government_inspector", "inspection"),
    ]:
        with acting(world.a.posts[who]) as post:
            opinions.decide_clean(post=post, step=step)


def close(world) -> None:
    with acting(world.a.posts["party_inspector"]) as post:
        closing.close_period(post=post, period_id=world.a.rows["period"])


def issue(unit: Unit, amount: str, **more) -> Target:
    """A yearly task of 到位资金, inside the caller's act."""
    return Target.objects.create(
        unit=unit,
        measure=more.pop("measure", None) or Measure.objects.get(name="到位资金", version=1),
        period=Period.objects.get(kind="year"),
        amount=Decimal(amount),
        **more,
    )


def classes(world, as_of=MID_YEAR, basis="verified") -> dict[str, str]:
    return {line.name: line.unit_class.value for line in look(world, as_of, basis).lines}
