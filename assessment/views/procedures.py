"""The county's procedure of verification: what is in force, and the publication of another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.queries import history
from accounts.views.gate import gate, tried
from assessment import rules
from assessment.forms.procedures import ProcedureForm
from assessment.queries import procedures as queries
from assessment.services import procedures
from projects.rules import reads_data


@gate(reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """All procedures with their dates and documents, and who published them why."""
    rows = queries.listed()
    context = {
        "rows": rows,
        "publishes": rules.publishes_procedures(request.post),
        "changes": history.of_rows(("assessment_procedure", row.procedure.pk) for row in rows),
    }
    return render(request, "assessment/procedures.html", context)


@gate(rules.publishes_procedures, "GET", "POST")
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the steps of a kind of claim."""
    form = ProcedureForm(request.POST or None)
    if form.is_valid() and tried(
        form, procedures.publish, post=request.post, today=clock.today(), **form.cleaned_data
    ):
        messages.success(request, _("已发布核实程序。"))
        return redirect("procedures")
    return render(request, "assessment/procedure_publish.html", {"form": form})
