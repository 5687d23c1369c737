"""Independent tables: which there are, what one says, naming and loading one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.queries import history
from accounts.refusals import Forbidden, NotFound, Refused
from accounts.views.gate import gate, tried, words
from accounts.views.paging import number_in, paged
from accounts.views.resends import once
from assessment import rules
from assessment.choices import COUNTED_IN, SourceKind
from assessment.forms import official as forms
from assessment.models import OfficialSource
from assessment.queries import mismatch
from assessment.queries import official as queries
from assessment.queries.visible import sources_for
from assessment.services import official
from assessment.views.figures import of_a_county
from projects.rules import reads_county, reads_data
from projects.services import kept
from projects.sheets import templates
from projects.templatetags.amounts import wan
from projects.views import lists

PAGE = 100
EXAMPLE_FIRM = ["91350100M000100Y43", "示例公司"]
EXAMPLES = {
    SourceKind.TAX: [[*EXAMPLE_FIRM, "2012年5月", 12.5]],
    SourceKind.SOCIAL_INSURANCE: [[*EXAMPLE_FIRM, "2012年5月", 36]],
    SourceKind.ELECTRICITY: [[*EXAMPLE_FIRM, "2012年5月", 48200]],
    SourceKind.STATISTICS: [[*EXAMPLE_FIRM, "2012年5月", 3200]],
    SourceKind.OFFICIAL: [
        ["到位资金", "2012年5月", 52000],
        ["到位资金", "2012年5月", 3000, *EXAMPLE_FIRM],
    ],
}
# What a figure of each kind of table means.
MEANING = {
    SourceKind.TAX: _("数值为企业当月实际入库的税收。"),
    SourceKind.SOCIAL_INSURANCE: _("数值为企业当月末参保的人数。"),
    SourceKind.ELECTRICITY: _("数值为企业当月的用电量。"),
    SourceKind.STATISTICS: _("数值为本年1月起累计到当月的固定资产投资。"),
    SourceKind.OFFICIAL: _(
        "数值为当月数，不是累计数。不填信用代码的是全辖区的数，填了的是其中这家企业的数。"
    ),
}


@gate(reads_data, "GET")
@of_a_county
def listing(request: HttpRequest) -> HttpResponse:
    """The tables with what they cover."""
    rows = queries.listed(request.post)
    return render(
        request,
        "assessment/official.html",
        {
            "rows": [
                {"listed": row, "loads": rules.loads_of(request.post, row.source.owner_unit_id)}
                for row in rows
            ],
            "keeps": rules.keeps_sources(request.post),
            "county": reads_county(request.post),
            "changes": history.of_rows(("assessment_officialsource", row.source.pk) for row in rows),
        },
    )


@gate(reads_data, "GET")
def detail(request: HttpRequest, source_id: int) -> HttpResponse:
    """The figures of one table."""
    source = _source(request, source_id)
    measures = [] if source.counts_firms else [name for name, _first in queries.money_measures()]
    form = forms.FiguresFilter(request.GET, measures=measures)
    figures = queries.figures(request.post, source, **form.asked())
    return render(
        request,
        "assessment/official_source.html",
        {
            "source": source,
            "form": form,
            **paged(request, figures, PAGE),
            **_words_of(source),
            "loads": rules.loads_of(request.post, source.owner_unit_id),
            "keeps": rules.keeps_sources(request.post),
        },
    )


@gate(reads_county, "GET")
@of_a_county
def mismatches(request: HttpRequest) -> HttpResponse:
    """Claims of money that the tables speak against."""
    form = forms.MismatchFilter(request.GET, today=clock.today())
    asked = form.asked()
    found = mismatch.doubtful(request.post, **asked)
    return render(
        request,
        "assessment/mismatches.html",
        {
            "form": form,
            "year": asked["year"],
            "compared": found.compared,
            "total": wan(found.total),
            **paged(request, found.rows, PAGE),
        },
    )


@gate(rules.keeps_sources, "GET", "POST")
@of_a_county
@once(forms.SourceForm)
def add(request: HttpRequest) -> HttpResponse:
    """Name a table and its owner."""
    form = forms.SourceForm(request.POST or None)
    if form.is_valid():
        source = tried(form, official.add_source, post=request.post, **form.cleaned_data)
        if source:
            messages.success(request, _("已登记独立数据来源。"))
            return redirect("official_source", source.pk)
    return render(request, "assessment/official_source_form.html", {"form": form})


@gate(rules.keeps_sources, "GET", "POST")
@once(forms.SourceForm)
def edit(request: HttpRequest, source_id: int) -> HttpResponse:
    """Give a table another name, owner or margin."""
    source = _source(request, source_id)
    form = forms.SourceEditForm(request.POST or None, source=source)
    if form.is_valid() and tried(
        form, official.edit_source, post=request.post, source_id=source.pk, **form.cleaned_data
    ):
        messages.success(request, _("已修改独立数据来源。"))
        return redirect("official_source", source.pk)
    return render(request, "assessment/official_source_form.html", {"form": form, "source": source})


@gate(rules.loads_figures, "GET")
def template(request: HttpRequest, source_id: int) -> HttpResponse:
    """The empty table."""
    source = _loaded_by(request, source_id)
    told = _words_of(source)
    notes = [
        "请把示例行改成实际数据，再上传。每行一个企业（或指标）一个月的数。",
        f"{told['meaning']}计量单位：{told['counted_in']}。",
        "月份写成 2012年5月、2012-05 或 201205。",
        "没有发生额的企业可以填 0，也可以不列；表中出现过的月份，没有列的企业按没有数据对照。",
        "企业按统一社会信用代码对照，名称只供核对。",
        "已载入的数据需要更正的，上传时写明更正理由；原来的数仍可查看。",
    ]
    if not source.counts_firms:
        names = "、".join(name for name, _first in queries.money_measures())
        notes.insert(2, f"指标可填：{names}。")
    layout = queries.LAYOUTS[SourceKind(source.kind)]
    content = templates.template(layout, source.name, EXAMPLES[SourceKind(source.kind)], notes)
    return lists.download(content, f"{source.kind}.xlsx")


@gate(rules.loads_figures, "GET", "POST")
def load(request: HttpRequest, source_id: int) -> HttpResponse:
    """Upload a table and read everything that it says; writes nothing."""
    source = _loaded_by(request, source_id)
    form = forms.LoadForm(request.POST or None, request.FILES or None, today=clock.today())
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["workbook"]
        content = file.read()
        waiting = {"token": kept.keep(content), "file_name": file.name[-200:]}
        return _check_page(request, source, form, content, waiting)
    return _load_page(request, source, form)


@gate(rules.loads_figures, "POST")
@once(forms.PaperForm)
def accept(request: HttpRequest) -> HttpResponse:
    """Load what the table that was checked says."""
    source = _loaded_by(request, number_in(request.POST.get("source", "")))
    content, token, name = lists.waiting(request)
    form = forms.PaperForm(request.POST, today=clock.today())
    if not form.is_valid():
        raise NotFound("没有这份已上传的表格，请重新上传。")
    try:
        written = official.load(
            post=request.post,
            source_id=source.pk,
            content=content,
            file_name=name,
            paper=form.paper(),
            today=clock.today(),
        )
    except Refused as refusal:
        waiting = {"token": token, "file_name": name, "refused": words(refusal)}
        return _check_page(request, source, form, content, waiting)
    messages.success(request, _("已载入或更正 {number} 项数据。").format(number=written))
    return redirect("official_source", source.pk)


def _source(request: HttpRequest, source_id: int) -> OfficialSource:
    return get_object_or_404(sources_for(request.post).select_related("owner_unit"), pk=source_id)


def _loaded_by(request: HttpRequest, source_id: int) -> OfficialSource:
    """The table, for those who load it. Raises Forbidden."""
    source = _source(request, source_id)
    if not rules.loads_of(request.post, source.owner_unit_id):
        raise Forbidden("独立数据由上级或负责该数据的单位载入。")
    return source


def _words_of(source: OfficialSource) -> dict:
    kind = SourceKind(source.kind)
    return {"meaning": MEANING[kind], "counted_in": COUNTED_IN.get(kind, _("万元"))}


def _load_page(request: HttpRequest, source: OfficialSource, form, refused: str = "") -> HttpResponse:
    context = {"source": source, "form": form, "refused": refused, **_words_of(source)}
    return render(request, "assessment/official_load.html", context)


def _check_page(
    request: HttpRequest, source: OfficialSource, form, content: bytes, waiting: dict[str, str]
) -> HttpResponse:
    paper = form.paper()
    try:
        listed = official.examine(
            source=source,
            content=content,
            file_name=waiting["file_name"],
            paper=paper,
            today=clock.today(),
        )
    except Refused as refusal:
        again = forms.LoadForm(initial=form.cleaned_data, today=clock.today())
        return _load_page(request, source, again, words(refusal))
    return render(
        request,
        "assessment/official_check.html",
        {
            "source": source,
            "paper": paper,
            **waiting,
            **_words_of(source),
            "listed": listed,
            "findings": lists.told(listed.findings),
        },
    )
