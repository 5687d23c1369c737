from assessment.models.measure import Measure, Target
from assessment.models.opinion import Opinion
from assessment.models.workbook import ImportBatch

__all__ = ["ImportBatch", "Measure", "Opinion", "Target"]
