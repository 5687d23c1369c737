"""Dictionaries of the organisation. Values are stored, labels are what users read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TenantLevel(models.TextChoices):
    """Level of a jurisdiction (辖区)."""

    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")


class UnitKind(models.TextChoices):
    """Kind of a unit (单位)."""

    TOWN = "town", _("镇")
    DEPARTMENT = "department", _("部门")
    PARK = "park", _("园区")
    TASK_FORCE = "task_force", _("专班")
    RESIDENT_POST = "resident_post", _("驻点组")
    OFFICE = "office", _("内设机构")
    ENTERPRISE = "enterprise", _("县内企业")
    JURISDICTION = "jurisdiction", _("下级辖区")


class Role(models.TextChoices):
    """What a post may do (岗位)."""

    REPORTER = "reporter", _("填报员")
    HEAD = "head", _("单位负责人")
    BUREAU = "bureau", _("招商局经办")
    INSPECTION = "inspection", _("督查室")
    LEADER = "leader", _("县领导")
    SUPERIOR = "superior", _("市级经办")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


class ClientRole(models.TextChoices):
    """What an API client reads as; beside the roles of posts, which people hold."""

    ALL = "client_all", _("全辖区只读")
    UNIT = "client_unit", _("单位只读")


class ClientGroup(models.TextChoices):
    """Group of resources that an API client may be allowed to read."""

    ORGANISATION = "organisation", _("辖区与单位")
    PROJECTS = "projects", _("企业、项目与协议")
    LEDGER = "ledger", _("凭证、申报、意见与报表")
    NUMBERS = "numbers", _("任务、口径与进度")


class Duty(models.TextChoices):
    """What a leader answers for (领导责任)."""

    FIRST = "first", _("第一责任人")
    DIRECT = "direct", _("直接责任人")
    SECTOR = "sector", _("分管责任人")
