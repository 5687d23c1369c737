"""Faults of a document: what is wrong, where, and all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a document, fit to be shown to the person who wrote it."""

    line: int
    path: str
    reason: str

    def __str__(self) -> str:
        where = f"第{self.line}行 " if self.line else ""
        return f"{where}{self.path}：{self.reason}"


class DocumentError(ValueError):
    """A document is refused; `faults` lists every fault with path, line and reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SchemeError(DocumentError):
    """A scheme document (考核办法) is refused."""


class FactsError(DocumentError):
    """A facts document (考核数据) is refused."""


def spell(path: Path) -> str:
    """Print a path as its author would look for it: `indicators[2].score.steps`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "（文档）"


@dataclass
class Faults:
    """Collects faults; knows the line of every path of the document that is being read."""

    lines: Mapping[Path, int] = field(default_factory=dict)
    found: list[Fault] = field(default_factory=list)

    def below(self, path: Path) -> bool:
        """Whether a fault inside `path` is noted already."""
        inside = spell(path)
        return any(fault.path.startswith((f"{inside}.", f"{inside}[")) for fault in self.found)

    def add(self, path: Path, reason: str) -> None:
        """Note a fault at `path`; the line is that of the nearest part that stands in the document."""
        near = path
        while near and near not in self.lines:
            near = near[:-1]
        self.found.append(Fault(self.lines.get(near, 0), spell(path), reason))
