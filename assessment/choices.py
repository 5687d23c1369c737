"""Dictionaries of verification and standing. Values are stored, labels are what users read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """Step at which an opinion is given."""

    UNIT = "unit", _("单位补正")
    FIRST_REVIEW = "first_review", _("初审")
    INSPECTION = "inspection", _("督查核实")
    SUPERIOR = "superior", _("上级核查")


class Verdict(models.TextChoices):
    """What an opinion says (结论)."""

    ACCEPT = "accept", _("认可")
    REDUCE = "reduce", _("核减")
    REJECT = "reject", _("不予认可")
    RETURN = "return", _("退回补充")
    DOUBT = "doubt", _("存疑")
    RESUBMIT = "resubmit", _("补充后重报")
    SKIP = "skip", _("回避免初审")


class Basis(models.TextChoices):
    """Which of the figures that stand side by side is read."""

    REPORTED = "reported", _("申报数")
    REVIEWED = "reviewed", _("初审数")
    VERIFIED = "verified", _("核实数")


class UnitClass(models.TextChoices):
    """Class of a tasked unit in the standing (S2-07..S2-10); exactly one each."""

    DONE = "done", _("完成任务")
    ON_SCHEDULE = "on_schedule", _("达到进度")
    BEHIND = "behind", _("未达进度")
    ZERO = "zero", _("未破零")
    NOT_REPORTED = "not_reported", _("未报")
    NOT_APPLICABLE = "not_applicable", _("不适用")
