"""What the change log costs: the same act with its triggers and without them."""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection

from accounts.acts import act
from accounts.models import ChangeRow
from projects.models import Voucher
from tests.bench.measuring import ms, seconds, show
from tests.conftest import migrator_connection
from tests.world import acting

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

ROUNDS = 9
TRIGGERS = ("log_insert", "log_update", "log_delete")
INSERT = """
INSERT INTO projects_voucher (tenant_id, kind, number, payer_id, dated_on, face_wan, division)
SELECT %s, 'bank_slip', 'BENCH' || %s || '-' || n, %s, '2012-05-01', 100, '福建福州'
FROM generate_series(1, %s) n
"""


@contextmanager
def silent(table: str) -> Iterator[None]:
    """The table without its log triggers, for every connection."""
    with migrator_connection() as owner:
        for trigger in TRIGGERS:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        yield
        for trigger in TRIGGERS:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


def test_what_the_log_costs(world):
    clerk, firm = world.a.posts["clerk"], world.a.rows["enterprise"]
    marks = iter(range(10**6))

    def insert(rows: int, times: int = 1) -> None:
        for _ in range(times):
            with acting(clerk):
                act("voucher.record")
                with connection.cursor() as cursor:
                    cursor.execute(INSERT, [world.a.tenant_id, next(marks), firm, rows])

    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    acts = {"10,000 rows in one act": (10_000, 1), "one row in one act, 50 acts": (1, 50)}
    for _ in range(ROUNDS + 1):
        for name, (rows, times) in acts.items():
            took[name, "log"].append(seconds(partial(insert, rows, times)))
            with silent("projects_voucher"):
                took[name, "bare"].append(seconds(partial(insert, rows, times)))
    middle = {key: statistics.median(times[1:]) for key, times in took.items()}
    show(
        f"change log, commit included; medians of {ROUNDS}, ms",
        ("", "with log", "without", "ratio"),
        [
            (
                name,
                ms(middle[name, "log"]),
                ms(middle[name, "bare"]),
                f"{middle[name, 'log'] / middle[name, 'bare']:.2f}",
            )
            for name in acts
        ],
    )
    with acting(clerk):
        written = Voucher.objects.filter(number__startswith="BENCH").count()
        logged = ChangeRow.objects.filter(table="projects_voucher", after__number__startswith="BENCH").count()
    assert (written, logged) == (2 * (ROUNDS + 1) * 10_050, (ROUNDS + 1) * 10_050)
