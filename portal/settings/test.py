"""Tests: like the demo, with hashing of passwords that costs little."""

from portal.settings.base import *  # noqa: F403

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LOGGING_CONFIG = None  # Pytest collects the log and shows it with the test that fails.

PORTAL_FROZEN_NOW_ALLOWED = True
PORTAL_SECOND_FACTOR = False  # The tests about it switch it on.
