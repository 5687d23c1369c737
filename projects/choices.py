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


# Unit of quantity by kind; everything not named here is money in 万元.
COUNTED = {ClaimKind.SIGNED_COUNT: _("个")}


class ClaimState(models.TextChoices):
    """Where a claim stands; written by the database's triggers only."""

    SUBMITTED = "submitted", _("待初审")
    FIRST_REVIEWED = "first_reviewed", _("待核实")
    DECIDED = "decided", _("已核实")
    RETURNED = "returned", _("已退回")
    DOUBTED = "doubted", _("存疑")
    REVERSED = "reversed", _("已冲销")


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
