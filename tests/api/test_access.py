"""Who gets into the API and how it refuses: keys, addresses, days, rights, methods, parameters (F-88)."""

import datetime as dt

import pytest
from django.test import Client

from accounts.models import Unit
from accounts.services import clients
from projects.models import Claim
from tests.world import CANARY, TODAY, acting

CLAIMS = "/api/v1/claims/"
URN = "urn:portal:problem:"


def bearer(key: str) -> Client:
    """A caller that shows this key."""
    return Client(headers={"Authorization": f"Bearer {key}"})


def issue(county, **values) -> str:
    """The key of a new client of a county. One a transaction."""
    with acting(county.posts["admin"]) as admin:
        given = {
            "name": "测试平台",
            "unit": None,
            "groups": ["organisation", "projects", "ledger", "numbers"],
            "addresses": [],
            "expires_on": dt.date(2012, 12, 31),
        }
        unit = values.pop("unit", None)
        if unit:
            values["unit"] = Unit.objects.get(name=unit)
        return clients.issue(post=admin, today=TODAY, **{**given, **values})[1]


def problem(answer) -> tuple[int, str]:
    """Status and name of a problem; it is told as such, in Chinese, and names nothing foreign."""
    told = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert told["status"] == answer.status_code
    assert CANARY not in answer.content.decode()
    assert any("一" <= letter <= "鿿" for letter in told["title"])
    return answer.status_code, told["type"].removeprefix(URN)


@pytest.mark.covers("F-87", "F-88", "S0-34")
def test_a_client_reads_with_its_key(world):
    answer = bearer(world.a.key).get(CLAIMS)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    with acting(world.a.posts["clerk"]):
        assert [row["id"] for row in answer.json()["items"]] == list(
            Claim.objects.order_by("pk").values_list("pk", flat=True)
        )
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", "))
    assert "Set-Cookie" not in answer.headers


@pytest.mark.covers("F-88")
def test_a_stranger_is_told_to_show_a_key(client, world):
    answer = client.get(CLAIMS)
    assert problem(answer) == (401, "key-missing")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.covers("F-88")
@pytest.mark.parametrize(
    "header",
    ["Bearer " + "A" * 43, "Bearer", "Bearer ", "Basic YTpi", "", "Bearer {key}x", "bearer {key}", "{key}"],
)
def test_whatever_is_no_key_is_refused_and_logged_without_it(world, caplog, header):
    shown = header.format(key=world.a.key)
    answer = Client(headers={"Authorization": shown}).get(CLAIMS)
    assert problem(answer) == (401, "key-unknown")
    assert "key-unknown" in caplog.text
    assert world.a.key not in caplog.text
    assert "A" * 43 not in caplog.text


@pytest.mark.covers("F-88")
def test_a_key_ends_after_its_last_day(world, settings):
    moment = settings.PORTAL_NOW
    settings.PORTAL_NOW = moment.replace(month=12, day=31)
    assert bearer(world.a.key).get(CLAIMS).status_code == 200
    settings.PORTAL_NOW = moment.replace(year=2013, month=1, day=1)
    assert problem(bearer(world.a.key).get(CLAIMS)) == (401, "key-expired")


@pytest.mark.covers("F-88")
def test_a_disabled_client_is_refused_at_once(world, caplog):
    caller = bearer(world.a.key)
    assert caller.get(CLAIMS).status_code == 200
    with acting(world.a.posts["admin"]) as admin:
        clients.disable(post=admin, client_id=world.a.rows["client"])
    assert problem(caller.get(CLAIMS)) == (401, "key-disabled")
    assert "key-disabled" in caplog.text


@pytest.mark.covers("F-88")
def test_another_address_is_refused_and_headers_do_not_help(world, settings):
    caller = bearer(world.a.key)
    assert problem(caller.get(CLAIMS, REMOTE_ADDR="10.0.0.1")) == (403, "address-not-allowed")
    forged = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"}
    assert caller.get(CLAIMS, REMOTE_ADDR="10.0.0.1", headers=forged).status_code == 403
    settings.PORTAL_BEHIND_PROXY = True
    for chain, status in (("6.6.6.6, 127.0.0.1", 200), ("127.0.0.1, 6.6.6.6", 403), ("", 403)):
        answer = caller.get(CLAIMS, REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": chain})
        assert answer.status_code == status, chain


@pytest.mark.covers("F-88")
def test_a_client_reads_its_groups_only(world):
    caller = bearer(issue(world.a, groups=["numbers"]))
    assert caller.get("/api/v1/standing/").status_code == 200
    assert caller.get("/api/v1/schema/").status_code == 200
    for name in ("units", "enterprises", "claims", "returns", "opinions"):
        assert problem(caller.get(f"/api/v1/{name}/")) == (403, "not-permitted")


@pytest.mark.parametrize("stem", ["reporter", "clerk", "party_inspector", "leader"])
def test_a_signed_in_person_reads_with_the_session(world, sign_in, stem):
    assert sign_in(f"a_{stem}").get(CLAIMS).status_code == 200


@pytest.mark.parametrize("stem", ["admin", "auditor"])
def test_administrators_read_no_data(world, sign_in, stem):
    caller = sign_in(f"a_{stem}")
    assert problem(caller.get(CLAIMS)) == (403, "not-permitted")
    assert problem(caller.get("/api/v1/standing/")) == (403, "not-permitted")


def test_a_person_without_a_valid_session_is_answered_by_the_api_and_not_by_a_page(world, sign_in, settings):
    caller = sign_in("a_clerk")
    settings.PORTAL_NOW = settings.PORTAL_NOW.replace(year=2011)
    assert problem(caller.get(CLAIMS)) == (401, "key-missing")
    settings.PORTAL_NOW = settings.PORTAL_NOW.replace(year=2012)
    session = caller.session
    session["signed_in_at"] = "2001-01-01T00:00:00+00:00"
    session.save()
    assert problem(caller.get(CLAIMS)) == (401, "key-missing")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_it_can_only_be_read(world, sign_in, method):
    for caller in (bearer(world.a.key), sign_in("a_clerk")):
        answer = getattr(caller, method)(CLAIMS)
        assert problem(answer) == (405, "wrong-method")
        assert answer["Allow"] == "GET, HEAD"


def test_unknown_addresses_and_rows_are_not_there(world):
    caller = bearer(world.a.key)
    for address in (
        "/api/v1/",
        "/api/v1/people/",
        "/api/v1/claims",
        "/api/v1/claims/x/",
        "/api/v1/claims/0/",
    ):
        assert problem(caller.get(address)) == (404, "not-found"), address
    assert problem(caller.get(f"{CLAIMS}{2**63}/")) == (404, "not-found")


def test_other_formats_are_not_offered(world):
    answer = bearer(world.a.key).get(CLAIMS, headers={"Accept": "text/csv"})
    assert problem(answer) == (406, "not-acceptable")


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("unknown=1", "unknown"),
        ("unit=", "unit"),
        ("unit=1&unit=2", "unit"),
        ("unit=01", "unit"),
        ("unit=１", "unit"),
        ("unit=%201", "unit"),
        (f"unit={2**63}", "unit"),
        ("kind=money", "kind"),
        ("verified_known=1", "verified_known"),
        ("happened_from=2012-2-30", "happened_from"),
        ("happened_from=2012-02-30", "happened_from"),
        ("happened_from=20120201", "happened_from"),
        ("fields=id,secret", "fields"),
        ("fields=id,id", "fields"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("after=-1", "after"),
        ("format=json", "format"),
    ],
)
def test_what_is_asked_wrongly_is_refused_by_name(world, query, wrong):
    answer = bearer(world.a.key).get(f"{CLAIMS}?{query}")
    assert problem(answer) == (400, "wrong-parameter")
    assert list(answer.json()["errors"]) == [wrong]


def test_a_single_row_takes_no_filters(world):
    answer = bearer(world.a.key).get(f"{CLAIMS}{world.a.rows['claim']}/?unit=1")
    assert list(answer.json()["errors"]) == ["unit"]


def test_too_many_requests_wait(world, settings):
    settings.PORTAL_API_PER_MINUTE = 2
    caller = bearer(issue(world.a))
    assert [caller.get(CLAIMS).status_code for _ in range(3)] == [200, 200, 429]
    answer = caller.get(CLAIMS)
    assert problem(answer) == (429, "too-many-requests")
    assert 0 < int(answer["Retry-After"]) <= 61
    assert bearer(world.b.key).get(CLAIMS).status_code == 200


def test_what_has_not_changed_is_not_sent_again(world):
    caller = bearer(world.a.key)
    first = caller.get(CLAIMS)
    again = caller.get(CLAIMS, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert caller.get(f"{CLAIMS}?limit=1", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_pages_follow_one_another_without_gap_or_repeat(world):
    caller, address, seen = bearer(world.a.key), f"{CLAIMS}?limit=3&fields=id", []
    pages = 0
    while address:
        page = caller.get(address).json()
        seen += [row["id"] for row in page["items"]]
        address, pages = page["next"], pages + 1
    assert seen == [row["id"] for row in caller.get(CLAIMS).json()["items"]]
    assert seen == sorted(set(seen))
    assert pages == -(-len(seen) // 3) > 1


@pytest.mark.covers("I14", "I12", "I4")
def test_four_figures_stand_side_by_side_and_unknown_is_null(world):
    caller = bearer(world.a.key)
    figures = "fields=reported,reviewed,verified,superior,state,quantity_unit"
    told = {
        key: caller.get(f"{CLAIMS}{world.a.rows[key]}/?{figures}").content.decode()
        for key in ("claim", "decided_claim", "signed_claim")
    }
    assert '"reported": 1000, "reviewed": null, "verified": null, "superior": null' in told["claim"]
    assert '"reported": 200, "reviewed": 200, "verified": 200, "superior": null' in told["decided_claim"]
    assert '"quantity_unit": "count"' in told["signed_claim"]
