from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.choices import TenantLevel
from accounts.refusals import Refused
from accounts.services import users
from portal import new_tenant


class Command(BaseCommand):
    help = "建立一个辖区（省、市、县），附第一版统计口径；可同时建立系统管理员。"

    def add_arguments(self, parser):
        parser.add_argument("--code", required=True, help="行政区划代码")
        parser.add_argument("--name", required=True, help="名称")
        parser.add_argument("--level", required=True, choices=TenantLevel.values)
        parser.add_argument("--parent", metavar="CODE", help="上级辖区的行政区划代码")
        parser.add_argument("--admin", metavar="USERNAME", help="系统管理员的用户名")
        parser.add_argument("--admin-name", default="系统管理员", help="系统管理员的姓名")

    def handle(self, *args, **options):
        password = users.draw_secret()
        username = options["admin"]
        try:
            tenant = new_tenant.add(
                code=options["code"],
                name=options["name"],
                level=options["level"],
                on=clock.today(),
                parent_code=options["parent"],
                admin=(username, options["admin_name"], password) if username else None,
                initial=True,
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"已建立{tenant.name}（{tenant.code}）。")
        if username:
            self.stdout.write(f"系统管理员 {username} 的初始密码：{password}（只显示这一次，72 小时内有效）")
