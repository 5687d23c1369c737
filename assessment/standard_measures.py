"""The counting rules that a new tenant begins with, as data; its own versions come after them."""

import datetime as dt
from typing import Any

from projects.choices import AgreementKind, BusinessLine, ClaimKind

# Names are what target sheets write as 指标.
PAID_IN = "到位资金"
INTRODUCED = "引进资金"

STANDARD: list[dict[str, Any]] = [
    {"name": PAID_IN, "kind": ClaimKind.PAID_IN},
    {"name": INTRODUCED, "kind": ClaimKind.SIGNED_INTRODUCED},
    {"name": "签约项目", "kind": ClaimKind.SIGNED_COUNT},
    {"name": "合同项目", "kind": ClaimKind.SIGNED_COUNT, "agreement_kinds": [AgreementKind.CONTRACT]},
    {"name": "签约总投资", "kind": ClaimKind.SIGNED_TOTAL},
    {"name": "签约固定资产投资", "kind": ClaimKind.SIGNED_FIXED},
    {"name": "外出招商", "kind": ClaimKind.VISIT},
    {"name": "客商来访", "kind": ClaimKind.RECEPTION},
    {"name": "招商线索", "kind": ClaimKind.LEAD},
    {"name": "落地项目", "kind": ClaimKind.LANDED},
    {"name": "开工项目", "kind": ClaimKind.STARTED},
    {"name": "竣工项目", "kind": ClaimKind.COMPLETED},
    {"name": "投产项目", "kind": ClaimKind.IN_PRODUCTION},
]
VALID_FROM = dt.date(2000, 1, 1)
LINE = BusinessLine.RECRUITMENT
