import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TenantForeignKey, TenantModel, Unit, tenant_key
from projects.choices import Channel, Direction
from projects.models.enterprise import Enterprise
from projects.models.project import Project
from projects.stages import LeadState, lead_state


class FirmNamed(TenantModel):
    """Something about a firm: a registered one, or one that is known by name alone so far."""

    enterprise = TenantForeignKey(Enterprise, null=True, blank=True, related_name="+", verbose_name=_("企业"))
    firm_name = models.CharField(_("企业名称"), max_length=120, blank=True)

    class Meta:
        abstract = True

    @property
    def firm(self) -> str:
        """The firm's name, from the register where it is registered."""
        return self.enterprise.name if self.enterprise else self.firm_name


def firm_known(name: str) -> models.CheckConstraint:
    """A firm is named one way or the other."""
    return models.CheckConstraint(
        condition=Q(enterprise__isnull=False) | ~Q(firm_name=""),
        name=name,
        violation_error_message=_("请填写企业名称。"),
    )


class Contact(FirmNamed):
    """联系人: a person at a firm, as far as the work needs one. Seen by the unit and the bureau."""

    unit = TenantForeignKey(Unit, related_name="contacts", verbose_name=_("单位"))
    name = models.CharField(_("姓名"), max_length=60)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("联系人")
        constraints = [tenant_key("contact"), firm_known("contact_firm")]
        indexes = [models.Index(fields=["tenant", "unit"], name="contact_unit")]

    def __str__(self):
        return self.name

    @property
    def masked_phone(self) -> str:
        """The phone as pages show it; the whole number is asked for by an act of its own."""
        if len(self.phone) < 7:
            return "*" * len(self.phone)
        return f"{self.phone[:3]}****{self.phone[-4:]}" if len(self.phone) > 8 else f"****{self.phone[-4:]}"


class Visit(FirmNamed):
    """走访: somebody went to a firm, or a firm's people came. An act; it is withdrawn by its claim."""

    direction = models.CharField(_("方向"), max_length=10, choices=Direction.choices)
    happened_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=60)
    people = models.CharField(_("参加人员"), max_length=200, blank=True)
    headcount = models.PositiveSmallIntegerField(_("人数"), help_text=_("外出为本方人数，来访为客商人数。"))
    principal_leader = models.BooleanField(_("主要负责同志参加"), default=False)
    contact = TenantForeignKey(
        Contact, null=True, blank=True, related_name="visits", verbose_name=_("对方联系人")
    )
    result = models.TextField(_("洽谈结果"))
    channel = models.CharField(_("招商方式"), max_length=20, choices=Channel.choices, blank=True)
    unit = TenantForeignKey(Unit, related_name="visits", verbose_name=_("单位"))
    project = TenantForeignKey(Project, null=True, blank=True, related_name="visits", verbose_name=_("项目"))
    lead = TenantForeignKey("Lead", null=True, blank=True, related_name="visits", verbose_name=_("线索"))

    class Meta:
        verbose_name = _("走访")
        constraints = [
            tenant_key("visit"),
            firm_known("visit_firm"),
            models.CheckConstraint(condition=Q(headcount__gt=0), name="visit_headcount"),
        ]
        indexes = [
            models.Index(fields=["tenant", "unit", "happened_on"], name="visit_unit"),
            models.Index(fields=["tenant", "project"], name="visit_project"),
            models.Index(fields=["tenant", "enterprise"], name="visit_enterprise"),
        ]

    def __str__(self):
        return f"{self.happened_on:%Y-%m-%d} {self.firm}"


class Lead(FirmNamed):
    """线索: an investor with an intent. Who reports it first holds it for a while (首报).

    The moment of the first report is the database's own; what was reported never changes.
    """

    # One spelling of the firm's name, by which a second report is recognised.
    firm_key = models.CharField(max_length=120, editable=False)
    content = models.TextField(_("项目内容"))
    scale_wan = models.DecimalField(
        _("投资规模（万元）"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    contact = TenantForeignKey(
        Contact, null=True, blank=True, related_name="leads", verbose_name=_("对方联系人")
    )
    channel = models.CharField(_("招商方式"), max_length=20, choices=Channel.choices, blank=True)
    unit = TenantForeignKey(Unit, related_name="leads", verbose_name=_("单位"))
    visit = TenantForeignKey(
        Visit, null=True, blank=True, related_name="leads_found", verbose_name=_("来自走访")
    )
    reported_on = models.DateField(_("首报日期"))
    first_reported_at = models.DateTimeField(_("首报时间"), null=True, editable=False)
    held_until = models.DateField(_("保护期至"))
    project = TenantForeignKey(
        Project, null=True, blank=True, related_name="leads", verbose_name=_("转为项目")
    )
    abandoned_on = models.DateField(_("放弃日期"), null=True, blank=True)
    abandoned_because = models.CharField(_("放弃原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("线索")
        constraints = [
            tenant_key("lead"),
            firm_known("lead_firm"),
            models.CheckConstraint(
                condition=Q(scale_wan__isnull=True) | Q(scale_wan__gt=0),
                name="lead_scale",
                violation_error_message=_("投资规模应大于零；不清楚的留空。"),
            ),
            models.CheckConstraint(
                condition=Q(abandoned_on__isnull=True, abandoned_because="")
                | (Q(abandoned_on__isnull=False, project__isnull=True) & ~Q(abandoned_because="")),
                name="lead_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "firm_key"], name="lead_firm_key"),
            models.Index(fields=["tenant", "unit"], name="lead_unit"),
        ]

    def __str__(self):
        return self.firm

    def state_on(self, today: dt.date) -> LeadState:
        """Where the lead stands on a day: 已转项目, 已放弃, 已过期 or 跟进中."""
        return lead_state(
            converted=self.project_id is not None,
            abandoned=self.abandoned_on is not None,
            held_until=self.held_until,
            today=today,
        )


class HoldRule(TenantModel):
    """首报保护期: how long a lead is held from its first report on, from a day on, by document."""

    valid_from = models.DateField(_("生效日期"))
    days = models.PositiveSmallIntegerField(_("保护天数"))
    document = models.CharField(_("依据文件"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("首报保护期")
        constraints = [
            tenant_key("holdrule"),
            models.UniqueConstraint(
                fields=["tenant", "valid_from"],
                name="holdrule_day",
                violation_error_message=_("这一天已有一条保护期规定。"),
            ),
            models.CheckConstraint(condition=Q(days__gt=0), name="holdrule_days"),
        ]
