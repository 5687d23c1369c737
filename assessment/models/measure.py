from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, tenant_key
from projects.choices import AgreementKind, BusinessLine, ClaimKind, unit_of
from projects.models import Period


class Measure(TenantModel):
    """统计口径: a county's dated rule of what is counted. A version never changes; a new one follows it.

    It is a query over claims and their project's attributes, never a key on a claim.
    ``agreement_kinds`` (empty: all) and ``carry_over`` (null: both) filter; ``zero_threshold`` is
    the amount that a unit must exceed to have broken zero (破零).
    """

    name = models.CharField(_("名称"), max_length=60)
    version = models.PositiveIntegerField(_("版本"))
    valid_from = models.DateField(_("生效日期"))
    line = models.CharField(_("业务条线"), max_length=20, choices=BusinessLine.choices)
    kind = models.CharField(_("申报类别"), max_length=30, choices=ClaimKind.choices)
    agreement_kinds = models.JSONField(_("限协议类型"), default=list, blank=True)
    carry_over = models.BooleanField(_("续建项目"), null=True, blank=True)
    zero_threshold = models.DecimalField(_("破零线"), max_digits=20, decimal_places=6, default=0)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("统计口径")
        constraints = [
            tenant_key("measure"),
            models.UniqueConstraint(fields=["tenant", "name", "version"], name="measure_version"),
            models.CheckConstraint(condition=Q(zero_threshold__gte=0), name="measure_threshold"),
        ]

    def __str__(self):
        return self.name

    @property
    def sentence(self) -> str:
        """What is counted, in one sentence that people read."""
        what = f"统计{self.get_line_display()}条线的{self.get_kind_display()}"
        if self.agreement_kinds:
            labels = [str(AgreementKind(kind).label) for kind in self.agreement_kinds]
            what += f"，只计协议类型为{'、'.join(labels)}的项目"
        if self.carry_over is not None:
            what += "，只计续建项目" if self.carry_over else "，不含续建项目"
        unit = unit_of(self.kind)
        return f"{what}；破零线为{self.zero_threshold.normalize():f}{unit}，超过才算破零。"


class Target(TenantModel):
    """目标任务: what a unit (or, without one, the whole tenant) is to bring in. A revision replaces it."""

    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="targets", verbose_name=_("单位"))
    measure = TenantForeignKey(Measure, related_name="targets", verbose_name=_("指标"))
    period = TenantForeignKey(Period, related_name="targets", verbose_name=_("期间"))
    amount = models.DecimalField(_("目标数"), max_digits=20, decimal_places=6)
    issuer = models.CharField(_("下达单位"), max_length=60, blank=True)
    document = models.CharField(_("下达文件"), max_length=120, blank=True)
    issued_on = models.DateField(_("下达日期"), null=True, blank=True)
    replaces = TenantForeignKey(
        "self", null=True, blank=True, related_name="successors", verbose_name=_("调整")
    )

    class Meta:
        verbose_name = _("目标任务")
        constraints = [
            tenant_key("target"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="target_positive",
                violation_error_message=_("目标数应大于零；没有任务的单位不下达。"),
            ),
            models.UniqueConstraint(
                fields=["tenant", "measure", "period", "unit"],
                condition=Q(replaces__isnull=True),
                name="target_once",
                nulls_distinct=False,
                violation_error_message=_("该单位本期这项任务已下达，请用调整。"),
            ),
            models.UniqueConstraint(fields=["tenant", "replaces"], name="target_replaced_once"),
        ]
