"""The county's figures, each with the claims behind it (S2-02..S2-06)."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.refusals import NotFound
from accounts.rules import may_look_down
from accounts.views.gate import gate
from assessment.choices import Basis
from assessment.forms.numbers import NumbersForm
from assessment.queries import drill
from assessment.queries import figures as queries
from assessment.standard_measures import INTRODUCED
from projects.models import Claim
from projects.queries.visible import ACTS
from projects.rules import reads_county, reads_data
from projects.templatetags.amounts import wan

PAGE = 100
# Key of a rate, its name, and its arithmetic in words.
RATES = [
    ("contract_share_pct", _("合同项目占比"), _("合同项目 ÷ 新引进项目")),
    ("introduced_completion_pct", _("引资任务完成率"), _("引资额 ÷ 引进资金任务")),
    ("funds_rate_with_carry_over_pct", _("资金到位率（含续建）"), _("到位资金 ÷ 引资额")),
    ("funds_rate_new_projects_pct", _("资金到位率（新引进）"), _("新引进项目到位资金 ÷ 引资额")),
]
UNITS = {queries.AMOUNT: _("万元"), queries.PROJECTS: _("个"), queries.ENTRIES: _("笔")}
COUNTED_AS = {queries.AMOUNT: _("合计"), queries.PROJECTS: _("涉及不同的项目"), queries.ENTRIES: _("共")}


def of_a_county(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A superior who looks at no county is shown the counties to pick from, instead of the page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if may_look_down(request.post) and request.county is None:
            return render(request, "assessment/counties.html", {"counties": drill.counties_below()})
        return view(request, *args, **kwargs)

    return answer


@gate(reads_data, "GET")
@of_a_county
def figures(request: HttpRequest) -> HttpResponse:
    """All figures at a day on a basis."""
    form = NumbersForm(request.GET, today=clock.today())
    question = form.question()
    values = queries.figures(as_of=question.as_of, basis=question.basis)
    definitions = queries.definitions(question.as_of).values()
    return render(
        request,
        "assessment/figures.html",
        {
            "form": form,
            "question": question,
            "query": question.query(),
            "bases": [(basis, question.query(basis=basis.value)) for basis in Basis],
            "rows": [
                {"figure": one, "shown": _shown(one, values[one.key]), "unit": UNITS[one.how]}
                for one in definitions
            ],
            "rates": [(label, arithmetic, values[key]) for key, label, arithmetic in RATES],
            "task": values["introduced_task_wan"],
            "task_query": question.query(measure=INTRODUCED),
            "opens": reads_county(request.post),
        },
    )


@gate(reads_data, "GET")
@of_a_county
def figure(request: HttpRequest, key: str) -> HttpResponse:
    """The claims that a figure is counted from, and the figure once more."""
    if not reads_county(request.post):
        raise NotFound("全县明细不对本岗位开放。")
    question = NumbersForm(request.GET, today=clock.today()).question()
    rows = queries.claims_behind(key, as_of=question.as_of, basis=question.basis)
    found = queries.definitions(question.as_of)[key]
    listed = rows.select_related(
        "unit", "project", "voucher", "agreement", *ACTS, "booked_in__period", "split"
    ).order_by("-happened_on", "-pk")
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    value = _value(found, rows)
    return render(
        request,
        "assessment/figure.html",
        {
            "figure": found,
            "question": question,
            "page": page,
            "rows": drill.with_files(page.object_list),
            "shown": _shown(found, value),
            "unit": UNITS[found.how],
            "counted": COUNTED_AS[found.how],
            "total": value if found.how == queries.AMOUNT else None,
            "kind": "",  # money: counted figures have no total below their rows
            "query": question.query(),
        },
    )


def _value(figure: queries.Figure, rows: QuerySet[Claim]) -> Decimal | int:
    """The figure counted once more from the very rows that are listed."""
    if figure.how == queries.AMOUNT:
        return rows.aggregate(total=Sum("figure"))["total"] or Decimal(0)
    return rows.values("project_id").distinct().count() if figure.how == queries.PROJECTS else rows.count()


def _shown(figure: queries.Figure, value: Decimal | int) -> str:
    return wan(value) if figure.how == queries.AMOUNT else f"{value:,}"
