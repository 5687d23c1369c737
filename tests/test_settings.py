"""Settings: the environment is understood or refused with words, and production's are checked."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.checks import run_checks

from accounts import signing_keys
from portal import environment, homes
from portal.celery import app
from portal.environment import Misconfigured
from tests.with_environment import EXAMPLE, production

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def given(monkeypatch):
    """Sets the variable that the test reads."""
    return lambda value: monkeypatch.setenv("PORTAL_TRIED", value)


def refused(read, *args, **kwargs) -> str:
    with pytest.raises(Misconfigured) as raised:
        read("PORTAL_TRIED", *args, **kwargs)
    assert "PORTAL_TRIED" in str(raised.value)
    return str(raised.value)


def test_text_is_trimmed_and_must_be_there_unless_there_is_a_default(given):
    given("  words ")
    assert environment.text("PORTAL_TRIED") == "words"
    given("   ")
    assert environment.text("PORTAL_TRIED", "default") == "default"
    assert "未设置" in refused(environment.text)


@pytest.mark.parametrize(
    ("value", "meant"),
    [("1", True), ("TRUE", True), ("on", True), ("0", False), ("No", False), ("off", False), ("", True)],
)
def test_flags(given, value, meant):
    given(value)
    assert environment.flag("PORTAL_TRIED", default=True) is meant


@pytest.mark.parametrize("junk", ["2", "ja", "真", "truee", "None"])
def test_junk_flags_are_refused(given, junk):
    given(junk)
    assert junk in refused(environment.flag, default=False)


@pytest.mark.parametrize(("value", "meant"), [("1", 1), ("24", 24), ("", 12)])
def test_whole_numbers(given, value, meant):
    given(value)
    assert environment.whole("PORTAL_TRIED", 12, low=1, high=24) == meant


@pytest.mark.parametrize("junk", ["0", "25", "1.0", "１２", "1_0", "0x10", "twelve", "9" * 40])
def test_junk_whole_numbers_are_refused(given, junk):
    given(junk)
    assert "1 到 24" in refused(environment.whole, 12, low=1, high=24)


def test_words(given):
    given("a.example, b.example")
    assert environment.words("PORTAL_TRIED") == ["a.example", "b.example"]
    given("")
    assert environment.words("PORTAL_TRIED", []) == []
    refused(environment.words)
    given("a.example,,b.example")
    assert "空项" in refused(environment.words)


def test_keys(given):
    given("00ff" * 16)
    assert environment.key("PORTAL_TRIED") == b"\x00\xff" * 16


@pytest.mark.parametrize("junk", ["ab" * 31, "ab" * 65, "g" * 64, "a" * 65, "correct horse battery" * 4])
def test_junk_keys_are_refused_without_showing_them(given, junk):
    given(junk)
    assert junk not in refused(environment.key)


def test_places(given):
    given("/etc/some place/key.pem")
    assert environment.place("PORTAL_TRIED") == Path("/etc/some place/key.pem")
    given("key.pem")
    assert "绝对路径" in refused(environment.place)
    given("")
    assert environment.place("PORTAL_TRIED", Path("/var/x")) == Path("/var/x")
    assert "未设置" in refused(environment.place)


def test_moments(given):
    given("2012-07-02")
    assert environment.moment("PORTAL_TRIED", "Asia/Shanghai").isoformat() == "2012-07-02T00:00:00+08:00"
    given("2012-07-02T09:30:00+00:00")
    half_past_nine = dt.datetime(2012, 7, 2, 9, 30, tzinfo=dt.UTC)
    assert environment.moment("PORTAL_TRIED", "Asia/Shanghai") == half_past_nine
    given("")
    assert environment.moment("PORTAL_TRIED", "Asia/Shanghai") is None
    given("2012年7月2日")
    assert "2012年7月2日" in refused(environment.moment, "Asia/Shanghai")


def test_addresses_of_the_scanner(given):
    given("unix:///run/clamav/clamd.ctl")
    assert environment.scanner("PORTAL_TRIED") == "/run/clamav/clamd.ctl"
    given("tcp://clamav.example.org:3310")
    assert environment.scanner("PORTAL_TRIED") == ("clamav.example.org", 3310)
    given("")
    assert environment.scanner("PORTAL_TRIED") is None


@pytest.mark.parametrize(
    "junk",
    [
        "1",
        "clamav:3310",
        "tcp://clamav",
        "tcp://:3310",
        "tcp://a:b",
        "tcp://a:1/x",
        "unix://run/x",
        "unix:///",
    ],
)
def test_junk_addresses_of_the_scanner_are_refused(given, junk):
    given(junk)
    assert junk in refused(environment.scanner)


def test_database_addresses(given):
    given("postgresql://app:p%40ss%2Fword@db.example.org:5433/portal?sslmode=require")
    assert environment.database("PORTAL_TRIED") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "portal",
        "USER": "app",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    given("postgresql://app@%2Fsome%20place%2F%E5%8F%98%E9%87%8F%2FRun/portal")
    assert environment.database("PORTAL_TRIED")["HOST"] == "/some place/变量/Run"


@pytest.mark.parametrize(
    "junk",
    [
        "sqlite:///db.sqlite3",
        "mysql://app:secret@db/portal",
        "postgresql://db/portal",
        "postgresql://app:secret@db",
        "postgresql://app:secret@db/portal?no_such_option=1",
        "postgresql://app:secret@db:port/portal?sslmode",
        "app:secret@db/portal",
    ],
)
def test_junk_database_addresses_are_refused_without_showing_the_password(given, junk):
    given(junk)
    assert "secret" not in refused(environment.database)


@pytest.mark.parametrize(
    ("owner", "fault"),
    [
        ("postgresql://migrator@db/other", "库名不同"),
        ("postgresql://app@db/portal", "用户相同"),
        ("", "未设置"),
    ],
)
def test_the_owners_address_names_the_same_database_and_another_user(given, monkeypatch, owner, fault):
    monkeypatch.setenv("SERVED", "postgresql://app@db/portal")
    given(owner)
    with pytest.raises(Misconfigured, match=fault):
        environment.owner_of(environment.database("SERVED"), "PORTAL_TRIED")


@pytest.mark.parametrize(
    "address",
    [
        "redis://host",
        "rediss://:p%40ss@redis.example.org:6380/3",
        "redis+socket:///some%20place/%E5%8F%98%E9%87%8F/valkey.sock",
    ],
)
def test_broker_addresses(given, address):
    given(address)
    assert environment.broker("PORTAL_TRIED") == address


@pytest.mark.parametrize(
    "junk",
    [
        "redis://",
        "redis://:secret@:6379/0",
        "redis://:secret@host:port/0",
        "amqp://u:secret@host",
        "host:6379",
        "redis+socket://run/valkey.sock",
        "redis+socket:///",
        "unix:///run/valkey.sock",
    ],
)
def test_junk_broker_addresses_are_refused_without_showing_the_password(given, junk):
    given(junk)
    assert "secret" not in refused(environment.broker)


def test_tests_run_as_the_role_that_owns_nothing(settings):
    assert settings.DATABASES["default"]["USER"] != settings.MIGRATOR["USER"]
    assert "NAME" not in settings.MIGRATOR


@pytest.mark.parametrize(
    ("name", "value", "identity"),
    [
        ("SCOPE_KEY", b"short", "portal.E001"),
        ("SCOPE_KEY", "not bytes" * 8, "portal.E001"),
        ("SCOPE_KEY", b"\0" * 32, "portal.E001"),
        ("MIGRATOR", {}, "portal.E002"),
        ("EVIDENCE_DIR", Path("evidence"), "portal.E003"),
        ("CHECKPOINT_DIR", Path("checkpoints"), "portal.E003"),
        ("CHECKPOINT_KEY", "/etc/key.pem", "portal.E003"),
        ("STATIC_ROOT", "/", "portal.E003"),
        ("PORTAL_SESSION_HOURS", 25, "portal.E004"),
        ("SESSION_COOKIE_AGE", 14 * 24 * 3600, "portal.E004"),
        ("PORTAL_FROZEN_NOW_ALLOWED", "yes", "portal.E005"),
    ],
)
def test_each_invented_setting_has_a_check(settings, name, value, identity):
    assert identity not in identities()
    setattr(settings, name, value)
    assert identity in identities()


def test_the_scope_key_is_not_the_session_key(settings):
    settings.SECRET_KEY = settings.SCOPE_KEY.hex()
    assert "portal.E001" in identities()


def test_production_asks_for_second_factors(settings):
    settings.PORTAL_SECOND_FACTOR = True
    assert "portal.E010" not in identities(deploy=True)
    settings.PORTAL_SECOND_FACTOR = False
    assert "portal.E010" in identities(deploy=True)
    # Production's own settings know no way to switch it off.
    assert check_production(PORTAL_SECOND_FACTOR="0").returncode == 0


@pytest.fixture
def key_file(settings, tmp_path) -> Path:
    """The key of the tests' own checkpoints, copied to where a test may spoil it."""
    settings.CHECKPOINT_KEY = tmp_path / "key.pem"
    settings.CHECKPOINT_KEY.write_bytes(homes.checkpoint_key_of(tmp_path).read_bytes())
    settings.CHECKPOINT_KEY.chmod(0o600)
    return settings.CHECKPOINT_KEY


@pytest.mark.parametrize(
    ("mode", "good"), [(0o600, True), (0o400, True), (0o640, True), (0o644, False), (0o660, False)]
)
def test_the_key_of_checkpoints_is_for_nobody_else(key_file, mode, good):
    key_file.chmod(mode)
    assert ("portal.E011" not in identities(deploy=True)) is good


@pytest.mark.parametrize(
    "content",
    ["", "no key", "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n", "rsa", "public", None],
)
def test_the_key_of_checkpoints_must_be_one(key_file, content):
    if content is None:
        key_file.unlink()
    elif content == "rsa":
        rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        key_file.write_bytes(rsa_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    elif content == "public":
        key_file.write_text(signing_keys.pem(signing_keys.private(key_file).public_key()))
    else:
        key_file.write_text(content)
    assert "portal.E011" in identities(deploy=True)


def test_the_key_of_checkpoints_is_not_served_to_the_web(settings, key_file):
    settings.STATIC_ROOT = str(key_file.parent)
    assert "portal.E011" in identities(deploy=True)
    elsewhere = key_file.parent.parent / "link.pem"
    elsewhere.symlink_to(key_file)
    settings.CHECKPOINT_KEY = elsewhere
    assert "portal.E011" in identities(deploy=True)


def test_production_says_which_key_is_missing(tmp_path):
    checked = check_production(PORTAL_CHECKPOINT_KEY=str(tmp_path / "none.pem"))
    assert checked.returncode == 1
    assert "portal.E011" in checked.stderr
    assert f"没有密钥文件 {tmp_path}/none.pem" in checked.stderr


def identities(*, deploy: bool = False) -> list[str]:
    return [message.id for message in run_checks(include_deployment_checks=deploy)]


# Production: the command itself, with the example's environment


def check_production(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """``check --deploy`` with the example's environment and these changes; None takes a variable away."""
    values = {**os.environ, **production(EXAMPLE.read_text())} | changes
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={name: value for name, value in values.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_with_the_example_environment_is_clean():
    checked = check_production()
    assert (checked.returncode, checked.stderr) == (0, "")


def test_production_refuses_a_clock_that_stands_still():
    checked = check_production(PORTAL_NOW="2012-07-02")
    assert checked.returncode == 1
    assert "portal.E006" in checked.stderr


def test_production_refuses_the_embedded_database(tmp_path):
    sockets = str(tmp_path / "run").replace("/", "%2F")
    checked = check_production(
        PORTAL_VAR=str(tmp_path),
        DATABASE_URL=f"postgresql://app@{sockets}/portal",
        MIGRATE_DATABASE_URL=f"postgresql://migrator@{sockets}/portal",
    )
    assert checked.returncode == 1
    assert "portal.E007" in checked.stderr


def test_production_refuses_the_embedded_broker(tmp_path):
    socket = f"redis+socket://{tmp_path}/run/valkey.sock"
    checked = check_production(PORTAL_VAR=str(tmp_path), REDIS_URL=socket)
    assert checked.returncode == 1
    assert "portal.E009" in checked.stderr


def test_a_task_that_may_outlive_its_delivery_is_refused(monkeypatch):
    monkeypatch.setitem(app.conf.broker_transport_options, "visibility_timeout", 60)
    assert "portal.E008" in identities()


@pytest.mark.parametrize(
    "name",
    [
        *("PORTAL_SECRET_KEY", "PORTAL_SCOPE_KEY", "PORTAL_CHECKPOINT_KEY", "PORTAL_HOSTS"),
        *("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL"),
    ],
)
def test_production_without_a_needed_value_says_which(name):
    checked = check_production(**{name: None})
    assert checked.returncode == 1
    assert f"环境变量 {name} 未设置" in checked.stderr
    assert "Traceback" not in checked.stderr


def test_the_example_names_every_variable_that_production_reads():
    named = set(production(EXAMPLE.read_text()))
    read = set()
    for source in (ROOT / "portal" / "settings").glob("*.py"):
        if source.name in ("base.py", "prod.py"):
            words = source.read_text().split('"')
            read |= {word for word in words if word.startswith("PORTAL_") and word.isupper()}
    assert read - {"PORTAL_NOW"} <= named
