"""Counting rules (口径) of a tenant."""

from assessment import standard_measures
from assessment.models import Measure


def publish_standard() -> list[Measure]:
    """Version 1 of the standard measures for a new tenant, inside the caller's act."""
    return Measure.objects.bulk_create(
        Measure(version=1, valid_from=standard_measures.VALID_FROM, line=standard_measures.LINE, **definition)
        for definition in standard_measures.STANDARD
    )
