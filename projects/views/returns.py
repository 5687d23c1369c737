"""Returns: which are missing, one with its claims, filing, confirming, printing, opening again."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.choices import Role
from accounts.queries import history
from accounts.refusals import Forbidden, Refused
from accounts.views.gate import gate, words
from accounts.views.paging import number_in, paged
from accounts.views.resends import once
from projects import rules
from projects.choices import ClaimState
from projects.forms.returns import STATES, ReopenForm, ScanForm
from projects.models import Period, Return
from projects.queries import checklists, workdays
from projects.queries import returns as queries
from projects.services import closing, evidence, returns

PAGE = 100


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Returns of a period (the latest one unless chosen), by state."""
    begun = list(queries.periods_begun(clock.today()))
    chosen = request.GET.get("period", "")
    period = next((item for item in begun if str(item.pk) == chosen), begun[0] if begun else None)
    if chosen and (period is None or str(period.pk) != chosen):
        period = get_object_or_404(Period.objects.filter(filed=True), pk=number_in(chosen))
        begun.append(period)
    state = request.GET.get("state", "")
    found = queries.in_state(queries.listed(request.post).filter(period=period), state)
    return render(
        request,
        "projects/returns.html",
        {
            "periods": begun,
            "period": period,
            "state": state,
            "states": STATES,
            **paged(request, found.order_by("unit__sort_key", "unit_id"), PAGE),
            "overseen": rules.reads_county(request.post),
            "submits": rules.may_submit(request.post),
        },
    )


@gate(rules.reads_data, "GET")
def detail(request: HttpRequest, return_id: int) -> HttpResponse:
    """One Return: what is booked in it, who filed it and when, and the seal once it is closed."""
    return _detail_page(request, return_id)


@gate(rules.may_submit, "POST")
@once()
def submit(request: HttpRequest, return_id: int) -> HttpResponse:
    """Submit a Return; without claims it is a zero report (零报告)."""
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    try:
        filed = returns.submit(post=request.post, return_id=found.pk, today=clock.today())
    except Refused as refusal:
        return _detail_page(request, found.pk, words(refusal))
    filing = _("{number} 笔申报").format(number=found.entries) if found.entries else _("零报告")
    behalf = _("（代填）") if filed.on_behalf else ""
    messages.success(
        request,
        _("已上报 {unit}“{period}”报表：{filing}{behalf}。").format(
            unit=filed.unit, period=filed.period, filing=filing, behalf=behalf
        ),
    )
    return redirect("return", found.pk)


@gate(rules.may_submit, "POST")
@once()
def withdraw(request: HttpRequest, return_id: int) -> HttpResponse:
    """Take a submitted Return back while nobody has acted on its claims."""
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    try:
        returns.withdraw(post=request.post, return_id=found.pk)
    except Refused as refusal:
        return _detail_page(request, found.pk, words(refusal))
    messages.success(request, _("已撤回上报，改好后请重新上报。"))
    return redirect("return", found.pk)


@gate(rules.may_submit, "POST")
@once()
def confirm(request: HttpRequest, return_id: int) -> HttpResponse:
    """The unit's head confirms what was filed on the unit's behalf (确认代填)."""
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    try:
        returns.confirm(post=request.post, return_id=found.pk)
    except Refused as refusal:
        return _detail_page(request, found.pk, words(refusal))
    messages.success(request, _("已确认代填的报表。"))
    return redirect("return", found.pk)


@gate(rules.may_record, "POST")
@once(ScanForm)
def scan(request: HttpRequest, return_id: int) -> HttpResponse:
    """Keep the scan of the Return as it was signed and stamped."""
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            evidence.add_to_return(post=request.post, of_return=found, uploads=form.cleaned_data["files"])
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            messages.success(request, _("已上传盖章的报表。"))
            return redirect("return", found.pk)
    return _detail_page(request, found.pk, scan_form=form)


@gate(rules.reads_data, "GET")
def printed(request: HttpRequest, return_id: int) -> HttpResponse:
    """The Return on paper: every row, the totals, and where it is signed and stamped (F-81)."""
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    return render(
        request,
        "projects/return_print.html",
        {
            "return": found,
            "claims": queries.claims_in(request.post, found),
            "totals": queries.totals(request.post, found),
            "now": clock.now(),
        },
    )


@gate(rules.may_reopen, "GET", "POST")
@once(ReopenForm)
def reopen(request: HttpRequest, return_id: int) -> HttpResponse:
    """Open one closed Return again, with a reason and an end (F-33)."""
    if not _reopens(request):
        raise Forbidden("请先选择要查看的县，再重新开放该县的报表。")
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            last = workdays.add(clock.today(), form.cleaned_data["days"])
            closing.reopen(
                post=request.post,
                return_id=found.pk,
                reason=form.cleaned_data["reason"],
                until=end_of(last),
                now=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, words(refusal))
        else:
            messages.success(
                request,
                _("已重新开放 {unit}“{period}”报表，{last:%Y-%m-%d} 24时自动关闭。").format(
                    unit=found.unit, period=found.period, last=last
                ),
            )
            return redirect("return", found.pk)
    return render(request, "projects/return_reopen.html", {"return": found, "form": form})


def end_of(day: dt.date) -> dt.datetime:
    """24 o'clock of a day in the portal's time zone."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _reopens(request: HttpRequest) -> bool:
    """Whether this post may open a Return again here: a superior only in a county that he has entered."""
    here = request.post.role != Role.SUPERIOR or request.county is not None
    return here and rules.may_reopen(request.post)


def _lacking(request: HttpRequest, found: Return) -> list[str]:
    """What the county insists on and claims of this Return lack; it stops nobody."""
    claims = queries.claims_in(request.post, found).exclude(state=ClaimState.REVERSED)
    return checklists.musts_lacking(claims.filter(reverses__isnull=True))


def _detail_page(
    request: HttpRequest, return_id: int, refused: str = "", scan_form: ScanForm | None = None
) -> HttpResponse:
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    own = rules.may_submit_of(request.post, found.unit_id)
    return render(
        request,
        "projects/return.html",
        {
            "return": found,
            **paged(request, queries.claims_in(request.post, found), PAGE),
            "totals": queries.totals(request.post, found),
            "refused": refused,
            "submits": own,
            "withdraws": own and found.reports_closed_at is None and found.submitted_at is not None,
            "confirms": found.to_confirm and rules.may_confirm_of(request.post, found.unit_id),
            "reopens": found.reports_closed_at is not None and _reopens(request),
            "scans": rules.may_record_for(request.post, found.unit_id),
            "scan_form": scan_form or ScanForm(),
            "papers": queries.scans_of(found),
            "lacking": _lacking(request, found) if own and found.reports_closed_at is None else [],
            "on_behalf": own and request.post.unit_id != found.unit_id,
            "changes": history.of_rows([("projects_return", found.pk)]),
        },
    )
