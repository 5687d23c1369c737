"""A project's way: moving its stage, confirming a move, the files and signatures that a gate asks for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import Forbidden
from accounts.views.gate import gate, tried
from accounts.views.resends import once
from projects import rules
from projects.forms.lifecycle import AgreementForm, ConfirmForm, MoveForm, ProjectFilesForm
from projects.forms.plans import PlanForm
from projects.models import Project, StageChange
from projects.queries import lifecycle as queries
from projects.queries import plans as plan_queries
from projects.queries.files import reusable_for_project
from projects.queries.visible import projects_for
from projects.services import agreements, evidence, lifecycle, plans, reuse
from projects.views.projects import back_to, found


@gate(rules.may_record, "GET", "POST")
@once(MoveForm)
def move(request: HttpRequest, project_id: int) -> HttpResponse:
    """Move a project to another stage; the page shows what its gate asks for and what is lacking."""
    project = _own(request, project_id)
    to = request.POST.get("to") or request.GET.get("to", "")
    way = queries.way_of(project, today=clock.today(), to=to)
    data = request.POST if request.method == "POST" else None
    form = MoveForm(data, choices=way.choices, initial={"to": way.asked, "happened_on": clock.today()})
    if form.is_valid():
        who = {"post": request.post, "project_id": project.pk, "today": clock.today()}
        done = tried(form, lifecycle.advance, **who, **form.cleaned_data)
        if done is not None:
            messages.success(request, _moved(done))
            return redirect("project", project.pk)
    return render(request, "projects/stage_move.html", {"project": project, "way": way, "form": form})


@gate(rules.may_record, "GET", "POST")
@once(PlanForm)
def plan(request: HttpRequest, project_id: int) -> HttpResponse:
    """Say when a project means to reach the stages that lie ahead, or change it with a reason."""
    project = _own(request, project_id)
    track = plan_queries.track_of(project, today=clock.today())
    data = request.POST if request.method == "POST" else None
    known = {line.stage.value: line.plan.planned_on.isoformat() for line in track.lines if line.plan}
    form = PlanForm(data, ahead=track.ahead, initial=known)
    if form.is_valid():
        who = {"post": request.post, "project_id": project.pk, "today": clock.today()}
        if tried(form, plans.plan, **who, **form.entry()) is not None:
            messages.success(request, _("已保存计划日期。"))
            return redirect(f"{reverse('project', args=[project.pk])}#plan")
    return render(request, "projects/plan_form.html", {"project": project, "track": track, "form": form})


@gate(rules.may_record, "POST")
def confirm(request: HttpRequest, change_id: int) -> HttpResponse:
    """Agree to a stage change that waits, or refuse it with the reason."""
    visible = StageChange.objects.filter(project__in=projects_for(request.post))
    change = get_object_or_404(visible, pk=change_id)
    form = ConfirmForm(request.POST)
    agree = "agree" in request.POST
    if form.is_valid():
        answer = {"change_id": change.pk, "agree": agree, "today": clock.today(), **form.cleaned_data}
        if tried(form, lifecycle.confirm, post=request.post, **answer) is not None:
            messages.success(
                request, _("已同意这次阶段变更。") if agree else _("已注明不同意，项目阶段不变。")
            )
    for faults in form.errors.values():
        for fault in faults:
            messages.error(request, fault)
    return redirect("project", change.project_id)


@gate(rules.may_record, "GET", "POST")
@once(AgreementForm)
def agreement(request: HttpRequest, project_id: int) -> HttpResponse:
    """Record a signature by hand; its figures are claimed once."""
    project = _own(request, project_id)
    data = request.POST if request.method == "POST" else None
    # A gate asks for the contract and for its amounts; both are entered with the contract.
    kind = request.GET.get("kind", "").removesuffix("_amount")
    form = AgreementForm(data, project=project, initial={"kind": kind})
    if form.is_valid():
        entry = {"entry": form.entry(), "today": clock.today(), "late_ok": form.cleaned_data["late_ok"]}
        done = tried(form, agreements.record, post=request.post, project_id=project.pk, **entry)
        if done is not None:
            said = _("已登记{kind}，申报 {number} 项。").format(
                kind=done.agreement.get_kind_display(), number=len(done.claims)
            )
            if done.untouched:
                said += _("未重复申报：{parts}。").format(parts="、".join(done.untouched))
            messages.success(request, said)
            return back_to(request, project)
    return render(request, "projects/agreement_form.html", {"project": project, "form": form})


@gate(rules.may_record, "GET", "POST")
@once(ProjectFilesForm)
def files(request: HttpRequest, project_id: int) -> HttpResponse:
    """Upload files that prove something about a project."""
    project = _own(request, project_id)
    posted = request.method == "POST"
    initial = {"kind": request.GET.get("kind", "")}
    form = ProjectFilesForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=initial,
        reusable=reusable_for_project(request.post, project),
    )
    if form.is_valid() and (said := _added(request, project, form)):
        messages.success(request, said)
        return back_to(request, project)
    return render(request, "projects/project_files.html", {"project": project, "form": form})


def _added(request: HttpRequest, project: Project, form: ProjectFilesForm) -> str:
    """What was added, in a sentence; empty, with the faults in the form, when it was refused."""
    values, about = form.cleaned_data, {"post": request.post, "project": project}
    about["kind"] = values["kind"]
    if values["reused"] is not None:
        done = tried(form, reuse.for_project, evidence_id=values["reused"], **about)
        return _("已选用已有的文件，没有重复保存。") if done else ""
    added = tried(form, evidence.add_to_project, uploads=values["files"], **about)
    return _("已上传 {number} 个文件。").format(number=len(added)) if added else ""


def _own(request: HttpRequest, project_id: int) -> Project:
    """The project, of a unit for which the post works: 404 out of sight, 403 without the right."""
    project = found(request, project_id)
    if not rules.may_record_for(request.post, project.unit_id):
        raise Forbidden("这个项目由引进单位或招商局办理。")
    return project


def _moved(done: lifecycle.Moved) -> str:
    """What a move did, in a sentence."""
    after = done.change.get_after_display()
    if done.waits:
        return _("已提出变更为“{stage}”，等待另一人确认。").format(stage=after)
    if done.claim is None:
        return _("项目已进入“{stage}”。").format(stage=after)
    return _("项目已进入“{stage}”，计入{unit}“{period}”报表{late}。").format(
        stage=after,
        unit=done.claim.unit,
        period=done.claim.booked_in.period,
        late=_("，标注“补报”") if done.claim.late else "",
    )
