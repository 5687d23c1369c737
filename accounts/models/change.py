from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.tenant import Tenant, TenantForeignKey, TenantModel, tenant_key


class Change(TenantModel):
    """变更: the header of one act. Written by ``sec.begin_act`` and sealed at commit, never by Python."""

    pos = models.BigIntegerField(_("序号"), null=True)
    at = models.DateTimeField(_("时间"))
    act = models.CharField(_("事项"), max_length=60)
    actor = models.BigIntegerField(_("操作人"), null=True)
    post_label = models.CharField(_("岗位"), max_length=120)
    reason = models.TextField(_("理由"))
    request_id = models.CharField(max_length=40)
    prev = models.BinaryField(null=True)
    hash = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("变更")
        constraints = [
            tenant_key("change"),
            models.UniqueConstraint(fields=["tenant", "pos"], name="change_pos"),
        ]


class ChangeRow(TenantModel):
    """One line of an act: a row before and after. Personal columns read "changed"."""

    change = TenantForeignKey(Change, related_name="rows")
    table = models.CharField(max_length=63)
    row = models.BigIntegerField()
    op = models.CharField(max_length=1)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("变更明细")
        constraints = [tenant_key("changerow")]
        indexes = [
            # The act first: its lines are read at every seal, whatever the statistics say.
            models.Index(fields=["change", "tenant"], name="changerow_change"),
            models.Index(fields=["tenant", "table", "row"], name="changerow_row"),
        ]


class ChainHead(models.Model):
    """The last position and hash of a tenant's chain."""

    tenant = models.OneToOneField(Tenant, models.PROTECT, primary_key=True, related_name="+")
    pos = models.BigIntegerField()
    hash = models.BinaryField()
