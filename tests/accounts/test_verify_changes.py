"""What ``verify_changes`` finds after somebody with the server's own rights has worked past the log.

Each tampering must be named with its place and end the command with exit code 1.
"""

import hashlib
import io
import json
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, transaction

from accounts import scope
from accounts.acts import act
from accounts.choices import Role
from accounts.models import Post, Unit
from accounts.operator import as_migrator
from accounts.queries import chain
from accounts.queries.posts import own_posts
from accounts.services import tenants, users
from assessment.services import opinions
from tests.accounts.tamperings import (
    TAMPERINGS,
    ask,
    cut_last_act,
    decide_last,
    last_pos,
    rebuild_chain,
    superuser,
    tamper,
    undo_decision,
)
from tests.conftest import migrator_connection
from tests.world import FROM, TODAY, World, acting

pytestmark = [pytest.mark.walls, pytest.mark.django_db(transaction=True)]


def verify(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The command's exit code and what it printed as JSON."""
    out = io.StringIO()
    try:
        call_command("verify_changes", "--json", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.mark.covers("I3", "F-97")
def test_an_honest_world_is_clean(world):
    out = io.StringIO()
    call_command("verify_changes", stdout=out)
    counted = ask("SELECT count(*), (SELECT count(*) FROM accounts_changerow) FROM accounts_change")[0]
    assert out.getvalue().splitlines()[-1] == "辖区 3，事项 {}，明细 {}：没有发现问题。".format(*counted)
    assert counted[0] > 60
    assert counted[1] > 180

    code, printed = verify()
    assert (code, printed["clean"], printed["faults"], printed["remarks"]) == (0, True, [], [])
    heads = ask("SELECT tenant_id, pos, encode(hash, 'hex') FROM accounts_chainhead")
    assert {(one["id"], one["head_pos"], one["head_hash"]) for one in printed["chains"]} == set(heads)


@pytest.mark.covers("F-97")
def test_one_tenant_is_checked_alone_and_an_unknown_one_is_named(world):
    tamper("UPDATE projects_claim SET reported = 1 WHERE id = %s", world.b.rows["claim"])
    code, printed = verify("--tenant", world.a.code)
    assert (code, [one["code"] for one in printed["chains"]]) == (0, [world.a.code])
    assert verify("--tenant", world.b.code)[0] == 1
    with pytest.raises(CommandError, match="没有行政区划代码为 999999 的辖区"):
        call_command("verify_changes", "--tenant", "999999")


@pytest.mark.covers("I3", "F-97")
@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.__name__)
def test_each_tampering_is_named_and_ends_with_1(world: World, tampering):
    expected = tampering(world.a)
    text = expected.pop("text")
    code, printed = verify()
    assert code == 1
    assert not printed["clean"]
    named = [
        fault
        for fault in printed["faults"]
        if fault["tenant"] == world.a.code
        and text in fault["text"]
        and all(fault[part] == value for part, value in expected.items())
    ]
    assert named, printed["faults"]
    out = io.StringIO()
    with pytest.raises(CommandError, match="变更日志核对未通过"):
        call_command("verify_changes", "--tenant", world.a.code, stdout=out)
    assert text in out.getvalue()


@pytest.mark.covers("I3", "F-97")
def test_an_honest_act_does_not_cover_up_a_silent_change(world):
    """The act's line starts from the changed row, so the last line fits the row again."""
    a = world.a
    tamper("UPDATE projects_claim SET reported = 900 WHERE id = %s", a.rows["claim"])
    with acting(a.posts["clerk"]) as clerk:
        opinions.give(
            post=clerk, claim_id=a.rows["claim"], step="first_review", verdict="accept", today=TODAY
        )
    code, printed = verify("--tenant", a.code)
    assert code == 1
    assert [(fault["table"], fault["row"], fault["pos"]) for fault in printed["faults"]] == [
        ("projects_claim", a.rows["claim"], last_pos(a))
    ]
    assert "（reported）" in printed["faults"][0]["text"]


@pytest.mark.covers("F-97")
def test_rows_without_a_tenant_are_compared_with_their_last_line_in_any_chain(world):
    """A person of two counties: added in A's chain, the password changed in B's."""
    user = users.find(world.a.username("reporter"))
    # Only the operator of the server gives somebody of one county a post in another.
    with as_migrator(), transaction.atomic(), scope.enter(world.b.tenant_id, kind=scope.OPERATOR):
        tenants.open_act(world.b.tenant_id, "post.add", "测试")
        unit = Unit.objects.get(name="城关镇")
        Post.objects.create(user_id=user.pk, unit=unit, role=Role.LEADER, from_on=FROM)
    with transaction.atomic(), scope.enter(None, user=user.pk, kind=scope.IDENTITY):
        second = own_posts(user.pk, on=TODAY)[-1]
    with acting(second):
        act("password.change")
        user.password = make_password("another-login-2012")
        user.save(update_fields=["password"])
    assert second.tenant_id == world.b.tenant_id
    assert verify()[0] == 0

    tamper("UPDATE accounts_user SET username = 'somebody' WHERE id = %s", user.pk)
    code, printed = verify()
    faults = [(fault["tenant"], fault["table"], fault["row"]) for fault in printed["faults"]]
    assert (code, faults) == (1, [(world.b.code, "accounts_user", user.pk)])
    assert verify("--tenant", world.a.code)[0] == 0

    (planted,) = tamper(
        "INSERT INTO accounts_user (username, name, password, is_active)"
        " VALUES ('planted', '', '', true) RETURNING id"
    )
    printed = verify("--tenant", world.a.code)[1]
    assert [(fault["tenant"], fault["table"], fault["row"]) for fault in printed["faults"]] == [
        (None, "accounts_user", planted)
    ]


@pytest.mark.covers("F-97")
def test_a_tenant_whose_own_row_is_gone_is_still_checked(world):
    tamper("DELETE FROM accounts_tenant WHERE id = %s", world.b.tenant_id)
    code, printed = verify()
    faults = [(fault["tenant"], fault["table"], fault["row"]) for fault in printed["faults"]]
    assert (code, faults) == (1, [(f"（编号 {world.b.tenant_id}）", "accounts_tenant", world.b.tenant_id)])


@pytest.mark.covers("F-97")
@pytest.mark.parametrize("change", ["DISABLE TRIGGER log_update", "DISABLE TRIGGER ALL", "drop"])
def test_a_table_that_no_longer_writes_its_lines_is_named(world, change):
    with superuser() as connection:
        if change == "drop":
            for event in ("insert", "update", "delete"):
                connection.execute(f"DROP TRIGGER log_{event} ON projects_claim")
        else:
            connection.execute(f"ALTER TABLE projects_claim {change}")
    code, printed = verify()
    assert (code, [fault["table"] for fault in printed["faults"]]) == (1, ["projects_claim"])
    events = "update" if change.endswith("log_update") else "insert、update、delete"
    assert f"（{events}）" in printed["faults"][0]["text"]


@pytest.mark.covers("F-97")
def test_a_new_column_is_a_remark_until_its_rows_are_written(world):
    with migrator_connection() as owner:
        owner.execute("ALTER TABLE accounts_unitalias ADD COLUMN dialect text NOT NULL DEFAULT ''")
    code, printed = verify()
    assert code == 0
    (remark,) = printed["remarks"]
    assert "accounts_unitalias 的列 dialect 尚未进入日志（2 行）" in remark
    tamper("UPDATE accounts_unitalias SET name = '别处' WHERE id = %s", world.a.rows["alias"])
    assert verify()[0] == 1


@pytest.mark.covers("F-97")
def test_personal_columns_are_not_compared(world):
    tamper("UPDATE projects_evidence SET original_name = '' WHERE id = %s", world.a.rows["claim:evidence"])
    assert verify()[0] == 0
    tamper("UPDATE projects_evidence SET sha256 = '' WHERE id = %s", world.a.rows["claim:evidence"])
    assert verify()[0] == 1


def test_only_a_head_kept_outside_shows_a_tail_cut_off_with_its_rows(world):
    a = world.a
    decide_last(a)
    kept = verify("--tenant", a.code)[1]["chains"][0]
    cut_last_act(a)
    undo_decision(a)
    code, printed = verify()
    assert code == 0
    now = next(one for one in printed["chains"] if one["code"] == a.code)
    assert now["head_pos"] == kept["head_pos"] - 1


def test_only_a_head_kept_outside_shows_a_chain_computed_anew(world):
    a = world.a
    kept = verify("--tenant", a.code)[1]["chains"][0]
    tamper("UPDATE accounts_change SET reason = '已批准' WHERE tenant_id = %s AND pos = 5", a.tenant_id)
    rebuild_chain(a, 5)
    code, printed = verify()
    assert code == 0
    now = next(one for one in printed["chains"] if one["code"] == a.code)
    assert now["head_pos"] == kept["head_pos"]
    assert now["head_hash"] != kept["head_hash"]


def test_a_role_that_cannot_see_every_tenant_passes_nothing_as_clean(world):
    with pytest.raises(ProgrammingError, match="row-level security"):
        chain.verify()


@pytest.mark.covers("I3")
def test_the_chain_can_be_computed_without_the_database(world):
    """SHA-256 over JSON arrays, with hashlib alone: previous hash, header, then the digest of each line."""
    with migrator_connection() as owner:
        headers = owner.execute(
            "SELECT id, tenant_id, pos, extract(epoch FROM at)::text, act, actor, post_label, reason,"
            " request_id, hash FROM accounts_change WHERE tenant_id = %s ORDER BY pos",
            [world.a.tenant_id],
        ).fetchall()
        rows = owner.execute(
            'SELECT change_id, tenant_id, "table", "row", op, before::text, after::text'
            " FROM accounts_changerow WHERE tenant_id = %s ORDER BY id",
            [world.a.tenant_id],
        ).fetchall()
    before = b""
    for number, (change, tenant, pos, *said, hash_) in enumerate(headers, start=1):
        digests = [
            _sha256(_array(_text(of), _text(table), _text(row), _text(op), old or "null", new or "null"))
            for of_change, of, table, row, op, old, new in rows
            if of_change == change
        ]
        before = _sha256(before + _array(*map(_text, [tenant, pos, *said])) + b"".join(digests))
        assert (pos, before) == (number, hash_)
    assert len(headers) > 25


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _array(*texts: str) -> bytes:
    return f"[{', '.join(texts)}]".encode()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
