"""What the checking found (核减情况): by what, whose, who found it and why; the claims behind each number."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Unit
from accounts.queries.readable import post_words
from accounts.refusals import Refused
from accounts.views.gate import gate, tried, words
from accounts.views.paging import paged
from accounts.views.resends import once
from assessment import rules
from assessment.choices import ExportKind, ReasonCode, Verdict
from assessment.forms.exports import ExportAskForm
from assessment.forms.reductions import ReductionsForm
from assessment.queries import exports as export_queries
from assessment.queries import measures
from assessment.queries import reductions as queries
from assessment.queries.exports import Wanted
from assessment.queries.reductions import Asked, Row
from assessment.services import exports, reduction_exports
from assessment.services.exports import NeedsApproval
from assessment.views.figures import of_a_county
from projects.choices import ClaimKind
from projects.rules import reads_county, reads_data
from projects.views import lists

PAGE = 100
RESULT_WORDS = {
    "": _("全部申报"),
    "decided": _("已有结论"),
    "reduced": _("核减"),
    "rejected": _("不予认可"),
    "waiting": _("尚无结论"),
}


@gate(reads_data, "GET")
@of_a_county
def reductions(request: HttpRequest) -> HttpResponse:
    """The tables of a period and a kind; a unit is shown its own line."""
    form = _form(request)
    asked, post = form.asked(), request.post
    kinds = queries.by_kind(post, asked)
    by_measure = queries.by_measure(post, asked, list(form.measures.values()))
    units = queries.by_unit(post, asked)
    offices = queries.by_office(post, asked) if reads_county(post) else []
    inspectors = queries.by_inspector(post, asked) if reads_county(post) else []
    doubtful, doubts = queries.doubts(post, asked, today=clock.today())
    return render(
        request,
        "assessment/reductions.html",
        {
            "form": form,
            "asked": asked,
            "label": _label(asked),
            "overseen": reads_county(post),
            "kinds": [(row, _query(asked, about=row.kind)) for row in kinds],
            "measures": [(row, _query(asked, about=row.key)) for row in by_measure],
            "units": [(row, _query(asked, unit=row.key)) for row in units],
            "total": _total(units, asked),
            "offices": [(row, _query(asked, office=row.key)) for row in offices],
            "inspectors": [(row, _query(asked, inspector=row.key)) for row in inspectors],
            "verdicts": [Verdict(verdict).label for verdict in queries.AGAINST],
            "reasons": [(one, _opened(asked, one)) for one in queries.by_reason(post, asked)],
            "doubtful": doubtful,
            "doubts": doubts,
            "pace": queries.pace(post, asked),
            "query": _query(asked),
        },
    )


@gate(reads_data, "GET")
@of_a_county
def claims(request: HttpRequest) -> HttpResponse:
    """The claims behind one number of the tables."""
    form = _form(request)
    asked, result = form.asked(), form.chosen()
    return render(
        request,
        "assessment/reduction_claims.html",
        {
            "label": _label(asked),
            "words": _words(asked, result),
            "back": _query(asked),
            "query": request.GET.urlencode(),
            **paged(request, queries.listed(request.post, asked, result), PAGE),
        },
    )


@gate(reads_data, "GET")
@of_a_county
def export(request: HttpRequest) -> HttpResponse:
    """The tables and the claims behind them as a workbook; the download is an act in the log."""
    form = _form(request)
    asked, result = form.asked(), form.chosen()
    wanted = _wanted(asked, result)
    try:
        content = reduction_exports.export(
            post=request.post,
            asked=asked,
            result=result,
            wanted=wanted,
            measures=list(form.measures.values()),
            at=clock.now(),
        )
    except Refused as refusal:
        if isinstance(refusal, NeedsApproval) and rules.asks_exports(request.post):
            return redirect(f"{reverse('reduction_export_ask')}?{wanted.query}")
        messages.error(request, words(refusal))
        return redirect(f"{reverse('reductions')}?{_query(asked)}")
    return lists.download(content, "reductions.xlsx")


@gate(rules.asks_exports, "GET", "POST")
@of_a_county
@once(ExportAskForm)
def ask_export(request: HttpRequest) -> HttpResponse:
    """Ask a second person for an export of many claims; with a purpose."""
    question, today = _form(request), clock.today()
    asked, result = question.asked(), question.chosen()
    wanted = _wanted(asked, result)
    rows = queries.listed(request.post, asked, result).count()
    form = ExportAskForm(request.POST or None)
    if form.is_valid():
        made = tried(
            form, exports.ask, post=request.post, wanted=wanted, rows=rows, today=today, **form.cleaned_data
        )
        if made:
            messages.success(request, _("已申请导出，等待审批。"))
            return redirect("export_request", made.pk)
    waits = export_queries.waiting(request.post, wanted)
    allowed = export_queries.allowing(request.post, wanted, rows, today=today)
    context = {
        "form": form,
        "wanted": wanted,
        "rows": rows,
        "limit": export_queries.LIMIT,
        "small": rows <= export_queries.LIMIT,
        "known": waits or allowed,
        "back": _query(asked),
    }
    return render(request, "assessment/export_ask.html", context)


def _form(request: HttpRequest) -> ReductionsForm:
    return ReductionsForm(
        request.GET,
        periods=queries.periods_with_claims(),
        measures=measures.in_force(clock.today()),
    )


def _label(asked: Asked) -> str:
    return asked.measure.name if asked.measure else str(ClaimKind(asked.kind).label)


def _total(units: list[Row], asked: Asked) -> list[tuple[Row, str]]:
    found = queries.total(units, asked.kind)
    return [(found, _query(asked))] if found and len(units) > 1 else []


def _opened(asked: Asked, reason: queries.Reason) -> list[tuple[int, str]]:
    """The numbers of a reason with what each opens."""
    return [(number, _query(asked, verdict=verdict, code=reason.code)) for verdict, number in reason.counts]


def _query(asked: Asked, **more: Any) -> str:
    """The question of the tables, narrowed to the rows of one line."""
    period = asked.period.pk if asked.period else ""
    about = asked.measure.pk if asked.measure else asked.kind
    return urlencode({"period": period, "about": about} | more)


def _wanted(asked: Asked, result: str) -> Wanted:
    """The question as it is approved: another one has another query."""
    narrowed = {
        "unit": asked.unit_id,
        "office": asked.office,
        "inspector": asked.inspector_id,
        "code": asked.code,
        "verdict": asked.verdict,
        "result": result,
    }
    query = _query(asked, **{name: value for name, value in narrowed.items() if value})
    return Wanted(ExportKind.REDUCTIONS, query, f"{_label(asked)}，{_words(asked, result)}")


def _words(asked: Asked, result: str) -> str:
    """What the list is narrowed to, in words."""
    said = [str(asked.period or _("全部填报期"))]
    if asked.unit_id is not None:
        said += Unit.objects.filter(pk=asked.unit_id).values_list("name", flat=True)
    if asked.office:
        said.append(f"{post_words(asked.office)[0]}核实")
    if asked.inspector_id is not None:
        said.append(queries.inspector_name(asked.inspector_id))
    if asked.verdict:
        code = ReasonCode(asked.code).label if asked.code else "未分类"
        said.append(f"{Verdict(asked.verdict).label}（{code}）")
    return "，".join([*said, str(RESULT_WORDS[result])])
