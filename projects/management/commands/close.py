from django.core.management.base import CommandError

from accounts.choices import Role
from accounts.commands import TenantCommand, acting
from projects.models import Period
from projects.services import closing


class Command(TenantCommand):
    help = "关闭一个填报期：各单位报表停止填报和核实并封存。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--period", required=True, metavar="NAME", help="填报期名称，如 2012年上半年")
        parser.add_argument("--as", dest="actor", required=True, metavar="USER", help="督查室人员")

    def handle(self, *args, **options):
        with acting(options["tenant"], options["actor"], (Role.INSPECTION,)) as post:
            period = Period.objects.filter(name=options["period"], filed=True).first()
            if period is None:
                names = "、".join(Period.objects.filter(filed=True).values_list("name", flat=True)) or "无"
                raise CommandError(f"没有名为“{options['period']}”的填报期。已开启：{names}。")
            closing.close_period(post=post, period_id=period.pk)
            count = period.returns.count()
        self.stdout.write(f"“{period.name}”已关闭，封存 {count} 份报表。")
