"""Closing a unit, or merging it into another: shows what still hangs on it first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.forms.units import CloseForm
from accounts.models import Unit
from accounts.rules import may_keep_units
from accounts.services import units
from accounts.views.gate import gate, tried
from assessment.queries.closing import hanging_on


@gate(may_keep_units, "GET", "POST")
def close(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Ask from which day, into which unit and why; its open Returns and targets stand above."""
    unit = get_object_or_404(Unit, pk=unit_id)
    today = clock.today()
    form = CloseForm(request.POST or None, unit=unit, initial={"on": today})
    if form.is_valid() and tried(form, units.close, post=request.post, unit_id=unit.pk, **form.cleaned_data):
        messages.success(request, _("单位“{unit}”已撤销，以前的数据仍归它。").format(unit=unit))
        return redirect("unit", unit.pk)
    context = {"unit": unit, "form": form, "hanging": hanging_on(unit, today=today)}
    return render(request, "assessment/unit_close.html", context)
