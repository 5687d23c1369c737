from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from accounts import exact_json
from accounts.operator import as_migrator
from accounts.queries import chain
from accounts.refusals import Refused


class Command(BaseCommand):
    """Prints each chain's acts, lines and head, then every fault; exit code 1 when there is one."""

    help = (
        "核对变更日志：序号连续、摘要逐项重算、链头、没有无主的明细，以及每一行现有数据与日志最后的记录一致。"
        "发现任何问题都逐条列出，退出码为 1。"
        "库内核对不能发现两种情形：从某一项起整条链被重新计算；链尾连同链头被截去，而业务数据也改成了与之相符。"
        "请把打印的链头（序号和摘要）定期保存在库外，由他人比对。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--tenant", metavar="CODE", help="只核对一个辖区（行政区划代码）")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args, **options):
        try:
            with as_migrator():
                findings = chain.verify(options["tenant"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(exact_json.dumps(asdict(findings) | {"clean": not findings.faults}))
        else:
            self.print(findings)
        if findings.faults:
            raise CommandError(f"变更日志核对未通过：{len(findings.faults)} 处问题。")

    def print(self, findings: chain.Findings) -> None:
        for one in findings.chains:
            head = "无" if one.head_pos is None else f"第 {one.head_pos} 号 {one.head_hash}"
            self.stdout.write(f"{one.code} {one.name}：事项 {one.acts}，明细 {one.lines}，链头 {head}")
        for remark in findings.remarks:
            self.stdout.write(f"说明：{remark}")
        for fault in findings.faults:
            self.stdout.write(f"问题：{fault}")
        acts = sum(one.acts for one in findings.chains)
        lines = sum(one.lines for one in findings.chains)
        outcome = f"发现 {len(findings.faults)} 处问题" if findings.faults else "没有发现问题"
        self.stdout.write(f"辖区 {len(findings.chains)}，事项 {acts}，明细 {lines}：{outcome}。")
