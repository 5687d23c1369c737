#!/usr/bin/env python
"""The portal's commands. Those that need a database start or join the embedded one unless one is named."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from portal import engines
from portal.environment import Misconfigured

# These read no data: they must work where no server can start.
WITHOUT_DATABASE = frozenset({"help", "version", "check", "collectstatic", "compilemessages", "makemessages"})


def main(argv: list[str]) -> None:
    """Settle the settings module and the database, then hand over to Django."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--settings")
    chosen, rest = parser.parse_known_args(argv[1:])
    if chosen.settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = chosen.settings
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    if os.environ["DJANGO_SETTINGS_MODULE"] != "portal.settings.prod":
        command = next((word for word in rest if not word.startswith("-")), "help")
        prepare_database(command, rest)

    # Imported here: from now on the environment is read.
    from django.conf import settings  # noqa: PLC0415 -- see above
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- see above

    try:
        settings.INSTALLED_APPS  # noqa: B018 -- reads them; Django would hide a fault until later
    except Misconfigured as error:
        sys.exit(str(error))
    execute_from_command_line(argv)


def prepare_database(command: str, arguments: list[str]) -> None:
    """Name the embedded database in the environment; start or join it if the command will use it."""
    var = Path(os.environ.get("PORTAL_VAR") or Path(__file__).resolve().parent / "var")
    named = "DATABASE_URL" in os.environ or "MIGRATE_DATABASE_URL" in os.environ
    try:
        engines.announce(var)
        if not named and command not in WITHOUT_DATABASE and "--help" not in arguments:
            engines.ensure(var, own=command == "demo" and "--no-serve" not in arguments)
    except engines.EngineError as error:
        sys.exit(str(error))


def terminated(number: int, frame: FrameType | None) -> NoReturn:
    """Leave like any command that ends, so that the database is stopped in order."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminated)
    try:
        main(sys.argv)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
