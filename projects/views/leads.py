"""Leads: the list, one lead with its hold, and how it ends: a project, or given up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.queries import history
from accounts.views.gate import gate, tried
from accounts.views.paging import paged, searched
from accounts.views.resends import once
from projects import rules
from projects.forms.lifecycle import BecauseForm, StartForm
from projects.models import Lead
from projects.queries import acts
from projects.queries.visible import leads_for, projects_for
from projects.services import leads
from projects.stages import LeadState

PAGE = 50


@gate(rules.reads_leads, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Leads that the post may read, by words and state."""
    words, state, today = searched(request), request.GET.get("state", ""), clock.today()
    page = paged(request, acts.leads_listed(request.post, today=today, words=words, state=state), PAGE)
    rows = [(lead, lead.state_on(today)) for lead in page["page"]]
    context = {"words": words, "state": state, "states": LeadState.choices, "rows": rows, **page}
    return render(request, "projects/leads.html", {**context, "records": rules.may_record(request.post)})


@gate(rules.reads_leads, "GET")
def detail(request: HttpRequest, lead_id: int) -> HttpResponse:
    """One lead: who holds it until when, its visits, its claim, what happened to it."""
    return render(request, "projects/lead.html", _context(request, _found(request, lead_id), BecauseForm()))


@gate(rules.may_record, "GET", "POST")
@once(StartForm)
def convert(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Make a project of a lead."""
    lead = _found(request, lead_id)
    firm = lead.enterprise
    known = {"firm_name": lead.firm, "credit_code": firm.credit_code if firm else "", "channel": lead.channel}
    data = request.POST if request.method == "POST" else None
    form = StartForm(data, parents=projects_for(request.post), initial=known)
    if form.is_valid():
        day = {"happened_on": form.cleaned_data["happened_on"], "today": clock.today()}
        project = tried(form, leads.convert, post=request.post, lead_id=lead.pk, entry=form.entry(), **day)
        if project is not None:
            messages.success(request, _("已转为项目“{name}”。").format(name=project))
            return redirect("project", project.pk)
    return render(request, "projects/project_form.html", {"form": form, "project": None, "lead": lead})


@gate(rules.may_record, "POST")
def abandon(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Give a lead up, with the reason."""
    lead = _found(request, lead_id)
    form = BecauseForm(request.POST)
    if form.is_valid():
        because = {"reason": form.cleaned_data["reason"], "today": clock.today()}
        if tried(form, leads.abandon, post=request.post, lead_id=lead.pk, **because) is not None:
            messages.success(request, _("已放弃这条线索，保护期结束。"))
            return redirect("lead", lead.pk)
    return render(request, "projects/lead.html", _context(request, lead, form))


def _found(request: HttpRequest, lead_id: int) -> Lead:
    visible = leads_for(request.post).select_related("enterprise", "unit", "contact", "visit", "project")
    return get_object_or_404(visible, pk=lead_id)


def _context(request: HttpRequest, lead: Lead, form: BecauseForm) -> dict:
    claims = acts.claims_of(request.post, lead=lead)
    rows = [("projects_lead", lead.pk), *(("projects_claim", claim.pk) for claim in claims)]
    ended = lead.project_id is not None or lead.abandoned_on is not None
    return {
        "lead": lead,
        "state": lead.state_on(clock.today()),
        "visits": acts.visits_of(request.post, lead=lead),
        "claims": claims,
        "works": not ended and rules.may_record_for(request.post, lead.unit_id),
        "withdraws": rules.may_withdraw(request.post),
        "form": form,
        "changes": history.of_rows(rows, limit=20),
    }
