import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantModel, User, tenant_key
from assessment.choices import ExportKind, ExportOutcome

# How long an approval holds after the day on which it is given.
VALID = dt.timedelta(days=7)


class ExportRequest(TenantModel):
    """审批导出: who wants to take along which rows and what for, and the one answer of a second person.

    ``query`` repeats the question on the page that exports, ``question`` says it in words; ``rows``: how
    many there were when it was asked. The triggers fill who asked and answered, and when; the post counts
    too, since it decides what is seen.
    """

    kind = models.CharField(_("导出内容"), max_length=20, choices=ExportKind.choices)
    query = models.CharField(_("查询条件（可重复）"), max_length=1500, blank=True)
    question = models.CharField(_("查询条件"), max_length=500)
    rows = models.PositiveIntegerField(_("申请时笔数"))
    purpose = models.TextField(_("用途"))
    asked_on = models.DateField(_("申请日期"))
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("申请人")
    )
    post_label = models.CharField(_("申请人岗位"), max_length=120, blank=True, editable=False)
    at = models.DateTimeField(_("申请时间"), null=True, editable=False)
    outcome = models.CharField(
        _("审批结论"), max_length=20, choices=ExportOutcome.choices, blank=True, default=""
    )
    answer = models.TextField(_("审批意见"), blank=True, default="")
    answered_on = models.DateField(_("审批日期"), null=True, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("审批人")
    )
    answered_label = models.CharField(_("审批人岗位"), max_length=120, blank=True, editable=False, default="")
    answered_at = models.DateTimeField(_("审批时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("导出申请")
        constraints = [
            tenant_key("export_request"),
            models.UniqueConstraint(
                fields=["tenant", "actor", "post_label", "kind", "query"],
                condition=Q(answered_at__isnull=True),
                name="export_request_waits_once",
                violation_error_message=_("同样的导出已经申请过，正在等待审批。"),
            ),
            models.CheckConstraint(
                condition=Q(purpose__regex=r"\S", question__regex=r"\S"),
                name="export_request_with_purpose",
                violation_error_message=_("请写明导出的用途。"),
            ),
            models.CheckConstraint(condition=Q(rows__gt=0), name="export_request_of_rows"),
            models.CheckConstraint(
                condition=~Q(answered_by=F("actor")),
                name="export_request_second_person",
                violation_error_message=_("自己申请的导出须由另一人审批。"),
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome="",
                    answer="",
                    answered_on__isnull=True,
                    valid_until__isnull=True,
                    answered_by__isnull=True,
                    answered_at__isnull=True,
                )
                | (
                    Q(answered_on__isnull=False, answered_by__isnull=False, answered_at__isnull=False)
                    & Q(answered_on__gte=F("asked_on"))
                    & (
                        Q(
                            outcome=ExportOutcome.APPROVED,
                            valid_until__isnull=False,
                            valid_until__gte=F("answered_on"),
                            valid_until__lte=F("answered_on") + VALID,
                        )
                        | Q(outcome=ExportOutcome.REFUSED, answer__regex=r"\S", valid_until__isnull=True)
                    )
                ),
                name="export_request_answered_whole",
                violation_error_message=_("审批应有结论；不同意的应写明理由。"),
            ),
        ]

    @property
    def answered(self) -> bool:
        return self.answered_at is not None
