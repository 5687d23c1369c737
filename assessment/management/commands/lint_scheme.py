"""manage.py lint_scheme: every fault of a scheme document, with path and line."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.engine import lint
from assessment.management.commands.score import read_text


class Command(BaseCommand):
    """Checks a scheme document before it is published."""

    help = "检查考核办法文件，一次列出全部问题（位置、行号、原因）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scheme", help="考核办法文件（YAML 或 JSON）")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        faults = lint(read_text(options["scheme"]))
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    [{"path": one.path, "line": one.line, "reason": one.reason} for one in faults],
                    ensure_ascii=False,
                    indent=1,
                )
            )
        if faults:
            raise CommandError(
                f"{options['scheme']} 有{len(faults)}处问题：\n" + "\n".join(str(one) for one in faults)
            )
        if not options["json"]:
            self.stdout.write(f"{options['scheme']}：没有发现问题")
