"""Dictionaries of verification and standing. Values are stored, labels are what users read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """Step at which an opinion is given."""

    UNIT = "unit", _("单位补正")
    COMPLETENESS = "completeness", _("材料审查")
    FIRST_REVIEW = "first_review", _("初审")
    INSPECTION = "inspection", _("督查核实")
    JOINT = "joint", _("会签")
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


class ReasonCode(models.TextChoices):
    """What is wrong with a claim, as it is counted (理由类别); the reason itself is in words."""

    EVIDENCE = "evidence", _("佐证材料不足")
    AMOUNT = "amount", _("金额与凭证不符")
    DUPLICATE = "duplicate", _("重复申报")
    RULE = "rule", _("不符合统计口径")
    PERIOD = "period", _("不属于本填报期")
    OWNER = "owner", _("引进单位有争议")
    SOURCE = "source", _("资金来源不符（本地、财政等）")
    ROUND_TRIP = "round_trip", _("资金回流")
    UNTRUE = "untrue", _("与实际不符")
    OTHER = "other", _("其他")


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


class RuleKind(models.TextChoices):
    """What a rule reminds of (提醒事项)."""

    ZERO = "zero", _("未破零")
    BEHIND = "behind", _("落后时序")
    NOT_REPORTED = "not_reported", _("未报")
    DUE_SOON = "due_soon", _("明日到期")
    REVIEWER = "reviewer", _("核实超期")


class NoticeKind(models.TextChoices):
    """What a notice tells (提醒事项): what a rule reminds of, or something that happened."""

    ZERO = RuleKind.ZERO.value, RuleKind.ZERO.label
    BEHIND = RuleKind.BEHIND.value, RuleKind.BEHIND.label
    NOT_REPORTED = RuleKind.NOT_REPORTED.value, RuleKind.NOT_REPORTED.label
    DUE_SOON = RuleKind.DUE_SOON.value, RuleKind.DUE_SOON.label
    REVIEWER = RuleKind.REVIEWER.value, RuleKind.REVIEWER.label
    AGAINST = "against", _("核实意见")
    CHANGED = "changed", _("核实数更改")
    MATTER = "matter", _("督办")
    MATTER_OVERDUE = "matter_overdue", _("督办逾期")


# Kinds that are mailed whenever the post has an address (必发), with the reason: what has consequences for
# the unit when it goes unseen. All others a person may take in the portal alone.
MANDATORY = {
    NoticeKind.ZERO: _("未破零逐级提请分管领导、主要领导，本单位不能不知情"),
    NoticeKind.NOT_REPORTED: _("逾期不报计为未报并逐级提请领导，未报不等于零"),
    NoticeKind.MATTER: _("督办单有办结期限，须按期回复"),
    NoticeKind.MATTER_OVERDUE: _("督办单已过办结期限"),
}
OPTIONAL = tuple(kind for kind in NoticeKind if kind not in MANDATORY)


class NoticeLink(models.TextChoices):
    """The page on which the task of a notice is done."""

    VOUCHER = "voucher", _("登记凭证")
    RETURN = "return", _("上报报表")
    QUEUE = "queue", _("核实")
    STANDING = "standing", _("查看进度")
    CLAIM = "claim", _("查看申报")
    MATTER = "matter", _("办理督办单")


class Channel(models.TextChoices):
    """How a notice reaches a post (渠道)."""

    IN_APP = "in_app", _("站内")
    EMAIL = "email", _("电子邮件")


class DeliveryState(models.TextChoices):
    """Where a delivery stands. Unknown: the channel may have sent it and cannot say."""

    DUE = "due", _("待发送")
    LEASED = "leased", _("发送中")
    SENT = "sent", _("已送达")
    UNKNOWN = "unknown", _("结果不明")
    FAILED = "failed", _("发送失败")


class SnapshotKind(models.TextChoices):
    """What frozen rows were published as."""

    PUBLICITY = "publicity", _("公示稿")
    RESULT = "result", _("结果")


class ObjectionOutcome(models.TextChoices):
    """What the inspection office answers to an objection; it changes no figure by itself."""

    UPHELD = "upheld", _("采纳")
    DISMISSED = "dismissed", _("不予采纳")


class ExportKind(models.TextChoices):
    """What is exported in bulk: many rows of many units."""

    REDUCTIONS = "reductions", _("核减情况")


class ExportOutcome(models.TextChoices):
    """What a second person says to a bulk export (审批)."""

    APPROVED = "approved", _("同意")
    REFUSED = "refused", _("不同意")


class MatterKind(models.TextChoices):
    """What must be done (事项)."""

    INSPECTION_ORDER = "inspection_order", _("督办单")


class MatterStepKind(models.TextChoices):
    """What was done about a matter."""

    REPLY = "reply", _("回复")
    SEND_BACK = "send_back", _("退回重办")
    EXTEND = "extend", _("延期")
    CLOSE = "close", _("销号")


class MatterState(models.TextChoices):
    """Where a matter stands; it follows from its steps."""

    OPEN = "open", _("待回复")
    REPLIED = "replied", _("待销号")
    CLOSED = "closed", _("已销号")


class SourceKind(models.TextChoices):
    """What an independent table tells (独立数据的类别)."""

    TAX = "tax", _("税收")
    SOCIAL_INSURANCE = "social_insurance", _("参保人数")
    ELECTRICITY = "electricity", _("用电量")
    STATISTICS = "statistics", _("统计入库固定资产投资")
    OFFICIAL = "official", _("官方口径数")


# What a figure of a source is counted in; that of a measure follows the measure.
COUNTED_IN = {
    SourceKind.TAX: _("万元"),
    SourceKind.SOCIAL_INSURANCE: _("人"),
    SourceKind.ELECTRICITY: _("千瓦时"),
    SourceKind.STATISTICS: _("万元"),
}


class Gap(models.TextChoices):
    """Why the official figure and the portal's differ (差额原因)."""

    RETURNED = "returned", _("已退回")
    LATE = "late", _("补报晚于截止")
    OUTSIDE = "outside", _("口径外")
    UNVERIFIED = "unverified", _("未核实")
    REDUCED = "reduced", _("核减")
    THEIRS_ALONE = "theirs_alone", _("官方有我无")
    OURS_ALONE = "ours_alone", _("我有官方无")
    DIFFERENT = "different", _("金额不同")
    NOT_ITEMISED = "not_itemised", _("未能逐户对照")
