"""Must show: the standing of a large county against SQL that was written by hand for it alone."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts import scope
from accounts.operator import as_migrator
from assessment.queries.standing import Standing, elapsed_months, standing
from tests.bench import big_county
from tests.bench.big_county import AS_OF
from tests.bench.measuring import in_turns, ms, plan, show, statements

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

BY_HAND = (Path(__file__).parent / "standing.sql").read_text("utf-8")
ROUNDS = 21


@dataclass(frozen=True)
class Row:
    """A line of the statement by hand."""

    unit_id: int
    name: str
    group: str
    target: Decimal | None
    amount: Decimal | None
    pending: Decimal
    has_claim: bool
    submitted: bool
    unit_class: str
    total: Decimal
    total_pending: Decimal


def by_hand(tenant_id: int) -> list[Row]:
    values = {
        "tenant": tenant_id,
        "as_of": AS_OF,
        "new_year": dt.date(AS_OF.year, 1, 1),
        "months": elapsed_months(AS_OF),
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, values)
        return [Row(*row) for row in cursor.fetchall()]


def ours() -> Standing:
    return standing(as_of=AS_OF, basis="verified")


def agree(table: Standing, rows: list[Row]) -> None:
    """Every number of both sides, exactly."""
    assert [
        (
            line.unit_id,
            line.name,
            line.group,
            line.target,
            line.amount or 0,
            line.pending,
            line.unit_class.value,
        )
        for line in table.lines
    ] == [
        (row.unit_id, row.name, row.group, row.target, row.amount or 0, row.pending, row.unit_class)
        for row in rows
    ]
    assert {(row.total, row.total_pending) for row in rows} == {(table.amount, table.pending)}


def test_the_standing_of_a_large_county():
    tenant_id = big_county.load()

    with transaction.atomic(), scope.enter(tenant_id, kind=scope.OPERATOR):
        table, rows = ours(), by_hand(tenant_id)
        agree(table, rows)
        assert len(rows) == 100
        assert len({row.unit_class for row in rows}) == 6, Counter(row.unit_class for row in rows)
        walled = in_turns(ROUNDS, ours=ours, hand=lambda: by_hand(tenant_id))
        sent = statements(ours)
        for statement in sent:
            print(f"\n--- ours\n{statement}\n{plan(statement)}")
        hand = statements(lambda: by_hand(tenant_id))[0]
        print(f"\n--- by hand\n{plan(hand)}")

    with as_migrator(), transaction.atomic(), scope.enter(tenant_id, kind=scope.OPERATOR):
        agree(ours(), by_hand(tenant_id))
        bare = in_turns(ROUNDS, ours=ours, hand=lambda: by_hand(tenant_id))

    show(
        f"standing, 100 units, 100,000 claims of 500,000; medians of {ROUNDS}, ms; {len(sent)} statements",
        ("", "ours", "by hand", "ours / by hand"),
        [
            (name, ms(took["ours"]), ms(took["hand"]), f"{took['ours'] / took['hand']:.2f}")
            for name, took in (("role app, policies", walled), ("owner, no policies", bare))
        ]
        + [("policies cost", *(f"x {walled[side] / bare[side]:.2f}" for side in ("ours", "hand")), "")],
    )
