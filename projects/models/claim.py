from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, User, tenant_key
from projects.choices import STAGE_KINDS, VISIT_KINDS, ClaimKind, ClaimState, unit_of
from projects.models.agreement import Agreement
from projects.models.period import Return
from projects.models.project import Project
from projects.models.sources import exactly_one
from projects.models.split import Split
from projects.models.stage import StageChange
from projects.models.visit import Lead, Visit
from projects.models.voucher import Voucher

# What a claim may be the figure of: exactly one of these references is filled.
SOURCES = ("voucher", "agreement", "visit", "lead", "stage_change")
# Nobody has taken it back, and it corrects nothing: of such claims an act has one of a kind.
FIRST = Q(reverses__isnull=True, replaces__isnull=True) & ~Q(state=ClaimState.REVERSED)


class Claim(TenantModel):
    """申报: one figure of one act, entered once.

    The application may only insert. ``reviewed``, ``verified``, ``superior`` and ``state`` are
    written by the triggers on Opinion and on a reversal; ``entered_by`` and ``entered_at`` by
    the insert trigger. Unknown is null, never zero.
    """

    unit = TenantForeignKey(Unit, related_name="claims", verbose_name=_("单位"))
    booked_in = TenantForeignKey(Return, related_name="claims", verbose_name=_("报表"))
    # A visit or a lead may be of no project yet.
    project = TenantForeignKey(Project, null=True, blank=True, related_name="claims", verbose_name=_("项目"))
    kind = models.CharField(_("申报类别"), max_length=30, choices=ClaimKind.choices)
    voucher = TenantForeignKey(Voucher, null=True, blank=True, related_name="claims", verbose_name=_("凭证"))
    agreement = TenantForeignKey(
        Agreement, null=True, blank=True, related_name="claims", verbose_name=_("协议")
    )
    visit = TenantForeignKey(Visit, null=True, blank=True, related_name="claims", verbose_name=_("走访"))
    lead = TenantForeignKey(Lead, null=True, blank=True, related_name="claims", verbose_name=_("线索"))
    stage_change = TenantForeignKey(
        StageChange, null=True, blank=True, related_name="claims", verbose_name=_("阶段变更")
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
                condition=exactly_one(*SOURCES),
                name="claim_one_source",
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=False) | Q(visit__isnull=False) | Q(lead__isnull=False),
                name="claim_of_a_project",
            ),
            models.CheckConstraint(
                condition=Q(visit__isnull=False, kind__in=VISIT_KINDS)
                | Q(lead__isnull=False, kind=ClaimKind.LEAD)
                | Q(stage_change__isnull=False, kind__in=STAGE_KINDS)
                | (
                    Q(visit__isnull=True, lead__isnull=True, stage_change__isnull=True)
                    & ~Q(kind__in=[*VISIT_KINDS, ClaimKind.LEAD, *STAGE_KINDS])
                ),
                name="claim_kind_of_source",
            ),
            models.CheckConstraint(
                condition=Q(visit__isnull=True, lead__isnull=True, stage_change__isnull=True)
                | Q(reported__in=[1, -1]),
                name="claim_acts_count_one",
            ),
            models.UniqueConstraint(
                fields=["tenant", "reverses"],
                name="claim_reversed_once",
                violation_error_message=_("该申报已冲销。"),
            ),
            models.UniqueConstraint(fields=["tenant", "replaces"], name="claim_replaced_once"),
            models.UniqueConstraint(
                fields=["tenant", "agreement", "kind"],
                condition=FIRST,
                name="claim_agreement_part_once",
                violation_error_message=_("该协议的这项数据已申报。"),
            ),
            models.UniqueConstraint(
                fields=["tenant", "voucher"],
                condition=Q(split__isnull=False) & FIRST,
                name="claim_split_voucher_once",
                violation_error_message=_("按分成协议申报的凭证只申报一笔。"),
            ),
            models.UniqueConstraint(fields=["tenant", "visit"], condition=FIRST, name="claim_visit_once"),
            models.UniqueConstraint(fields=["tenant", "lead"], condition=FIRST, name="claim_lead_once"),
            models.UniqueConstraint(
                fields=["tenant", "stage_change"], condition=FIRST, name="claim_stage_change_once"
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
        return unit_of(self.kind)

    @property
    def source(self) -> str:
        """Name of the reference to the act that this is a figure of."""
        return next(name for name in SOURCES if getattr(self, f"{name}_id") is not None)

    @property
    def source_words(self) -> str:
        """The act in a line: the paper, the signature, the visit, the lead or the stage change."""
        if self.agreement:
            return f"{self.agreement.get_kind_display()} {self.agreement.signed_on:%Y-%m-%d}"
        return str(getattr(self, self.source))

    @property
    def proved_by(self) -> tuple[str, int] | None:
        """What binds its files to it, by name and id: a stage is proved by its project's, a lead by none."""
        if self.source == "lead":
            return None
        of = "project" if self.source == "stage_change" else self.source
        return of, getattr(self, f"{of}_id")

    @property
    def subject(self) -> str:
        """What it is about, in a line: the project, or the firm of a visit or lead without one."""
        if self.project:
            return self.project.name
        act = self.visit or self.lead
        return act.firm if act else ""

    @property
    def late(self) -> bool:
        """补报: it happened before the period in whose Return it is booked."""
        return self.happened_on < self.booked_in.period.starts_on
