"""First look at a scheme document: its shape against the JSON Schema, told in Chinese."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from assessment.engine.faults import Faults, Path
from assessment.engine.schema import schema

_TYPES = {
    "number": "数",
    "string": "文字",
    "array": "一列",
    "object": "“名称: 内容”",
    "boolean": "true 或 false",
}


def check(data: Any, faults: Faults) -> Any:
    """Note every fault of shape; give back the document without the broken parts (they become None)."""
    checker = _Shape(schema())
    for error in list(checker.iter_errors(data)):
        _note(error, data, faults)
    return data if isinstance(data, dict) else {}


def _is_number(_checker: Any, value: Any) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def _is_text(_checker: Any, value: Any) -> bool:
    return isinstance(value, str | date)


_Shape: type[Validator] = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number).redefine(
        "string", _is_text
    ),
)


def _note(error: Any, data: Any, faults: Faults) -> None:
    path: Path = tuple(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path:
        path = (*path, error.instance)
    for where, reason in _sentences(error, path):
        faults.add(where, reason)
    if error.validator == "additionalProperties":
        for key in _extras(error):
            error.instance.pop(key, None)
    elif error.validator not in ("required", "minProperties") and path:
        _blank(data, path)


def _blank(data: Any, path: Path) -> None:
    """Take the broken part out, unless a part around it is out already."""
    for part in path[:-1]:
        if data is None:
            return
        data = data[part]
    if isinstance(data, list) or (isinstance(data, dict) and path[-1] in data):
        cast(Any, data)[path[-1]] = None


def _extras(error: Any) -> list[str]:
    return [key for key in error.instance if key not in error.schema.get("properties", {})]


def _sentences(error: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if error.validator == "additionalProperties":
        yield from _unknown(error, path)
    elif error.validator == "required":
        lacking = [key for key in error.validator_value if key not in error.instance]
        if lacking and error.message.startswith(repr(lacking[0])):
            yield path, f"缺少{'、'.join(f'“{key}”' for key in lacking)}"
    else:
        yield path, _sentence(error.validator, error.instance, error.validator_value)


def _unknown(error: Any, path: Path) -> Iterator[tuple[Path, str]]:
    known = list(error.schema.get("properties", {}))
    for key in _extras(error):
        near = difflib.get_close_matches(str(key), known, 1)
        hint = f"是不是“{near[0]}”？" if near else f"可用的有：{'、'.join(known)}"
        yield (*path, key), f"不认识的内容“{key}”，{hint}"


def _sentence(keyword: str, value: Any, rule: Any) -> str:
    match keyword:
        case "type":
            kinds: list[str] = rule if isinstance(rule, list) else [rule]
            return f"应当是{'或'.join(_TYPES.get(kind, kind) for kind in kinds)}"
        case "enum":
            return f"“{value}”不对，应当是 {'、'.join(str(one) for one in rule)} 之一"
        case "pattern":
            return f"名称“{value}”只能用文字、字母、数字和下划线，不能以数字开头"
        case "minItems" | "minProperties" | "minLength":
            return "不能是空的" if rule == 1 else f"至少要有{rule}项"
        case "maxItems":
            return f"最多{rule}项"
        case "minimum" | "maximum":
            return f"{value}超出范围，应当{'不小于' if keyword == 'minimum' else '不大于'}{rule}"
    return f"不符合格式（{keyword}）"
