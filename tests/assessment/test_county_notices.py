"""The half-year county on 2 July 2012: who is told what, exactly, and who no more (S2-10)."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pytest

from accounts.acts import act
from accounts.models import Unit
from projects.choices import VoucherKind
from projects.models import Enterprise, Project, Return
from projects.services import returns, vouchers
from tests import county
from tests.county import ENTERS, GOVERNMENT, PARTY, REVIEWS
from tests.world import TODAY, picture

pytestmark = pytest.mark.django_db(transaction=True)

CLASSES = county.exactly((county.DATA / "expected.json").read_text("utf-8"))["standing"]["classes"]


def told(*arguments) -> dict:
    """By rule the units named by the command, with what stands beside them."""
    found = defaultdict(list)
    for row in county.exactly(county.run("notices", "--json", *arguments))["notices"]:
        found[row["rule"]].append(row)
    return dict(found)


@pytest.mark.covers("S2-10", "S3-11", "F-69", "F-73", "I10", "I12")
def test_the_county_on_2_july():
    county.set_up()
    county.load(county.OFFICE)
    county.decide(REVIEWS, PARTY, GOVERNMENT)

    looked, planned = told(), told("--plan")
    for rule, rows in planned.items():
        assert sorted(row["unit"] for row in rows) == sorted(CLASSES[rule])
        assert {(row["planned"], row["delivered"]) for row in rows} == {("2012-07-02", 0)}
        assert [{**row, "planned": None} for row in rows] == looked[rule]  # the preview told the same
    assert {rule: len(rows) for rule, rows in planned.items()} == {
        "zero": 47,
        "behind": 24,
        "not_reported": 2,
    }
    of_the_year = {
        (row["measure"], row["period"], row["step"]) for row in planned["zero"] + planned["behind"]
    }
    assert of_the_year == {("到位资金", "2012年", 6)}
    assert {(row["measure"], row["period"], row["step"]) for row in planned["not_reported"]} == {
        (None, county.PERIOD, 1)
    }

    before = county.everything()
    assert told("--plan") == planned  # nobody is told again, and there is no empty act
    assert county.everything() == before

    risen = planned["zero"][0]["unit"]
    first_amount(risen)
    assert "zero" not in told("--since", "2012-07-03", "--at", "2012-07-03", "--plan")
    later = told("--at", "2012-07-31", "--plan")
    assert sorted(row["unit"] for row in later["zero"]) == sorted({*CLASSES["zero"]} - {risen})
    assert {row["step"] for row in later["zero"]} == {7}


@pytest.mark.covers("F-70", "F-73")
def test_nobody_is_told_on_a_day_off_or_at_night():
    county.set_up()
    county.load(county.OFFICE)
    for moment in ("2012-06-30", "2012-07-01", "2012-07-02T08:29", "2012-07-02T17:31"):
        rows = county.exactly(county.run("notices", "--plan", "--json", "--at", moment))["notices"]
        assert not [row for row in rows if row["planned"]], moment
    # By day what is due is shown before it is planned; on a day off there is nothing to show.
    assert told("--at", "2012-07-01") == {}
    # Units whose first amounts wait for a reviewer are left in peace.
    assert {rule: len(rows) for rule, rows in told().items()} == {"zero": 47, "not_reported": 2}


def first_amount(unit: str) -> None:
    """One voucher of a unit, entered and submitted by the bureau, reviewed and verified."""
    with county.acting(ENTERS):
        act("workbook.load")
        of = Unit.objects.get(name=unit)
        firm = Enterprise.objects.order_by("pk").first()
        Project.objects.create(name="首笔到账项目", enterprise=firm, unit=of, year_introduced=2012)
    with county.acting(ENTERS) as post:
        entry = vouchers.Entry(
            project=Project.objects.get(name="首笔到账项目"),
            kind=VoucherKind.BANK_SLIP,
            number="SB0001",
            dated_on=dt.date(2012, 6, 29),
            face_wan=Decimal(1),
            files=[picture(1)],
        )
        vouchers.record(post=post, entry=entry, unit=Unit.objects.get(name=unit), today=TODAY, late_ok=True)
    with county.acting(ENTERS) as post:
        returns.submit(post=post, return_id=Return.objects.get(unit__name=unit).pk)
    county.decide(REVIEWS, PARTY)
