from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, User, tenant_key
from projects.choices import COUNTED, ClaimKind, ClaimState
from projects.models.agreement import Agreement
from projects.models.period import Return
from projects.models.project import Project
from projects.models.split import Split
from projects.models.voucher import Voucher


class Claim(TenantModel):
    """申报: one figure of one act, entered once.

    The application may only insert. ``reviewed``, ``verified``, ``superior`` and ``state`` are
    written by the triggers on Opinion and on a reversal; ``entered_by`` and ``entered_at`` by
    the insert trigger. Unknown is null, never zero.
    """

    unit = TenantForeignKey(Unit, related_name="claims", verbose_name=_("单位"))
    booked_in = TenantForeignKey(Return, related_name="claims", verbose_name=_("报表"))
    project = TenantForeignKey(Project, related_name="claims", verbose_name=_("项目"))
    kind = models.CharField(_("申报类别"), max_length=30, choices=ClaimKind.choices)
    voucher = TenantForeignKey(Voucher, null=True, blank=True, related_name="claims", verbose_name=_("凭证"))
    agreement = TenantForeignKey(
        Agreement, null=True, blank=True, related_name="claims", verbose_name=_("协议")
    )
    happened_on = models.DateField(_("发生日期"))
    reported = models.DecimalField(_("申报数"), max_digits=20, decimal_places=6)
    reviewed = models.DecimalField(_("初审数"), max_digits=20, decimal_places=6, null=True, editable=False)
    verified = models.DecimalField(_("核实数"), max_digits=20, decimal_places=6, null=True, editable=False)
    superior = models.DecimalField(
        _("上级核查数"), max_digits=20, decimal_places=6, null=True, editable=False
    )
    state = models.CharField(
        _("状态"), max_length=20, choices=ClaimState.choices, default=ClaimState.SUBMITTED, editable=False
    )
    split = TenantForeignKey(Split, null=True, blank=True, related_name="claims", verbose_name=_("分成协议"))
    reverses = TenantForeignKey(
        "self", null=True, blank=True, related_name="reversals", verbose_name=_("冲销")
    )
    replaces = TenantForeignKey("self", null=True, blank=True, related_name="+", verbose_name=_("更正"))
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("登记人")
    )
    entered_at = models.DateTimeField(_("登记时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("申报")
        constraints = [
            tenant_key("claim"),
            models.CheckConstraint(
                condition=Q(voucher__isnull=False, agreement__isnull=True)
                | Q(voucher__isnull=True, agreement__isnull=False),
                name="claim_one_source",
            ),
            models.UniqueConstraint(
                fields=["tenant", "reverses"],
                name="claim_reversed_once",
                violation_error_message=_("该申报已冲销。"),
            ),
            models.UniqueConstraint(fields=["tenant", "replaces"], name="claim_replaced_once"),
            models.UniqueConstraint(
                fields=["tenant", "agreement", "kind"],
                condition=Q(reverses__isnull=True, replaces__isnull=True) & ~Q(state=ClaimState.REVERSED),
                name="claim_agreement_part_once",
                violation_error_message=_("该协议的这项数据已申报。"),
            ),
            models.UniqueConstraint(
                fields=["tenant", "voucher"],
                condition=Q(split__isnull=False, reverses__isnull=True, replaces__isnull=True)
                & ~Q(state=ClaimState.REVERSED),
                name="claim_split_voucher_once",
                violation_error_message=_("按分成协议申报的凭证只申报一笔。"),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "kind", "happened_on"], name="claim_kind_date"),
            models.Index(fields=["tenant", "booked_in"], name="claim_return"),
            models.Index(fields=["tenant", "unit", "kind"], name="claim_unit"),
            # Voucher first: what a paper is cited for is summed at every insert, whatever the statistics say.
            models.Index(fields=["voucher", "tenant"], name="claim_voucher"),
            models.Index(fields=["tenant", "agreement"], name="claim_agreement"),
            models.Index(fields=["tenant", "project"], name="claim_project"),
            models.Index(fields=["tenant", "state"], name="claim_state"),
        ]

    @property
    def quantity_unit(self) -> str:
        """Unit of the figure: 个 for counts, otherwise 万元 (I14)."""
        return str(COUNTED.get(ClaimKind(self.kind), _("万元")))

    @property
    def late(self) -> bool:
        """补报: it happened before the period in whose Return it is booked."""
        return self.happened_on < self.booked_in.period.starts_on
