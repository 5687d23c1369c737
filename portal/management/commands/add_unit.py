from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.choices import Role, UnitKind
from accounts.commands import TenantCommand, acting
from accounts.models import Tenant, Unit
from accounts.services import units


class Command(TenantCommand):
    help = "新增一个单位。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--as", dest="actor", required=True, metavar="USER", help="系统管理员或招商局经办"
        )
        parser.add_argument("--name", required=True, help="单位名称")
        parser.add_argument("--kind", required=True, choices=UnitKind.values)
        parser.add_argument("--under", metavar="UNIT", help="上级单位名称")
        parser.add_argument("--leader-office", metavar="UNIT", help="分管领导所在办公室")
        parser.add_argument("--represents", metavar="CODE", help="代表的下级辖区的行政区划代码")

    def handle(self, *args, **options):
        with acting(options["tenant"], options["actor"], (Role.SYSTEM_ADMIN, Role.BUREAU)) as post:
            try:
                unit = units.add(
                    post=post,
                    name=options["name"],
                    kind=options["kind"],
                    parent=self.unit(options["under"]),
                    leader_office=self.unit(options["leader_office"]),
                    represents=self.jurisdiction(options["represents"]),
                )
            except ValidationError as error:
                raise CommandError("；".join(error.messages)) from error
        self.stdout.write(f"已新增{unit.get_kind_display()}：{unit.name}。")

    def unit(self, name: str | None) -> Unit | None:
        """The unit of this name, None for none; CommandError for an unknown one."""
        if not name:
            return None
        unit = Unit.objects.filter(name=name).first()
        if unit is None:
            raise CommandError(f"没有名为“{name}”的单位。")
        return unit

    def jurisdiction(self, code: str | None) -> Tenant | None:
        """The jurisdiction below with this code, None for none; CommandError for an unknown one."""
        if not code:
            return None
        tenant = Tenant.objects.filter(code=code).first()
        if tenant is None:
            raise CommandError(f"没有行政区划代码为 {code} 的下级辖区。")
        return tenant
