from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, tenant_key
from projects.choices import PeriodKind


class FilingRule(TenantModel):
    """填报规则: whether units file periods of a kind, and how its deadlines follow in work days."""

    kind = models.CharField(_("类型"), max_length=10, choices=PeriodKind.choices)
    filed = models.BooleanField(_("需要填报"), default=False)
    due_days = models.PositiveSmallIntegerField(_("期末后几个工作日内上报"), default=0)
    close_days = models.PositiveSmallIntegerField(_("截止后几个工作日关闭"), default=5)

    class Meta:
        verbose_name = _("填报规则")
        constraints = [
            tenant_key("filingrule"),
            models.UniqueConstraint(fields=["tenant", "kind"], name="filingrule_once"),
            models.CheckConstraint(
                condition=Q(due_days__lte=60) & Q(close_days__lte=60),
                name="filingrule_days",
                violation_error_message=_("不超过60个工作日。"),
            ),
        ]

    def __str__(self):
        return str(self.get_kind_display())


class Period(TenantModel):
    """填报期: a stretch of the calendar. Units file a Return for it if ``filed``; targets need none.

    What is submitted after ``due_on`` is late (逾期) and still taken; after ``closes_on`` nothing is.
    """

    kind = models.CharField(_("类型"), max_length=10, choices=PeriodKind.choices)
    name = models.CharField(_("名称"), max_length=30)
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    filed = models.BooleanField(_("需要填报"), default=True)
    opens_on = models.DateField(_("开放日期"), null=True, blank=True)
    due_on = models.DateField(_("上报截止"))
    closes_on = models.DateField(_("填报关闭日期"), null=True, blank=True)
    reports_closed_at = models.DateTimeField(_("填报关闭时间"), null=True, blank=True)
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
            models.CheckConstraint(
                condition=(Q(opens_on__isnull=True) | Q(opens_on__lte=F("due_on")))
                & (Q(closes_on__isnull=True) | Q(closes_on__gte=F("due_on"))),
                name="period_dates_in_order",
                violation_error_message=_("应为：开放日期不晚于上报截止，上报截止不晚于填报关闭日期。"),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def takes_reports(self) -> bool:
        """Open for reports: closed for neither reports nor opinions."""
        return self.reports_closed_at is None and self.closed_at is None


class Return(TenantModel):
    """报表: one unit's filing for one period, and the row that is locked when it closes.

    A zero report (零报告) is a submitted Return without claims; 未报 is one that was not submitted. That
    somebody looked at a zero report stands in ``zero_confirmed_*``: it has no claim to give an opinion on.
    The moments are the database's own (real) clock, ``submitted_on`` is the business day (None: not
    known, from an old workbook). The seal is computed by the closing trigger. A closed Return that was
    reopened takes entries until ``reopened_until`` and is then closed again; the two columns stay.
    """

    unit = TenantForeignKey(Unit, related_name="returns", verbose_name=_("单位"))
    period = TenantForeignKey(Period, related_name="returns", verbose_name=_("填报期"))
    submitted_at = models.DateTimeField(_("上报时间"), null=True, blank=True)
    submitted_on = models.DateField(_("上报日期"), null=True, blank=True)
    submitted_by = models.CharField(_("上报人岗位"), max_length=120, blank=True)
    on_behalf = models.BooleanField(_("代填"), default=False)
    confirmed_at = models.DateTimeField(_("确认代填时间"), null=True, blank=True)
    confirmed_by = models.CharField(_("确认人岗位"), max_length=120, blank=True)
    zero_confirmed_at = models.DateTimeField(_("零报告确认时间"), null=True, blank=True)
    zero_confirmed_by = models.CharField(
        _("零报告确认人岗位"), max_length=120, blank=True, default="", db_default=""
    )
    reports_closed_at = models.DateTimeField(_("填报关闭"), null=True, blank=True)
    opinions_closed_at = models.DateTimeField(_("核实关闭"), null=True, blank=True)
    reopened_until = models.DateTimeField(_("重新开放至"), null=True, blank=True)
    reopen_reason = models.CharField(_("重新开放的理由"), max_length=200, blank=True)
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
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(submitted_at__isnull=False, on_behalf=True),
                name="return_confirmed_on_behalf",
            ),
            models.CheckConstraint(
                condition=Q(zero_confirmed_at__isnull=True) | Q(submitted_at__isnull=False),
                name="return_zero_confirmed_submitted",
            ),
            models.CheckConstraint(
                condition=Q(reopened_until__isnull=True, reopen_reason="")
                | (Q(reopened_until__isnull=False) & ~Q(reopen_reason="")),
                name="return_reopened_with_reason",
                violation_error_message=_("重新开放应写明理由和期限。"),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "period"], name="return_period")]

    @property
    def overdue(self) -> bool:
        """逾期: submitted after the period's due day; never where the day is not known."""
        return self.submitted_on is not None and self.submitted_on > self.period.due_on

    @property
    def to_confirm(self) -> bool:
        """Submitted on the unit's behalf (代填) and not confirmed by its head yet."""
        return self.on_behalf and self.confirmed_at is None

    @property
    def reopened(self) -> bool:
        """Open for reports only because it was reopened; the database refuses entries after the expiry."""
        return self.reopened_until is not None and self.reports_closed_at is None
