from assessment.models.draw import Draw, DrawnClaim
from assessment.models.export_request import ExportRequest
from assessment.models.mailbox import Mailbox
from assessment.models.matter import Matter, MatterStep
from assessment.models.measure import Measure, Target
from assessment.models.notice import Delivery, Notice, Rule
from assessment.models.objection import Objection
from assessment.models.official import OfficialFigure, OfficialSource
from assessment.models.opinion import Opinion
from assessment.models.procedure import Procedure
from assessment.models.snapshot import Snapshot
from assessment.models.workbook import ImportBatch

__all__ = [
    "Delivery",
    "Draw",
    "DrawnClaim",
    "ExportRequest",
    "ImportBatch",
    "Mailbox",
    "Matter",
    "MatterStep",
    "Measure",
    "Notice",
    "Objection",
    "OfficialFigure",
    "OfficialSource",
    "Opinion",
    "Procedure",
    "Rule",
    "Snapshot",
    "Target",
]
