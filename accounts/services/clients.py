"""API clients: their keys are issued, exchanged and ended. A key is returned once and kept nowhere."""

import datetime as dt
import ipaddress
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import rules
from accounts.acts import act
from accounts.choices import ClientGroup
from accounts.models import Client, Unit
from accounts.queries.clients import hash_of
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused

KEY_BYTES = 32
LONGEST_DAYS = 366


@transaction.atomic
def issue(
    *,
    post: ActingPost,
    name: str,
    unit: Unit | None,
    groups: list[str],
    addresses: list[str],
    expires_on: dt.date,
    today: dt.date,
) -> tuple[Client, str]:
    """A new client and its key. Without a unit it reads the whole jurisdiction.

    Raises Forbidden, ValidationError for a name in use, unknown groups, networks that are none and
    a day that is over or more than 366 days ahead.
    """
    _permitted(post)
    networks, wrong = _networks(addresses)
    faults = {"addresses": wrong} if wrong else {}
    if not groups or not set(groups) <= set(ClientGroup.values):
        faults["groups"] = ["请至少选择一类可读内容。"]
    if late := _expiry_faults(expires_on, today):
        faults["expires_on"] = late
    if Client.objects.filter(name=name, disabled=False).exists():
        faults["name"] = [f"已有名为“{name}”的客户端。"]
    if faults:
        raise ValidationError(faults)
    act("client.issue")
    key = secrets.token_urlsafe(KEY_BYTES)
    client = Client.objects.create(
        name=name,
        unit=unit,
        groups=sorted(set(groups)),
        addresses=networks,
        expires_on=expires_on,
        key_hash=hash_of(key),
        issued_on=today,
    )
    return client, key


@transaction.atomic
def rotate(*, post: ActingPost, client_id: int, expires_on: dt.date, today: dt.date) -> tuple[Client, str]:
    """A second key beside the first, and a new day until which both are valid.

    Raises NotFound, Forbidden, Refused for a disabled client or one that has a second key already,
    ValidationError for a day out of bounds.
    """
    client = _living(post, client_id)
    if client.next_key_hash:
        raise Refused("该客户端已有新密钥。请先停用旧密钥，再签发下一个。")
    if late := _expiry_faults(expires_on, today):
        raise ValidationError({"expires_on": late})
    act("client.rotate")
    key = secrets.token_urlsafe(KEY_BYTES)
    client.next_key_hash, client.expires_on = hash_of(key), expires_on
    client.save(update_fields=["next_key_hash", "expires_on"])
    return client, key


@transaction.atomic
def retire(*, post: ActingPost, client_id: int, today: dt.date) -> Client:
    """End the first key; the second takes its place. Raises NotFound, Forbidden, Refused without a second."""
    client = _living(post, client_id)
    if not client.next_key_hash:
        raise Refused("该客户端没有新密钥，停用旧密钥后将无法访问。如不再需要，请停用客户端。")
    act("client.retire")
    client.key_hash, client.next_key_hash, client.issued_on = client.next_key_hash, None, today
    client.save(update_fields=["key_hash", "next_key_hash", "issued_on"])
    return client


@transaction.atomic
def disable(*, post: ActingPost, client_id: int) -> Client:
    """End a client for good; its name is free again. Raises NotFound, Forbidden, Refused if it has ended."""
    client = _living(post, client_id)
    act("client.disable")
    client.disabled = True
    client.save(update_fields=["disabled"])
    return client


def _permitted(post: ActingPost) -> None:
    if not rules.may_manage_clients(post):
        raise Forbidden("只有系统管理员和安全管理员可以管理接口客户端。")


def _living(post: ActingPost, client_id: int) -> Client:
    """The client, locked until the act ends."""
    _permitted(post)
    client = Client.objects.select_for_update().filter(pk=client_id).first()
    if client is None:
        raise NotFound("没有这个接口客户端。")
    if client.disabled:
        raise Refused("该客户端已停用。如需恢复访问，请重新签发。")
    return client


def _networks(addresses: list[str]) -> tuple[list[str], list[str]]:
    """Networks in their shortest spelling, and what is wrong with the others."""
    networks, faults = [], []
    for text in addresses:
        try:
            networks.append(str(ipaddress.ip_network(text)))
        except ValueError:
            faults.append(f"“{text}”不是网络地址，应写成 10.1.2.3 或 10.1.2.0/24。")
    return list(dict.fromkeys(networks)), faults


def _expiry_faults(expires_on: dt.date, today: dt.date) -> list[str]:
    latest = today + dt.timedelta(days=LONGEST_DAYS)
    return [] if today <= expires_on <= latest else [f"有效期应在今天至 {latest:%Y-%m-%d} 之间。"]
