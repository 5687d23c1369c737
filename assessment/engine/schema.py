"""The published JSON Schema of a scheme document, for editors and for the first look at a document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path as File
from typing import Any

FILE = File(__file__).with_name("schema.json")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12)."""
    loaded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded
