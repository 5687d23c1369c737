"""Filing periods: where each stands, opening the next, the rules of their dates, closing."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import Refused
from accounts.views.gate import gate, words
from accounts.views.paging import paged
from accounts.views.resends import once
from projects import rules
from projects.choices import PeriodKind
from projects.forms.returns import PeriodForm, RuleForm, next_spans
from projects.models import Period
from projects.queries import periods as queries
from projects.queries import returns as return_queries
from projects.services import closing, periods

PAGE = 40
MOST_REOPENED = 50


@gate(rules.reads_county, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Every filing period with its state, what is opened next, what was opened again."""
    return _list_page(request)


@gate(rules.may_open_period, "POST")
@once(RuleForm)
def set_rule(request: HttpRequest) -> HttpResponse:
    """Say whether a kind of period is filed and how its dates follow."""
    form = RuleForm(request.POST)
    if form.is_valid():
        periods.set_rule(post=request.post, **form.cleaned_data)
        messages.success(request, _("填报规则已保存，从下一次开启填报期起适用。"))
        return redirect("periods")
    return _list_page(request, form)


@gate(rules.may_open_period, "GET", "POST")
@once(PeriodForm)
def new(request: HttpRequest) -> HttpResponse:
    """Open a filing period; every unit gets its Return."""
    form = PeriodForm(request.POST if request.method == "POST" else None, today=clock.today())
    if form.is_valid():
        names = ("kind", "starts_on", "opens_on", "due_on", "closes_on")
        try:
            period = periods.open_period(
                post=request.post, **{name: form.cleaned_data[name] for name in names}
            )
        except ValidationError as faults:
            form.add_error(None, faults.messages)
        except Refused as refusal:
            form.add_error(None, words(refusal))
        else:
            messages.success(
                request,
                _("填报期“{period}”已开启，上报截止 {due:%Y-%m-%d}。").format(
                    period=period, due=period.due_on
                ),
            )
            return redirect(f"{reverse('returns')}?period={period.pk}")
    return render(request, "projects/period_form.html", {"form": form})


@gate(rules.may_close_reports, "POST")
@once()
def close_reports(request: HttpRequest, period_id: int) -> HttpResponse:
    """Close a period for reports; opinions go on."""
    period = get_object_or_404(Period.objects.filter(filed=True), pk=period_id)
    try:
        closing.close_reports(post=request.post, period_id=period.pk)
    except Refused as refusal:
        messages.error(request, words(refusal))
    else:
        messages.success(request, _("“{period}”的填报已关闭，核实继续进行。").format(period=period))
    return redirect("period_close", period.pk)


@gate(rules.may_close_reports, "GET", "POST")
@once()
def close(request: HttpRequest, period_id: int) -> HttpResponse:
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
    context = {
        "period": period,
        "refused": refused,
        "counts": return_queries.closing(period),
        "seals": rules.may_close_period(request.post),
    }
    return render(request, "projects/period_close.html", context)


def _list_page(request: HttpRequest, form: RuleForm | None = None) -> HttpResponse:
    today = clock.today()
    shown = paged(request, queries.listed(), PAGE)
    opens = rules.may_open_period(request.post)
    return render(
        request,
        "projects/periods.html",
        {
            **shown,
            "periods": [(item, *queries.STATES[queries.state_of(item, today)]) for item in shown["page"]],
            "reopened": queries.reopened()[:MOST_REOPENED],
            "next": [(span, f"{span.kind}:{span.start}") for span in next_spans(today)] if opens else [],
            "rules": [periods.rule_of(kind) for kind in PeriodKind],
            "form": form,
            "opens": opens,
            "closes": rules.may_close_reports(request.post),
            "seals": rules.may_close_period(request.post),
            "keeps_calendar": rules.may_keep_calendar(request.post),
        },
    )
