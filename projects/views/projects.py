"""Projects: the list, one project with everything that hangs on it, and registering one by hand."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Unit
from accounts.queries import history
from accounts.views.gate import gate, tried
from accounts.views.paging import number_in, paged, searched
from accounts.views.resends import once
from projects import rules, stages
from projects.choices import BusinessLine, Stage
from projects.forms.lifecycle import ConfirmForm, ProjectForm, StartForm, initial_of, units_named
from projects.models import Project
from projects.queries import checklists, gates, lifecycle, papers, plans, timeline
from projects.queries.visible import projects_for, units_for
from projects.services import projects

PAGE = 50
EVENTS = 15


@gate(rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Projects that the post may read, by words, unit, stage, business line and planned days missed."""
    words = searched(request)
    asked = {name: request.GET.get(name, "") for name in ("stage", "line")}
    unit_id = number_in(request.GET["unit"]) if request.GET.get("unit") else None
    found = papers.projects_listed(request.post, words=words, unit_id=unit_id, **asked)
    found = plans.with_overdue(found, today=clock.today())
    late = request.GET.get("late") == "1"
    page = paged(request, found.filter(overdue__isnull=False) if late else found, PAGE)
    return render(
        request,
        "projects/projects.html",
        {
            **page,
            **asked,
            "late": late,
            "rows": [
                (project, Stage(project.stage_now).label, project.overdue and Stage(project.overdue).label)
                for project in page["page"]
            ],
            "words": words,
            "unit_id": unit_id,
            "units": list(units_for(request.post).order_by("sort_key", "pk")),
            "stages": Stage.choices,
            "lines": BusinessLine.choices,
            "records": rules.may_record(request.post),
        },
    )


def found(request: HttpRequest, project_id: int) -> Project:
    """The project that this address names, or 404."""
    visible = projects_for(request.post).select_related("enterprise", "unit", "host_unit", "parent")
    return get_object_or_404(visible, pk=project_id)


@gate(rules.reads_data, "GET")
def detail(request: HttpRequest, project_id: int) -> HttpResponse:
    """Stage and gate, the firm, the agreements, the claims, the splits and the stream of what happened."""
    project = found(request, project_id)
    agreements = list(project.agreements.select_related("supersedes").order_by("signed_on", "pk"))
    claims = list(papers.claims_of_project(request.post, project))
    splits = list(project.splits.prefetch_related("lines__unit").order_by("agreed_on", "pk"))
    rows = [("projects_project", project.pk), ("projects_enterprise", project.enterprise_id)]
    rows += [("projects_agreement", agreement.pk) for agreement in agreements]
    rows += [("projects_split", split.pk) for split in splits]
    rows += [("projects_claim", claim.pk) for claim in claims]
    way = lifecycle.way_of(project, today=clock.today())
    track = plans.track_along(project, now=way.now, days=way.days, today=clock.today())
    rows += [("projects_stageplan", plan.pk) for plan in track.planned]
    lists = checklists.of_papers(agreements)
    return render(
        request,
        "projects/project.html",
        {
            "project": project,
            "agreements": [(row, lists[row].words) for row in agreements],
            "claims": claims,
            "sums": papers.sums_of(claims),
            "splits": splits,
            **_rights(request, project, way),
            "track": track,
            "events": timeline.of_projects(request.post, [project])[:EVENTS],
            "changes": history.of_rows(rows, limit=20),
        },
    )


def _rights(request: HttpRequest, project: Project, way: lifecycle.Way) -> dict:
    """What the post may do here, and the confirmation that waits for it."""
    post = request.post
    mine = way.waiting is not None and way.waiting.entered_by_id != post.user_id
    confirms = mine and rules.may_confirm_stage_of(post, project.unit_id)
    return {
        "way": way,
        "moves": rules.may_record_for(post, project.unit_id),
        "confirm": ConfirmForm() if confirms else None,
        "records": rules.may_record(post),
        "agrees": rules.may_agree_split(post),
        "inspects": rules.may_inspect(post),
    }


@gate(rules.reads_data, "GET")
def stream(request: HttpRequest, project_id: int) -> HttpResponse:
    """Everything that happened to a project in one stream, by kind."""
    project = found(request, project_id)
    show = request.GET.get("show", "")
    events = timeline.of_projects(request.post, [project], show=show)
    context = {
        "project": project,
        "show": show,
        "kinds": timeline.KINDS.items(),
        **paged(request, events, PAGE),
    }
    return render(request, "projects/project_stream.html", context)


@gate(rules.may_record, "GET", "POST")
@once(StartForm)
def new(request: HttpRequest) -> HttpResponse:
    """Register a project by hand."""
    data = request.POST if request.method == "POST" else None
    form = StartForm(data, parents=projects_for(request.post), units=own_units(request))
    if form.is_valid():
        unit = form.cleaned_data.get("unit") or Unit.objects.get(pk=request.post.unit_id)
        day = {"happened_on": form.cleaned_data["happened_on"], "today": clock.today()}
        added = tried(form, projects.add, post=request.post, entry=form.entry(), unit=unit, **day)
        if added is not None:
            for warning in added.warnings:
                messages.warning(request, warning)
            messages.success(request, _("已登记项目“{name}”。").format(name=added.project))
            return redirect("project", added.project.pk)
    return render(request, "projects/project_form.html", {"form": form, "project": None})


@gate(rules.may_record, "GET", "POST")
@once(ProjectForm)
def edit(request: HttpRequest, project_id: int) -> HttpResponse:
    """Correct what describes a project."""
    project = found(request, project_id)
    data = request.POST if request.method == "POST" else None
    parents = projects_for(request.post).exclude(pk=project.pk)
    form = ProjectForm(data, parents=parents, initial=initial_of(project))
    if form.is_valid():
        entry = {"project_id": project.pk, "entry": form.entry(), "today": clock.today()}
        if tried(form, projects.edit, post=request.post, **entry) is not None:
            messages.success(request, _("已保存项目资料。"))
            return back_to(request, project)
    return render(request, "projects/project_form.html", {"form": form, "project": project})


def back_to(request: HttpRequest, project: Project) -> HttpResponse:
    """To the stage move whose gate sent the person here (``?then=<stage>``) while that stage lies ahead.

    Otherwise to the project: a signature may have brought it there by itself.
    """
    then = request.GET.get("then", "")
    project.refresh_from_db(fields=["stage"])
    if stages.leads_on(gates.stage_of(project), then):
        return redirect(f"{reverse('stage_move', args=[project.pk])}?to={then}")
    return redirect("project", project.pk)


def own_units(request: HttpRequest) -> QuerySet[Unit] | None:
    """Units for which the post may enter; None where it is the own one without a choice."""
    return units_named() if rules.reads_county(request.post) else None
