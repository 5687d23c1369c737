"""Checkpoints against an administrator of the database who rewrites rows, lines and the whole chain.

Plain ``verify_changes`` passes what was rebuilt; with the statements of the day before it does not.
"""

import datetime as dt
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction

from accounts import clock, signing_keys, statements
from accounts.acts import act
from accounts.models import Change, ChangeRow, Checkpoint
from accounts.queries import digests, witness
from accounts.services import checkpoints
from accounts.services.checkpoints import ChainBroken
from accounts.signing_keys import KeyUnusable
from accounts.tasks import checkpoint as task
from accounts.tasks import inside
from portal.celery import SCHEDULES
from tests.accounts.tamperings import (
    ask,
    cut_last_act,
    decide_last,
    last_pos,
    rebuild_chain,
    rewrite,
    superuser,
    tamper,
    undo_decision,
)
from tests.conftest import migrator_connection
from tests.world import TODAY, County, World, acting

pytestmark = [pytest.mark.walls, pytest.mark.django_db(transaction=True)]

TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def kept(settings, tmp_path) -> Callable[[], Path]:
    """What somebody outside keeps: a copy of the files written so far, the public key among them."""
    settings.CHECKPOINT_DIR = tmp_path / "server"
    copy = tmp_path / "outside"

    def outside() -> Path:
        shutil.copytree(settings.CHECKPOINT_DIR, copy, dirs_exist_ok=True)
        return copy

    return outside


@pytest.fixture
def yesterday(world, kept) -> Path:
    """The statements that were signed before anybody tampered."""
    for county in (world.city, world.a, world.b):
        sign(county)
    return kept()


def sign(county: County, on: dt.date = TODAY) -> statements.Signed:
    with inside(county.tenant_id):
        return checkpoints.keep(on=on).signed


def say_something(county: County) -> None:
    with acting(county.posts["clerk"]):
        act("evidence.download")


def verify(*arguments: Any) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = 0
    try:
        call_command("verify_changes", "--json", *map(str, arguments), stdout=out)
    except CommandError as error:
        code = error.returncode
    return code, json.loads(out.getvalue())


def outcomes(printed: dict[str, Any]) -> dict[str, str]:
    return {one["tenant"]: one["outcome"] for one in printed["checkpoints"]}


@pytest.mark.covers("F-111")
def test_an_honest_chain_agrees_and_goes_on(world, yesterday):
    say_something(world.a)
    out = io.StringIO()
    call_command("verify_changes", "--checkpoints", str(yesterday), stdout=out)
    said = out.getvalue()
    assert said.count("：一致（声明 1 份）。2012-07-02 至 2012-07-02 的声明与现有日志相符") == 3
    assert "公钥取自声明的目录" in said
    code, printed = verify("--checkpoints", yesterday, "--key", next((yesterday / "keys").glob("*.pub")))
    assert (code, printed["clean"], printed["remarks"]) == (0, True, [])
    assert outcomes(printed) == {"610900": "agrees", "610901": "agrees", "610902": "agrees"}


# What a superuser may do, and where it is then found


def change_claim(a: County) -> int:
    return rewrite(a, "projects_claim", a.rows["claim"], "reported", Decimal("1500.000000"))


def change_opinion(a: County) -> int:
    return rewrite(a, "assessment_opinion", a.rows["opinion"], "reason", "已核对原件")


def change_log(a: County) -> int:
    tamper("UPDATE accounts_change SET reason = '已批准' WHERE tenant_id = %s AND pos = 12", a.tenant_id)
    rebuild_chain(a, 12)
    return 12


@pytest.mark.covers("I3", "F-111")
@pytest.mark.parametrize("tampering", [change_claim, change_opinion, change_log])
def test_a_rebuilt_chain_passes_alone_and_fails_beside_yesterdays_checkpoint(
    world: World, yesterday, tampering
):
    a = world.a
    pos = last_pos(a)
    changed = tampering(a)
    say_something(a)
    code, printed = verify()
    assert (code, printed["clean"], printed["faults"]) == (0, True, [])

    code, printed = verify("--checkpoints", yesterday)
    assert (code, printed["clean"]) == (1, False)
    assert outcomes(printed) == {"610900": "agrees", "610901": "rewritten", "610902": "agrees"}
    (fault,) = printed["faults"]
    assert (fault["tenant"], fault["pos"]) == (a.code, pos)
    assert changed <= pos
    assert f"被改动的在第 {pos} 号及以前；改动发生在 2012-07-02 签发之后" in fault["text"]
    out = io.StringIO()
    with pytest.raises(CommandError, match="变更日志核对未通过：1 处问题"):
        call_command("verify_changes", "--checkpoints", str(yesterday), stdout=out)
    assert f"校验点 {a.code}：被改写（声明 1 份）。" in out.getvalue()


@pytest.mark.covers("I3", "F-111")
def test_the_window_lies_between_two_days(world, yesterday, kept):
    """Changed after the second day was signed, while the first day still agrees."""
    a = world.a
    first = last_pos(a)
    say_something(a)
    say_something(a)
    sign(a, TOMORROW)
    directory = kept()
    tamper(
        "UPDATE accounts_change SET reason = 'x' WHERE tenant_id = %s AND pos = %s", a.tenant_id, first + 2
    )
    rebuild_chain(a, first + 2)
    assert verify()[0] == 0
    code, printed = verify("--checkpoints", directory, "--tenant", a.code)
    assert (code, outcomes(printed)) == (1, {a.code: "rewritten"})
    (text,) = [fault["text"] for fault in printed["faults"]]
    assert f"2012-07-02 的声明（第 {first} 号）仍相符，被改动的在第 {first + 1} 至 {first + 2} 号之间" in text
    assert "改动发生在 2012-07-03 签发之后" in text
    # What is signed after the change vouches for the new chain; the older statement still proves the change.
    sign(a, TOMORROW + dt.timedelta(days=1))
    code, printed = verify("--checkpoints", kept(), "--tenant", a.code)
    assert (code, outcomes(printed)) == (1, {a.code: "rewritten"})
    assert "改动发生在 2012-07-03 签发之后" in printed["faults"][0]["text"]


@pytest.mark.covers("I3", "F-111")
def test_a_digest_function_that_lies_deceives_only_the_check_inside(world, yesterday):
    """The database's administrator also owns the functions that the check inside relies on."""
    tamper("UPDATE projects_claim SET reported = 1500 WHERE id = %s", world.a.rows["claim"])
    with superuser() as root:
        root.execute(
            "UPDATE accounts_changerow SET after = jsonb_set(after, '{reported}', '1500')"
            ' WHERE "table" = \'projects_claim\' AND "row" = %s',
            [world.a.rows["claim"]],
        )
        root.execute(
            "CREATE OR REPLACE FUNCTION sec.act_digest(header public.accounts_change) RETURNS bytea"
            " LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT header.hash'"
        )
    assert verify()[0] == 0
    code, printed = verify("--checkpoints", yesterday)
    assert (code, outcomes(printed)[world.a.code]) == (1, "rewritten")
    _forget(world.a)  # so that the next statement begins at the beginning
    with inside(world.a.tenant_id), pytest.raises(ChainBroken, match="不签发校验点"):
        checkpoints.keep(on=TOMORROW)


def _forget(county: County) -> None:
    with superuser() as root:
        root.execute("DELETE FROM accounts_checkpoint WHERE tenant_id = %s", [county.tenant_id])


@pytest.mark.covers("I3", "F-111")
def test_a_tail_cut_off_with_its_rows_is_missing(world, kept):
    a = world.a
    decide_last(a)
    for county in (world.city, a, world.b):
        sign(county, TOMORROW)
    outside = kept()
    left = cut_last_act(a)
    undo_decision(a)
    assert verify()[0] == 0
    code, printed = verify("--checkpoints", outside)
    assert (code, outcomes(printed)[a.code]) == (1, "missing")
    (fault,) = printed["faults"]
    assert f"在第 {left + 1} 号，现有日志没有这一号（查到第 {left} 号）" in fault["text"]


@pytest.mark.covers("F-111")
def test_a_chain_that_is_gone_altogether_is_missing(world, yesterday):
    with superuser() as root:
        for table in ("changerow", "change", "chainhead", "checkpoint"):
            root.execute(f"DELETE FROM accounts_{table} WHERE tenant_id = %s", [world.b.tenant_id])
    code, printed = verify("--checkpoints", yesterday)
    assert code == 1
    assert outcomes(printed)[world.b.code] == "missing"


@pytest.mark.covers("F-111")
def test_a_forged_statement_convinces_nobody(world, yesterday):
    """After rebuilding the chain its author writes the statement that would fit, without the key."""
    a = world.a
    change_log(a)
    ((new_hash,),) = ask(
        "SELECT encode(hash, 'hex') FROM accounts_chainhead WHERE tenant_id = %s", a.tenant_id
    )
    path = yesterday / TODAY.isoformat() / f"{a.code}.txt"
    (signed,) = statements.read(path.read_text())
    path.write_text(path.read_text().replace(signed.statement.sha256, new_hash))
    code, printed = verify("--checkpoints", yesterday)
    assert (code, outcomes(printed)[a.code]) == (1, "forged")
    assert "2012-07-02 的声明：签名与内容不符" in printed["faults"][0]["text"]


@pytest.mark.covers("F-111")
def test_a_key_that_was_exchanged_is_not_believed_by_who_kept_the_old_one(world, yesterday, kept, settings):
    """Who owns the server too signs a rebuilt chain with a key of his own and puts that beside it."""
    a = world.a
    old = yesterday.parent / "kept.pub"
    old.write_text(next((yesterday / "keys").glob("*.pub")).read_text())
    change_log(a)
    shutil.rmtree(settings.CHECKPOINT_DIR)
    shutil.rmtree(yesterday)
    _forget(a)
    settings.CHECKPOINT_KEY = new_key(yesterday.parent / "new.pem")
    sign(a)
    directory = kept()
    assert verify("--checkpoints", directory)[0] == 0
    code, printed = verify("--checkpoints", directory, "--key", old)
    assert (code, outcomes(printed)) == (1, {a.code: "no_key"})
    assert "不能采信" in printed["faults"][0]["text"]


def new_key(path: Path) -> Path:
    path.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    path.chmod(0o600)
    return path


@pytest.mark.covers("F-111")
@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_each_digest_is_compared_by_itself(world, yesterday, settings, digest):
    """One that differs is enough, as if the other function had been broken."""
    path = yesterday / TODAY.isoformat() / f"{world.a.code}.txt"
    (signed,) = statements.read(path.read_text())
    other = replace(signed.statement, **{digest: "0" * 64})
    path.write_text(statements.sign(other, signing_keys.private(settings.CHECKPOINT_KEY)).text)
    code, printed = verify("--checkpoints", yesterday)
    assert (code, outcomes(printed)[world.a.code]) == (1, "rewritten")


@pytest.mark.covers("F-111")
def test_keys_follow_each_other(world, yesterday, kept, settings, tmp_path):
    settings.CHECKPOINT_KEY = new_key(tmp_path / "next.pem")
    say_something(world.a)
    second = sign(world.a, TOMORROW)
    directory = kept()
    assert len(list((directory / "keys").iterdir())) == 2
    code, printed = verify("--checkpoints", directory, "--tenant", world.a.code)
    assert (code, [one["statements"] for one in printed["checkpoints"]]) == (0, [2])
    code, printed = verify(
        "--checkpoints", directory, "--key", directory / "keys" / f"{second.statement.key}.pub"
    )
    assert code == 1
    assert {(one["tenant"], one["outcome"]) for one in printed["checkpoints"]} == {
        *((code, "no_key") for code in ("610900", "610901", "610902")),
        ("610901", "agrees"),
    }


@pytest.mark.covers("F-111")
def test_a_superiors_subset_is_checked_alone(world, yesterday):
    for county in (world.city, world.b):
        (yesterday / TODAY.isoformat() / f"{county.code}.txt").unlink()
    code, printed = verify("--checkpoints", yesterday)
    assert (code, outcomes(printed)) == (0, {world.a.code: "agrees"})
    assert [remark for remark in printed["remarks"] if "没有校验点声明" in remark] == [
        "610900 测试市 没有校验点声明，未比对",
        "610902 乙县绝密 没有校验点声明，未比对",
    ]


@pytest.mark.covers("F-111")
def test_what_cannot_be_compared_is_said(world, yesterday, tmp_path):
    for arguments, words in (
        (["--checkpoints", tmp_path / "none"], "没有目录"),
        (["--checkpoints", yesterday / "keys"], "没有校验点声明"),
        (["--checkpoints", yesterday / TODAY.isoformat()], "没有公钥"),
        (["--checkpoints", yesterday, "--key", tmp_path / "none.pub"], "没有密钥文件"),
        (["--key", next((yesterday / "keys").iterdir())], "须与 --checkpoints 一同使用"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("verify_changes", *map(str, arguments), stdout=io.StringIO())
    (yesterday / "mangled.txt").write_text("zhaoshang-checkpoint/1\ntenant: ?\n")
    code, printed = verify("--checkpoints", yesterday)
    assert code == 1
    assert "mangled.txt 中有读不懂的校验点声明" in printed["faults"][0]["text"]


def test_a_role_that_cannot_see_every_tenant_compares_nothing(world, yesterday):
    found, _mangled = statements.gathered(yesterday)
    key = signing_keys.public(next((yesterday / "keys").iterdir()))
    with pytest.raises(ProgrammingError, match="row-level security"):
        witness.compare(found, {signing_keys.name_of(key): key})


# Making them


@pytest.mark.covers("I3")
def test_both_chains_are_computed_from_the_contents(world):
    """SHA-256 as the database has it; SM3 over the same bytes, also when it is taken up in the middle."""
    with inside(world.a.tenant_id):
        links = list(digests.links(world.a.tenant_id))
        assert [link.pos for link in links] == list(range(1, len(links) + 1))
        assert all(link.sha256 == link.kept for link in links)
        assert len({link.sm3 for link in links}) == len(links)
        assert list(digests.links(world.a.tenant_id, after=links[9], until=15)) == links[10:15]
        first = Change.objects.get(pos=1)
        lines = ChangeRow.objects.filter(change=first).count()
    assert lines > 10
    with migrator_connection() as owner:
        (header,) = owner.execute(
            "SELECT jsonb_build_array(tenant_id, pos, extract(epoch FROM at)::text, act, actor,"
            " post_label, reason, request_id)::text FROM accounts_change WHERE id = %s",
            [first.pk],
        ).fetchone()
        texts = owner.execute(
            'SELECT jsonb_build_array(tenant_id, "table", "row", op, before, after)::text'
            " FROM accounts_changerow WHERE change_id = %s ORDER BY id",
            [first.pk],
        ).fetchall()
    assert links[0].sm3 == statements.sm3(
        header.encode() + b"".join(statements.sm3(text.encode()) for (text,) in texts)
    )


@pytest.mark.covers("I3")
def test_a_day_has_one_statement_and_it_does_not_change(world, yesterday, settings):
    a = world.a
    with inside(a.tenant_id):
        first = Checkpoint.objects.get(day=TODAY).text
    say_something(a)
    assert sign(a).text == first
    path = settings.CHECKPOINT_DIR / TODAY.isoformat() / f"{a.code}.txt"
    assert path.read_text() == first
    path.unlink()
    sign(a)
    assert path.read_text() == first  # a file that was lost is written again
    assert sign(a, TOMORROW).statement.pos == last_pos(a)


@pytest.mark.covers("I3")
def test_of_two_runs_at_once_the_first_one_holds(world, kept):
    """The second has looked before the first committed."""
    a = world.a
    with transaction.atomic(), inside(a.tenant_id):
        mine = checkpoints._made(TOMORROW)
        again = checkpoints._made(TOMORROW)
    assert again.pk == mine.pk


def test_a_file_that_says_something_else_stays_and_is_told(world, yesterday, settings, caplog):
    path = settings.CHECKPOINT_DIR / TODAY.isoformat() / f"{world.a.code}.txt"
    path.write_text("zhaoshang")
    sign(world.a)
    assert path.read_text() == "zhaoshang"
    assert "checkpoint_file_differs" in caplog.text


def test_a_mangled_row_writes_no_file_and_no_later_statement_trusts_it(world, yesterday, settings, caplog):
    a = world.a
    tamper("UPDATE accounts_checkpoint SET text = 'x' WHERE tenant_id = %s", a.tenant_id)
    with inside(a.tenant_id):
        assert checkpoints.keep(on=TODAY).signed is None
    assert "checkpoint_mangled" in caplog.text
    with inside(a.tenant_id):
        *_others, last = digests.links(a.tenant_id)
    assert sign(a, TOMORROW).statement.sm3 == last.sm3.hex()


@pytest.mark.covers("I3")
def test_a_chain_that_left_its_last_statement_is_told(world, yesterday, caplog):
    change_log(world.a)
    sign(world.a, TOMORROW)
    assert "checkpoint_contradicted" in caplog.text
    caplog.clear()
    sign(world.b, TOMORROW)
    assert "checkpoint_contradicted" not in caplog.text


def test_a_broken_chain_and_a_broken_head_are_not_signed(world, yesterday):
    a = world.a
    say_something(a)
    pos = last_pos(a)
    tamper("UPDATE accounts_change SET reason = 'x' WHERE tenant_id = %s AND pos = %s", a.tenant_id, pos)
    with inside(a.tenant_id), pytest.raises(ChainBroken, match=f"第 {pos} 号的摘要与内容不符"):
        checkpoints.keep(on=TOMORROW)
    rebuild_chain(a, pos)
    tamper("UPDATE accounts_chainhead SET hash = sha256('x') WHERE tenant_id = %s", a.tenant_id)
    with inside(a.tenant_id), pytest.raises(ChainBroken, match="链头与最后一项不符"):
        checkpoints.keep(on=TOMORROW)


def test_without_a_key_nothing_is_signed(world, settings, tmp_path):
    settings.CHECKPOINT_KEY = tmp_path / "none.pem"
    with inside(world.a.tenant_id), pytest.raises(KeyUnusable, match="没有密钥文件"):
        checkpoints.keep(on=TOMORROW)
    with pytest.raises(CommandError, match="没有密钥文件"):
        call_command("checkpoint", stdout=io.StringIO())


@pytest.mark.covers("F-111")
def test_the_task_and_the_command_sign_the_real_day_once(world, kept, settings):
    """The business date stands at 2012-07-02; what is said of the log's real times bears the real date."""
    assert SCHEDULES["checkpoint"]["args"] == ("accounts.checkpoint", 600)
    today = clock.real_today()
    task(world.a.tenant_id)
    out = io.StringIO()
    call_command("checkpoint", stdout=out)
    call_command("checkpoint", stdout=io.StringIO())
    lines = out.getvalue().splitlines()
    assert [line.split(" 校验码 ")[0] for line in lines] == [
        f"{county.code} {today} 第 {last_pos(county)} 号" for county in (world.city, world.a, world.b)
    ]
    assert sorted(path.name for path in (settings.CHECKPOINT_DIR / today.isoformat()).iterdir()) == [
        "610900.txt",
        "610901.txt",
        "610902.txt",
    ]
    days = ask("SELECT day FROM accounts_checkpoint WHERE tenant_id = %s ORDER BY day", world.a.tenant_id)
    assert days == [(TODAY,), (today,)]
    assert verify("--checkpoints", kept())[0] == 0


@pytest.mark.covers("I3", "I6")
@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_checkpoint SET pos = 1", "DELETE FROM accounts_checkpoint"]
)
def test_the_application_adds_and_never_changes(world, statement):
    with (
        inside(world.a.tenant_id),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
