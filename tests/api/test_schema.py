"""The description of the API: valid, complete, and what it says of lists is what they can be asked (F-87)."""

import pytest
from django.db import models
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from portal import api_urls
from tests.api.test_access import bearer

# Answered, and described nowhere: the description itself and "there is nothing".
UNDESCRIBED = {"api-schema", "api-nothing"}
# References, dictionaries, flags and days of a row that no list is narrowed by, and why.
UNFILTERED = {
    ("UnitRow", "groups"): "a list of its own",
    ("SplitRow", "lines"): "a list of its own",
    ("ReturnRow", "state"): "narrowed by submitted; the rest is arithmetic",
}
FILTERED_KINDS = (models.ForeignKey, models.DateField, models.BooleanField)


def resources() -> list[tuple[str, type]]:
    return [(name, view) for name, view, _basename in api_urls.router.registry]


@pytest.mark.covers("F-87")
def test_the_description_is_valid_and_says_everything(world):
    GENERATOR_STATS.reset()
    described = bearer(world.a.key).get("/api/v1/schema/").json()
    validate_schema(described)
    assert not GENERATOR_STATS
    names = {pattern.name for pattern in api_urls.urlpatterns} - UNDESCRIBED
    addresses = {f"/api/v1/{name}/" for name, _view in resources()}
    addresses |= {f"/api/v1/{name}/{{id}}/" for name, _view in resources()}
    addresses |= {"/api/v1/standing/", "/api/v1/figures/"}
    assert set(described["paths"]) == addresses
    assert len(names) == len(addresses) == 28
    for operations in described["paths"].values():
        assert set(operations) == {"get"}
        answers = operations["get"]["responses"]
        assert set(answers) == {"200", "304", "400", "401", "403", "404", "405", "406", "429"}
        assert operations["get"]["security"] == [{"ClientKey": []}, {"Session": []}]


def test_the_description_is_served_to_readers_only(world, client):
    assert client.get("/api/v1/schema/").status_code == 401
    assert bearer(world.a.key).get("/api/v1/schema/").json()["openapi"].startswith("3.")


@pytest.mark.parametrize(("name", "view"), resources(), ids=lambda it: it if isinstance(it, str) else "")
def test_every_reference_dictionary_flag_and_day_has_its_filter(name, view):
    row, model = view.serializer_class, view.serializer_class.Meta.model
    filtered = {one.field_name.split("__")[0] for one in view.filterset_class.base_filters.values()}
    filtered |= set(view.filterset_class.base_filters)
    wanted = set()
    for field in row.Meta.fields:
        if (row.__name__, field) in UNFILTERED:
            continue
        column = next((one for one in model._meta.concrete_fields if one.name == field), None)
        if column is not None and (isinstance(column, FILTERED_KINDS) or column.choices):
            wanted.add(field)
    assert wanted <= filtered, name


def test_exceptions_are_still_needed():
    known = {
        (view.serializer_class.__name__, field)
        for _name, view in resources()
        for field in view.serializer_class.Meta.fields
    }
    assert set(UNFILTERED) <= known


@pytest.mark.parametrize(("name", "view"), resources(), ids=lambda it: it if isinstance(it, str) else "")
def test_filters_narrow_to_the_rows_that_fit(world, name, view):
    """Every filter that can be read off a row finds this row, and with another value none like it."""
    caller = bearer(world.a.key)
    rows = caller.get(f"/api/v1/{name}/").json()["items"]
    tried = 0
    for parameter in set(view.filterset_class.base_filters) & set(view.serializer_class.Meta.fields):
        for row in rows:
            value = row[parameter]
            if value is None or value == "":
                continue
            asked = str(value).lower() if isinstance(value, bool) else value
            found = caller.get(f"/api/v1/{name}/", {parameter: asked}).json()["items"]
            assert found == [one for one in rows if one[parameter] == value], parameter
            tried += 1
    assert tried


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("claims/?happened_from=2012-05-01", 5),
        ("claims/?happened_from=2012-05-02&happened_until=2012-05-03", 2),
        ("claims/?verified_known=true", 1),
        ("vouchers/?dated_until=2012-05-01", 1),
        ("returns/?submitted=true", 3),
        ("periods/?closed=true", 0),
        ("targets/?of_unit=true&replaced=false", 1),
        ("targets/?of_unit=false", 0),
        ("enterprises/?name=%00", 0),
    ],
)
def test_days_and_known_things_narrow(world, query, count):
    assert len(bearer(world.a.key).get(f"/api/v1/{query}").json()["items"]) == count
