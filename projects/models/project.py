from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, tenant_key
from accounts.pinyin import PinyinField
from projects.choices import BusinessLine, Channel, Stage
from projects.models.enterprise import Enterprise


class Project(TenantModel):
    """项目: a thing pursued in a business line. What it brought in are its claims."""

    name = models.CharField(_("项目名称"), max_length=120)
    line = models.CharField(
        _("业务条线"), max_length=20, choices=BusinessLine.choices, default=BusinessLine.RECRUITMENT
    )
    enterprise = TenantForeignKey(Enterprise, related_name="projects", verbose_name=_("投资方"))
    unit = TenantForeignKey(Unit, related_name="projects", verbose_name=_("引进单位"))
    host_unit = TenantForeignKey(
        Unit, null=True, blank=True, related_name="hosted_projects", verbose_name=_("落户地")
    )
    parent = TenantForeignKey(
        "self", null=True, blank=True, related_name="phases", verbose_name=_("前期项目")
    )
    industry = models.CharField(_("行业代码"), max_length=5, blank=True)
    channel = models.CharField(_("招商方式"), max_length=20, choices=Channel.choices, blank=True)
    # What the last stage change says; empty while none was recorded (then its signatures tell the stage).
    stage = models.CharField(
        _("阶段"), max_length=20, choices=Stage.choices, default="", db_default="", blank=True, editable=False
    )
    year_introduced = models.PositiveSmallIntegerField(_("引进年份"))
    search_key = PinyinField(_("拼音检索"))

    class Meta:
        verbose_name = _("项目")
        constraints = [
            tenant_key("project"),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="project_name",
                violation_error_message=_("已有同名项目。"),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "unit"], name="project_unit")]

    def __str__(self):
        return self.name
