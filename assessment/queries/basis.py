"""Claims as a measure counts them, and the column that a basis reads."""

import datetime as dt

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from assessment.choices import Basis
from assessment.models import Measure
from projects.choices import VISIT_KINDS, BusinessLine, ClaimKind, ClaimState
from projects.models import Claim

# What the bureau may not review itself it skips: there the reviewed figure is the verified one.
COLUMNS = {
    Basis.REPORTED: F("reported"),
    Basis.REVIEWED: Coalesce("reviewed", "verified"),
    Basis.VERIFIED: F("verified"),
}

# Kinds of acts that need no project.
WITHOUT_PROJECT = (*VISIT_KINDS, ClaimKind.LEAD)

# 待核实: what the inspection office has not decided and nobody has reversed.
WAITS = Q(verified__isnull=True) & ~Q(state=ClaimState.REVERSED)

# A claim that was taken back says nothing any more: its unit is as it was before (I12).
STANDS = ~Q(state=ClaimState.REVERSED) & Q(reverses__isnull=True)


def year_of(as_of: dt.date) -> dt.date:
    """First day of the window that ends at as-of: the year."""
    return dt.date(as_of.year, 1, 1)


def claims_until(as_of: dt.date, claims: QuerySet[Claim] | None = None) -> QuerySet[Claim]:
    """Claims of facts of the year up to as-of, booked in a period that had begun by then.

    Of the current tenant, or of ``claims``. The date of an opinion never matters: a slip found
    later is booked, and counts, later.
    """
    return (Claim.objects.all() if claims is None else claims).filter(
        happened_on__range=(year_of(as_of), as_of), booked_in__period__starts_on__lte=as_of
    )


def claims_of(measure: Measure, as_of: dt.date, claims: QuerySet[Claim] | None = None) -> QuerySet[Claim]:
    """The claims that this counting rule (口径) counts, of the current tenant or of ``claims``."""
    return claims_until(as_of, claims).filter(counts(measure, as_of.year))


def counts(measure: Measure, year: int | F) -> Q:
    """The rule itself, as a condition on claims of a year (or of the year that an expression gives).

    The measure need not be published.
    """
    rule = _in_line(measure) & Q(kind=measure.kind)
    if measure.agreement_kinds:
        rule &= Q(agreement__kind__in=measure.agreement_kinds)
    if measure.carry_over is True:
        rule &= Q(project__year_introduced__lt=year)
    elif measure.carry_over is False:
        rule &= Q(project__year_introduced=year)
    return rule


def _in_line(measure: Measure) -> Q:
    """Claims of the measure's business line. An act of no project yet is recruitment (招商引资)."""
    in_line = Q(project__line=measure.line)
    if measure.line == BusinessLine.RECRUITMENT and measure.kind in WITHOUT_PROJECT:
        in_line |= Q(project__isnull=True)
    return in_line


def measure_named(name: str, as_of: dt.date) -> Measure | None:
    """The version of a measure in force on a day."""
    return (
        Measure.objects.filter(name=name, valid_from__lte=as_of).order_by("-valid_from", "-version").first()
    )
