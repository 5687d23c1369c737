"""Withdrawing a claim on which nobody has acted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import Refused
from accounts.views.gate import gate, words
from accounts.views.resends import once
from projects import rules
from projects.forms.vouchers import ReasonForm
from projects.queries.visible import ACTS, claims_for
from projects.services import claims


@gate(rules.may_withdraw, "GET", "POST")
@once(ReasonForm)
def withdraw(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Ask for the reason, then withdraw; the entry and its reversal stay readable."""
    related = ("unit", "project", "voucher", "agreement", *ACTS, "booked_in__period")
    claim = get_object_or_404(claims_for(request.post).select_related(*related), pk=claim_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            claims.withdraw(
                post=request.post, claim_id=claim.pk, reason=form.cleaned_data["reason"], today=clock.today()
            )
        except Refused as refusal:
            form.add_error(None, words(refusal))
        else:
            messages.success(request, _("已撤回这笔申报；原记录和冲销记录都保留可查。"))
            if claim.voucher_id is not None:
                return redirect("voucher", claim.voucher_id)
            return redirect("project", claim.project_id) if claim.project_id else redirect("claim", claim.pk)
    return render(request, "projects/claim_withdraw.html", {"claim": claim, "form": form})
