"""Which files usually prove a voucher or a signature: the checklist that a new tenant begins with (I13).

All of them are advised only, until the county insists.
"""

import datetime as dt

from projects.choices import AgreementKind, EvidenceKind, VoucherKind

FROM = dt.date(2000, 1, 1)
STANDARD: tuple[tuple[str, EvidenceKind], ...] = (
    (VoucherKind.BANK_SLIP, EvidenceKind.PAPER),
    (VoucherKind.BANK_SLIP, EvidenceKind.BOOKING),
    (VoucherKind.LAND_PAYMENT, EvidenceKind.PAPER),
    (VoucherKind.LAND_PAYMENT, EvidenceKind.PURCHASE),
    (VoucherKind.EQUIPMENT_INVOICE, EvidenceKind.PAPER),
    (VoucherKind.EQUIPMENT_INVOICE, EvidenceKind.PURCHASE),
    (VoucherKind.EQUIPMENT_INVOICE, EvidenceKind.PAYMENT),
    (VoucherKind.WORKS_SETTLEMENT, EvidenceKind.PAPER),
    (VoucherKind.WORKS_SETTLEMENT, EvidenceKind.PURCHASE),
    (VoucherKind.WORKS_SETTLEMENT, EvidenceKind.PAYMENT),
    (VoucherKind.CUSTOMS_FORM, EvidenceKind.PAPER),
    (VoucherKind.CUSTOMS_FORM, EvidenceKind.PAYMENT),
    (VoucherKind.CAPITAL_VERIFICATION, EvidenceKind.PAPER),
    (VoucherKind.CAPITAL_VERIFICATION, EvidenceKind.PAYMENT),
    (VoucherKind.FOREIGN_RECEIPT, EvidenceKind.PAPER),
    (VoucherKind.IN_KIND, EvidenceKind.PAPER),
    (VoucherKind.IN_KIND, EvidenceKind.APPRAISAL),
    (AgreementKind.INTENT, EvidenceKind.AGREEMENT),
    (AgreementKind.FRAMEWORK, EvidenceKind.AGREEMENT),
    (AgreementKind.CONTRACT, EvidenceKind.AGREEMENT),
    (AgreementKind.CONTRACT, EvidenceKind.LEGAL_REVIEW),
    (AgreementKind.SUPPLEMENT, EvidenceKind.AGREEMENT),
    (AgreementKind.TRANSFER, EvidenceKind.AGREEMENT),
)
