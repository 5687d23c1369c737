"""Zero reports are confirmed together: first the list, then the act."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.refusals import Refused
from accounts.views.gate import gate, words
from accounts.views.resends import once
from assessment import rules
from assessment.queries.zero_reports import ZeroReports, sorted_out
from assessment.services import zero_reports


@gate(rules.confirms_zero_reports, "GET", "POST")
@once()
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm the zero reports that were listed, none that nobody has seen in the list."""
    found = sorted_out(request.post)
    seen = _seen(found)
    faults = []
    if request.method == "POST" and (request.POST.get("seen") != seen or not found.free):
        faults = ["名单在您查看后有变化，请重新核对后再确认。"]
    elif request.method == "POST":
        try:
            done = zero_reports.confirm(post=request.post, return_ids=[item.pk for item in found.free])
        except Refused as refusal:
            faults = [words(refusal)]
        else:
            messages.success(request, f"已确认零报告 {done} 家。")
            return redirect("queue")
    return render(request, "assessment/queue_zero.html", {"found": found, "seen": seen, "faults": faults})


def _seen(found: ZeroReports) -> str:
    return ",".join(f"{item.pk}@{item.submitted_at.isoformat()}" for item in found.free)
