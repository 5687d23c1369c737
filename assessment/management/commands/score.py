"""manage.py score: run a scheme over facts from two files, without a database."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.engine import BASES, DocumentError, Result, load_facts, load_scheme, score


def read_text(name: str) -> str:
    """The text of a document file; raises CommandError in words fit for users."""
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"读不到文件 {name}：{error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"文件 {name} 不是 UTF-8 编码，请另存为 UTF-8") from None


def as_number(value: Decimal) -> int | float:
    """A printed figure as a JSON number: it has a few places only, so it is written as it is read."""
    return int(value) if value == value.to_integral_value() else float(value)


class Command(BaseCommand):
    """Scores every unit of a facts document; prints words, or JSON for programs."""

    help = "按考核办法计分：--scheme 办法文件 --facts 数据文件（YAML 或 JSON），--json 输出 JSON"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scheme", required=True, help="考核办法文件")
        parser.add_argument("--facts", required=True, help="考核数据文件")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        scheme_text, facts_text = read_text(options["scheme"]), read_text(options["facts"])
        name = options["scheme"]
        try:
            scheme = load_scheme(scheme_text)
            name = options["facts"]
            result = score(scheme, load_facts(facts_text, scheme))
        except DocumentError as error:
            if options["json"]:
                self.stdout.write(
                    json.dumps(
                        {
                            "file": name,
                            "faults": [
                                {"path": fault.path, "line": fault.line, "reason": fault.reason}
                                for fault in error.faults
                            ],
                        },
                        ensure_ascii=False,
                        indent=1,
                    )
                )
            raise CommandError(f"{name} 有{len(error.faults)}处问题：\n{error}") from None
        if options["json"]:
            self.stdout.write(json.dumps(result.plain(), ensure_ascii=False, indent=1, default=as_number))
        else:
            self._print(result)

    def _print(self, result: Result) -> None:
        draft = f"【草稿·{BASES[result.basis]}】" if result.draft else ""
        self.stdout.write(
            f"{draft}{result.title}（{result.scheme} {result.version}） {result.period} 截至{result.as_of}"
        )
        for key, title in result.groups:
            self.stdout.write(f"\n【{title}】")
            for unit in (one for one in result.units if one.group == key):
                place = f" 第{unit.rank:f}名" if unit.rank is not None else ""
                further = "".join(f" {text}" for text in (unit.grade, unit.prize) if text)
                self.stdout.write(f"{unit.name}{place}{further} {unit.total_words}")
                for line in unit.lines:
                    self.stdout.write(f"    {line.title} {line.words}")
                for note in unit.notes:
                    self.stdout.write(f"    注：{note}")
        for unit_key, reason in result.skipped:
            self.stdout.write(f"未计分：{unit_key} {reason}")
