"""Runs a command with production's environment: deploy/env.example as it stands, and secrets of its own.

So the example is itself checked: a setting that it forgets or misspells stops the command.
"""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal import homes  # noqa: E402 -- found by the line above

EXAMPLE = ROOT / "deploy" / "env.example"
VAR = Path(os.environ.get("PORTAL_VAR") or ROOT / "var").absolute()
VAR.mkdir(parents=True, exist_ok=True)
SECRETS = {
    "PORTAL_SECRET_KEY": secrets.token_urlsafe(64),
    "PORTAL_SCOPE_KEY": secrets.token_hex(32),
    "PORTAL_CHECKPOINT_KEY": str(homes.checkpoint_key_of(VAR)),
}


def production(example: str) -> dict[str, str]:
    """The values of an environment file, with the secrets that it leaves empty filled in."""
    lines = (line.strip() for line in example.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value or SECRETS[name] for name, _, value in pairs}


if __name__ == "__main__":
    command = sys.argv[1:]
    os.execvpe(command[0], command, {**os.environ, **production(EXAMPLE.read_text())})
