"""JSON in which money is an exact number: 142000, 0.1, never 142000.0 or a binary fraction."""

from decimal import Decimal
from typing import Any

import simplejson


def exact(value: Decimal) -> Decimal | int:
    """The same number without trailing zeros; whole numbers as int."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def dumps(value: Any, *, indent: int | None = 1) -> str:
    """JSON text, Chinese unescaped, dates as ISO text."""
    return simplejson.dumps(
        _plain(value), use_decimal=True, ensure_ascii=False, indent=indent, default=str, for_json=False
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
