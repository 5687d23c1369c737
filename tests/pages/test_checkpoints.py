"""The pages of checkpoints: the own chain's for audit and inspection, those below too for the superior."""

import datetime as dt

import pytest
from django.db import connection

from accounts import signing_keys, statements
from accounts.services import checkpoints
from accounts.tasks import inside
from tests.accounts.tamperings import tamper
from tests.world import CANARY, TODAY

pytestmark = [pytest.mark.covers("F-111"), pytest.mark.django_db]

PAGES = ("/checkpoints/", "/checkpoints/2012-07-02/", "/checkpoints/2012-07-02/download/")


def told(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def sign(county, days: int) -> statements.Signed:
    """Statements of the days after the world's own."""
    with inside(county.tenant_id):
        for later in range(1, days + 1):
            row = checkpoints.keep(on=TODAY + dt.timedelta(days=later))
    return row.signed


@pytest.mark.parametrize("stem", ["auditor", "party_inspector"])
def test_audit_and_inspection_see_their_own_chain(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    page = told(client.get("/checkpoints/"))
    assert "甲县" in page
    assert "测试市" not in page
    assert CANARY not in page
    (signed,) = statements.read(told(client.get("/checkpoints/2012-07-02/download/")))
    assert (signed.statement.tenant, signed.statement.day) == (world.a.code, TODAY)
    assert signed.statement.short_code in page
    day = told(client.get("/checkpoints/2012-07-02/"))
    for value in (signed.statement.short_code, signed.statement.sha256, signed.statement.sm3):
        assert f"<code>{value}</code>" in day
    assert f"到第 {signed.statement.pos} 号" in day


def test_the_superior_takes_the_city_and_every_county_in_one_file(world, sign_in):
    client = sign_in("city_officer")
    answer = client.get("/checkpoints/2012-07-02/download/")
    found = list(statements.read(told(answer)))
    assert [signed.statement.tenant for signed in found] == ["610900", "610901", "610902"]
    assert answer["Content-Disposition"] == 'attachment; filename="checkpoints-2012-07-02.txt"'
    assert answer["Cache-Control"] == "no-store"
    for page in PAGES[:2]:
        assert all(name in told(client.get(page)) for name in ("测试市", "甲县", "乙县"))


def test_the_superior_inside_a_county_sees_that_county(world, sign_in):
    client = sign_in("city_officer")
    client.post("/county/", {"county": world.b.tenant_id})
    found = list(statements.read(told(client.get("/checkpoints/2012-07-02/download/"))))
    assert [signed.statement.tenant for signed in found] == [world.b.code]


def test_the_public_key_checks_what_was_downloaded(world, sign_in, tmp_path):
    client = sign_in("a_auditor")
    (signed,) = statements.read(told(client.get("/checkpoints/2012-07-02/download/")))
    answer = client.get(f"/checkpoints/keys/{signed.statement.key}/download/")
    path = tmp_path / "portal.pub"
    path.write_text(told(answer))
    key = signing_keys.public(path)
    assert (signing_keys.name_of(key), signed.is_by(key)) == (signed.statement.key, True)
    assert answer["Content-Disposition"] == f'attachment; filename="{signed.statement.key}.pub"'
    assert client.get(f"/checkpoints/keys/{'0' * 32}/download/").status_code == 404
    assert client.get("/checkpoints/keys/%25/download/").status_code == 404


@pytest.mark.parametrize("day", ["2012-07-01", "2012-07-32", "20120702", "x", "0"])
def test_a_day_without_a_checkpoint_is_not_found(world, sign_in, day):
    client = sign_in("a_auditor")
    for end in ("", "download/"):
        answer = client.get(f"/checkpoints/{day}/{end}")
        assert answer.status_code == 404


@pytest.mark.covers("I6")
def test_a_day_that_only_the_neighbour_has_is_not_found(world, sign_in):
    sign(world.b, 1)
    auditor = sign_in("a_auditor")
    for end in ("", "download/"):
        assert auditor.get(f"/checkpoints/2012-07-03/{end}").status_code == 404
    assert "2012-07-03" not in told(auditor.get("/checkpoints/"))
    for username in ("b_auditor", "city_officer"):
        assert sign_in(username).get("/checkpoints/2012-07-03/").status_code == 200


@pytest.mark.parametrize("stem", ["reporter", "head", "clerk", "leader", "admin"])
def test_nobody_else_reads_them(world, sign_in, stem):
    client = sign_in(f"a_{stem}")
    for page in (*PAGES, f"/checkpoints/keys/{'0' * 32}/download/"):
        assert client.get(page).status_code == 403
    assert "/checkpoints/" not in told(client.get("/"))


def test_they_are_only_read(world, sign_in):
    client = sign_in("a_auditor")
    for page in (*PAGES, f"/checkpoints/keys/{'0' * 32}/download/"):
        assert client.post(page).status_code == 405
    assert 'href="/checkpoints/"' in told(client.get("/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_needs_few_queries(world, sign_in, django_assert_num_queries, rows):
    client = sign_in("a_auditor")
    if rows > 1:
        sign(world.a, rows - 1)
    with django_assert_num_queries(18):
        assert told(client.get("/checkpoints/")).count("下载当日") == rows


@pytest.mark.parametrize(("day", "rows"), [("2012-07-03", 1), ("2012-07-02", 3)])
def test_a_day_needs_few_queries(world, sign_in, django_assert_num_queries, day, rows):
    client = sign_in("city_officer")
    sign(world.a, 1)
    with django_assert_num_queries(17):
        assert told(client.get(f"/checkpoints/{day}/")).count("SHA-256") == rows


@pytest.mark.covers("F-112")
@pytest.mark.django_db(transaction=True)
def test_a_download_is_an_act_without_lines(world, sign_in):
    for username, county, page in (
        ("a_auditor", world.a, "审计管理员"),
        ("city_officer", world.city, "市招商局·市级经办"),
    ):
        client = sign_in(username)
        told(client.get("/checkpoints/2012-07-02/download/"))
        with inside(county.tenant_id), connection.cursor() as cursor:
            cursor.execute(
                "SELECT act, reason FROM accounts_change WHERE tenant_id = %s ORDER BY pos DESC LIMIT 1",
                [county.tenant_id],
            )
            assert cursor.fetchone() == ("checkpoint.download", "2012-07-02"), page
    assert "下载了校验点" in told(sign_in("a_auditor").get("/access/"))


@pytest.mark.django_db(transaction=True)
def test_a_mangled_statement_is_shown_as_such(world, sign_in):
    tamper("UPDATE accounts_checkpoint SET text = 'x' WHERE tenant_id = %s", world.a.tenant_id)
    client = sign_in("a_auditor")
    for page in PAGES[:2]:
        assert "声明已损坏" in told(client.get(page))


def test_the_help_explains_both_pages(world, sign_in):
    client = sign_in("a_auditor")
    for page in ("/changes/", "/checkpoints/"):
        assert 'class="help-here" href="/help/integrity/"' in told(client.get(page))
    assert "verify_changes --checkpoints" in told(client.get("/help/integrity/"))
