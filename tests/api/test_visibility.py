"""What whom the API shows: the rows of the pages, named fields, nothing of a neighbour, no personal thing."""

import datetime as dt
import json

import pytest

from accounts.models import User
from portal import api_urls
from projects.models import Evidence
from projects.queries import visible
from tests.api.test_access import bearer, issue, problem
from tests.world import CANARY, acting

RESOURCES = [name for name, _view, _basename in api_urls.router.registry]
TABLES = ["standing", "figures"]

FIELDS = {
    "tenants": "id code name level parent",
    "units": "id name kind parent leader_office represents organisation_code exempt successor starts_on"
    " ends_on groups",
    "enterprises": "id name credit_code division",
    "projects": "id name line enterprise unit host_unit parent industry channel stage year_introduced",
    "agreements": "id project kind signed_on total_wan introduced_wan fixed_assets_wan supersedes",
    "vouchers": "id kind number payer dated_on face_wan division",
    "claims": "id unit booked_in period project kind quantity_unit voucher agreement visit lead stage_change"
    " happened_on late"
    " reported reviewed verified superior state split reverses replaces entered_at",
    "splits": "id project document agreed_on double_credit lines",
    "periods": "id kind name starts_on ends_on filed opens_on due_on closes_on reports_closed_at closed_at",
    "returns": "id unit period state entries submitted_at submitted_on on_behalf confirmed_at"
    " reports_closed_at opinions_closed_at reopened_until seal",
    "opinions": "id claim step verdict accepted code reason supersedes post_label at",
    "measures": "id name version valid_from line kind agreement_kinds carry_over zero_threshold document",
    "targets": "id unit measure period amount issuer document issued_on replaces",
}


def rows(caller, name: str) -> list[dict]:
    answer = caller.get(f"/api/v1/{name}/?limit=500")
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()["items"]


def readers(world, sign_in) -> dict:
    """One caller of each kind that reads the API."""
    return {
        "client of the county": bearer(world.a.key),
        "client of a unit": bearer(issue(world.a, unit="水沟镇")),
        **{stem: sign_in(f"a_{stem}") for stem in ("reporter", "head", "clerk", "party_inspector", "leader")},
    }


@pytest.mark.covers("I6", "F-87")
def test_every_role_gets_the_named_fields_and_no_other(world, sign_in):
    assert set(FIELDS) == set(RESOURCES)
    for reader, caller in readers(world, sign_in).items():
        for name, fields in FIELDS.items():
            found = rows(caller, name)
            assert found, (reader, name)
            for row in found:
                assert list(row) == fields.split(), (reader, name)


@pytest.mark.covers("I6")
def test_nobody_finds_a_persons_name_or_a_files_name(world, sign_in):
    with acting(world.a.posts["clerk"]):
        secret = set(User.objects.values_list("name", flat=True)) | set(
            User.objects.values_list("username", flat=True)
        )
        secret |= set(Evidence.objects.values_list("original_name", flat=True))
    assert len(secret) > 10
    for reader, caller in readers(world, sign_in).items():
        for name in (*RESOURCES, *TABLES):
            told = caller.get(f"/api/v1/{name}/").content.decode()
            assert not {word for word in secret if f'"{word}"' in told or "进账单" in told}, (reader, name)


@pytest.mark.covers("I6")
def test_a_client_of_one_unit_reads_what_its_reporter_reads(world, sign_in):
    caller, reporter = bearer(issue(world.a, unit="水沟镇")), sign_in("a_reporter")
    county = bearer(world.a.key)
    fewer = []
    for name in RESOURCES:
        own = rows(caller, name)
        assert own == rows(reporter, name), name
        assert {row["id"] for row in own} <= {row["id"] for row in rows(county, name)}
        fewer += [name] if len(own) < len(rows(county, name)) else []
    assert set(fewer) >= {"projects", "vouchers", "claims", "returns"}
    assert {row["unit"] for row in rows(caller, "returns")} == {world.a.units["水沟镇"]}
    for key in ("bureau_claim", "office_claim"):
        assert problem(caller.get(f"/api/v1/claims/{world.a.rows[key]}/")) == (404, "not-found")
    for name in TABLES:
        assert caller.get(f"/api/v1/{name}/").content == reporter.get(f"/api/v1/{name}/").content


@pytest.mark.covers("I6")
def test_the_api_shows_the_rows_of_the_pages(world, sign_in):
    for stem in ("reporter", "clerk"):
        caller, post = sign_in(f"a_{stem}"), world.a.posts[stem]
        for name, visibly in (
            ("projects", visible.projects_for),
            ("claims", visible.claims_for),
            ("vouchers", visible.vouchers_for),
            ("returns", visible.returns_for),
        ):
            with acting(post):
                keys = sorted(visibly(post).values_list("pk", flat=True))
            assert [row["id"] for row in rows(caller, name)] == keys


@pytest.mark.covers("I6", "F-88")
def test_ids_of_the_neighbour_are_not_there_on_any_endpoint(world, sign_in):
    theirs = bearer(world.b.key)
    for reader, caller in readers(world, sign_in).items():
        for name in RESOURCES:
            foreign = [row["id"] for row in rows(theirs, name)]
            assert foreign
            for key in foreign:
                answer = caller.get(f"/api/v1/{name}/{key}/")
                assert problem(answer) == (404, "not-found"), (reader, name, key)
        for address in [*RESOURCES, *TABLES]:
            assert problem(caller.get(f"/api/v1/{address}/?tenant={world.b.code}")) == (404, "not-found")
            assert CANARY not in caller.get(f"/api/v1/{address}/").content.decode(), (reader, address)


@pytest.mark.covers("I6")
def test_filters_by_the_neighbours_ids_and_texts_find_nothing(world):
    caller, theirs = bearer(world.a.key), bearer(world.b.key)
    for name, view, _basename in api_urls.router.registry:
        for row in rows(theirs, name):
            for parameter in set(view.filterset_class.base_filters) & set(row):
                value = row[parameter]
                if (name, parameter) == ("tenants", "parent"):
                    continue  # the city of both
                told_apart = isinstance(value, int) and not isinstance(value, bool)
                if told_apart or CANARY in str(value):
                    found = caller.get(f"/api/v1/{name}/", {parameter: value})
                    assert found.json() == {"items": [], "next": None}, (name, parameter)


def test_a_citys_client_chooses_a_county_below(world):
    caller = bearer(issue(world.city))
    assert [row["code"] for row in rows(caller, "tenants")] == ["610900", "610901", "610902"]
    assert rows(caller, "claims") == []
    for county in (world.a, world.b):
        mine = bearer(county.key)
        for name in ("units", "claims", "opinions", "targets"):
            told = caller.get(f"/api/v1/{name}/?tenant={county.code}").json()["items"]
            assert told == rows(mine, name) != []
        for name in TABLES:
            theirs = caller.get(f"/api/v1/{name}/?tenant={county.code}").json()
            assert theirs == mine.get(f"/api/v1/{name}/").json()
    for code in ("610903", "%00", "x"):
        assert problem(caller.get(f"/api/v1/claims/?tenant={code}")) == (404, "not-found")


def test_a_county_cannot_look_up_and_a_unit_of_the_city_not_down(world):
    assert problem(bearer(world.a.key).get("/api/v1/claims/?tenant=610900")) == (404, "not-found")
    unit = bearer(issue(world.city, unit="市招商局"))
    assert problem(unit.get("/api/v1/claims/?tenant=610901")) == (404, "not-found")


def test_an_officer_of_the_city_reads_the_county_that_the_pages_show(world, sign_in):
    caller = sign_in("city_officer")
    assert problem(caller.get("/api/v1/claims/?tenant=610901")) == (404, "not-found")
    caller.post("/county/", {"county": world.a.tenant_id})
    assert rows(caller, "claims") == rows(bearer(world.a.key), "claims")
    assert caller.get("/api/v1/claims/?tenant=610901").status_code == 200


@pytest.mark.covers("I12", "F-34")
def test_a_return_is_in_one_of_four_states(world):
    told = {row["unit"]: row["state"] for row in rows(bearer(world.a.key), "returns")}
    units = world.a.units
    assert told[units["水沟镇"]] == "reported"
    assert told[units["城关镇"]] == "not_reported"


@pytest.mark.covers("F-36", "I4", "I2")
def test_standing_and_figures_are_those_of_the_commands(world):
    caller = bearer(world.a.key)
    asked = {"as_of": "2012-06-30", "basis": "reported"}
    table = caller.get("/api/v1/standing/", asked).json()
    assert (table["amount"], table["pending"], table["completion_pct"]) == (2000, 1800, "20.00")
    line = next(line for line in table["lines"] if line["name"] == "水沟镇")
    assert (line["amount"], line["target"], line["unit_class"]) == (1400, 10000, "behind")
    assert caller.get("/api/v1/figures/", asked).json()["paid_in_wan"] == 2000


@pytest.mark.parametrize("query", ["as_of=2012-07-03", "as_of=1999-12-31", "measure=没有", "measure=%00"])
def test_what_the_portal_cannot_compute_is_not_there(world, query):
    answer = bearer(world.a.key).get(f"/api/v1/standing/?{query}")
    assert problem(answer) == (404, "not-found")
    assert json.loads(answer.content).get("detail")


LISTS = {
    "units": 9,
    "enterprises": 8,
    "projects": 8,
    "agreements": 8,
    "vouchers": 8,
    "claims": 8,
    "splits": 9,
}
LISTS |= {"periods": 8, "returns": 8, "opinions": 8, "measures": 8, "targets": 8}


@pytest.mark.parametrize("limit", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_needs_the_same_queries_whatever_its_length(world, django_assert_num_queries, name, limit):
    caller = bearer(world.a.key)
    with django_assert_num_queries(LISTS[name]):
        answer = caller.get(f"/api/v1/{name}/?limit={limit}")
    assert answer.status_code == 200


@pytest.mark.parametrize(("name", "queries"), [("standing", 14), ("figures", 18)])
def test_tables_need_few_queries(world, django_assert_num_queries, name, queries):
    caller = bearer(world.a.key)
    with django_assert_num_queries(queries):
        caller.get(f"/api/v1/{name}/", {"as_of": dt.date(2012, 6, 30).isoformat()})
