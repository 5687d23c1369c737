"""现场核查记录: uploaded by who was there, beside the claim that was checked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.views.gate import gate, tried
from accounts.views.resends import once
from assessment import rules
from assessment.forms.site import SiteRecordForm
from assessment.queries import claim_sheet
from assessment.queries.site_records import hindrance
from assessment.services import site_records


@gate(rules.checks_on_site, "GET", "POST")
@once(SiteRecordForm)
def add(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The signed sheet and the photos; then to the page where the opinion is given."""
    claim = claim_sheet.one(request.post, claim_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SiteRecordForm(*sent, happened_on=claim.happened_on, today=clock.today())
    if request.method == "POST" and form.is_valid():
        added = tried(
            form,
            site_records.add,
            post=request.post,
            claim_id=claim_id,
            checked_on=form.cleaned_data["checked_on"],
            checked_by=form.cleaned_data["checked_by"],
            uploads=form.uploads(),
            today=clock.today(),
        )
        if added:
            messages.success(request, _("已上传 {number} 份现场核查记录。").format(number=len(added)))
            return redirect(_onward(request, claim_id))
    context = {"claim": claim, "form": form, "hindrance": hindrance(request.post, claim)}
    return render(request, "assessment/site_record.html", context | {"back": _onward(request, claim_id)})


def _onward(request: HttpRequest, claim_id: int) -> str:
    """Where the opinion is given: the card of the queue, with its filters, or else the claim's page."""
    page = "queue_item" if rules.prints_queue(request.post) else "claim"
    query = request.GET.urlencode()
    address = reverse(page, args=[claim_id])
    return f"{address}?{query}" if query and page == "queue_item" else address
