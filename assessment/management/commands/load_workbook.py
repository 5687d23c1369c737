import json
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import CommandError

from accounts import clock, exact_json
from accounts.choices import Role
from accounts.commands import TenantCommand, acting
from assessment.models import ImportBatch
from assessment.services import workbooks
from projects.sheets.findings import ASK, ERROR, FLAG

SEVERITIES = {ERROR: "错误", ASK: "请确认", FLAG: "提醒"}


class Command(TenantCommand):
    help = "导入一份工作簿：先检查，全部无误（或只取无误的行）才写入；也可撤销一个批次。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="actor", required=True, metavar="USER", help="招商局经办")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--accept-clean", action="store_true", help="只写入无误的行")
        parser.add_argument(
            "--answers", type=Path, metavar="FILE", help="对“请确认”的答复（JSON：键 -> 单位或 no）"
        )
        parser.add_argument("--undo", type=int, metavar="BATCH", help="撤销这个批次")
        parser.add_argument("--reason", default="撤销导入", help="撤销的理由")

    def handle(self, *args, **options):
        with acting(options["tenant"], options["actor"], (Role.BUREAU,)) as post:
            if options["undo"] is not None:
                self.undo(post, options)
                return
            if options["file"] is None:
                raise CommandError("请写明要导入的文件。")
            self.load(post, options)

    def undo(self, post, options) -> None:
        if not ImportBatch.objects.filter(pk=options["undo"]).exists():
            raise CommandError(f"没有编号为 {options['undo']} 的导入批次。")
        workbooks.undo(post=post, batch_id=options["undo"], reason=options["reason"], today=clock.today())
        self.stdout.write(f"批次 {options['undo']} 已撤销：申报已冲销，报表退回未报；单位、企业和项目保留。")

    def load(self, post, options) -> None:
        """Check, print what was found and, unless it is a dry run or refused, write."""
        content = self.read(options["file"])
        name = options["file"].name
        answers = self.answers(options["answers"]) if options["answers"] else {}
        examined = workbooks.examine(content, name, today=clock.today(), answers=answers)
        report = {
            "period": examined.period_name,
            "acceptable": examined.acceptable,
            "new_rows": examined.new_rows,
            "unchanged": examined.unchanged,
            "findings": [asdict(finding) for finding in examined.result.findings],
            "left_out": [asdict(left) for left in examined.result.left_out],
            "understood": asdict(examined.result.understood),
        }
        if not options["dry_run"] and (examined.acceptable or options["accept_clean"]):
            done = workbooks.load(
                post=post,
                content=content,
                file_name=name,
                today=clock.today(),
                answers=answers,
                accept_clean=options["accept_clean"],
            )
            report["batch"] = done.batch.pk if done.batch else None
            report["written"] = done.written
        self.tell(report, as_json=options["json"])
        if "written" not in report and not options["dry_run"]:
            raise CommandError("工作簿有问题没有解决，没有写入任何数据。")

    def answers(self, path: Path) -> dict[str, str]:
        """The answers in a file, by the key of their question; CommandError when it holds anything else."""
        try:
            answers = json.loads(self.read(path))
        except (ValueError, RecursionError):
            answers = None
        if not isinstance(answers, dict) or not all(isinstance(answer, str) for answer in answers.values()):
            raise CommandError(
                f"答复文件 {path} 不能读取。应是 JSON 对象，每个键（如“unit:水沟”）的答复是单位名称或“no”。"
            )
        return answers

    def read(self, path: Path) -> bytes:
        """The file's bytes; CommandError when it cannot be read."""
        try:
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"读不到文件 {path}。") from error

    def tell(self, report: dict, *, as_json: bool) -> None:
        """Print the report, as JSON or in lines."""
        if as_json:
            self.stdout.write(exact_json.dumps(report))
            return
        counts = "，".join(f"{kind} {number}" for kind, number in report["new_rows"].items())
        self.stdout.write(
            f"期间：{report['period'] or '未写明'}；新行：{counts}；已登记未变：{report['unchanged']}"
        )
        for finding in report["findings"]:
            place = f"{finding['sheet']} 第{finding['row']}行 {finding['column']}"
            self.stdout.write(f"[{SEVERITIES[finding['severity']]}] {place}：{finding['reason']}")
        if report.get("batch"):
            words = "，".join(
                f"{workbooks.WORDS[what]} {number}" for what, number in report["written"].items()
            )
            self.stdout.write(f"已写入批次 {report['batch']}：{words}")
        elif "written" in report:
            self.stdout.write("没有新的内容，未写入任何数据。")
