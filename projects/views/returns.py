"""Returns: which are missing, one with its claims, submitting and taking back; filing periods."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.queries import history
from accounts.refusals import Refused
from accounts.views.gate import gate
from projects import rules
from projects.forms.returns import STATES, PeriodForm
from projects.models import Period
from projects.queries import returns as queries
from projects.services import periods, returns

PAGE = 100


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Returns of a period (the latest one unless chosen), by state."""
    begun = list(queries.periods_begun(clock.today()))
    chosen = request.GET.get("period", "")
    period = next((item for item in begun if str(item.pk) == chosen), begun[0] if begun else None)
    if chosen and (period is None or str(period.pk) != chosen):
        period = get_object_or_404(Period.objects.filter(filed=True), pk=_number(chosen))
        begun.append(period)
    state = request.GET.get("state", "")
    found = queries.in_state(queries.listed(request.post).filter(period=period), state)
    page = Paginator(found.order_by("unit__sort_key", "unit_id"), PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "projects/returns.html",
        {
            "periods": begun,
            "period": period,
            "state": state,
            "states": STATES,
            "page": page,
            "query": query.urlencode(),
            "county": rules.reads_county(request.post),
            "opens": rules.may_open_period(request.post),
            "closes": rules.may_close_period(request.post) and period is not None and period.closed_at is None,
        },
    )


@gate(rules.reads_data, "GET")
def detail(request: HttpRequest, return_id: int) -> HttpResponse:
    """One Return: what is booked in it, who filed it and when, and the seal once it is closed."""
    return _detail_page(request, return_id)


@gate(rules.may_submit, "POST")
def submit(request: HttpRequest, return_id: int) -> HttpResponse:
    """Submit a Return; without claims it is a zero report (零报告)."""
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    try:
        filed = returns.submit(post=request.post, return_id=found.pk)
    except Refused as refusal:
        return _refused(request, found.pk, refusal)
    words = _("零报告") if not found.entries else _("{number} 笔申报").format(number=found.entries)
    behalf = _("（代填）") if filed.on_behalf else ""
    messages.success(
        request,
        _("已上报 {unit}“{period}”报表：{words}{behalf}。").format(
            unit=filed.unit, period=filed.period, words=words, behalf=behalf
        ),
    )
    return redirect("return", found.pk)


@gate(rules.may_submit, "POST")
def withdraw(request: HttpRequest, return_id: int) -> HttpResponse:
    """Take a submitted Return back while nobody has acted on its claims."""
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    try:
        returns.withdraw(post=request.post, return_id=found.pk)
    except Refused as refusal:
        return _refused(request, found.pk, refusal)
    messages.success(request, _("已撤回上报，改好后请重新上报。"))
    return redirect("return", found.pk)


@gate(rules.may_open_period, "GET", "POST")
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
def close_period(request: HttpRequest, period_id: int) -> HttpResponse:
    """Show what closing means, then close and seal every Return of the period."""
    period = get_object_or_404(Period.objects.filter(filed=True), pk=period_id)
    refused = ""
    if request.method == "POST":
        try:
            returns.close_period(post=request.post, period_id=period.pk)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("填报期“{period}”已关闭，各单位报表已封存。").format(period=period))
            return redirect(f"{reverse('returns')}?period={period.pk}")
    context = {"period": period, "refused": refused, "counts": queries.closing(period)}
    return render(request, "projects/period_close.html", context)


def _detail_page(request: HttpRequest, return_id: int, refused: str = "") -> HttpResponse:
    found = get_object_or_404(queries.listed(request.post), pk=return_id)
    claims = queries.claims_in(request.post, found)
    page = Paginator(claims, PAGE).get_page(request.GET.get("page"))
    own = rules.may_submit_of(request.post, found.unit_id)
    return render(
        request,
        "projects/return.html",
        {
            "return": found,
            "page": page,
            "totals": queries.totals(request.post, found),
            "refused": refused,
            "submits": own and found.reports_closed_at is None and (found.submitted_at is None or found.uncovered),
            "withdraws": own and found.reports_closed_at is None and found.submitted_at is not None,
            "on_behalf": own and request.post.unit_id != found.unit_id,
            "changes": history.of_rows([("projects_return", found.pk)]),
        },
    )


def _refused(request: HttpRequest, return_id: int, refusal: Refused) -> HttpResponse:
    """The Return's page with the reason; what was typed elsewhere is not touched."""
    if type(refusal) is not Refused:
        raise refusal
    return _detail_page(request, return_id, str(refusal))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
