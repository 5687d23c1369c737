"""The access log: who signed in, who failed to, who read or took away; for the audit administrator alone."""

import pytest
from django.test import Client

from accounts.acts import act
from tests.world import PASSWORD, acting

pytestmark = pytest.mark.covers("F-112")


def told(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def auditor(sign_in):
    return sign_in("a_auditor")


def test_sign_ins_and_failures_of_the_own_people(world, auditor):
    for username in ("a_reporter", "b_reporter", "nobody"):
        Client().post("/login/", {"username": username, "password": "wrong"})
    Client().post("/login/", {"username": "a_leader", "password": PASSWORD})
    Client().post("/login/", {"username": "b_leader", "password": PASSWORD})
    signed_in = told(auditor.get("/access/?kind=sign_ins"))
    assert "aleader" in signed_in
    assert "b_leader" not in signed_in
    failed = told(auditor.get("/access/?kind=failures"))
    assert "a_reporter" in failed
    assert "密码不符" in failed
    assert "b_reporter" not in failed
    assert "nobody" not in failed


def test_a_lock_out_is_told(world, auditor):
    for _attempt in range(5):
        Client().post("/login/", {"username": "a_reporter", "password": "wrong"})
    assert "账户锁定" in told(auditor.get("/access/?kind=failures"))


@pytest.mark.django_db(transaction=True)
def test_a_download_is_told_without_what_was_downloaded(world, sign_in, auditor):
    evidence = world.a.rows["claim:evidence"]
    answer = sign_in("a_clerk").get(f"/evidence/{evidence}/")
    assert answer.status_code == 200
    answer.close()
    page = told(auditor.get("/access/"))
    assert "下载了佐证材料" in page
    assert "招商局·招商局经办" in page
    assert "进账单" not in page
    # Acts that wrote something stand in the change log, not here.
    assert "登记了凭证" not in page


def test_it_is_narrowed_by_person_and_day(world, auditor):
    Client().post("/login/", {"username": "a_leader", "password": PASSWORD})
    assert "a_leader" in told(auditor.get("/access/?kind=sign_ins&q=aleader"))
    assert "没有符合条件的记录" in told(auditor.get("/access/?kind=sign_ins&q=ahead"))
    assert "没有符合条件的记录" in told(auditor.get("/access/?kind=sign_ins&until=2012-07-02"))
    assert "a_leader" in told(auditor.get("/access/?kind=sign_ins&since=2012-07-02"))
    assert auditor.get("/access/?kind=x&since=x&q=%00").status_code == 200


@pytest.mark.parametrize("kind", ["sign_ins", "failures"])
@pytest.mark.parametrize("rows", [1, 3])
def test_sign_ins_need_few_queries(world, auditor, django_assert_num_queries, kind, rows):
    for stem in ("a_leader", "a_head", "a_clerk")[:rows]:
        Client().post("/login/", {"username": stem, "password": PASSWORD})
        Client().post("/login/", {"username": stem, "password": "wrong"})
    with django_assert_num_queries(19):
        auditor.get(f"/access/?kind={kind}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [1, 3])
def test_reads_need_few_queries(world, auditor, django_assert_num_queries, rows):
    for stem in ("clerk", "leader", "head")[:rows]:
        with acting(world.a.posts[stem]):
            act("evidence.download")
    with django_assert_num_queries(19):
        assert told(auditor.get("/access/")).count("下载了佐证材料") == rows


@pytest.mark.parametrize("stem", ["reporter", "head", "clerk", "party_inspector", "leader", "admin"])
def test_nobody_else_reads_it(world, sign_in, stem):
    assert sign_in(f"a_{stem}").get("/access/").status_code == 403


def test_it_is_only_read(auditor):
    assert auditor.post("/access/").status_code == 405


@pytest.mark.covers("I6")
def test_what_is_denied_leaves_a_line_in_the_servers_log(world, sign_in, capsys, caplog):
    client = sign_in("a_reporter")
    caplog.clear()
    assert client.get("/access/").status_code == 403
    said = [record.getMessage() for record in caplog.records]
    assert any("denied" in line and "/access/" in line for line in said), said
