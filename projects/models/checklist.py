from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantModel, tenant_key
from projects.choices import CLAIMANT_FILES, VOUCHER_FILES, AgreementKind, Demand, VoucherKind


class ChecklistItem(TenantModel):
    """佐证清单: whether a kind of file belongs to a voucher or signature of a kind, if dated from a day on.

    It holds until a later one about the same follows; a version never changes. What a stage asks
    for are its gates.
    """

    about = models.CharField(
        _("凭证或协议"), max_length=30, choices=[*VoucherKind.choices, *AgreementKind.choices]
    )
    kind = models.CharField(
        _("材料种类"), max_length=20, choices=[(kind.value, kind.label) for kind in CLAIMANT_FILES]
    )
    demand = models.CharField(_("要求"), max_length=10, choices=Demand.choices)
    valid_from = models.DateField(_("适用起始日"))
    document = models.CharField(_("依据文件"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("佐证清单")
        constraints = [
            tenant_key("checklistitem"),
            models.UniqueConstraint(
                fields=["tenant", "about", "kind", "valid_from"],
                name="checklistitem_once",
                violation_error_message=_("这一项当日已有规定，请换一个适用起始日。"),
            ),
            # What the page of a voucher does not take could never be there.
            models.CheckConstraint(
                condition=Q(about__in=AgreementKind.values) | Q(kind__in=VOUCHER_FILES),
                name="checklistitem_voucher_files",
                violation_error_message=_(
                    "凭证的材料只能是凭证页面收的种类，其他材料请规定在协议或阶段条件里。"
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_about_display()}：{self.get_kind_display()}"
