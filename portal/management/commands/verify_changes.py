from dataclasses import asdict
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management.base import BaseCommand, CommandError

from accounts import exact_json, signing_keys, statements
from accounts.operator import as_migrator
from accounts.queries import chain, witness
from accounts.refusals import Refused


class Command(BaseCommand):
    """Prints each chain's acts, lines and head, then every fault; exit code 1 when there is one."""

    help = (
        "核对变更日志：序号连续、摘要逐项重算、链头、没有无主的明细，以及每一行现有数据与日志最后的记录一致。"
        "发现任何问题都逐条列出，退出码为 1。"
        "库内核对不能发现两种情形：从某一项起整条链被重新计算；链尾连同链头被截去，而业务数据也改成了与之相符。"
        "--checkpoints 与保存在库外的校验点声明比对，两种情形都能发现，并指出被改动的是哪几号。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--tenant", metavar="CODE", help="只核对一个辖区（行政区划代码）")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument(
            "--checkpoints",
            metavar="DIR",
            type=Path,
            help="校验点声明（.txt）和公钥（.pub）所在的目录，含下级目录",
        )
        parser.add_argument(
            "--key",
            metavar="FILE",
            type=Path,
            action="append",
            help="另行保存的公钥，可多次给出；给出后不再采信 DIR 中的公钥",
        )

    def handle(self, *args, **options):
        if options["key"] and not options["checkpoints"]:
            raise CommandError("--key 须与 --checkpoints 一同使用。")
        try:
            with as_migrator():
                findings = chain.verify(options["tenant"])
                verdicts = _compared(findings, options) if options["checkpoints"] else []
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            printed = asdict(findings) | {"clean": not findings.faults}
            if options["checkpoints"]:
                printed["checkpoints"] = [asdict(verdict) for verdict in verdicts]
            self.stdout.write(exact_json.dumps(printed))
        else:
            self.print(findings, verdicts)
        if findings.faults:
            raise CommandError(f"变更日志核对未通过：{len(findings.faults)} 处问题。")

    def print(self, findings: chain.Findings, verdicts: list[witness.Verdict]) -> None:
        for one in findings.chains:
            head = "无" if one.head_pos is None else f"第 {one.head_pos} 号 {one.head_hash}"
            self.stdout.write(f"{one.code} {one.name}：事项 {one.acts}，明细 {one.lines}，链头 {head}")
        for verdict in verdicts:
            said = f"{verdict.outcome.label}（声明 {verdict.statements} 份）。{verdict.text}"
            self.stdout.write(f"校验点 {verdict.tenant}：{said}。")
        for remark in findings.remarks:
            self.stdout.write(f"说明：{remark}")
        for fault in findings.faults:
            self.stdout.write(f"问题：{fault}")
        acts = sum(one.acts for one in findings.chains)
        lines = sum(one.lines for one in findings.chains)
        outcome = f"发现 {len(findings.faults)} 处问题" if findings.faults else "没有发现问题"
        self.stdout.write(f"辖区 {len(findings.chains)}，事项 {acts}，明细 {lines}：{outcome}。")


def _compared(findings: chain.Findings, options: dict) -> list[witness.Verdict]:
    """What the statements say; whatever they do not agree with joins the faults."""
    directory = options["checkpoints"]
    if not directory.is_dir():
        raise CommandError(f"没有目录 {directory}。")
    kept, mangled = statements.gathered(directory)
    findings.faults += [chain.Fault(f"{path} 中有读不懂的校验点声明", None) for path in mangled]
    if not kept and not mangled:
        raise CommandError(f"{directory} 中没有校验点声明（.txt）。")
    verdicts = witness.compare(kept, _keys(findings, options), code=options["tenant"])
    findings.faults += [
        chain.Fault(f"校验点{verdict.outcome.label}：{verdict.text}", verdict.tenant, pos=verdict.pos)
        for verdict in verdicts
        if verdict.outcome != witness.Outcome.AGREES
    ]
    stated = {verdict.tenant for verdict in verdicts}
    findings.remarks += [
        f"{one.code} {one.name} 没有校验点声明，未比对" for one in findings.chains if one.code not in stated
    ]
    return verdicts


def _keys(findings: chain.Findings, options: dict) -> dict[str, Ed25519PublicKey]:
    """The keys that are trusted, by name: those given by themselves, else those beside the statements."""
    files = options["key"] or sorted(options["checkpoints"].rglob("*.pub"))
    if not files:
        raise CommandError("没有公钥：用 --key 给出，或把公钥文件（.pub）放在声明的目录里。")
    if not options["key"]:
        findings.remarks.append(
            "公钥取自声明的目录。它须是早先另行保存、不是刚从这台服务器复制的，签名才有意义；或用 --key 给出"
        )
    keys = [signing_keys.public(path) for path in files]
    return {signing_keys.name_of(key): key for key in keys}
