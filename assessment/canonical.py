"""One text for the same rows: what a frozen result is kept, digested and compared as.

JSON with sorted keys and no spaces, Chinese as it is; amounts are exact decimals as text, days are ISO
text, so that whoever has the text computes the same digests with any tool.
"""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any

from accounts.statements import sm3


def text(value: Any) -> str:
    """The canonical text. Raises TypeError for what has no exact form, a float above all."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(value: Any) -> Any:
    """The same as it is read back from its text. Raises TypeError like ``text``."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"no exact form of {type(value).__name__}")


def number(value: Decimal) -> str:
    """An exact decimal without needless zeros: 1000, 0.5, 0 (never -0 or 1E+3)."""
    return f"{value.normalize() + 0:f}"


def sha256_of(content: str) -> str:
    """SHA-256 of the text as UTF-8, 64 hexadecimal digits; the database computes the same."""
    return hashlib.sha256(content.encode()).hexdigest()


def sm3_of(content: str) -> str:
    """SM3 (GB/T 32905-2016) of the text as UTF-8, 64 hexadecimal digits."""
    return sm3(content.encode()).hex()
