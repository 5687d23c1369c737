"""Returns: which are missing, one with its claims, submitting and taking back; filing periods."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.queries import history
from accounts.refusals import Refused
from accounts.views.gate import gate, words
from accounts.views.paging import number_in, paged
from accounts.views.resends import once
from projects import rules
from projects.forms.returns import STATES, PeriodForm
from projects.models import Period
from projects.queries import returns as queries
from projects.services import closing, periods, returns

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
    open_ = period is not None and period.closed_at is None
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
            "opens": rules.may_open_period(request.post),
            "closes": open_ and rules.may_close_period(request.post),
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
        filed = returns.submit(post=request.post, return_id=found.pk)
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


@gate(rules.may_open_period, "GET", "POST")
@once(PeriodForm)
def open_period(request: HttpRequest) -> HttpResponse:
    """Open a filing period; every unit gets its Return."""
    form = PeriodForm(request.POST if request.method == "POST" else None, today=clock.today())
    if form.is_valid():
        values = form.cleaned_data
        period = periods.open_period(
            post=request.post, kind=values["kind"], starts_on=values["starts_on"], due_on=values["due_on"]
        )
        messages.success(
            request,
            _("填报期“{period}”已开启，上报截止 {due:%Y-%m-%d}。").format(period=period, due=period.due_on),
        )
        return redirect(f"{reverse('returns')}?period={period.pk}")
    return render(request, "projects/period_form.html", {"form": form})


@gate(rules.may_close_period, "GET", "POST")
@once()
def close_period(request: HttpRequest, period_id: int) -> HttpResponse:
    """Show what closing means, then close and seal every Return of the period."""
    period = get_object_or_404(Period.objects.filter(filed=True), pk=period_id)
    refused = ""
    if request.method == "POST":
        try:
            closing.close_period(post=request.post, period_id=period.pk)
        except Refused as refusal:
            refused = words(refusal)
        else:
            messages.success(request, _("填报期“{period}”已关闭，各单位报表已封存。").format(period=period))
            return redirect(f"{reverse('returns')}?period={period.pk}")
    context = {"period": period, "refused": refused, "counts": queries.closing(period)}
    return render(request, "projects/period_close.html", context)


def _detail_page(request: HttpRequest, return_id: int, refused: str = "") -> HttpResponse:
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    unfinished = found.submitted_at is None or found.uncovered
    own = rules.may_submit_of(request.post, found.unit_id)
    return render(
        request,
        "projects/return.html",
        {
            "return": found,
            **paged(request, queries.claims_in(request.post, found), PAGE),
            "totals": queries.totals(request.post, found),
            "refused": refused,
            "submits": own and found.reports_closed_at is None and unfinished,
            "withdraws": own and found.reports_closed_at is None and found.submitted_at is not None,
            "on_behalf": own and request.post.unit_id != found.unit_id,
            "changes": history.of_rows([("projects_return", found.pk)]),
        },
    )
