"""Imports of the tenant: who loaded which workbook, when, and what became of it."""

from django.db.models import QuerySet

from assessment.models import ImportBatch


def batches() -> QuerySet[ImportBatch]:
    """All batches with their acts, newest first."""
    return ImportBatch.objects.select_related("period", "change", "undone_by").order_by("-pk")
