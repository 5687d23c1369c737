"""Words that offices write for the values of the dictionaries in ``projects/choices.py``.

Left the spelling as a sheet has it (compared through ``cells.name_key``), right the stored value.
"""

AGREEMENTS = {
    "意向": "intent",
    "意向书": "intent",
    "意向协议": "intent",
    "意向合同": "intent",
    "意向性协议": "intent",
    "投资意向书": "intent",
    "框架": "framework",
    "框架协议": "framework",
    "框架合同": "framework",
    "合作框架协议": "framework",
    "战略合作协议": "framework",
    "战略合作框架协议": "framework",
    "合同": "contract",
    "正式合同": "contract",
    "投资合同": "contract",
    "招商合同": "contract",
    "项目合同": "contract",
}

VOUCHERS = {
    "银行进账单": "bank_slip",
    "进账单": "bank_slip",
    "银行回单": "bank_slip",
    "银行电汇凭证": "bank_slip",
    "银行转账凭证": "bank_slip",
    "土地出让金票据": "land_payment",
    "土地出让金收据": "land_payment",
    "土地出让金发票": "land_payment",
    "土地款票据": "land_payment",
    "设备发票": "equipment_invoice",
    "设备购置发票": "equipment_invoice",
    "设备采购发票": "equipment_invoice",
    "工程结算单": "works_settlement",
    "工程结算书": "works_settlement",
    "工程款结算单": "works_settlement",
    "报关单": "customs_form",
    "海关报关单": "customs_form",
    "进口设备报关单": "customs_form",
    "验资报告": "capital_verification",
    "外汇收账通知": "foreign_receipt",
    "实物作价评估": "in_kind",
}

# 类别 of 任务分解表 -> kind of a unit.
UNIT_KINDS = {
    "镇": "town",
    "乡": "town",
    "乡镇": "town",
    "街道": "town",
    "街道办": "town",
    "部门": "department",
    "县直部门": "department",
    "县级部门": "department",
    "县直单位": "department",
    "园区": "park",
    "专班": "task_force",
    "招商专班": "task_force",
    "驻点组": "resident_post",
    "驻点招商组": "resident_post",
    "内设机构": "office",
    "县内企业": "enterprise",
    "企业": "enterprise",
}
