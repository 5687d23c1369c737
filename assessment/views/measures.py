"""Counting rules: the list with what each counts, one with its versions, the next version after a preview."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.views.gate import gate, tried
from assessment import rules
from assessment.forms.measures import MeasureForm
from assessment.models import Measure
from assessment.queries import measures as queries
from assessment.services import measures
from projects.choices import unit_of
from projects.rules import reads_county, reads_data


@gate(reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """All versions with their days; whoever reads the county sees what each counts this month."""
    today = clock.today()
    found = queries.versions()
    counted = queries.counted(found, as_of=today) if reads_county(request.post) else [None] * len(found)
    rows = zip(queries.with_validity(found, today=today), counted, strict=True)
    context = {"rows": list(rows), "counts": reads_county(request.post), "today": today}
    return render(request, "assessment/measures.html", context)


@gate(reads_data, "GET")
def detail(request: HttpRequest, measure_id: int) -> HttpResponse:
    """The versions of one measure side by side: what each counts, who published it when and why."""
    measure = get_object_or_404(Measure, pk=measure_id)
    today = clock.today()
    found = queries.versions(measure.name)
    reads = reads_county(request.post)
    counted = queries.counted(found, as_of=today) if reads else [None] * len(found)
    written = queries.reasons(found)
    rows = [
        (validity, count, written.get(validity.measure.pk))
        for validity, count in zip(queries.with_validity(found, today=today), counted, strict=True)
    ]
    return render(
        request,
        "assessment/measure.html",
        {
            "measure": measure,
            "latest": found[0],
            "rows": rows,
            "counts": reads,
            "today": today,
            "unit_of_amount": unit_of(measure.kind),
            "publishes": rules.publishes_measures(request.post),
        },
    )


@gate(rules.publishes_measures, "GET", "POST")
def publish(request: HttpRequest, measure_id: int) -> HttpResponse:
    """The next version: first what it would count beside the present one, then its publication."""
    before = get_object_or_404(Measure, pk=measure_id)
    form = MeasureForm(request.POST or None, before=before)
    compared = []
    if form.is_valid():
        if "publish" in request.POST and request.POST.get("seen") == str(form.rule()):
            reason = form.cleaned_data["reason"]
            done = tried(
                form,
                measures.publish,
                post=request.post,
                measure_id=before.pk,
                reason=reason,
                **form.rule(),
            )
            if done:
                messages.success(request, _("已发布第 {number} 版口径。").format(number=done.version))
                return redirect("measure", done.pk)
        elif draft := tried(form, measures.draft, before=before, **form.rule()):
            compared = queries.counted([before, draft], as_of=clock.today())
    return render(
        request,
        "assessment/measure_publish.html",
        {
            "measure": before,
            "form": form,
            "compared": compared,
            # Only what was looked at is published: another rule is compared first.
            "seen": str(form.rule()) if compared else "",
            "today": clock.today(),
            "unit_of_amount": unit_of(before.kind),
        },
    )
