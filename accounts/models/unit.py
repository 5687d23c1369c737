from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import UnitKind
from accounts.models.tenant import Tenant, TenantForeignKey, TenantModel, tenant_key
from accounts.pinyin import PinyinField


class Unit(TenantModel):
    """单位: a body inside one tenant that is tasked, reports, reviews or leads."""

    name = models.CharField(_("单位名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=20, choices=UnitKind.choices)
    parent = TenantForeignKey(
        "self", null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    leader_office = TenantForeignKey(
        "self",
        null=True,
        blank=True,
        related_name="led_units",
        verbose_name=_("分管领导所在办公室"),
        help_text=_("该办公室的人员不得核实本单位的数据。"),
    )
    represents = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表的辖区")
    )
    organisation_code = models.CharField(_("组织机构代码"), max_length=18, blank=True)
    exempt = models.BooleanField(_("不参加考核"), default=False)
    successor = TenantForeignKey("self", null=True, blank=True, related_name="+", verbose_name=_("继任单位"))
    starts_on = models.DateField(_("设立日期"), null=True, blank=True)
    ends_on = models.DateField(_("撤销日期"), null=True, blank=True)
    sort_key = models.CharField(_("拼音"), max_length=200, blank=True, editable=False)
    search_key = PinyinField(_("拼音检索"))

    class Meta:
        verbose_name = _("单位")
        constraints = [
            tenant_key("unit"),
            models.UniqueConstraint(
                fields=["tenant", "name"], name="unit_name", violation_error_message=_("已有同名单位。")
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="unit_not_own_parent",
                violation_error_message=_("单位不能是自己的上级。"),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="unit_dates",
                violation_error_message=_("撤销日期不能早于设立日期。"),
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | (Q(ends_on__isnull=False) & ~Q(successor=F("id"))),
                name="unit_successor",
                violation_error_message=_("只有撤销的单位才有继任单位，且不能是自己。"),
            ),
        ]

    def __str__(self):
        return self.name


class UnitAlias(TenantModel):
    """Another spelling of a unit's name, answered once and remembered."""

    unit = TenantForeignKey(Unit, related_name="aliases")
    name = models.CharField(_("别名"), max_length=60)

    class Meta:
        verbose_name = _("单位别名")
        constraints = [
            tenant_key("unitalias"),
            models.UniqueConstraint(fields=["tenant", "name"], name="unitalias_name"),
        ]

    def __str__(self):
        return self.name


class UnitGroup(TenantModel):
    """考核分组: units that are compared with each other."""

    code = models.CharField(max_length=20)
    name = models.CharField(_("名称"), max_length=30)

    class Meta:
        verbose_name = _("考核分组")
        constraints = [
            tenant_key("unitgroup"),
            models.UniqueConstraint(fields=["tenant", "code"], name="unitgroup_code"),
        ]

    def __str__(self):
        return self.name


class GroupMembership(TenantModel):
    """A unit's dated membership of one group; the group on the cut-off day decides."""

    unit = TenantForeignKey(Unit, related_name="memberships")
    group = TenantForeignKey(UnitGroup, related_name="memberships")
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("分组归属")
        # That two memberships of one unit never overlap is an exclusion constraint in the migration.
        constraints = [
            tenant_key("groupmembership"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="groupmembership_dates",
                violation_error_message=_("止期不能早于起期。"),
            ),
        ]
