from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, User, tenant_key
from projects.choices import ClaimKind
from projects.models import Claim, Period


class Draw(TenantModel):
    """抽查: a superior's sample of the decided claims that are booked in a period, with its seed.

    The superior gives period, kind (empty: all), size, floor, seed and reason. The insert trigger refuses
    everybody else and fills the rest: the number within the period, the list that was drawn from
    (``assessment/sampling.py`` says how it is written) with its digest, who and when; it then writes the
    claims that the seed chooses. Append-only, and outside what a county may write.
    """

    period = TenantForeignKey(Period, related_name="draws", verbose_name=_("填报期"))
    number = models.PositiveIntegerField(_("第几次"), editable=False, default=1)
    kind = models.CharField(_("申报类别"), max_length=30, choices=ClaimKind.choices, blank=True)
    size = models.PositiveIntegerField(_("随机抽取（笔）"))
    floor_wan = models.DecimalField(
        _("必查金额（万元）"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    seed = models.CharField(_("随机种子"), max_length=64)
    reason = models.CharField(_("再次抽查的理由"), max_length=500, blank=True)
    division = models.CharField(_("行政区划代码"), max_length=12, editable=False)
    population = models.PositiveIntegerField(_("总体（笔）"), editable=False, default=0)
    listing = models.TextField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("抽取人")
    )
    post_label = models.CharField(_("岗位"), max_length=120, editable=False)
    at = models.DateTimeField(_("抽取时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("上级抽查")
        constraints = [
            tenant_key("draw"),
            models.UniqueConstraint(fields=["tenant", "period", "number"], name="draw_number"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & (Q(number=1) | ~Q(reason="")), name="draw_again_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1) & (Q(floor_wan__isnull=True) | Q(floor_wan__gt=0)),
                name="draw_size",
                violation_error_message=_("至少随机抽取一笔；必查金额应大于零。"),
            ),
            models.CheckConstraint(condition=~Q(seed=""), name="draw_seed"),
        ]

    @property
    def title(self) -> str:
        """What people call it; looks at the period."""
        return _("{period}第 {number} 次抽查").format(period=self.period, number=self.number)


class DrawnClaim(TenantModel):
    """抽中的申报: a claim that a draw has chosen, and what the county had verified by then.

    Written by the trigger on Draw alone; the application may read it.
    """

    draw = TenantForeignKey(Draw, related_name="chosen", verbose_name=_("上级抽查"))
    claim = TenantForeignKey(Claim, related_name="draws", verbose_name=_("申报"))
    place = models.PositiveIntegerField(_("顺序"))
    must = models.BooleanField(_("必查"))
    verified = models.DecimalField(_("抽取时的核实数"), max_digits=20, decimal_places=6)

    class Meta:
        verbose_name = _("抽中的申报")
        constraints = [
            tenant_key("drawnclaim"),
            models.UniqueConstraint(fields=["tenant", "draw", "claim"], name="drawnclaim_once"),
            models.UniqueConstraint(fields=["tenant", "draw", "place"], name="drawnclaim_place"),
        ]
        indexes = [models.Index(fields=["tenant", "claim"], name="drawnclaim_claim")]

    @property
    def differs(self) -> bool | None:
        """不符: the superior finds another figure than the county had verified; None while unchecked."""
        return None if self.claim.superior is None else self.claim.superior != self.verified

    @property
    def moved(self) -> bool:
        """Whether the county's verified figure is another now than when the sample was drawn."""
        return self.claim.verified != self.verified
