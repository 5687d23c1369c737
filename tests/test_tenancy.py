import pytest
from tests.walls.ground import Ground
from tests.walls import isolation, keys, log
from django.db import connections

pytestmark = [pytest.mark.walls, pytest.mark.django_db]

@pytest.fixture(scope="module")
def ground(django_db_setup, django_db_blocker):
    from tests.conftest import WORLD
    g = Ground(connections["default"].settings_dict["NAME"], WORLD["world"])
    yield g
    g.close()

@pytest.mark.parametrize("check", isolation.CHECKS + keys.CHECKS + log.CHECKS, ids=lambda c: c.__name__)
def test_isolation(ground, check):
    check(ground)
