"""Reconciliation: our total beside the official one, and the gap between them to the last row."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import NotFound
from accounts.views.gate import gate
from accounts.views.paging import paged
from assessment.choices import Gap
from assessment.forms.official import ReconciliationForm
from assessment.queries import drill
from assessment.queries import official as tables
from assessment.queries import reconciliation as queries
from assessment.queries.basis import measure_named
from assessment.queries.reconciliation import Question
from assessment.views.figures import of_a_county
from projects.rules import reads_county

PAGE = 100
# What each reason means for the gap; all amounts are the official figure less ours.
MEANING = {
    Gap.RETURNED: _("申报已退回补充，我方未计，官方可能已计"),
    Gap.LATE: _("事实在期内，登记在截止日期之后开始的填报期，我方未计"),
    Gap.OUTSIDE: _("同类申报，但不在本口径的统计范围"),
    Gap.UNVERIFIED: _("已申报，尚未核实，我方未计"),
    Gap.REDUCED: _("申报数高于核实数的部分（含不予认可）"),
    Gap.THEIRS_ALONE: _("官方有这家企业的数，我方没有计入的申报"),
    Gap.OURS_ALONE: _("我方已计，官方没有这家企业的数"),
    Gap.DIFFERENT: _("双方都有这家企业，数不相同，且不能由上面的原因解释"),
    Gap.NOT_ITEMISED: _("官方没有分户数，或分户数与总数不等，不能落到企业"),
}


@gate(reads_county, "GET")
@of_a_county
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Both totals, the gap, its reasons and their rows."""
    form, question = _asked(request)
    if question is None:
        return render(request, "assessment/reconciliation.html", {"form": form})
    found = queries.reconciled(question)
    shown = request.GET.get("reason", "")
    rows = [row for row in found.rows if not shown or row.reason == shown]
    context = paged(request, rows, PAGE)
    return render(
        request,
        "assessment/reconciliation.html",
        {
            "form": form,
            "question": question,
            "asked": _query(question),
            "found": found,
            "compared": tables.months_said(found.compared),
            "missing": tables.months_said(found.missing),
            "reasons": [(one, one.reason.label, MEANING[one.reason]) for one in found.reasons],
            "shown": shown,
            "told": queries.told(context["page"].object_list),
            **context,
        },
    )


@gate(reads_county, "GET")
@of_a_county
def claims(request: HttpRequest) -> HttpResponse:
    """The claims that our total adds up from."""
    _form, question = _asked(request)
    if question is None:
        raise NotFound("还没有官方口径数，不能对账。")
    rows = queries.claims_behind(question, queries.reconciled(question).compared)
    context = paged(request, rows, PAGE)
    return render(
        request,
        "assessment/reconciliation_claims.html",
        {
            "question": question,
            "asked": _query(question),
            "rows": drill.with_files(context["page"].object_list),
            "total": queries.total(rows),
            **context,
        },
    )


def _asked(request: HttpRequest) -> tuple[ReconciliationForm, Question | None]:
    """The form of a request and what it asks; no question where no official source is known."""
    form = ReconciliationForm(
        request.GET, today=clock.today(), measures=[name for name, _first in tables.money_measures()]
    )
    sources = queries.sources_of(form.measure_name)
    form.offer(sources)
    chosen, first, as_of = form.asked()
    measure = measure_named(form.measure_name, as_of)
    source = next((one for one in sources if one.pk == chosen), sources[0] if sources else None)
    if measure is None or source is None:
        return form, None
    return form, Question(measure, source, first, as_of)


def _query(question: Question) -> str:
    """The question as the parameters of a link."""
    return urlencode(
        {
            "measure": question.measure.name,
            "source": question.source.pk,
            "since": question.first.month,
            "as_of": question.as_of.isoformat(),
        }
    )
