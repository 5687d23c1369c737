from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import ClientGroup
from accounts.models.tenant import TenantForeignKey, TenantModel, tenant_key
from accounts.models.unit import Unit

HEX_OF_A_HASH = r"^[0-9a-f]{64}$"


class Client(TenantModel):
    """接口客户端: another system that may read here. Its key is shown once; only the hash is kept.

    While keys are exchanged a second one (``next_key_hash``) is valid beside the first. Without a
    ``unit`` it reads the whole jurisdiction, of a city or province also those below.
    ``groups`` are the groups of resources that it may read; ``addresses`` the networks that it may
    come from (empty: any).
    """

    name = models.CharField(_("名称"), max_length=60)
    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="clients", verbose_name=_("限读单位"))
    groups = models.JSONField(_("可读内容"), default=list)
    addresses = models.JSONField(_("允许的网络地址"), default=list, blank=True)
    expires_on = models.DateField(_("有效期至"))
    disabled = models.BooleanField(_("已停用"), default=False)
    key_hash = models.CharField(_("密钥摘要"), max_length=64)
    next_key_hash = models.CharField(_("新密钥摘要"), max_length=64, null=True, blank=True)
    issued_on = models.DateField(_("密钥签发日期"))

    class Meta:
        verbose_name = _("接口客户端")
        constraints = [
            tenant_key("client"),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(disabled=False),
                name="client_name",
                violation_error_message=_("已有同名的客户端。"),
            ),
            models.CheckConstraint(
                condition=Q(key_hash__regex=HEX_OF_A_HASH)
                & (Q(next_key_hash__isnull=True) | Q(next_key_hash__regex=HEX_OF_A_HASH)),
                name="client_keys_are_hashes",
            ),
        ]
        indexes = [
            # Asked before the tenant is known.
            models.Index(fields=["key_hash"], name="client_key"),
            models.Index(fields=["next_key_hash"], name="client_next_key"),
        ]

    def __str__(self):
        return self.name

    @property
    def group_labels(self) -> list[str]:
        """Names of the groups of resources that it may read."""
        return [str(ClientGroup(group).label) for group in self.groups]
