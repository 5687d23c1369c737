"""Making checkpoints (校验点): one signed statement per tenant and day, as a row and as a file."""

import datetime as dt
import os
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction

from accounts import scope, signing_keys, statements
from accounts.acts import act
from accounts.models import ChainHead, Change, Checkpoint, Tenant
from accounts.queries import digests
from accounts.refusals import Refused

log = structlog.get_logger(__name__)


class ChainBroken(Refused):
    """The chain is not what its own hashes say: nothing is signed, people must look."""


def keep(*, on: dt.date) -> Checkpoint | None:
    """The current tenant's checkpoint of this day, made unless there is one; None while it has no act.

    ``on`` is the real day: a day that was missed stays without a statement. After the commit the statement
    and the public key lie as files in ``CHECKPOINT_DIR``; a missing one is written again by the next call.
    Raises ChainBroken, and KeyUnusable when there is no key to sign with.
    """
    found = Checkpoint.objects.filter(day=on).first() or _made(on)
    if found is not None:
        transaction.on_commit(partial(_write, found))
    return found


def download(rows: list[Checkpoint]) -> str:
    """The statements of one day as one text; the download itself is an act in the log."""
    act("checkpoint.download", reason=f"{rows[0].day}")
    return "\n".join(row.text for row in rows)


def _made(on: dt.date) -> Checkpoint | None:
    tenant = Tenant.objects.get(pk=scope.tenant_id())
    head = ChainHead.objects.filter(tenant=tenant).first()
    if head is None:
        return None
    key = signing_keys.private(settings.CHECKPOINT_KEY)
    link = _followed(head, key.public_key())
    signed = _signed(tenant, on, link, key)
    row = Checkpoint(
        day=on, pos=link.pos, text=signed.text, public_key=key.public_key().public_bytes_raw().hex()
    )
    # Of two that are made at once the first one holds.
    Checkpoint.objects.bulk_create([row], ignore_conflicts=True)
    return Checkpoint.objects.get(day=on)


def _signed(tenant: Tenant, on: dt.date, link: digests.Link, key: Ed25519PrivateKey) -> statements.Signed:
    stated = statements.Statement(
        tenant=tenant.code,
        tenant_id=tenant.pk,
        day=on,
        pos=link.pos,
        sha256=link.sha256.hex(),
        sm3=link.sm3.hex(),
        key=signing_keys.name_of(key.public_key()),
    )
    return statements.sign(stated, key)


def _followed(head: ChainHead, key: Ed25519PublicKey) -> digests.Link:
    """The chain followed to its head. Every act on the way, and the head, must carry its own hash."""
    link = base = _base(key)
    for link in digests.links(head.tenant_id, after=base, until=head.pos):
        if link.sha256 != link.kept:
            raise ChainBroken(
                f"变更日志第 {link.pos} 号的摘要与内容不符，不签发校验点。请运行 verify_changes。"
            )
    if (link.pos, link.sha256) != (head.pos, bytes(head.hash)):
        raise ChainBroken("变更日志的链头与最后一项不符，不签发校验点。请运行 verify_changes。")
    return link


def _base(key: Ed25519PublicKey) -> digests.Link:
    """Where the last statement stopped, so that each act is read once; the beginning when it does not help.

    It helps when this key signed it and the chain still agrees with it. A chain that does not is signed as it
    now stands, from the beginning, and told to the server's log: the earlier statements prove the rest.
    """
    last = Checkpoint.objects.order_by("-day").first()
    signed = last.signed if last else None
    if signed is None or not signed.is_by(key):
        return digests.START
    stated = signed.statement
    act = Change.objects.filter(pos=stated.pos).first()
    if act is None or bytes(act.hash or b"").hex() != stated.sha256:
        log.error("checkpoint_contradicted", tenant=stated.tenant, day=stated.day.isoformat(), pos=stated.pos)
        return digests.START
    sha256 = bytes.fromhex(stated.sha256)
    return digests.Link(stated.pos, sha256, bytes.fromhex(stated.sm3), sha256)


def _write(checkpoint: Checkpoint) -> None:
    if checkpoint.signed is None:
        log.error("checkpoint_mangled", tenant=checkpoint.tenant_id, day=checkpoint.day.isoformat())
        return
    stated = checkpoint.signed.statement
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.public_key))
    directory = settings.CHECKPOINT_DIR
    _put(directory / stated.day.isoformat() / f"{stated.tenant}.txt", checkpoint.text)
    _put(directory / "keys" / f"{stated.key}.pub", signing_keys.pem(key))


def _put(path: Path, text: str) -> None:
    """Write a file that is not there yet; what is there stays, and is told of when it says something else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.write_text(text, encoding="ascii")
        with suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    if path.read_text(encoding="ascii", errors="replace") != text:
        log.error("checkpoint_file_differs", path=str(path))
