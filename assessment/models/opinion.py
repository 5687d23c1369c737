from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, User, tenant_key
from assessment.choices import ReasonCode, Step, Verdict
from projects.models import Claim


class Opinion(TenantModel):
    """意见: who decided what on one claim. Append-only; a change of mind is a later opinion.

    Who, in which post and when are filled by the insert trigger, which also refuses an opinion
    with an interest in the claim, in the wrong step or on a closed Return, and then writes the
    claim's decision columns.
    """

    claim = TenantForeignKey(Claim, related_name="opinions", verbose_name=_("申报"))
    step = models.CharField(_("步骤"), max_length=20, choices=Step.choices)
    verdict = models.CharField(_("结论"), max_length=20, choices=Verdict.choices)
    accepted = models.DecimalField(_("认可数"), max_digits=20, decimal_places=6, null=True, blank=True)
    code = models.CharField(
        _("理由类别"), max_length=20, choices=ReasonCode.choices, blank=True, default="", db_default=""
    )
    reason = models.TextField(_("理由"), blank=True)
    supersedes = TenantForeignKey(
        "self", null=True, blank=True, related_name="+", verbose_name=_("改变的意见")
    )
    actor = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    post_label = models.CharField(_("岗位"), max_length=120, editable=False)
    at = models.DateTimeField(_("时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("意见")
        constraints = [
            tenant_key("opinion"),
            models.UniqueConstraint(fields=["tenant", "supersedes"], name="opinion_superseded_once"),
        ]
        indexes = [models.Index(fields=["tenant", "claim"], name="opinion_claim")]
