"""Correcting a decided claim: the form, and the reversal and replacement that follow from it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.views.gate import gate, tried
from accounts.views.resends import once
from projects import rules
from projects.forms.corrections import CorrectionForm
from projects.queries.visible import claims_for
from projects.services import corrections


@gate(rules.may_record, "GET", "POST")
@once(CorrectionForm)
def correct(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Ask for another amount; the first figure stands until others have decided."""
    related = ("unit", "project", "voucher", "agreement")
    claim = get_object_or_404(claims_for(request.post).select_related(*related), pk=claim_id)
    post = request.method == "POST"
    form = CorrectionForm(request.POST if post else None, request.FILES if post else None)
    if form.is_valid():
        given = form.cleaned_data
        replacement = tried(
            form,
            corrections.correct,
            post=request.post,
            claim_id=claim.pk,
            amount=given["amount"],
            reason=given["reason"],
            uploads=given["files"],
            today=clock.today(),
        )
        if replacement is not None:
            messages.success(
                request, _("已提出更正：原申报等额冲销，另记更正后的申报，随本期报表上报后由别人核实。")
            )
            return redirect("claim", replacement.pk)
    return render(request, "projects/claim_correct.html", {"claim": claim, "form": form})
