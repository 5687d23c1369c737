"""Strict readers for the environment: a value is understood completely or refused with words that help."""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
MAIL_TIMEOUT_SECONDS = 20
_SCHEMES = ("postgresql://", "postgres://")


class Misconfigured(ImproperlyConfigured):
    """A setting from the environment is missing or cannot be understood."""

    def __init__(self, name: str, chinese: str, english: str) -> None:
        super().__init__(f"环境变量 {name} {chinese} / {name} {english}")
        self.name = name


def text(name: str, default: str | None = None) -> str:
    """The value without surrounding blanks; without ``default`` it must be present and not empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise Misconfigured(name, "未设置", "is not set")
    return default


def flag(name: str, *, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off, in any case; anything else is refused."""
    value = text(name, "")
    if not value:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise Misconfigured(
        name, f"只能是 1 或 0（true/false、yes/no、on/off），现为 {value!r}", f"must be 1 or 0, not {value!r}"
    )


def whole(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, written in ASCII digits."""
    value = text(name, "")
    if not value:
        return default
    if re.fullmatch(r"-?[0-9]{1,12}", value) and low <= int(value) <= high:
        return int(value)
    raise Misconfigured(
        name,
        f"应是 {low} 到 {high} 之间的整数，现为 {value!r}",
        f"must be a whole number {low}..{high}, not {value!r}",
    )


def words(name: str, default: list[str] | None = None) -> list[str]:
    """Comma-separated values; empty members are refused, because a stray comma hides a mistake."""
    value = text(name, None if default is None else "")
    if not value:
        return list(default or [])
    members = [member.strip() for member in value.split(",")]
    if all(members):
        return members
    raise Misconfigured(name, f"中有空项：{value!r}", f"has an empty member: {value!r}")


def key(name: str, *, low: int = 32, high: int = 64) -> bytes:
    """A secret of ``low`` to ``high`` bytes, written in hexadecimal. Its value never enters a message."""
    value = text(name)
    if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", value) and low <= len(value) // 2 <= high:
        return bytes.fromhex(value)
    raise Misconfigured(
        name,
        f"应是 {2 * low} 到 {2 * high} 位十六进制数",
        f"must be {2 * low} to {2 * high} hexadecimal digits: "
        "python3 -c 'import secrets; print(secrets.token_hex(32))'",
    )


def place(name: str, default: Path | None = None) -> Path:
    """An absolute path; whether something lies there is for the checks and for who uses it."""
    value = Path(text(name, None if default is None else str(default)))
    if value.is_absolute():
        return value
    raise Misconfigured(name, f"应是绝对路径，现为 {str(value)!r}", f"must be absolute, not {str(value)!r}")


def moment(name: str, zone: str) -> dt.datetime | None:
    """An ISO moment or day, in ``zone`` when it names none; None when unset."""
    value = text(name, "")
    if not value:
        return None
    try:
        parsed = dt.datetime.fromisoformat(value)
    except ValueError:
        raise Misconfigured(
            name,
            f"应写成 2012-07-02 或 2012-07-02T09:00，现为 {value!r}",
            f"must be an ISO date or time, not {value!r}",
        ) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(zone))


def database(name: str) -> dict[str, Any]:
    """Django's connection settings from a PostgreSQL address.

    The address must name the user and the database. A socket directory stands percent-encoded in
    the place of the host (``postgresql://app@%2Fvar%2Frun%2Fpostgresql/portal``). The address never
    enters a message, since it may hold a password.
    """
    value = text(name)
    example = "postgresql://app:…@host:5432/portal"
    if not value.startswith(_SCHEMES):
        raise Misconfigured(name, f"应以 postgresql:// 开头，如 {example}", f"must look like {example}")
    try:
        parts = {part: str(given) for part, given in conninfo_to_dict(value).items()}
    except psycopg.Error:
        raise Misconfigured(name, f"不是有效的地址，如 {example}", f"must look like {example}") from None
    if not parts.get("user") or not parts.get("dbname"):
        raise Misconfigured(name, f"缺少用户名或库名，如 {example}", f"lacks user or database: {example}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user"),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }


def broker(name: str) -> str:
    """The address of a Redis or Valkey: redis://, rediss:// or redis+socket:// with an absolute path.

    The address never enters a message, since it may hold a password.
    """
    value = text(name)
    example = "redis://host:6379/0, redis+socket:///run/valkey.sock"
    try:
        parts = urlsplit(value)
        whole_address = (parts.scheme in {"redis", "rediss"} and parts.hostname and parts.port != 0) or (
            parts.scheme == "redis+socket" and not parts.netloc and parts.path not in {"", "/"}
        )
    except ValueError:
        whole_address = False
    if not whole_address:
        raise Misconfigured(name, f"不是有效的地址，如 {example}", f"must look like {example}")
    return value


def mail(name: str) -> dict[str, Any]:
    """Django's mail settings from an address like smtp+tls://user:password@host:587?from=a@b.

    The schemes are smtp, smtp+tls (STARTTLS) and smtps; ``from`` is the sender, ``deduplicates=1`` says
    that the server drops a second message of one Message-ID. Unset: no mail, and ``PORTAL_MAIL`` is False.
    The address never enters a message.
    """
    value = text(name, "")
    example = "smtp+tls://user:…@mail.example.org:587?from=portal@example.org"
    if not value:
        return {"PORTAL_MAIL": False, "PORTAL_MAIL_DEDUPLICATES": False}
    try:
        parts = urlsplit(value)
        query = dict(parse_qsl(parts.query, strict_parsing=True))
        sender, drops = query.pop("from", ""), query.pop("deduplicates", "0")
        port = parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme]
        understood = parts.hostname and "@" in sender and drops in {"0", "1"} and not query
    except (ValueError, KeyError):
        understood = None
    if not understood:
        raise Misconfigured(name, f"不是有效的地址，如 {example}", f"must look like {example}")
    return {
        "PORTAL_MAIL": True,
        "PORTAL_MAIL_DEDUPLICATES": drops == "1",
        "DEFAULT_FROM_EMAIL": sender,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": MAIL_TIMEOUT_SECONDS,
    }


def scanner(name: str) -> tuple[str, int] | str | None:
    """Where ClamAV's daemon listens: tcp://host:3310 or unix:///run/clamav/clamd.ctl. None when unset."""
    value = text(name, "")
    example = "unix:///run/clamav/clamd.ctl, tcp://host:3310"
    if not value:
        return None
    try:
        parts = urlsplit(value)
        beside = parts.query or parts.fragment or parts.username
        if parts.scheme == "unix" and not parts.netloc and parts.path not in {"", "/"} and not beside:
            return parts.path
        if parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path and not beside:
            return parts.hostname, parts.port
    except ValueError:
        pass
    raise Misconfigured(
        name, f"不是有效的地址，如 {example}，现为 {value!r}", f"must look like {example}, not {value!r}"
    )


def owner_of(database_settings: dict[str, Any], name: str) -> dict[str, Any]:
    """What to swap in ``database_settings`` to connect as the owner's role named by ``name``.

    The name of the database is not among it: tests run in a database of another name.
    """
    owner = database(name)
    if owner["NAME"] != database_settings["NAME"]:
        raise Misconfigured(name, "与 DATABASE_URL 的库名不同", "names a database other than DATABASE_URL")
    if owner["USER"] == database_settings["USER"]:
        raise Misconfigured(name, "与 DATABASE_URL 的用户相同", "names the same user as DATABASE_URL")
    return {part: owner[part] for part in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
