"""A county without figures whose people sign in at the pages; for tests with real commits."""

from accounts.choices import Role
from tests import county, world

PEOPLE = {
    "clerk": ("招商局", Role.BUREAU),
    "second_clerk": ("招商局", Role.BUREAU),
    "party_inspector": ("县委督查室", Role.INSPECTION),
    "government_inspector": ("县政府督查室", Role.INSPECTION),
    "leader": ("县政府办", Role.LEADER),
}


def set_up() -> world.County:
    """The county of the office's workbook with its offices; its users are called f_clerk and so on."""
    found = world._tenant(county.CODE, "商南县", "county", "610900", "f")
    world._people(found, PEOPLE)
    return found


def load() -> world.County:
    """The same with the office's workbook loaded and nothing decided yet."""
    found = set_up()
    county.load(county.OFFICE, user="f_clerk")
    return found
