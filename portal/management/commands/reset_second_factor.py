from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import SecondFactor, User
from accounts.operator import as_migrator, tenant_id_of
from accounts.services.tenants import open_act
from portal.new_tenant import OPERATOR_LABEL


class Command(BaseCommand):
    """For the only security administrator who has lost the device; everybody else asks him."""

    help = "解除一个人的动态口令绑定（仅用于唯一的安全管理员遗失手机）；记入辖区的变更日志。"

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True, metavar="CODE", help="行政区划代码")
        parser.add_argument("--user", required=True, help="用户名")

    def handle(self, *args, **options):
        with as_migrator(), transaction.atomic():
            tenant = tenant_id_of(options["tenant"])
            if tenant is None:
                raise CommandError(f"没有行政区划代码为 {options['tenant']} 的辖区。")
            user = User.objects.filter(username=options["user"], posts__tenant_id=tenant).first()
            if user is None or user.second_factor_at is None:
                raise CommandError(f"{options['tenant']} 没有绑定动态口令的用户 {options['user']}。")
            open_act(tenant, "factor.reset", OPERATOR_LABEL)
            SecondFactor.objects.filter(pk=user.pk).delete()
            user.second_factor_at = None
            user.save(update_fields=["second_factor_at"])
        self.stdout.write(f"已解除 {options['user']} 的动态口令绑定，下次登录时重新绑定。")
