from django.core.management.base import CommandError

from accounts.commands import TenantCommand, acting
from assessment.choices import Step
from assessment.queries.queue import STEP_OF_ROLE
from assessment.services import opinions
from projects.sheets.cells import plain

STEPS = (Step.FIRST_REVIEW, Step.INSPECTION)


class Command(TenantCommand):
    help = "批量认可没有疑点的申报；留下的逐笔列出原因。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--step", required=True, choices=[step.value for step in STEPS])
        parser.add_argument("--all-clean", action="store_true", help="认可所有没有疑点、无须回避的申报")
        parser.add_argument("--as", dest="actor", required=True, metavar="USER")

    def handle(self, *args, **options):
        if not options["all_clean"]:
            raise CommandError("请写明 --all-clean：逐笔核实请在页面的核实队列中办理。")
        roles = tuple(role for role, step in STEP_OF_ROLE.items() if step == options["step"])
        with acting(options["tenant"], options["actor"], roles) as post:
            done = opinions.decide_clean(post=post, step=options["step"])
        label = Step(options["step"]).label
        self.stdout.write(
            f"{label}：认可 {done.accepted} 笔，免初审 {done.skipped} 笔，留下 {len(done.left)} 笔。"
        )
        for left in done.left:
            claim = left.claim
            self.stdout.write(f"  {claim.unit.name} {claim.subject} {plain(claim.reported)}：{left.why}")
