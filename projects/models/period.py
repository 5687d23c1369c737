from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, tenant_key
from projects.choices import PeriodKind


class Period(TenantModel):
    """填报期: a stretch of the calendar. Units file a Return for it if ``filed``; targets need none."""

    kind = models.CharField(_("类型"), max_length=10, choices=PeriodKind.choices)
    name = models.CharField(_("名称"), max_length=30)
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    filed = models.BooleanField(_("需要填报"), default=True)
    due_on = models.DateField(_("上报截止"))
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("填报期")
        constraints = [
            tenant_key("period"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "starts_on"],
                name="period_once",
                violation_error_message=_("该填报期已开启。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & Q(due_on__gte=F("starts_on")), name="period_dates"
            ),
        ]

    def __str__(self):
        return self.name


class Return(TenantModel):
    """报表: one unit's filing for one period, and the row that is locked when it closes.

    A zero report (零报告) is a submitted Return without claims; 未报 is one that was not submitted.
    The moments are the database's own (real) clock. The seal is computed by the closing trigger.
    """

    unit = TenantForeignKey(Unit, related_name="returns", verbose_name=_("单位"))
    period = TenantForeignKey(Period, related_name="returns", verbose_name=_("填报期"))
    submitted_at = models.DateTimeField(_("上报时间"), null=True, blank=True)
    submitted_by = models.CharField(_("上报人岗位"), max_length=120, blank=True)
    on_behalf = models.BooleanField(_("代填"), default=False)
    reports_closed_at = models.DateTimeField(_("填报关闭"), null=True, blank=True)
    opinions_closed_at = models.DateTimeField(_("核实关闭"), null=True, blank=True)
    seal = models.CharField(_("封存摘要"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("报表")
        constraints = [
            tenant_key("return"),
            models.UniqueConstraint(fields=["tenant", "unit", "period"], name="return_once"),
            models.CheckConstraint(
                condition=Q(opinions_closed_at__isnull=True) | Q(reports_closed_at__isnull=False),
                name="return_closes_in_order",
            ),
            models.CheckConstraint(
                condition=Q(opinions_closed_at__isnull=True, seal="")
                | (Q(opinions_closed_at__isnull=False) & ~Q(seal="")),
                name="return_sealed_when_closed",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "period"], name="return_period")]
