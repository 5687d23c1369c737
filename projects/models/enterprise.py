from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantModel, tenant_key
from accounts.pinyin import PinyinField


class Enterprise(TenantModel):
    """企业: a firm, known by its 统一社会信用代码 or marked "暂无代码"."""

    name = models.CharField(_("企业名称"), max_length=120)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True)
    division = models.CharField(_("所在地"), max_length=60, blank=True)
    search_key = PinyinField(_("拼音检索"))

    class Meta:
        verbose_name = _("企业")
        constraints = [
            tenant_key("enterprise"),
            models.UniqueConstraint(
                fields=["tenant", "credit_code"],
                name="enterprise_credit_code",
                violation_error_message=_("该信用代码已登记。"),
            ),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(credit_code__isnull=True),
                name="enterprise_name_without_code",
                violation_error_message=_("该企业名称已登记。"),
            ),
        ]

    def __str__(self):
        return self.name
