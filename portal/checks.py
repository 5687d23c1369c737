"""System checks of the settings that the portal invents. Their ids are listed in deploy/README.md."""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from accounts import scope, signing_keys
from portal import homes
from portal.celery import app

_SCOPE_KEY_BYTES = range(32, 65)
_SESSION_HOURS = range(1, 25)
_SWAPPED = {"USER", "PASSWORD", "HOST", "PORT", "OPTIONS"}


@register(Tags.security)
def scope_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E001: the key that signs scopes is long enough and is not the key of the sessions."""
    found: list[CheckMessage] = []
    key = settings.SCOPE_KEY
    if not isinstance(key, bytes) or len(key) not in _SCOPE_KEY_BYTES or len(set(key)) < 8:
        found.append(
            Error(
                "SCOPE_KEY 应是 32 到 64 个随机字节 / must be 32 to 64 random bytes",
                hint="python -c 'import secrets; print(secrets.token_hex(32))' > PORTAL_SCOPE_KEY",
                id="portal.E001",
            )
        )
    elif settings.SECRET_KEY in {key.hex(), key.decode("latin-1")}:
        found.append(
            Error("SCOPE_KEY 不得与 SECRET_KEY 相同 / must differ from SECRET_KEY", id="portal.E001")
        )
    return found


@register(Tags.database)
def two_roles(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E002: PostgreSQL, and two different roles for serving and for owning."""
    default = settings.DATABASES["default"]
    found: list[CheckMessage] = []
    if default["ENGINE"] != "django.db.backends.postgresql":
        found.append(Error("数据库必须是 PostgreSQL / the database must be PostgreSQL", id="portal.E002"))
    if set(settings.MIGRATOR) != _SWAPPED or settings.MIGRATOR["USER"] in ("", default["USER"]):
        found.append(
            Error(
                "MIGRATOR 应是另一个数据库角色 / MIGRATOR must be another role than the application's",
                hint="DATABASE_URL, MIGRATE_DATABASE_URL; deploy/roles.sql",
                id="portal.E002",
            )
        )
    return found


@register(Tags.security)
def places(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E003: files lie at absolute places, evidence where no web server hands it out."""
    names = ("VAR", "EVIDENCE_DIR", "CHECKPOINT_DIR", "CHECKPOINT_KEY")
    for name in names:
        place = getattr(settings, name)
        if not (isinstance(place, Path) and place.is_absolute()):
            return [Error(f"{name} 应是绝对路径 / must be an absolute path", id="portal.E003")]
    root = settings.STATIC_ROOT
    if root and settings.EVIDENCE_DIR.is_relative_to(root):
        return [Error("EVIDENCE_DIR 不得在 STATIC_ROOT 之下 / must be outside it", id="portal.E003")]
    return []


@register(Tags.security)
def session_life(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E004: a session ends after 1 to 24 hours, and earlier when nobody uses it."""
    hours = settings.PORTAL_SESSION_HOURS
    idle = settings.SESSION_COOKIE_AGE
    if isinstance(hours, int) and hours in _SESSION_HOURS and 0 < idle <= hours * 3600:
        return []
    return [
        Error(
            "PORTAL_SESSION_HOURS 应为 1 到 24，且不短于闲置时限 / must be 1..24, not below the idle limit",
            id="portal.E004",
        )
    ]


@register(Tags.security)
def clock_setting(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E005: whether the clock may stand still is a plain yes or no."""
    if settings.PORTAL_FROZEN_NOW_ALLOWED in (True, False):
        return []
    return [Error("PORTAL_FROZEN_NOW_ALLOWED 应为 True 或 False / must be a bool", id="portal.E005")]


@register(Tags.security, deploy=True)
def clock_runs(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E006: in production the business date is today's."""
    if not settings.PORTAL_NOW and not settings.PORTAL_FROZEN_NOW_ALLOWED:
        return []
    return [
        Error(
            "生产环境不得固定业务日期 / production must not freeze the business date",
            hint="unset PORTAL_NOW; PORTAL_FROZEN_NOW_ALLOWED = False",
            id="portal.E006",
        )
    ]


@register(Tags.database, deploy=True)
def real_server(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E007: production does not run on the embedded database."""
    host = Path(settings.DATABASES["default"]["HOST"] or "/")
    if host.is_relative_to(settings.VAR) or host.is_relative_to(homes.FALLBACK):
        return [
            Error(
                "内置数据库仅供试用，不得用于生产 / the embedded database is for evaluation only",
                hint="DATABASE_URL, MIGRATE_DATABASE_URL; deploy/README.md",
                id="portal.E007",
            )
        ]
    return []


@register(Tags.database)
def task_times(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E008: a task is killed before the broker would hand it out again and its scope ends."""
    limit = app.conf.task_time_limit
    again = app.conf.broker_transport_options.get("visibility_timeout", 0)
    if limit and limit < min(again, scope.LIFETIME_SECONDS):
        return []
    return [
        Error(
            "任务时限必须短于 visibility_timeout / the time limit must stay below the visibility timeout",
            id="portal.E008",
        )
    ]


@register(Tags.database, deploy=True)
def real_broker(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E009: production does not run on the embedded broker."""
    address = urlsplit(settings.REDIS_URL)
    place = Path(unquote(address.path) or "/")
    embedded = place.is_relative_to(settings.VAR) or place.is_relative_to(homes.FALLBACK)
    if address.scheme == "redis+socket" and embedded:
        return [
            Error(
                "内置任务队列仅供试用，不得用于生产 / the embedded broker is for evaluation only",
                hint="REDIS_URL; deploy/README.md",
                id="portal.E009",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def second_factor(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E010: in production inspection and administrators need their second factor."""
    if settings.PORTAL_SECOND_FACTOR is True:
        return []
    return [
        Error(
            "生产环境不得关闭动态口令 / production must not do without second factors",
            hint="PORTAL_SECOND_FACTOR = True",
            id="portal.E010",
        )
    ]


@register(Tags.security, deploy=True)
def checkpoint_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E011: the key that signs checkpoints is there, and nobody else reads or replaces it."""
    if fault := _key_fault(settings.CHECKPOINT_KEY, settings.STATIC_ROOT):
        return [
            Error(
                f"PORTAL_CHECKPOINT_KEY：{fault}",
                hint="umask 077; openssl genpkey -algorithm ed25519 -out FILE; deploy/README.md",
                id="portal.E011",
            )
        ]
    return []


def _key_fault(path: Path, root: str | Path | None) -> str:
    """What is wrong with the file, in both languages; empty when it will do."""
    try:
        signing_keys.private(path)
    except signing_keys.KeyUnusable as fault:
        return f"{fault} / cannot sign with {path}"
    if root and path.resolve().is_relative_to(Path(root).resolve()):
        return "密钥不得放在 STATIC_ROOT 之下 / must not lie where static files are served from"
    if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        return "其他用户能读写密钥文件，请改为 0600 或 0640 / others may read or write it: chmod 0600"
    return ""
