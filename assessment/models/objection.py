from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, User, tenant_key
from assessment.choices import ObjectionOutcome
from assessment.models.opinion import Opinion
from assessment.models.snapshot import Snapshot
from projects.models import Claim


class Objection(TenantModel):
    """异议: what a credited unit says against one claim of a publicity, and the one answer to it.

    The insert trigger fills the unit, who and when, and ``opinion``: what stood when it was raised, which
    the answer is about. An upheld objection changes no figure; that is done by reopening the Return and a
    later opinion.
    """

    publicity = TenantForeignKey(Snapshot, related_name="objections", verbose_name=_("公示稿"))
    claim = TenantForeignKey(Claim, related_name="objections", verbose_name=_("申报"))
    unit = TenantForeignKey(Unit, related_name="objections", verbose_name=_("单位"))
    opinion = TenantForeignKey(
        Opinion, null=True, blank=True, related_name="objections", verbose_name=_("所异议的意见")
    )
    reason = models.TextField(_("异议理由"))
    raised_on = models.DateField(_("提出日期"))
    answer_due = models.DateField(_("答复期限"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    post_label = models.CharField(_("提出人岗位"), max_length=120, blank=True, editable=False)
    at = models.DateTimeField(_("提出时间"), null=True, editable=False)
    outcome = models.CharField(
        _("答复结论"), max_length=20, choices=ObjectionOutcome.choices, blank=True, default=""
    )
    answer = models.TextField(_("答复"), blank=True, default="")
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    answered_label = models.CharField(_("答复人岗位"), max_length=120, blank=True, editable=False, default="")
    answered_at = models.DateTimeField(_("答复时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("异议")
        constraints = [
            tenant_key("objection"),
            # By unit: of two that share a claim neither takes the other's voice.
            models.UniqueConstraint(
                fields=["tenant", "publicity", "claim", "unit"],
                name="objection_once",
                violation_error_message=_("本单位对这笔申报已经提出过异议，每次公示只提一次。"),
            ),
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"),
                name="objection_with_reason",
                violation_error_message=_("请写明异议的理由。"),
            ),
            models.CheckConstraint(
                condition=Q(answer_due__gte=F("raised_on")), name="objection_due_after_it"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answer="", answered_on__isnull=True, answered_at__isnull=True)
                | (
                    ~Q(outcome="")
                    & Q(answer__regex=r"\S", answered_on__isnull=False, answered_at__isnull=False)
                ),
                name="objection_answered_whole",
                violation_error_message=_("答复应有结论和内容。"),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "claim"], name="objection_claim")]

    @property
    def answered(self) -> bool:
        return self.answered_at is not None
