"""What lists of the assessment may be narrowed by."""

import django_filters.rest_framework as filters

from accounts.filters import Known, choice, flag, key, since, text, until
from assessment.choices import ReasonCode, Step, Verdict
from assessment.models import Measure, Opinion, Target
from projects.choices import BusinessLine, ClaimKind


class OpinionFilter(filters.FilterSet):
    """Opinions."""

    claim = key()
    step = choice(Step)
    verdict = choice(Verdict)
    code = choice(ReasonCode)
    supersedes = key()
    given_from = since("at__date")
    given_until = until("at__date")

    class Meta:
        model = Opinion
        fields: list[str] = []


class MeasureFilter(filters.FilterSet):
    """Counting rules."""

    name = text(60)
    line = choice(BusinessLine)
    kind = choice(ClaimKind)
    carry_over = flag()
    valid_from_from = since("valid_from")
    valid_from_until = until("valid_from")

    class Meta:
        model = Measure
        fields: list[str] = []


class TargetFilter(filters.FilterSet):
    """Tasks."""

    unit = key()
    of_unit = Known("unit")
    measure = key()
    period = key()
    replaces = key()
    replaced = Known("successors")
    issued_from = since("issued_on")
    issued_until = until("issued_on")

    class Meta:
        model = Target
        fields: list[str] = []
