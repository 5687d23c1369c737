from projects.models.agreement import Agreement
from projects.models.calendar import CalendarDay, CalendarYear
from projects.models.checklist import ChecklistItem
from projects.models.claim import Claim
from projects.models.enterprise import Enterprise
from projects.models.period import FilingRule, Period, Return
from projects.models.plan import StagePlan
from projects.models.project import Project
from projects.models.split import Split, SplitLine
from projects.models.stage import Gate, StageChange
from projects.models.visit import Contact, HoldRule, Lead, Visit
from projects.models.voucher import Evidence, EvidenceLink, Voucher

__all__ = [
    "Agreement",
    "CalendarDay",
    "CalendarYear",
    "ChecklistItem",
    "Claim",
    "Contact",
    "Enterprise",
    "Evidence",
    "EvidenceLink",
    "FilingRule",
    "Gate",
    "HoldRule",
    "Lead",
    "Period",
    "Project",
    "Return",
    "Split",
    "SplitLine",
    "StageChange",
    "StagePlan",
    "Visit",
    "Voucher",
]
