"""Acts that meet at a row wait for each other; none is killed as a deadlock.

A foreign key is checked at commit, when the act already holds the chain's head; whoever holds the row that
it points at FOR UPDATE, and comes to its own commit, would wait for that head. Rows whose keys never change
are therefore locked FOR NO KEY UPDATE.
"""

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections

from accounts.acts import act
from accounts.models import Unit
from assessment.models import ImportBatch
from projects.models import Evidence, Project, Return, Voucher
from projects.services import claims, closing, evidence
from tests.pictures import photo
from tests.world import acting, picture

pytestmark = [pytest.mark.walls, pytest.mark.django_db(transaction=True)]


def side_by_side(first, second) -> list[str]:
    """Run both in threads with connections of their own; what each came to."""

    def outcome(function):
        try:
            function()
        except Exception as error:  # noqa: BLE001 -- it is what the test looks at
            return f"{type(error).__name__}: {error}".splitlines()[0]
        finally:
            connections.close_all()
        return "done"

    connections.close_all()
    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(outcome, first), pool.submit(outcome, second)]]


def a_claim(world, number: str, voucher: Voucher | None = None):
    a = world.a
    voucher = voucher or Voucher.objects.create(
        kind="bank_slip",
        number=number,
        payer_id=a.rows["enterprise"],
        dated_on=dt.date(2012, 5, 1),
        face_wan=50,
    )
    claim = claims.of_voucher(
        voucher,
        project=Project(pk=a.rows["project"]),
        unit=Unit(pk=a.units["城关镇"]),
        booked_in=Return(pk=a.rows["return:城关镇"]),
        amount=Decimal(5),
    )
    claims.write([claim])
    return voucher


def test_evidence_is_added_while_the_voucher_is_cited_again(world):
    clerk, second = world.a.posts["clerk"], world.a.posts["second_clerk"]
    with acting(clerk):
        act("voucher.record")
        voucher = a_claim(world, "X1")
    cited, linked = threading.Event(), threading.Event()

    def cite():
        with acting(clerk):
            act("voucher.record")
            a_claim(world, "", voucher)
            cited.set()
            linked.wait(5)
            time.sleep(0.5)

    def link():
        cited.wait(5)
        with acting(second):
            act("evidence.attach")
            (file,), _ = evidence.checked([picture(77)])
            evidence.attach(file, voucher=voucher)
            linked.set()

    assert side_by_side(cite, link) == ["done", "done"]


def test_of_two_copies_of_a_photo_that_arrive_at_once_one_is_the_first(world):
    clerk, second = world.a.posts["clerk"], world.a.posts["second_clerk"]
    arrived = threading.Event()

    def attach(post, quality: int, wait: float):
        with acting(post):
            act("evidence.attach")
            (file,), _ = evidence.checked([photo(1, quality=quality)])
            evidence.attach(file, voucher=Voucher.objects.get(pk=world.a.rows["claim:voucher"]))
            arrived.set()
            time.sleep(wait)

    def later():
        arrived.wait(5)
        attach(second, 60, 0)

    assert side_by_side(lambda: attach(clerk, 90, 1), later) == ["done", "done"]
    with acting(clerk):
        known = Evidence.objects.filter(likeness__isnull=False).order_by("pk")
        assert [file.resembles_id for file in known] == [None, known[0].pk]


def test_a_workbook_is_loaded_while_its_period_is_closed(world):
    clerk, inspector = world.a.posts["clerk"], world.a.posts["party_inspector"]
    period = world.a.rows["period"]
    written = threading.Event()

    def load():
        with acting(clerk):
            change = act("workbook.load")
            a_claim(world, "X1")
            ImportBatch.objects.create(
                sha256="0" * 64, file_name="", period_id=period, change_id=change, summary={}
            )
            written.set()
            time.sleep(1)

    def close():
        written.wait(5)
        with acting(inspector):
            closing.close_period(post=inspector, period_id=period)

    loaded, closed = side_by_side(load, close)
    assert loaded == "done"
    assert closed.startswith("Refused"), closed
