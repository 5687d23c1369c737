from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts import clock
from accounts.choices import Role
from accounts.commands import TenantCommand, acting
from accounts.models import Unit, User
from accounts.services import users


class Command(TenantCommand):
    help = "给一个人任命岗位；没有这个用户时新建，并显示一次初始密码。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--as", dest="actor", required=True, metavar="USER", help="系统管理员")
        parser.add_argument("--user", required=True, help="用户名")
        parser.add_argument("--name", default="", help="姓名（新用户）")
        parser.add_argument("--unit", required=True, help="单位名称")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--password", help="初始密码（不写则随机）")

    def handle(self, *args, **options):
        password = options["password"] or users.draw_secret()
        with acting(options["tenant"], options["actor"], (Role.SYSTEM_ADMIN,)) as post:
            unit = Unit.objects.filter(name=options["unit"]).first()
            if unit is None:
                raise CommandError(f"没有名为“{options['unit']}”的单位，请先新增单位。")
            known = User.objects.filter(username=options["user"]).exists()
            try:
                users.appoint(
                    post=post,
                    username=options["user"],
                    name=options["name"] or options["user"],
                    unit=unit,
                    role=options["role"],
                    password=password,
                    on=clock.today(),
                    initial=not options["password"],
                )
            except ValidationError as error:
                raise CommandError("；".join(error.messages)) from error
        self.stdout.write(f"已任命 {options['user']} 为{unit.name}{Role(options['role']).label}。")
        if not known:
            lasting = "" if options["password"] else "，72 小时内有效，首次登录须修改"
            self.stdout.write(f"初始密码：{password}（只显示这一次{lasting}）")
