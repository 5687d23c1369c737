"""Developing and the demo: plain HTTP on this machine, with the embedded database unless one is named."""

from portal import environment
from portal.settings.base import *  # noqa: F403

DEBUG = environment.flag("PORTAL_DEBUG", default=False)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

# Static files are served from where they lie, so that nothing has to be collected first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

PORTAL_FROZEN_NOW_ALLOWED = True
PORTAL_SECOND_FACTOR = environment.flag("PORTAL_SECOND_FACTOR", default=True)
