"""Tests of the API ask more in a minute than a reader may, and their clients share ids with other tests'."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _unhurried(settings):
    """Nobody waits, unless the test says so; what was counted before is forgotten."""
    settings.PORTAL_API_PER_MINUTE = 1_000_000
    cache.clear()
