"""The county's checklist of files: what is asked for with each kind of voucher and signature."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.queries import history
from accounts.views.gate import gate, tried
from accounts.views.resends import once
from projects import rules
from projects.choices import AgreementKind, VoucherKind
from projects.forms.checklists import ChecklistForm
from projects.queries import checklists as queries
from projects.services import checklists


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """What is asked for, what was asked for before, who changed it and why."""
    return _page(request)


@gate(rules.may_set_checklists, "POST")
@once(ChecklistForm)
def rule(request: HttpRequest) -> HttpResponse:
    """Say how much a kind of file is asked for from a day on."""
    form = ChecklistForm(request.POST)
    if form.is_valid() and tried(form, checklists.rule, post=request.post, **form.cleaned_data) is not None:
        messages.success(request, _("已设置佐证清单。"))
        return redirect("checklists")
    return _page(request, form)


def _page(request: HttpRequest, form: ChecklistForm | None = None) -> HttpResponse:
    rows = queries.listed(clock.today())
    papers = [*VoucherKind, *AgreementKind]
    sets = rules.may_set_checklists(request.post)
    # The standard rows came with the county; who set what stands in the documents after them.
    own = [("projects_checklistitem", row.pk) for row, _later in rows if row.document]
    context = {
        "table": [
            (paper.label, [row for row, later in rows if row.about == paper and not later])
            for paper in papers
        ],
        "before": [row for row, later in rows if later],
        "form": form or (ChecklistForm(initial={"valid_from": clock.today()}) if sets else None),
        "changes": history.of_rows(own, limit=20),
    }
    return render(request, "projects/checklists.html", context)
