"""Another office computes the county's standing from the API alone and gets the same numbers (F-87)."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from accounts.choices import ClientGroup
from accounts.services import clients
from tests import county
from tests.api.county_reader import County
from tests.api.test_access import bearer
from tests.world import TODAY

EXPECTED = county.exactly((county.DATA / "expected.json").read_text("utf-8"))["standing"]


def key() -> str:
    """The key of a client that reads the county of the workbook. Committed."""
    with county.acting(county.ADMIN) as admin:
        _client, key = clients.issue(
            post=admin,
            name="市平台",
            unit=None,
            groups=ClientGroup.values,
            addresses=[],
            expires_on=dt.date(2012, 12, 31),
            today=TODAY,
        )
    return key


def getting(key: str):
    caller, asked = bearer(key), []

    def get(address: str) -> dict:
        answer = caller.get(address)
        assert answer.status_code == 200, answer.content.decode()
        asked.append(address)
        return json.loads(answer.content, parse_float=Decimal)

    return get, asked


@pytest.mark.django_db(transaction=True)
@pytest.mark.covers("F-87", "S0-34", "F-36", "I2", "I12", "I14")
@pytest.mark.covers("S2-07", "S2-08", "S2-09", "S2-10")
def test_the_standing_is_rebuilt_from_the_api_alone():
    county.set_up()
    county.load(county.OFFICE)
    county.decide(county.REVIEWS, county.PARTY)
    get, asked = getting(key())
    half_way = County(get)
    assert any("after=" in address for address in asked), "one page of each was enough"
    for basis in ("reported", "reviewed", "verified"):
        same_as_the_portal(half_way, get, basis)
    # 县委办's own house waits for the other office.
    assert half_way.standing(county.AS_OF)["pending"] == 2055

    county.decide(county.GOVERNMENT)
    mine = County(get).standing(county.AS_OF)
    assert mine["amount"] == EXPECTED["paid_in_wan"] == 142000
    assert {name: line["amount"] for name, line in mine["lines"].items() if line["amount"]} == {
        name: amount for name, amount in EXPECTED["unit_paid_wan"].items() if amount
    }
    for unit_class, names in EXPECTED["classes"].items():
        assert {name for name, line in mine["lines"].items() if line["class"] == unit_class} == set(names)
    assert sum(line["target"] for line in mine["lines"].values()) == EXPECTED["task_wan"] == 279000


def same_as_the_portal(mine: County, get, basis: str) -> None:
    """The portal's own table of the same day and basis, unit by unit."""
    theirs = get(f"/api/v1/standing/?as_of={county.AS_OF}&basis={basis}")
    own = mine.standing(county.AS_OF, basis=basis)
    assert (own["amount"], own["pending"]) == (theirs["amount"], theirs["pending"])
    told = {
        line["name"]: {name: line[name] for name in ("target", "amount", "pending")}
        | {"class": line["unit_class"]}
        for line in theirs["lines"]
        if line["unit_class"] != "not_applicable"
    }
    assert own["lines"] == told
    assert len(told) == 100
