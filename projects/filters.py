"""What lists of the ledger may be narrowed by. Every reference, dictionary, flag and day has its filter."""

import django_filters.rest_framework as filters

from accounts.filters import Known, choice, flag, key, since, text, until
from projects.choices import (
    AgreementKind,
    BusinessLine,
    Channel,
    ClaimKind,
    ClaimState,
    PeriodKind,
    Stage,
    VoucherKind,
)
from projects.models import Agreement, Claim, Enterprise, Period, Project, Return, Split, Voucher


class EnterpriseFilter(filters.FilterSet):
    """Firms."""

    name = text(120)
    credit_code = text(18)

    class Meta:
        model = Enterprise
        fields: list[str] = []


class ProjectFilter(filters.FilterSet):
    """Projects."""

    name = text(120)
    line = choice(BusinessLine)
    enterprise = key()
    unit = key()
    host_unit = key()
    parent = key()
    channel = choice(Channel)
    stage = choice(Stage)

    class Meta:
        model = Project
        fields: list[str] = []


class AgreementFilter(filters.FilterSet):
    """Signatures."""

    project = key()
    kind = choice(AgreementKind)
    signed_from = since("signed_on")
    signed_until = until("signed_on")
    supersedes = key()

    class Meta:
        model = Agreement
        fields: list[str] = []


class VoucherFilter(filters.FilterSet):
    """Papers that prove money."""

    kind = choice(VoucherKind)
    number = text(60)
    payer = key()
    dated_from = since("dated_on")
    dated_until = until("dated_on")

    class Meta:
        model = Voucher
        fields: list[str] = []


class ClaimFilter(filters.FilterSet):
    """Claims."""

    unit = key()
    booked_in = key()
    period = key("booked_in__period")
    project = key()
    kind = choice(ClaimKind)
    voucher = key()
    agreement = key()
    visit = key()
    lead = key()
    stage_change = key()
    split = key()
    state = choice(ClaimState)
    happened_from = since("happened_on")
    happened_until = until("happened_on")
    entered_from = since("entered_at__date")
    entered_until = until("entered_at__date")
    verified_known = Known("verified")
    reverses = key()
    replaces = key()

    class Meta:
        model = Claim
        fields: list[str] = []


class SplitFilter(filters.FilterSet):
    """Agreed credit."""

    project = key()
    agreed_from = since("agreed_on")
    agreed_until = until("agreed_on")
    double_credit = flag()

    class Meta:
        model = Split
        fields: list[str] = []


class PeriodFilter(filters.FilterSet):
    """Periods."""

    kind = choice(PeriodKind)
    filed = flag()
    starts_from = since("starts_on")
    starts_until = until("starts_on")
    ends_from = since("ends_on")
    ends_until = until("ends_on")
    opens_from = since("opens_on")
    opens_until = until("opens_on")
    due_from = since("due_on")
    due_until = until("due_on")
    closes_from = since("closes_on")
    closes_until = until("closes_on")
    reports_closed = Known("reports_closed_at")
    closed = Known("closed_at")

    class Meta:
        model = Period
        fields: list[str] = []


class ReturnFilter(filters.FilterSet):
    """Returns."""

    unit = key()
    period = key()
    submitted = Known("submitted_at")
    submitted_from = since("submitted_on")
    submitted_until = until("submitted_on")
    on_behalf = flag()
    confirmed = Known("confirmed_at")
    reports_closed = Known("reports_closed_at")
    opinions_closed = Known("opinions_closed_at")
    reopened = Known("reopened_until")

    class Meta:
        model = Return
        fields: list[str] = []
