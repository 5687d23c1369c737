"""The real clock put forward, for sessions and what else does not follow the business day."""

import datetime as dt

import pytest
from django.utils import timezone


def pass_time(monkeypatch: pytest.MonkeyPatch, **passed: int) -> None:
    """From now on it is so much later (``minutes=31``), until the test ends or it is called again."""
    monkeypatch.undo()
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + dt.timedelta(**passed))
