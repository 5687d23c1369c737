from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, tenant_key
from projects.choices import ClaimKind
from projects.models.project import Project


class Split(TenantModel):
    """分成协议: agreed credit for a project's claims, by document. Immutable once a claim uses it."""

    project = TenantForeignKey(Project, related_name="splits", verbose_name=_("项目"))
    document = models.CharField(_("依据文件"), max_length=120)
    agreed_on = models.DateField(_("签订日期"))
    double_credit = models.BooleanField(
        _("双方全额计入"), default=False, help_text=_("如飞地：各方比例合计可以超过100%，县级合计不受影响。")
    )

    class Meta:
        verbose_name = _("分成协议")
        constraints = [
            tenant_key("split"),
            models.UniqueConstraint(fields=["tenant", "project", "document"], name="split_once"),
        ]


class SplitLine(TenantModel):
    """One unit's share of the claims of one kind; lines of one kind add up to 1 (unless double credit)."""

    split = TenantForeignKey(Split, related_name="lines")
    unit = TenantForeignKey(Unit, related_name="split_lines", verbose_name=_("单位"))
    kind = models.CharField(_("申报类别"), max_length=30, choices=ClaimKind.choices)
    share = models.DecimalField(_("比例"), max_digits=7, decimal_places=6)

    class Meta:
        verbose_name = _("分成明细")
        constraints = [
            tenant_key("splitline"),
            models.UniqueConstraint(fields=["tenant", "split", "unit", "kind"], name="splitline_once"),
            models.CheckConstraint(
                condition=Q(share__gt=0) & Q(share__lte=1),
                name="splitline_share",
                violation_error_message=_("比例应大于0且不超过100%。"),
            ),
        ]
