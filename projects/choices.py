"""Dictionaries of the claims ledger. Values are stored, labels are what users read.

The spellings under which a workbook may write them stand in ``projects/sheets/spellings.py``.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BusinessLine(models.TextChoices):
    """Business line (业务条线) of a project."""

    RECRUITMENT = "recruitment", _("招商引资")
    UPWARD_FUNDS = "upward_funds", _("跑项争资")
    PLATFORM = "platform", _("平台建设")


class AgreementKind(models.TextChoices):
    """Kind of a signature (协议类型)."""

    INTENT = "intent", _("意向")
    FRAMEWORK = "framework", _("框架协议")
    CONTRACT = "contract", _("合同")
    SUPPLEMENT = "supplement", _("补充协议")
    TRANSFER = "transfer", _("业主变更")


class Stage(models.TextChoices):
    """How far a project has come (阶段); order and rules of moving stand in ``projects/stages.py``."""

    LEAD = "lead", _("线索")
    NEGOTIATING = "negotiating", _("在谈")
    INTENT = "intent", _("意向")
    SIGNED = "signed", _("签约")
    LANDED = "landed", _("落地")
    STARTED = "started", _("开工")
    COMPLETED = "completed", _("竣工")
    IN_PRODUCTION = "in_production", _("投产")
    SUSPENDED = "suspended", _("中止")
    TERMINATED = "terminated", _("终止")
    LOST_CONTACT = "lost_contact", _("失联")


class Move(models.TextChoices):
    """How a stage follows on the one before (推进方式)."""

    BEGIN = "begin", _("进入")
    FORWARD = "forward", _("推进")
    SKIP = "skip", _("跨阶段推进")
    BACK = "back", _("回退或中断")


class MoveState(models.TextChoices):
    """Whether a stage move stands (阶段变更的状态)."""

    EFFECTIVE = "effective", _("已生效")
    WAITING = "waiting", _("待确认")
    REFUSED = "refused", _("未同意")


class LeftBecause(models.TextChoices):
    """Why a project left its way: stopped, ended or out of touch (中断原因)."""

    FUNDS = "funds", _("资金不到位")
    LAND = "land", _("用地未落实")
    APPROVAL = "approval", _("政策或审批未过")
    MARKET = "market", _("市场变化")
    GIVEN_UP = "given_up", _("投资方放弃")
    ELSEWHERE = "elsewhere", _("转到外地")
    OUT_OF_TOUCH = "out_of_touch", _("失去联系")
    OTHER = "other", _("其他")


class GateKind(models.TextChoices):
    """What a gate of a stage asks for (阶段条件)."""

    FIELD = "field", _("填写项目资料")
    AGREEMENT = "agreement", _("登记协议")
    VISIT = "visit", _("登记洽谈")
    EVIDENCE = "evidence", _("上传材料")
    APPROVAL = "approval", _("经过确认")


class EvidenceKind(models.TextChoices):
    """What a file about a project proves (材料种类)."""

    MINUTES = "minutes", _("会谈纪要")
    PHOTO = "photo", _("现场照片")
    AGREEMENT = "agreement", _("协议扫描件")
    LEGAL_REVIEW = "legal_review", _("合法性审查意见")
    LICENCE = "licence", _("营业执照")
    LAND = "land", _("用地或厂房手续")
    FILING = "filing", _("项目备案证")
    PERMIT = "permit", _("施工许可证或开工令")
    ACCEPTANCE = "acceptance", _("竣工验收证明")
    OUTPUT = "output", _("销售发票、电费或纳税凭证")
    PAPER = "paper", _("凭证扫描件或照片")
    BOOKING = "booking", _("企业入账凭证")
    PAYMENT = "payment", _("付款回单或银行流水")
    PURCHASE = "purchase", _("采购、施工或出让合同")
    APPRAISAL = "appraisal", _("资产评估报告")
    OTHER = "other", _("其他材料")
    SITE_RECORD = "site_record", _("现场核查记录")


# What those who claim may say of a file; the record of a check on the site is not theirs to give.
CLAIMANT_FILES = tuple(kind for kind in EvidenceKind if kind != EvidenceKind.SITE_RECORD)

# What a file may prove beside a voucher, the paper itself first.
VOUCHER_FILES = (
    EvidenceKind.PAPER,
    EvidenceKind.BOOKING,
    EvidenceKind.PAYMENT,
    EvidenceKind.PURCHASE,
    EvidenceKind.APPRAISAL,
    EvidenceKind.OTHER,
)


class Demand(models.TextChoices):
    """How much a checklist insists on a file (要求)."""

    MUST = "must", _("必须")
    ADVISED = "advised", _("建议")
    NONE = "none", _("不要求")


class Direction(models.TextChoices):
    """Whether one went to the investor or the investor came (走访方向)."""

    OUTBOUND = "outbound", _("外出招商")
    INBOUND = "inbound", _("客商来访")


class Channel(models.TextChoices):
    """By which of the six ways an investor was met (招商方式)."""

    RESIDENT = "resident", _("驻点招商")
    DOOR_TO_DOOR = "door_to_door", _("上门招商（小分队）")
    BY_BUSINESS = "by_business", _("以商招商")
    FAIR = "fair", _("节会招商")
    BY_SENTIMENT = "by_sentiment", _("亲情乡情招商")
    AGENCY = "agency", _("委托招商")


class VoucherKind(models.TextChoices):
    """Kind of a paper that proves money (凭证类型)."""

    BANK_SLIP = "bank_slip", _("银行进账单")
    LAND_PAYMENT = "land_payment", _("土地出让金票据")
    EQUIPMENT_INVOICE = "equipment_invoice", _("设备发票")
    WORKS_SETTLEMENT = "works_settlement", _("工程结算单")
    CUSTOMS_FORM = "customs_form", _("进口设备报关单")
    CAPITAL_VERIFICATION = "capital_verification", _("验资报告")
    FOREIGN_RECEIPT = "foreign_receipt", _("外汇收账通知")
    IN_KIND = "in_kind", _("实物作价评估")


class MediaType(models.TextChoices):
    """What kinds of file may prove something (佐证材料的格式)."""

    JPEG = "image/jpeg", _("JPEG图片")
    PNG = "image/png", _("PNG图片")
    PDF = "application/pdf", _("PDF文档")
    WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _("Word文档")
    EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Excel表格")


class ClaimKind(models.TextChoices):
    """What a claim counts; the kind fixes the unit of its quantity."""

    PAID_IN = "paid_in", _("到位资金")
    SIGNED_COUNT = "signed_count", _("签约项目")
    SIGNED_TOTAL = "signed_total", _("签约总投资")
    SIGNED_INTRODUCED = "signed_introduced", _("签约引资额")
    SIGNED_FIXED = "signed_fixed", _("签约固定资产投资")
    VISIT = "visit", _("外出招商")
    RECEPTION = "reception", _("客商来访")
    LEAD = "lead", _("招商线索")
    LANDED = "landed", _("落地项目")
    STARTED = "started", _("开工项目")
    COMPLETED = "completed", _("竣工项目")
    IN_PRODUCTION = "in_production", _("投产项目")


# Unit of quantity by kind; everything not named here is money in 万元.
COUNTED = {
    ClaimKind.SIGNED_COUNT: _("个"),
    ClaimKind.VISIT: _("次"),
    ClaimKind.RECEPTION: _("次"),
    ClaimKind.LEAD: _("条"),
    ClaimKind.LANDED: _("个"),
    ClaimKind.STARTED: _("个"),
    ClaimKind.COMPLETED: _("个"),
    ClaimKind.IN_PRODUCTION: _("个"),
}


def unit_of(kind: str) -> str:
    """What a figure of this kind of claim is counted in: 个, 次, 条 or 万元 (I14)."""
    return str(COUNTED.get(ClaimKind(kind), _("万元")))


# Claims of one act each, by what the act is; such a claim counts one (a reversal minus one).
VISIT_KINDS = (ClaimKind.VISIT, ClaimKind.RECEPTION)
STAGE_KINDS = (ClaimKind.LANDED, ClaimKind.STARTED, ClaimKind.COMPLETED, ClaimKind.IN_PRODUCTION)


class ClaimState(models.TextChoices):
    """Where a claim stands; written by the database's triggers only."""

    SUBMITTED = "submitted", _("待初审")
    COMPLETE = "complete", _("材料齐全，待初审")
    FIRST_REVIEWED = "first_reviewed", _("待核实")
    INSPECTED = "inspected", _("待会签")
    DECIDED = "decided", _("已核实")
    RETURNED = "returned", _("已退回")
    DOUBTED = "doubted", _("存疑")
    REVERSED = "reversed", _("已冲销")


# An office has still to say something; neither with the unit nor settled.
IN_REVIEW = (
    ClaimState.SUBMITTED,
    ClaimState.COMPLETE,
    ClaimState.FIRST_REVIEWED,
    ClaimState.DOUBTED,
    ClaimState.INSPECTED,
)


class PeriodKind(models.TextChoices):
    """Kind of a filing period (填报期)."""

    MONTH = "month", _("月")
    QUARTER = "quarter", _("季度")
    HALF = "half", _("半年")
    YEAR = "year", _("年")


class CalendarSource(models.TextChoices):
    """Where a year's work days come from (工作日历的来源)."""

    NOTICE = "notice", _("国务院节假日安排")
    WORKBOOK = "workbook", _("上传的日历表")


class ReturnState(models.TextChoices):
    """What a unit has said about a period; unknown is not zero (I12)."""

    NOT_REPORTED = "not_reported", _("未报")
    ZERO = "zero", _("零报告")
    REPORTED = "reported", _("已报")
    NOT_APPLICABLE = "not_applicable", _("不适用")
