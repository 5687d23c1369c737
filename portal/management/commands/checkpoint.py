from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.refusals import Refused
from accounts.services import checkpoints
from accounts.tasks import inside, tenants


class Command(BaseCommand):
    """What the background task does; for servers without one, and to see why there is no checkpoint."""

    help = "为每个辖区签发今天的校验点（已签发的不重复），写入 PORTAL_CHECKPOINT_DIR。"

    def handle(self, *args, **options):
        faults = []
        for tenant_id in tenants():
            try:
                with inside(tenant_id):
                    kept = checkpoints.keep(on=clock.real_today())
            except Refused as refusal:
                faults.append(f"辖区编号 {tenant_id}：{refusal}")
                continue
            if kept is not None and kept.signed is not None:
                stated = kept.signed.statement
                self.stdout.write(
                    f"{stated.tenant} {stated.day} 第 {stated.pos} 号 校验码 {stated.short_code}"
                )
        if faults:
            raise CommandError("\n".join(faults))
