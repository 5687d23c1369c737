"""From the field: logging a visit, and the lead that came of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Unit
from accounts.refusals import Forbidden, Refused
from accounts.views.gate import gate, words
from accounts.views.paging import number_in
from accounts.views.resends import once
from projects import rules
from projects.forms.visits import LeadForm, VisitForm
from projects.models import Lead, Project
from projects.queries import suggestions
from projects.queries.visible import enterprises_for, leads_for, visits_for
from projects.services import leads, visits
from projects.services.returns import PeriodClosed
from projects.views.projects import back_to, found
from projects.views.vouchers import units_to_enter_for


@gate(rules.may_record, "GET", "POST")
@once(VisitForm)
def log(request: HttpRequest) -> HttpResponse:
    """Log a visit, of a project (``?project=``) or a lead (``?lead=``) where one is named.

    Otherwise the second button goes on to the lead from it.
    """
    today, about = clock.today(), _about(request)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = VisitForm(*data, **_for(request, about), about=about, initial={"happened_on": today.isoformat()})
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
    if isinstance(form.about, Project):
        return back_to(request, form.about)
    if isinstance(form.about, Lead):
        return redirect("lead", form.about.pk)
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


def _about(request: HttpRequest) -> Project | Lead | None:
    """The project or lead of this address: 404 out of sight, 403 where the post does not work for it."""
    about: Project | Lead | None = None
    if "project" in request.GET:
        about = found(request, number_in(request.GET["project"]))
    elif "lead" in request.GET:
        visible = leads_for(request.post).select_related("enterprise", "unit")
        about = get_object_or_404(visible, pk=number_in(request.GET["lead"]))
    if about is not None and not rules.may_record_for(request.post, about.unit_id):
        raise Forbidden(_("走访由项目或线索所属的单位登记，招商局可以代填。"))
    return about


def _for(request: HttpRequest, about: Project | Lead | None = None) -> dict:
    """For whom the post enters and the firms it knows.

    The unit is the one of what the entry is about, else the own one, or one that the bureau chooses.
    """
    return {
        "own": about.unit if about is not None else Unit.objects.get(pk=request.post.unit_id),
        "units": None if about is not None else units_to_enter_for(request),
        "firms": enterprises_for(request.post),
    }


def _suggested(request: HttpRequest) -> dict:
    return {"firms": suggestions.firms(request.post)}
