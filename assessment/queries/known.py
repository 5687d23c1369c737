"""What the current tenant already has, gathered for the checks of a workbook."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum

from accounts.models import Unit, UnitAlias
from assessment.models import Measure, Target
from assessment.standard_measures import PAID_IN
from projects.choices import ClaimKind, ClaimState, PeriodKind
from projects.models import Agreement, Claim, Enterprise, Project, Return, Voucher
from projects.sheets.known import NO_MONEY, REPORTED, ZERO, Known, KnownProject, KnownVoucher
from projects.sheets.periods import Span

LIVE = ~Q(state=ClaimState.REVERSED)


def known(span: Span | None, year: int | None) -> Known:
    """The tenant as far as a workbook of this span and year may touch it. A fixed number of queries.

    Tasks and targets are those of the year, zero reports those of the very span.
    """
    return Known(
        fresh=not Target.objects.exists(),
        units=dict(Unit.objects.values_list("name", "kind")),
        aliases=dict(UnitAlias.objects.values_list("name", "unit__name")),
        measures=frozenset(Measure.objects.values_list("name", flat=True)),
        credit_codes={
            code: name for code, name in Enterprise.objects.values_list("credit_code", "name") if code
        },
        projects=_projects(year),
        vouchers=_vouchers(),
        tasks=_targets(year, of_units=True),
        targets=_targets(year, of_units=False),
        zero_reports=_zero_reports(span),
    )


def live_claims(**where: Any) -> Exists:
    """Whether a claim that nobody reversed stands on the outer row."""
    return Exists(Claim.objects.filter(LIVE, **where))


def _projects(year: int | None) -> dict[str, KnownProject]:
    # Of several the one that is claimed counts, else the last one read: a signature that was undone stays.
    signatures = {
        agreement.project_id: agreement
        for agreement in Agreement.objects.annotate(live=live_claims(agreement=OuterRef("pk"))).order_by(
            "live", "pk"
        )
    }
    rows = (
        Project.objects.annotate(live=live_claims(project=OuterRef("pk")))
        .order_by("pk")
        .values_list("pk", "name", "enterprise__name", "unit__name", "year_introduced", "live")
    )
    result = {}
    for pk, name, investor, unit, introduced, live in rows:
        signed = signatures.get(pk)
        result[name] = KnownProject(
            investor=investor,
            unit=unit,
            total=signed.total_wan if signed else None,
            introduced=signed.introduced_wan if signed else None,
            agreement_kind=signed.kind if signed else "",
            signed_on=signed.signed_on if signed else None,
            carry_over=year is not None and introduced < year,
            live=live,
        )
    return result


def _vouchers() -> dict[tuple[str, str, str], KnownVoucher]:
    claimed = {
        row["voucher_id"]: row
        for row in Claim.objects.filter(LIVE, voucher__isnull=False)
        .values("voucher_id", "unit__name", "project__name")
        .annotate(amount=Sum("reported"))
        .order_by("voucher_id")
    }
    result = {}
    for voucher in Voucher.objects.select_related("payer").order_by("pk"):
        claim = claimed.get(voucher.pk)
        result[voucher.kind, voucher.number, voucher.payer.name] = KnownVoucher(
            amount=claim["amount"] if claim else voucher.face_wan,
            on=voucher.dated_on,
            unit=claim["unit__name"] if claim else "",
            project=claim["project__name"] if claim else "",
            live=claim is not None,
        )
    return result


def _targets(year: int | None, *, of_units: bool) -> dict:
    if year is None:
        return {}
    live = Target.objects.filter(
        successors__isnull=True, period__kind=PeriodKind.YEAR, period__starts_on__year=year
    )
    if of_units:
        tasks = live.filter(unit__isnull=False, measure__name=PAID_IN)
        return dict(tasks.values_list("unit__name", "amount"))
    return dict(live.filter(unit__isnull=True).values_list("measure__name", "amount"))


def _zero_reports(span: Span | None) -> dict[str, str]:
    if span is None:
        return {}
    submitted = Return.objects.filter(
        submitted_at__isnull=False, period__kind=span.kind, period__starts_on=span.start
    ).annotate(
        claimed=live_claims(booked_in=OuterRef("pk")),
        paid=live_claims(booked_in=OuterRef("pk"), kind=ClaimKind.PAID_IN),
    )
    return {
        unit: REPORTED if paid else NO_MONEY if claimed else ZERO
        for unit, claimed, paid in submitted.values_list("unit__name", "claimed", "paid")
    }
