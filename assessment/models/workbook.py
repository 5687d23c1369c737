from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Change, TenantForeignKey, TenantModel, tenant_key
from projects.models import Period


class ImportBatch(TenantModel):
    """导入批次: one workbook that was accepted. What it wrote are the lines of the act named here."""

    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(_("文件名"), max_length=200)
    period = TenantForeignKey(Period, related_name="batches", verbose_name=_("填报期"))
    change = TenantForeignKey(Change, related_name="+")
    summary = models.JSONField(_("导入内容"))
    undone_by = TenantForeignKey(Change, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("导入批次")
        constraints = [tenant_key("importbatch")]
