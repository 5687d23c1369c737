from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, tenant_key
from projects.choices import AgreementKind
from projects.models.project import Project


class Agreement(TenantModel):
    """协议: one signature. Its figures become up to four claims, once; an unknown part claims none."""

    project = TenantForeignKey(Project, related_name="agreements", verbose_name=_("项目"))
    kind = models.CharField(_("协议类型"), max_length=20, choices=AgreementKind.choices)
    signed_on = models.DateField(_("签约日期"))
    total_wan = models.DecimalField(_("总投资（万元）"), max_digits=20, decimal_places=6, null=True)
    introduced_wan = models.DecimalField(_("引资额（万元）"), max_digits=20, decimal_places=6, null=True)
    fixed_assets_wan = models.DecimalField(
        _("固定资产投资（万元）"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    supersedes = TenantForeignKey(
        "self", null=True, blank=True, related_name="+", verbose_name=_("替代的协议")
    )

    class Meta:
        verbose_name = _("协议")
        constraints = [
            tenant_key("agreement"),
            models.UniqueConstraint(
                fields=["tenant", "project", "kind", "signed_on"],
                name="agreement_once",
                violation_error_message=_("该项目当日已登记同类协议。"),
            ),
            models.CheckConstraint(
                condition=Q(introduced_wan__isnull=True)
                | Q(total_wan__isnull=True)
                | Q(introduced_wan__lte=F("total_wan")),
                name="agreement_introduced_within_total",
                violation_error_message=_("引资额不能大于总投资。"),
            ),
        ]
