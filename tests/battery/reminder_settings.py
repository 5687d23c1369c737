"""Settings of the real workers and schedulers that the reminder battery starts, beside the tests' own."""

import os

from portal import environment
from portal.settings.test import *  # noqa: F403

PORTAL_NOW = environment.moment("PORTAL_NOW", "Asia/Shanghai")
PORTAL_MAIL = True
DEFAULT_FROM_EMAIL = "portal@example.org"
PORTAL_MAIL_DEDUPLICATES = os.environ["OFFICE_DROPS_DOUBLES"] == "1"
EMAIL_BACKEND = "tests.battery.post_office.Backend"
