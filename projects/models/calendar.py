from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantModel, tenant_key
from projects.choices import CalendarSource


class CalendarYear(TenantModel):
    """工作日历: a year whose work days are known. Its version counts the times that it was changed."""

    year = models.PositiveIntegerField(_("年份"))
    source = models.CharField(_("来源"), max_length=10, choices=CalendarSource.choices)
    version = models.PositiveIntegerField(_("版次"), default=1)

    class Meta:
        verbose_name = _("工作日历")
        constraints = [
            tenant_key("calendaryear"),
            models.UniqueConstraint(fields=["tenant", "year"], name="calendaryear_once"),
        ]

    def __str__(self):
        return f"{self.year}年"


class CalendarDay(TenantModel):
    """调休: a day off from Monday to Friday, or a Saturday or Sunday on which people work."""

    day = models.DateField(_("日期"))
    works = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=30)

    class Meta:
        verbose_name = _("调休日")
        constraints = [
            tenant_key("calendarday"),
            models.UniqueConstraint(fields=["tenant", "day"], name="calendarday_once"),
            # Only what differs from the week is kept: a Friday that is worked says nothing.
            models.CheckConstraint(
                condition=Q(works=True, day__iso_week_day__gte=6) | Q(works=False, day__iso_week_day__lte=5),
                name="calendarday_differs",
            ),
        ]

    def __str__(self):
        return str(self.day)
