from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, User, tenant_key
from assessment.choices import SourceKind
from assessment.models.measure import Measure


class OfficialSource(TenantModel):
    """独立数据来源: a table that others than the promotion bureau keep. The superior names it and its owner.

    ``owner_unit`` loads its figures beside the superior (empty: the superior alone); ``margin`` is the
    share in % by which the verified money of a firm may exceed the statistics before it is doubted.
    """

    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=20, choices=SourceKind.choices)
    owner_unit = TenantForeignKey(
        Unit, null=True, blank=True, related_name="official_sources", verbose_name=_("负责单位")
    )
    margin = models.PositiveSmallIntegerField(_("允许高出（%）"), default=20)

    class Meta:
        verbose_name = _("独立数据来源")
        constraints = [
            tenant_key("officialsource"),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="officialsource_name",
                violation_error_message=_("已有同名的独立数据来源。"),
            ),
            models.CheckConstraint(
                condition=Q(margin__lte=500),
                name="officialsource_margin",
                violation_error_message=_("允许高出的比例不超过 500%。"),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def counts_firms(self) -> bool:
        """Whether its rows are firms; else they are measures, of firms where the table names them."""
        return self.kind != SourceKind.OFFICIAL


class OfficialFigure(TenantModel):
    """独立数据: one outside figure of a firm, a measure, or a measure at a firm, in one month.

    Never of a claim: what it means for one is compared where it is read. Append-only; a later figure of
    the same subject and month names the one that it replaces. A measure is named by its first version.
    Who loaded it, in which post and when is filled by the insert trigger.
    """

    source = TenantForeignKey(OfficialSource, related_name="figures", verbose_name=_("来源"))
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True)
    firm_name = models.CharField(_("企业名称"), max_length=120, blank=True)
    measure = TenantForeignKey(
        Measure, null=True, blank=True, related_name="official_figures", verbose_name=_("指标")
    )
    month = models.DateField(_("月份"))
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=6)
    as_of = models.DateField(_("截至"))
    document = models.CharField(_("依据"), max_length=120)
    replaces = TenantForeignKey(
        "self", null=True, blank=True, related_name="successors", verbose_name=_("更正")
    )
    loaded_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    post_label = models.CharField(_("载入岗位"), max_length=120, editable=False)
    loaded_at = models.DateTimeField(_("载入时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("独立数据")
        constraints = [
            tenant_key("officialfigure"),
            models.CheckConstraint(
                condition=Q(credit_code__isnull=False) | Q(measure__isnull=False),
                name="officialfigure_subject",
            ),
            models.CheckConstraint(
                condition=Q(credit_code__isnull=True) | Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="officialfigure_credit_code",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="officialfigure_month"),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="officialfigure_value",
                violation_error_message=_("数值不能为负。"),
            ),
            models.CheckConstraint(
                condition=Q(as_of__gte=F("month")),
                name="officialfigure_as_of",
                violation_error_message=_("截至日期早于数据的月份。"),
            ),
            models.UniqueConstraint(
                fields=["tenant", "source", "month", "credit_code", "measure"],
                condition=Q(replaces__isnull=True),
                name="officialfigure_once",
                nulls_distinct=False,
                violation_error_message=_("这一项已有数据，请按更正办理。"),
            ),
            models.UniqueConstraint(fields=["tenant", "replaces"], name="officialfigure_replaced_once"),
        ]
        indexes = [models.Index(fields=["tenant", "credit_code", "month"], name="officialfigure_firm")]
