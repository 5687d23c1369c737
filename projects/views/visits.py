"""From the field: logging a visit, and the lead that came of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Unit
from accounts.refusals import Refused
from accounts.views.gate import gate, words
from accounts.views.paging import number_in
from accounts.views.resends import once
from projects import rules
from projects.forms.visits import LeadForm, VisitForm
from projects.queries import suggestions
from projects.queries.visible import enterprises_for, visits_for
from projects.services import leads, visits
from projects.services.returns import PeriodClosed
from projects.views.vouchers import units_to_enter_for


@gate(rules.may_record, "GET", "POST")
@once(VisitForm)
def log(request: HttpRequest) -> HttpResponse:
    """Log a visit; the second button goes on to the lead from it."""
    today = clock.today()
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = VisitForm(*data, **_for(request), initial={"happened_on": today.isoformat()})
    question = ""
    if form.is_valid():
        try:
            return _logged(request, form)
        except PeriodClosed as closed:
            question = str(closed)
        except ValidationError as faults:
            form.add_error(None, faults)
        except Refused as refusal:
            form.add_error(None, words(refusal))
    context = {"form": form, "question": question, **_suggested(request)}
    return render(request, "projects/visit_form.html", context)


@gate(rules.may_record, "GET", "POST")
@once(LeadForm)
def lead(request: HttpRequest) -> HttpResponse:
    """Report a lead, with the investor of a visit where one is named."""
    visit = None
    if "visit" in request.GET:
        found = visits_for(request.post).select_related("enterprise", "unit")
        visit = get_object_or_404(found, pk=number_in(request.GET["visit"]))
    form = LeadForm(request.POST if request.method == "POST" else None, **_for(request), visit=visit)
    if form.is_valid():
        try:
            return _reported(request, form)
        except ValidationError as faults:
            form.add_error(None, faults)
        except Refused as refusal:
            form.add_error(None, words(refusal))
    context = {"form": form, "visit": visit, **_suggested(request)}
    return render(request, "projects/lead_form.html", context)


def _logged(request: HttpRequest, form: VisitForm) -> HttpResponse:
    done = visits.log(
        post=request.post,
        entry=form.entry(),
        unit=form.for_unit,
        today=clock.today(),
        late_ok="late_ok" in request.POST,
    )
    claim = done.claim
    messages.success(
        request,
        _("已登记走访“{visit}”，计入 {unit}“{period}”报表{late}。").format(
            visit=done.visit,
            unit=claim.unit,
            period=claim.booked_in.period,
            late=_("，标注“补报”") if claim.late else "",
        ),
    )
    for warning in done.warnings:
        messages.warning(request, warning)
    if "then_lead" in request.POST:
        return redirect(f"{reverse('lead_new')}?visit={done.visit.pk}")
    return redirect("visit", done.visit.pk)


def _reported(request: HttpRequest, form: LeadForm) -> HttpResponse:
    done = leads.report(post=request.post, entry=form.entry(), unit=form.for_unit, today=clock.today())
    messages.success(
        request,
        _("已登记线索“{firm}”，首报日期 {day:%Y-%m-%d}，保护期至 {until:%Y-%m-%d}。").format(
            firm=done.lead, day=done.lead.reported_on, until=done.lead.held_until
        ),
    )
    return redirect("lead", done.lead.pk)


def _for(request: HttpRequest) -> dict:
    """For whom the post enters: its own unit, or one that the bureau chooses; and the firms it knows."""
    return {
        "own": Unit.objects.get(pk=request.post.unit_id),
        "units": units_to_enter_for(request),
        "firms": enterprises_for(request.post),
    }


def _suggested(request: HttpRequest) -> dict:
    return {"firms": suggestions.firms(request.post)}
