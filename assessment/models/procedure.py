from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantModel, tenant_key
from projects.choices import ClaimKind


class Procedure(TenantModel):
    """核实程序: the steps that claims of a kind pass (empty: of every kind without rules of its own).

    It serves the filing periods that begin on ``valid_from`` or later, until a later one follows; a
    version never changes. A county without any has first review and inspection. The database reads
    it too: ``sec.procedure_of``.
    """

    kind = models.CharField(_("申报类别"), max_length=30, choices=ClaimKind.choices, blank=True)
    valid_from = models.DateField(_("适用填报期起始日"))
    completeness = models.BooleanField(_("初审前先审材料是否齐全"), default=False)
    first_review = models.BooleanField(_("招商局初审"), default=True)
    review_days = models.PositiveSmallIntegerField(_("初审时限（工作日）"), null=True, blank=True)
    joint = models.BooleanField(_("两办会签"), default=False)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("核实程序")
        constraints = [
            tenant_key("procedure"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "valid_from"],
                name="procedure_once",
                violation_error_message=_("这一天已有同一类别的程序，请换一个起始日。"),
            ),
            models.CheckConstraint(
                condition=Q(review_days__isnull=True) | Q(first_review=True, review_days__gte=1),
                name="procedure_review_days",
                violation_error_message=_("不设初审时没有初审时限；时限至少一个工作日。"),
            ),
        ]
