"""Who sees what inside a county, as the design's table says, entity by entity and person by person.

``all``: every row of the county; ``own``: those of the person's unit; ``shared``: those of claims that an
agreed split credits to it; ``none``. Another county's rows are never among them: that is the walls' test.
"""

import pytest
from django.db.models import Q

from accounts.models import Unit
from projects.models import (
    Agreement,
    Claim,
    Contact,
    Enterprise,
    Evidence,
    Lead,
    Project,
    Return,
    Split,
    SplitLine,
    Visit,
    Voucher,
)
from projects.queries import visible
from tests.world import acting, looking_down

UNIT_PEOPLE = ("reporter", "head")
COUNTY_PEOPLE = ("clerk", "second_clerk", "party_inspector", "government_inspector", "leader", "superior")
ADMINISTRATORS = ("admin", "auditor")
PEOPLE = (*UNIT_PEOPLE, "other_head", *COUNTY_PEOPLE, *ADMINISTRATORS)
BUREAU = ("clerk", "second_clerk")


def of_unit(unit: str) -> dict:
    """Of each entity, what belongs to a unit; for claims and their papers also what a split credits to it."""
    mine = Unit.objects.get(name=unit).pk
    splits = SplitLine.objects.filter(unit=mine).values("split_id")
    claims = Claim.objects.filter(Q(unit=mine) | Q(split__in=splits))
    vouchers = Voucher.objects.filter(claims__in=claims)
    projects = Project.objects.filter(unit=mine)
    visits, leads = Visit.objects.filter(unit=mine), Lead.objects.filter(unit=mine)
    return {
        "projects": projects,
        "claims": claims,
        "vouchers": vouchers,
        "evidence": Evidence.objects.filter(Q(links__voucher__in=vouchers) | Q(links__visit__in=visits)),
        "returns": Return.objects.filter(unit=mine),
        "visits": visits,
        "leads": leads,
        "contacts": Contact.objects.filter(unit=mine),
        "enterprises": Enterprise.objects.filter(
            Q(pk__in=projects.values("enterprise"))
            | Q(pk__in=visits.values("enterprise"))
            | Q(pk__in=leads.values("enterprise"))
        ),
        "agreements": Agreement.objects.filter(Q(project__in=projects) | Q(claims__in=claims)),
        "splits": Split.objects.filter(Q(project__in=projects) | Q(claims__in=claims)),
        "units": Unit.objects.filter(pk=mine),
    }


ALL = {
    "projects": Project,
    "claims": Claim,
    "vouchers": Voucher,
    "evidence": Evidence,
    "returns": Return,
    "visits": Visit,
    "leads": Lead,
    "contacts": Contact,
    "enterprises": Enterprise,
    "agreements": Agreement,
    "splits": Split,
    "units": Unit,
}
STAY_WITH_THE_UNIT = {"leads", "contacts"}


def expected(entity: str, person: str) -> set[int]:
    if person in ADMINISTRATORS:
        return set()
    if person in COUNTY_PEOPLE:
        hidden = entity in STAY_WITH_THE_UNIT and person not in BUREAU
        return set() if hidden else set(ALL[entity].objects.values_list("pk", flat=True))
    unit = "城关镇" if person == "other_head" else "水沟镇"
    return set(of_unit(unit)[entity].values_list("pk", flat=True))


def seen(world, entity: str, person: str) -> tuple[set[int], set[int]]:
    """What the person sees of the entity in county A, and what the table says."""
    function = getattr(visible, f"{entity}_for")
    if person == "superior":
        post = world.city.posts["officer"]
        with looking_down(post, world.a):
            return set(function(post).values_list("pk", flat=True)), expected(entity, person)
    post = world.a.posts[person]
    with acting(post):
        return set(function(post).values_list("pk", flat=True)), expected(entity, person)


@pytest.mark.covers("I4", "I6")
@pytest.mark.parametrize("entity", ALL)
@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_sees_what_the_table_says(world, entity, person):
    rows, told = seen(world, entity, person)
    assert rows == told


# The one split of the world belongs to both of its units.
@pytest.mark.parametrize("entity", sorted(set(ALL) - {"splits"}))
def test_the_table_tells_people_apart(world, entity):
    """A table that gives everybody the same would show nothing."""
    with acting(world.a.posts["clerk"]):
        every = expected(entity, "clerk")
        assert set() < expected(entity, "reporter") <= every
        assert expected(entity, "other_head") < every


def test_every_visibility_function_stands_in_the_table():
    functions = {name.removesuffix("_for") for name in vars(visible) if name.endswith("_for")}
    assert functions == set(ALL)
