"""The two lock files: every package pinned by hash, no package host named, the one part of the other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.lock", "requirements-dev.lock")


def pins(name: str) -> dict[str, str]:
    """Package -> its entry: version and hashes."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text().strip())
    return {entry.split("==")[0]: re.sub(r"\n +# .*| ; .*(?= \\)", "", entry) for entry in entries}


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_by_hash(name):
    loose = [entry for entry in pins(name).values() if not re.search(r"--hash=sha256:\w{64}", entry)]
    assert not loose
    assert len(pins(name)) > 20


@pytest.mark.parametrize("name", FILES)
def test_no_package_host_is_named(name):
    assert not re.search(r"://|^-i|index|find-links|trusted-host", (ROOT / name).read_text(), re.MULTILINE)


def test_developing_adds_to_what_runs_and_changes_nothing():
    run, develop = (pins(name) for name in FILES)
    assert {package: develop.get(package) for package in run} == run
