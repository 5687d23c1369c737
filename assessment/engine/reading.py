"""Text of a document -> plain data with exact numbers, and the line of every part.

YAML and JSON give the same data. Numbers become `Decimal`, never float; a key written twice, an alias
or a tag is a fault, so that a document means what a reader sees.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from assessment.engine.faults import Fault, Path

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\Z")
_PERCENT = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[%％]\Z")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_MAX_DEPTH = 40


class _Refused(Exception):
    """The text cannot be read at all; carries the one fault."""

    def __init__(self, line: int, path: str, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(line, path, reason)


class Document:
    """Plain data of a text (`data`), the line of every part (`lines`) and what was wrong (`faults`)."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self.faults: list[tuple[Path, str]] = []
        self.data: Any = None
        self.broken: Fault | None = None
        try:
            self.data = self._plain(_compose(text), (), 0)
        except _Refused as refusal:
            self.broken = refusal.fault

    def _plain(self, node: Any, path: Path, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise _Refused(node.start_mark.line + 1, "（文档）", f"嵌套超过{_MAX_DEPTH}层")
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            value = scalar(node.value) if not node.style else node.value
            if isinstance(value, Decimal) and not sensible(value):
                self.faults.append((path, f"“{node.value[:20]}…”位数太多，不是一个合理的数"))
                return None
            return value
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(child, (*path, i), depth + 1) for i, child in enumerate(node.value)]
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            inner = (*path, key)
            if key in out:
                self.lines[inner] = key_node.start_mark.line + 1
                self.faults.append((inner, f"“{key}”写了两次，请只留一处"))
                continue
            self.lines[inner] = key_node.start_mark.line + 1
            out[key] = self._plain(value_node, inner, depth + 1)
        return out


def _compose(text: str) -> Any:
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                line = getattr(event.start_mark, "line", -1) + 1
                raise _Refused(line, "（文档）", "不允许使用 YAML 锚点和别名，请直接写出内容")
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = getattr(error.problem_mark, "line", -1) + 1
        raise _Refused(line, "（文档）", f"不是正确的 YAML 或 JSON：{error.problem}") from None
    except yaml.YAMLError as error:
        raise _Refused(0, "（文档）", f"不是正确的 YAML 或 JSON：{error}") from None
    if node is None:
        raise _Refused(1, "（文档）", "文档是空的")
    return node


def scalar(text: str) -> Any:
    """A plain YAML scalar: number, true/false, date, nothing, or the text itself.

    `0755` is 755 and `1:30` is text: the old YAML readings (octal, base 60, yes/no) surprise people.
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _NUMBER.match(text):
        return Decimal(text)
    return as_date(text) or text


def as_date(text: Any) -> date | None:
    """A day written 2024-06-30, or None."""
    if isinstance(text, date):
        return text
    match = _DATE.match(text) if isinstance(text, str) else None
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def sensible(value: Decimal) -> bool:
    """Whether a number has at most 24 digits before and 24 behind the point, so that sums stay exact."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -24 and value.adjusted() <= 24


def as_number(value: Any) -> Decimal | None:
    """A sensible number, or a percentage written as text (`120%`), as an exact Decimal; else None."""
    number = _number(value)
    return number if number is not None and sensible(number) else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _PERCENT.match(value.strip()):
        return Decimal(value.strip()[:-1]).scaleb(-2)
    if isinstance(value, str) and _NUMBER.match(value.strip()):
        return Decimal(value.strip())
    return None


def quick_json(text: str) -> Any:
    """Data of a large JSON text without line numbers, or None when it is not plain JSON.

    Refuses repeated keys like `Document`, so that both ways read the same.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        out = dict(pairs)
        if len(out) != len(pairs):
            raise ValueError("repeated key")
        return out

    try:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        return None
