"""What a publication is made of: the standing's own figures, an exact text, and what differs from it."""

import datetime as dt
import hashlib
import json
from decimal import Decimal

import pytest

from accounts.statements import short_code
from assessment import canonical
from assessment.differences import differences
from assessment.queries.snapshot_rows import gathered
from assessment.queries.standing import standing
from projects.models import Claim, Period
from tests.assessment.acts import MID_YEAR, accept
from tests.world import acting

committed = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1000.000000"), "1000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.500000"), "0.5"),
        (Decimal("-0.00"), "0"),
        (Decimal("0E-12"), "0"),
        (Decimal("-12.340000000000"), "-12.34"),
        (Decimal("99999999999999.999999"), "99999999999999.999999"),
    ],
)
@pytest.mark.covers("I8")
def test_amounts_are_exact_text(value, expected):
    assert canonical.number(value) == expected


def test_the_text_is_one_whatever_the_order_and_reads_back_as_it_was():
    rows = {"b": [Decimal("1.50"), None], "a": dt.date(2012, 6, 30), 7: "镇", "c": {"x": True}}
    text = canonical.text(rows)
    assert text == '{"7":"镇","a":"2012-06-30","b":["1.5",null],"c":{"x":true}}'
    assert canonical.text(dict(reversed(rows.items()))) == text
    assert json.loads(text) == canonical.plain(rows)
    assert canonical.text(json.loads(text)) == text
    with pytest.raises(TypeError):
        canonical.text({"a": 0.1})


def test_digests_are_those_of_any_tool():
    text = canonical.text({"镇": "1"})
    assert canonical.sha256_of(text) == hashlib.sha256('{"镇":"1"}'.encode()).hexdigest()
    # The example of GB/T 32905-2016.
    abc = canonical.sm3_of("abc")
    assert abc == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert short_code(abc) == "66C7-F0F4-62EE-EDD9-D1F2"


def rows_of(world) -> dict:
    with acting(world.a.posts["leader"]):
        return gathered(Period.objects.get(pk=world.a.rows["period"]))


@committed
@pytest.mark.covers("I1", "I2", "I12")
def test_a_publication_says_what_the_standing_says(world):
    """Measure by measure and unit by unit, on each basis; each number is the sum of the claims named."""
    for key in ("claim", "split_claim"):
        accept(world, world.a.rows[key])
    rows = rows_of(world)
    names = [measure["name"] for measure in rows["measures"]]
    assert names[0] == "到位资金"
    for measure in rows["measures"]:
        lines = {line["id"]: line for line in measure["units"]}
        for basis in ("reported", "reviewed", "verified"):
            with acting(world.a.posts["leader"]):
                table = standing(as_of=MID_YEAR, basis=basis, measure_name=measure["name"])
            assert measure["total"][basis] == table.amount
            assert measure["total"]["target"] == table.target
            for line in table.lines:
                found = lines.get(line.unit_id)
                if found is None:
                    assert (line.target, line.amount or 0) == (None, 0)
                    continue
                assert (found[basis], found["target"]) == (line.amount, line.target), (line.name, basis)
                if basis == "verified":
                    assert found["class"] == line.unit_class.value
                    assert found["percent"] == (None if line.completion is None else str(line.completion))
                if found[basis] is not None:
                    assert found[basis] == summed(rows, found["claims"], basis, str(line.unit_id))
    town = next(line for line in rows["measures"][0]["units"] if line["name"] == "水沟镇")
    assert (town["verified"], town["superior"]) == (Decimal(1400), None)


def summed(rows: dict, claims: list[int], basis: str, unit: str) -> Decimal:
    found = (rows["claims"][key] for key in claims)
    return sum(((claim[basis] or Decimal(0)) * claim["shares"][unit] for claim in found), Decimal(0))


@committed
def test_every_claim_of_the_span_is_in_it(world):
    """The claim of a total investment is counted by its measure; nothing booked is left out."""
    rows = rows_of(world)
    with acting(world.a.posts["leader"]):
        booked = set(
            Claim.objects.filter(booked_in__period=world.a.rows["period"]).values_list("pk", flat=True)
        )
    assert booked <= set(rows["claims"])
    counted = {key for measure in rows["measures"] for key in measure["total"]["claims"]}
    assert counted | set(rows["uncounted"]) == set(rows["claims"])
    assert canonical.text(rows) == canonical.text(rows_of(world))


def publication(**units: str | None) -> dict:
    lines = [
        {"id": number, "name": name, "verified": figure, "class": "behind"}
        for number, (name, figure) in enumerate(sorted(units.items()))
    ]
    total = {"verified": str(sum(int(figure or 0) for figure in units.values()))}
    return {"measures": [{"name": "到位资金", "kind": "paid_in", "units": lines, "total": total}]}


def test_differences_name_unit_figure_before_and_after():
    same = {"measure": "到位资金", "kind": "paid_in", "what": "verified"}
    assert differences(publication(甲="1", 乙="2"), publication(甲="1", 乙="2")) == []
    assert differences(publication(甲="1", 乙="2"), publication(甲="1", 乙=None)) == [
        {**same, "unit": "乙", "before": "2", "after": None},
        {**same, "unit": "", "before": "3", "after": "1"},
    ]


def test_a_measure_or_a_unit_that_is_gone_differs_too():
    gone = differences(publication(甲="1"), {"measures": []})
    assert [(row["unit"], row["what"], row["before"], row["after"]) for row in gone] == [
        ("", "verified", "1", None),
        ("甲", "verified", "1", None),
        ("甲", "class", "behind", None),
    ]
