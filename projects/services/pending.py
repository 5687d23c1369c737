"""Files that wait while a person corrects a form or answers a question; no browser sends them twice.

They belong to the session that holds their token, are no evidence yet and are swept after a day.
"""

import json
import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings

from projects.services.evidence import Upload

KEPT_SECONDS = 24 * 3600
NAMES = "names.json"


def keep(uploads: list[Upload]) -> str:
    """Put the files aside and return the token under which they lie; sweeps what is older than a day."""
    token = secrets.token_urlsafe(24)
    folder = _folder() / token
    folder.mkdir(parents=True, mode=0o700)
    for place, upload in enumerate(uploads):
        (folder / str(place)).write_bytes(upload.content)
    # Written last: a folder without it was never finished.
    (folder / NAMES).write_text(json.dumps([upload.name for upload in uploads]), encoding="utf-8")
    _sweep(folder.stat().st_mtime)
    return token


def held(token: str) -> list[Upload]:
    """The files under a token that the caller's session holds; none once they were swept."""
    folder = _folder() / token
    try:
        names = json.loads((folder / NAMES).read_text(encoding="utf-8"))
        return [Upload(name, (folder / str(place)).read_bytes()) for place, name in enumerate(names)]
    except FileNotFoundError:
        return []


def drop(token: str) -> None:
    """Remove the files under a token."""
    shutil.rmtree(_folder() / token, ignore_errors=True)


def _sweep(now: float) -> None:
    """Remove what was left behind more than a day before this moment of the file system."""
    with os.scandir(_folder()) as folders:
        for folder in folders:
            if folder.stat().st_mtime < now - KEPT_SECONDS:
                shutil.rmtree(folder.path, ignore_errors=True)


def _folder() -> Path:
    return settings.EVIDENCE_DIR / "pending"
