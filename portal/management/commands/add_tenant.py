import secrets

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import clock, scope
from accounts.choices import Role, TenantLevel, UnitKind
from accounts.models import Post, Tenant, User
from accounts.operator import as_migrator
from accounts.refusals import Refused
from accounts.services import tenants, units
from assessment.services import measures

ADMIN_UNIT = "系统管理"


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
        try:
            with as_migrator(), transaction.atomic():
                tenant, password = self.add(options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"已建立{tenant.name}（{tenant.code}）。")
        if password:
            self.stdout.write(f"系统管理员 {options['admin']} 的初始密码：{password}（只显示这一次）")

    def add(self, options) -> tuple[Tenant, str | None]:
        """The tenant with its measures and, if asked for, its administrator, as one act."""
        tenant = tenants.add(
            code=options["code"],
            name=options["name"],
            level=options["level"],
            parent_code=options["parent"],
            label="服务器运维",
        )
        with scope.enter(tenant.pk, kind=scope.OPERATOR):
            measures.publish_standard()
            if not options["admin"]:
                return tenant, None
            if User.objects.filter(username=options["admin"]).exists():
                raise Refused(f"用户名 {options['admin']} 已被使用，请另选一个。")
            password = secrets.token_urlsafe(9)
            user = User.objects.create(
                username=options["admin"], name=options["admin_name"], password=make_password(password)
            )
            unit = units.build(ADMIN_UNIT, UnitKind.OFFICE)
            unit.save(force_insert=True)
            Post.objects.create(user=user, unit=unit, role=Role.SYSTEM_ADMIN, from_on=clock.today())
        return tenant, password
