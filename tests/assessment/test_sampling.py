"""How a sample is chosen: properties of the pure function, and that the database chooses the same."""

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment import sampling
from projects.choices import COUNTED, ClaimKind
from tests.walls.ground import Ground

AMOUNTS = st.decimals(0, 10**6, places=6)
LISTED = st.builds(
    sampling.Listed,
    claim=st.integers(1, 10**12),
    money=st.booleans(),
    reported=AMOUNTS,
    verified=AMOUNTS,
)
LISTS = st.lists(LISTED, min_size=1, max_size=40, unique_by=lambda one: one.claim)
SEEDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=64)
SIZES = st.integers(1, 50)
FLOORS = st.none() | st.decimals("0.000001", 10**6, places=6)
COUNTY = "611023"
quick = settings(deadline=None, database=None, derandomize=True)


def chosen(listed, seed, size, floor):
    return sampling.choose(listed, seed=seed, division=COUNTY, size=size, floor=floor)


@quick
@given(LISTS, SEEDS, SIZES, FLOORS, st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(listed, seed, size, floor, luck):
    again = list(listed)
    luck.shuffle(again)
    assert chosen(again, seed, size, floor) == chosen(listed, seed, size, floor)
    assert sampling.written(again) == sampling.written(listed)


@quick
@given(LISTS, SEEDS, SIZES, FLOORS)
def test_all_that_reaches_the_floor_and_so_many_of_the_rest(listed, seed, size, floor):
    taken = chosen(listed, seed, size, floor)
    by_claim = {one.claim: one for one in listed}
    musts = {one.claim for one in listed if floor is not None and one.money and one.reported >= floor}
    assert {one.claim for one in taken} <= set(by_claim)
    assert {one.claim for one in taken if one.must} == musts
    assert len(taken) == len(musts) + min(size, len(listed) - len(musts))
    assert [one.place for one in taken] == list(range(1, len(taken) + 1))
    assert all(one.verified == by_claim[one.claim].verified for one in taken)
    assert len({one.claim for one in taken}) == len(taken)


@quick
@given(LISTS, SEEDS, SIZES)
def test_a_larger_sample_goes_on_where_the_smaller_ended(listed, seed, size):
    assert chosen(listed, seed, size + 1, None)[:size] == chosen(listed, seed, size, None)


@quick
@given(LISTS)
def test_a_list_is_read_as_it_was_written(listed):
    text = sampling.written(listed)
    assert sampling.read(text) == sorted(listed, key=lambda one: one.claim)
    assert sampling.digest(text) == hashlib.sha256(text.encode()).hexdigest()


def test_the_key_is_what_anybody_can_compute():
    """printf '2012-07-02:611023:17' | sha256sum"""
    assert sampling.key("2012-07-02", COUNTY, 17) == hashlib.sha256(b"2012-07-02:611023:17").hexdigest()
    one = sampling.Listed(17, True, Decimal(5), Decimal("4.5"))
    assert sampling.written([one]) == "17,万元,5.000000,4.500000"
    assert chosen([one], "x", 1, Decimal(5)) == [sampling.Chosen(17, 1, True, Decimal("4.5"))]
    assert not chosen([one], "x", 1, Decimal("5.000001"))[0].must


def in_the_database(ground: Ground, listed, seed, size, floor) -> list[tuple]:
    row = {"seed": seed, "division": COUNTY, "size": size, "listing": sampling.written(listed)}
    with ground.as_owner() as owner:
        found = owner.execute(
            "SELECT c.* FROM sec.choice_of(jsonb_populate_record(NULL::assessment_draw, jsonb_build_object("
            "'seed', %s::text, 'division', %s::text, 'size', %s::int, 'listing', %s::text,"
            " 'floor_wan', %s::numeric))) c ORDER BY c.place",
            [*row.values(), floor],
        ).fetchall()
    return [tuple(line.values()) for line in found]


@pytest.mark.walls
@pytest.mark.django_db
@pytest.mark.covers("I9")
def test_the_database_chooses_the_same(ground):
    """Lists of money and counts, seeds in any script, floors and sizes of every relation to the list."""
    seen = {"musts": 0, "all": 0}

    @quick
    @given(LISTS, SEEDS, SIZES, FLOORS)
    def same(listed, seed, size, floor):
        here = [(one.claim, one.place, one.must, one.verified) for one in chosen(listed, seed, size, floor)]
        assert in_the_database(ground, listed, seed, size, floor) == here
        seen["musts"] += any(must for _claim, _place, must, _verified in here)
        seen["all"] += len(here) == len(listed)

    same()
    for kind in ClaimKind.values:
        found = ground.owner.execute("SELECT sec.is_money(%s) AS money", [kind]).fetchone()
        assert found["money"] == (kind not in COUNTED), kind
    assert all(number > 5 for number in seen.values()), seen
