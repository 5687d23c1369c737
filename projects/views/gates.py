"""The county's own rules of the lifecycle: what each stage asks for, how long a first report is held."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import Refused
from accounts.views.gate import gate, tried, words
from projects import rules, stages
from projects.forms.gates import GateForm, HoldForm
from projects.models import Gate, HoldRule
from projects.queries import leads as held
from projects.services import gates, leads
from projects.stages import Required


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """The rules in force and those that ended."""
    return _page(request)


@gate(rules.may_set_gates, "POST")
def add(request: HttpRequest) -> HttpResponse:
    """Ask for one thing more before a stage."""
    form = GateForm(request.POST)
    if form.is_valid() and tried(form, gates.add, post=request.post, **form.rule()) is not None:
        messages.success(request, _("已增加阶段条件。"))
        return redirect("gates")
    return _page(request, gate_form=form)


@gate(rules.may_set_gates, "POST")
def end(request: HttpRequest, gate_id: int) -> HttpResponse:
    """Ask for it no longer."""
    try:
        gates.end(post=request.post, gate_id=gate_id, today=clock.today())
    except Refused as refusal:
        messages.error(request, words(refusal))
    else:
        messages.success(request, _("已停用这项条件，历史记录保留。"))
    return redirect("gates")


@gate(rules.may_set_gates, "POST")
def hold(request: HttpRequest) -> HttpResponse:
    """Set for how long a lead is held."""
    form = HoldForm(request.POST)
    if form.is_valid() and tried(form, leads.set_hold, post=request.post, **form.cleaned_data) is not None:
        messages.success(request, _("已设置首报保护期，新登记的线索按此执行。"))
        return redirect("gates")
    return _page(request, hold_form=form)


def _page(request: HttpRequest, gate_form=None, hold_form=None) -> HttpResponse:
    today, sets = clock.today(), rules.may_set_gates(request.post)
    rows = list(Gate.objects.order_by("pk"))
    open_ = [row for row in rows if row.valid_until is None or row.valid_until > today]
    table = [
        (stage.label, [(row, Required(row.kind, row.item).words) for row in open_ if row.stage == stage])
        for stage in stages.WAY[1:]
    ]
    day = {"valid_from": today}
    context = {
        "table": table,
        "ended": [(row, Required(row.kind, row.item).words) for row in rows if row not in open_],
        "hold_days": held.hold_days(today),
        "holds": list(HoldRule.objects.order_by("-valid_from", "-pk")),
        "gate_form": gate_form or (GateForm(initial=day) if sets else None),
        "hold_form": hold_form or (HoldForm(initial=day) if sets else None),
    }
    return render(request, "projects/gates.html", context)
