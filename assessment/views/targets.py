"""Targets: the list with sums, one with its history, issuing, revising, loading from a list."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import NotFound, Refused
from accounts.views.gate import gate, tried, words
from accounts.views.paging import paged
from assessment import rules
from assessment.forms import targets as forms
from assessment.models import Target
from assessment.queries import targets as queries
from assessment.queries.visible import targets_for
from assessment.services import targets
from assessment.views.standing import place
from projects.models import Period
from projects.rules import reads_county, reads_data
from projects.services import kept
from projects.sheets import layouts, templates
from projects.views import lists

PAGE = 100
EXAMPLES = [
    ["城关镇", "到位资金", "2012年", 10000, "万元"],
    ["城关镇", "签约项目", "2012年", 5, "个"],
    ["全县", "引进资金", "2012年", 30, "亿元"],
]


@gate(reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Targets as the address narrows them; of one measure and period also their sums."""
    periods = list(Period.objects.filter(targets__isnull=False).distinct().order_by("-starts_on", "kind"))
    form = forms.TargetsFilter(request.GET, periods=periods)
    asked = form.asked()
    whole = asked["measure"] and asked["period_id"]
    return render(
        request,
        "assessment/targets.html",
        {
            "form": form,
            **paged(request, queries.listed(request.post, **asked), PAGE),
            "sums": queries.sums(asked["measure"], asked["period_id"])
            if whole and reads_county(request.post)
            else None,
            "issues": rules.issues_targets(request.post),
            **place(request),
        },
    )


@gate(reads_data, "GET")
def detail(request: HttpRequest, target_id: int) -> HttpResponse:
    """All amounts of one target with their documents, dates and reasons."""
    target = _target(request, target_id)
    versions = queries.history(target)
    return render(
        request,
        "assessment/target.html",
        {
            "target": target,
            "kind": target.measure.kind,
            "versions": versions,
            "latest": versions[0].target,
            "issues": rules.issues_targets(request.post),
            **place(request),
        },
    )


@gate(rules.issues_targets, "GET", "POST")
def issue(request: HttpRequest) -> HttpResponse:
    """Issue one target."""
    form = forms.IssueForm(request.POST or None, today=clock.today())
    if form.is_valid():
        given = form.cleaned_data
        target = tried(
            form,
            targets.issue,
            post=request.post,
            unit=given["unit"],
            measure_name=given["measure"],
            kind=given["kind"],
            starts_on=dt.date.fromisoformat(given["starts_on"]),
            amount=given["amount"],
            paper=form.paper(),
        )
        if target:
            messages.success(request, _("已下达任务。"))
            return redirect("target", target.pk)
    return render(request, "assessment/target_issue.html", {"form": form})


@gate(rules.issues_targets, "GET", "POST")
def revise(request: HttpRequest, target_id: int) -> HttpResponse:
    """Replace a target's amount."""
    target = _target(request, target_id)
    form = forms.ReviseForm(request.POST or None, target=target)
    if form.is_valid():
        given = form.cleaned_data
        revised = tried(
            form,
            targets.revise,
            post=request.post,
            target_id=target.pk,
            amount=given["amount"],
            reason=given["reason"],
            paper=form.paper(),
        )
        if revised:
            messages.success(request, _("已调整任务，原来的数字仍可查看。"))
            return redirect("target", revised.pk)
    context = {"form": form, "target": target, **place(request)}
    return render(request, "assessment/target_revise.html", context)


@gate(rules.issues_targets, "GET")
def template(request: HttpRequest) -> HttpResponse:
    """The empty list."""
    notes = [
        "请把示例行改成本县的任务，再上传。每行一个单位的一项任务。",
        f"指标可填：{'、'.join(name for name, _label in forms.measure_choices())}。",
        "单位填“全县”的，是县级自己的目标。",
        "期间写成 2012年、2012年上半年、2012年第三季度或 2012年7月；不填的按表题里的年份。",
        "计量单位填元、万元、亿元；按个数、次数下达的填“个”“次”。不填的按万元或个数读取。",
        "也可以直接上传任务分解表（单位、类别、年度到位资金任务）。",
    ]
    content = templates.template(layouts.ISSUED, _("目标任务表"), EXAMPLES, notes)
    return lists.download(content, "targets.xlsx")


@gate(rules.issues_targets, "GET", "POST")
def load(request: HttpRequest) -> HttpResponse:
    """Upload a list under a document and read everything that it says; writes nothing."""
    form = forms.LoadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["workbook"]
        content = file.read()
        waiting = {"token": kept.keep(content), "file_name": file.name[-200:]}
        return _check_page(request, form, content, waiting)
    return render(request, "assessment/targets_load.html", {"form": form})


@gate(rules.issues_targets, "POST")
def accept(request: HttpRequest) -> HttpResponse:
    """Issue what the list that was checked says."""
    content, token, name = lists.waiting(request)
    form = forms.AcceptForm(request.POST)
    if not form.is_valid():
        raise NotFound("没有这份已上传的表格，请重新上传。")
    try:
        written = targets.load(
            post=request.post,
            content=content,
            file_name=name,
            paper=form.paper(),
            reason=form.cleaned_data["reason"],
            today=clock.today(),
        )
    except Refused as refusal:
        waiting = {"token": token, "file_name": name, "refused": words(refusal)}
        return _check_page(request, form, content, waiting)
    messages.success(request, _("已下达或调整 {number} 项任务。").format(number=written))
    return redirect("targets")


def _target(request: HttpRequest, target_id: int) -> Target:
    found = targets_for(request.post).select_related("unit", "measure", "period")
    return get_object_or_404(found, pk=target_id)


def _check_page(
    request: HttpRequest, form: forms.PaperForm, content: bytes, waiting: dict[str, str]
) -> HttpResponse:
    given = form.cleaned_data
    try:
        listed = targets.examine(
            content, waiting["file_name"], revising=bool(given["reason"]), today=clock.today()
        )
    except Refused as refusal:
        context = {"form": forms.LoadForm(initial=given), "refused": words(refusal)}
        return render(request, "assessment/targets_load.html", context)
    return render(
        request,
        "assessment/targets_check.html",
        {
            "given": given,
            **waiting,
            "listed": listed,
            "findings": lists.told(listed.findings),
            **place(request),
        },
    )
