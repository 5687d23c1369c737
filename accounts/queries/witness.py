"""Chains beside the statements that others have kept: what no check inside the database can find.

An administrator of the database may rewrite rows, lines and the whole chain until all of it agrees again. The
digests at the positions that were signed earlier are then other ones. Both are computed anew from the
contents (``accounts.queries.digests``); a statement counts only when a key that the caller trusts signed it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.queries import chain, digests
from accounts.statements import Signed, Statement


class Outcome(models.TextChoices):
    """What became of a tenant's statements."""

    AGREES = "agrees", _("一致")
    REWRITTEN = "rewritten", _("被改写")
    MISSING = "missing", _("缺失")
    FORGED = "forged", _("签名无效")
    NO_KEY = "no_key", _("没有对应公钥")


@dataclass(frozen=True)
class Verdict:
    """One tenant's statements of one outcome: the code that they name, ``pos`` of the first bad one."""

    tenant: str
    outcome: Outcome
    statements: int
    text: str
    pos: int | None = None


Keys = Mapping[str, Ed25519PublicKey]


def compare(kept: Iterable[Signed], keys: Keys, *, code: str | None = None) -> list[Verdict]:
    """A verdict for each tenant and outcome, by code. To be called as the owner's role; reads only.

    ``keys`` by name. ``code`` narrows to the statements that name this tenant.
    """
    good: dict[int, list[Statement]] = defaultdict(list)
    bad: dict[tuple[str, Outcome], list[Statement]] = defaultdict(list)
    for signed in kept:
        stated = signed.statement
        if code is not None and stated.tenant != code:
            continue
        if (key := keys.get(stated.key)) is None:
            bad[stated.tenant, Outcome.NO_KEY].append(stated)
        elif not signed.is_by(key):
            bad[stated.tenant, Outcome.FORGED].append(stated)
        else:
            good[stated.tenant_id].append(stated)
    verdicts = [_unproved(tenant, outcome, found) for (tenant, outcome), found in bad.items()]
    with chain.snapshot():
        verdicts += [_judged(tenant_id, sorted(found, key=_in_time)) for tenant_id, found in good.items()]
    return sorted(verdicts, key=lambda verdict: (verdict.tenant, verdict.outcome))


def _in_time(stated: Statement) -> tuple:
    return stated.day, stated.pos


def _unproved(tenant: str, outcome: Outcome, found: list[Statement]) -> Verdict:
    days = sorted(f"{stated.day}" for stated in found)
    if outcome == Outcome.NO_KEY:
        text = f"没有公钥 {'、'.join(sorted({stated.key for stated in found}))}，不能采信"
    else:
        text = "签名与内容不符，声明被改动或系伪造"
    return Verdict(tenant, outcome, len(found), f"{'、'.join(days)} 的声明：{text}", found[0].pos)


def _judged(tenant_id: int, stated: list[Statement]) -> Verdict:
    """What the chain of this tenant says to its statements, oldest first."""
    wanted = {one.pos for one in stated}
    reached, at = 0, {}
    for link in digests.links(tenant_id, until=max(wanted)):
        reached = link.pos
        if link.pos in wanted:
            at[link.pos] = (link.sha256.hex(), link.sm3.hex())
    faults = [one for one in stated if at.get(one.pos) != (one.sha256, one.sm3)]
    tenant = stated[-1].tenant
    if not faults:
        text = f"{stated[0].day} 至 {stated[-1].day} 的声明与现有日志相符，到第 {max(wanted)} 号"
        return Verdict(tenant, Outcome.AGREES, len(stated), text)
    first, last = faults[0], faults[-1]
    if first.pos in at:
        before = [one for one in stated if one not in faults and _in_time(one) < _in_time(first)]
        outcome, text = Outcome.REWRITTEN, _window(before[-1] if before else None, first)
    else:
        outcome = Outcome.MISSING
        text = f"{first.day} 的声明在第 {first.pos} 号，现有日志没有这一号（查到第 {reached} 号）"
    text += f"；改动发生在 {last.day} 签发之后"
    return Verdict(tenant, outcome, len(stated), text, first.pos)


def _window(agreed: Statement | None, first: Statement) -> str:
    """Between which acts something is no longer what it was."""
    text = f"{first.day} 的声明（第 {first.pos} 号）与现有日志不符"
    if agreed is None:
        return f"{text}，此前没有相符的声明，被改动的在第 {first.pos} 号及以前"
    text += f"，{agreed.day} 的声明（第 {agreed.pos} 号）仍相符"
    return f"{text}，被改动的在第 {agreed.pos + 1} 至 {first.pos} 号之间"
