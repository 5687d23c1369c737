import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, TenantForeignKey, TenantModel, Unit, tenant_key
from assessment.choices import Channel, DeliveryState, NoticeKind, NoticeLink, RuleKind
from assessment.models.matter import Matter, MatterStep
from assessment.models.measure import Measure
from assessment.models.opinion import Opinion
from projects.models import Period

# Which rules follow the schedule of a year's task, month by month; the others count work days.
BY_MONTH = (RuleKind.ZERO, RuleKind.BEHIND)
BY_WORK_DAY = (RuleKind.NOT_REPORTED, RuleKind.REVIEWER)
# What is told because of an opinion, and because of a matter.
OF_OPINION = (NoticeKind.AGAINST, NoticeKind.CHANGED)
OF_MATTER = (NoticeKind.MATTER, NoticeKind.MATTER_OVERDUE)


def _filled(kinds: tuple[str, ...], *columns: str) -> Q:
    """The columns are filled for these kinds of rule and empty for the others."""
    filled = Q(**{f"{column}__isnull": False for column in columns})
    empty = Q(**{f"{column}__isnull": True for column in columns})
    return Q(kind__in=kinds) & filled | ~Q(kind__in=kinds) & empty


class Rule(TenantModel):
    """提醒规则: when who is told of what. A version never changes; a new one follows it.

    A rule is its kind and, for 未破零 and 落后时序, its measure (always named by the measure's
    first version). Those follow the year's schedule: first at the end of ``first_month``, then
    every ``every_months``; every ``leader_months`` the leader in charge is told as well, every
    ``principal_months`` the leaders of ``principal_office``. 未报 and 核实超期 count work days from
    the day due: ``unit_days``, ``leader_days``, ``principal_days``. 明日到期 comes ``days_before``
    work days before. An empty step is not taken.
    """

    kind = models.CharField(_("事项"), max_length=20, choices=RuleKind.choices)
    measure = TenantForeignKey(Measure, null=True, blank=True, related_name="rules", verbose_name=_("指标"))
    version = models.PositiveIntegerField(_("版本"))
    valid_from = models.DateField(_("生效日期"))
    enabled = models.BooleanField(_("启用"), default=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)

    hours_from = models.TimeField(_("每天最早"), default=dt.time(8, 30))
    hours_until = models.TimeField(_("每天最晚"), default=dt.time(17, 30))

    first_month = models.PositiveSmallIntegerField(_("从第几个月末起"), null=True, blank=True)
    every_months = models.PositiveSmallIntegerField(_("每几个月一次"), null=True, blank=True)
    leader_months = models.PositiveSmallIntegerField(_("每几个月提请分管领导"), null=True, blank=True)
    principal_months = models.PositiveSmallIntegerField(_("每几个月提请主要领导"), null=True, blank=True)
    silent_days = models.PositiveSmallIntegerField(_("有待核实申报时最多等几个工作日"), null=True, blank=True)

    days_before = models.PositiveSmallIntegerField(_("截止前几个工作日"), null=True, blank=True)

    unit_days = models.PositiveSmallIntegerField(_("超期几个工作日提醒单位"), null=True, blank=True)
    leader_days = models.PositiveSmallIntegerField(_("超期几个工作日提请分管领导"), null=True, blank=True)
    principal_days = models.PositiveSmallIntegerField(_("超期几个工作日提请主要领导"), null=True, blank=True)

    principal_office = TenantForeignKey(
        Unit, null=True, blank=True, related_name="+", verbose_name=_("主要领导所在办公室")
    )

    class Meta:
        verbose_name = _("提醒规则")
        constraints = [
            tenant_key("rule"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "measure", "version"],
                name="rule_version",
                nulls_distinct=False,
                violation_error_message=_("这条规则刚刚有了新版本，请刷新后再改。"),
            ),
            models.CheckConstraint(
                condition=_filled(BY_MONTH, "measure", "first_month", "every_months"), name="rule_by_month"
            ),
            models.CheckConstraint(
                condition=_filled((RuleKind.ZERO,), "silent_days"), name="rule_silent_days"
            ),
            models.CheckConstraint(
                condition=_filled((RuleKind.DUE_SOON,), "days_before"), name="rule_days_before"
            ),
            models.CheckConstraint(condition=_filled(BY_WORK_DAY, "unit_days"), name="rule_by_work_day"),
            models.CheckConstraint(
                condition=Q(kind__in=BY_MONTH) | Q(leader_months__isnull=True, principal_months__isnull=True),
                name="rule_months_of_leaders",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=BY_WORK_DAY) | Q(leader_days__isnull=True, principal_days__isnull=True),
                name="rule_days_of_leaders",
            ),
            models.CheckConstraint(
                condition=Q(first_month__isnull=True)
                | Q(first_month__range=(1, 12)) & Q(every_months__range=(1, 12)),
                name="rule_months",
                violation_error_message=_("月数应在1到12之间。"),
            ),
            models.CheckConstraint(
                condition=(Q(leader_months__isnull=True) | Q(leader_months__range=(1, 12)))
                & (Q(principal_months__isnull=True) | Q(principal_months__range=(1, 12))),
                name="rule_leader_months",
                violation_error_message=_("提请领导的月数应在1到12之间。"),
            ),
            models.CheckConstraint(
                condition=(Q(leader_days__isnull=True) | Q(leader_days__gt=F("unit_days")))
                & (Q(principal_days__isnull=True) | Q(principal_days__gt=F("unit_days"))),
                name="rule_steps_rise",
                violation_error_message=_("提请领导应晚于提醒单位。"),
            ),
            models.CheckConstraint(
                condition=Q(principal_office__isnull=False)
                | Q(principal_months__isnull=True, principal_days__isnull=True),
                name="rule_principal_office",
                violation_error_message=_("提请主要领导的，请选择主要领导所在办公室。"),
            ),
            models.CheckConstraint(
                condition=Q(hours_from__lt=F("hours_until")),
                name="rule_hours",
                violation_error_message=_("每天最早的时间应早于最晚的时间。"),
            ),
        ]


def _told_because_of(*sources: str) -> Q:
    """These sources of a notice are filled and the others are empty."""
    every = ("rule", "opinion", "matter")
    return Q(**{f"{source}__isnull": source not in sources for source in every})


class Notice(TenantModel):
    """提醒: something that a unit was told once. Append-only.

    Planned by a rule (``rule`` is the version), or told because something happened: an opinion on a
    claim, the issue of a matter (督办单) or a step of it (``matter_step``). ``kind`` and ``measure`` are
    the rule's where there is one, filled by the insert trigger: a new version of a rule does not tell
    anybody the same again. ``planned_on`` is the business day, ``planned_at`` the database's moment.
    """

    rule = TenantForeignKey(Rule, null=True, blank=True, related_name="notices", verbose_name=_("规则"))
    kind = models.CharField(_("事项"), max_length=20, choices=NoticeKind.choices, editable=False)
    measure = TenantForeignKey(Measure, null=True, editable=False, related_name="+", verbose_name=_("指标"))
    unit = TenantForeignKey(Unit, related_name="notices", verbose_name=_("单位"))
    period = TenantForeignKey(Period, null=True, blank=True, related_name="notices", verbose_name=_("期间"))
    opinion = TenantForeignKey(
        Opinion, null=True, blank=True, related_name="notices", verbose_name=_("核实意见")
    )
    matter = TenantForeignKey(Matter, null=True, blank=True, related_name="notices", verbose_name=_("督办单"))
    matter_step = TenantForeignKey(
        MatterStep, null=True, blank=True, related_name="notices", verbose_name=_("督办办理")
    )
    step = models.PositiveIntegerField(_("第几步"))
    text = models.TextField(_("内容"))
    link = models.CharField(_("办理页面"), max_length=20, choices=NoticeLink.choices)
    link_row = models.BigIntegerField(_("办理对象"), null=True, blank=True)
    planned_on = models.DateField(_("提醒日期"))
    planned_at = models.DateTimeField(_("生成时间"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("提醒")
        constraints = [
            tenant_key("notice"),
            models.UniqueConstraint(
                fields=[
                    *("tenant", "kind", "unit", "measure", "period"),
                    *("opinion", "matter", "matter_step", "step"),
                ],
                name="notice_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=_told_because_of("rule") & Q(matter_step__isnull=True)
                | _told_because_of("opinion") & Q(kind__in=OF_OPINION, matter_step__isnull=True)
                | _told_because_of("matter") & Q(kind__in=OF_MATTER),
                name="notice_source",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "unit", "planned_on"], name="notice_unit")]


class Delivery(TenantModel):
    """送达: one notice on one channel to one post. Not in the change log: leases would fill it.

    In-app rows are written as sent, in the transaction that plans the notice. The moments are the
    real clock's.
    """

    notice = TenantForeignKey(Notice, related_name="deliveries", verbose_name=_("提醒"))
    post = TenantForeignKey(Post, related_name="deliveries", verbose_name=_("岗位"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.DUE
    )
    # When the next attempt may be made; empty when none will be made by itself.
    next_at = models.DateTimeField(_("下次发送"), null=True, blank=True)
    leased_until = models.DateTimeField(_("租约"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    sent_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    error = models.CharField(_("失败原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("送达")
        constraints = [
            tenant_key("delivery"),
            models.UniqueConstraint(fields=["tenant", "notice", "post", "channel"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | ~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True),
                name="delivery_sent",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.LEASED, leased_until__isnull=False)
                | ~Q(state=DeliveryState.LEASED) & Q(leased_until__isnull=True),
                name="delivery_leased",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DUE, next_at__isnull=False)
                | Q(state=DeliveryState.FAILED)
                | ~Q(state__in=[DeliveryState.DUE, DeliveryState.FAILED]) & Q(next_at__isnull=True),
                name="delivery_next",
            ),
            models.CheckConstraint(
                condition=~Q(channel=Channel.IN_APP) | Q(state=DeliveryState.SENT), name="delivery_in_app"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "post", "channel"], name="delivery_post"),
            # What the sweeper and the health page look for: a few rows among many that are done.
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="delivery_next_at"),
            models.Index(
                fields=["leased_until"], condition=Q(leased_until__isnull=False), name="delivery_lease"
            ),
            # What people look for: what went wrong.
            models.Index(
                fields=["tenant", "state"],
                condition=Q(state__in=[DeliveryState.FAILED, DeliveryState.UNKNOWN]),
                name="delivery_wrong",
            ),
        ]
