from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, tenant_key
from projects.models.project import Project
from projects.stages import PLANNED


class StagePlan(TenantModel):
    """计划日期: on which day a project means to reach a stage. The highest version of a stage is in force.

    A plan is never edited: another day is the next version, with its reason. Who and when are in the
    change log.
    """

    project = TenantForeignKey(Project, related_name="plans", verbose_name=_("项目"))
    stage = models.CharField(_("阶段"), max_length=20, choices=[(one.value, one.label) for one in PLANNED])
    planned_on = models.DateField(_("计划日期"))
    version = models.PositiveIntegerField(_("第几次计划"), default=1)
    reason = models.CharField(_("调整理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("计划日期")
        constraints = [
            tenant_key("stageplan"),
            models.UniqueConstraint(
                fields=["tenant", "project", "stage", "version"],
                name="stageplan_version",
                violation_error_message=_("这一阶段的计划刚刚有人调整过，请刷新后再看。"),
            ),
            models.CheckConstraint(condition=Q(stage__in=PLANNED), name="stageplan_ahead"),
            models.CheckConstraint(
                condition=Q(version=1) | (Q(version__gt=1) & ~Q(reason="")),
                name="stageplan_reason",
                violation_error_message=_("调整计划日期须写明理由。"),
            ),
        ]

    def __str__(self):
        return f"{self.get_stage_display()} {self.planned_on:%Y-%m-%d}"
