"""Inspection notices (督办单): the list, issuing one, one with its course, its steps, the paper."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

import projects.rules
from accounts import clock
from accounts.queries import history
from accounts.views.gate import gate, tried
from accounts.views.paging import number_in, paged
from accounts.views.resends import once
from assessment import rules
from assessment.choices import MatterState
from assessment.forms.matters import STATES, CloseForm, ExtendForm, IssueForm, ReplyForm, SendBackForm
from assessment.models import Matter
from assessment.queries import matters as queries
from assessment.services import matters
from projects.queries.visible import claims_for, projects_for, units_for

PAGE = 50
# Forms of the inspection office's steps.
OF_OFFICE: dict[str, type[Form]] = {"close": CloseForm, "send_back": SendBackForm, "extend": ExtendForm}


@gate(projects.rules.reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Inspection notices that the post may read, by state and unit, or about one project or claim."""
    today, state = clock.today(), request.GET.get("state", "")
    asked = {name: number_in(request.GET.get(name, "")) for name in ("unit", "project", "claim")}
    found = queries.in_state(queries.about(queries.listed(request.post), **asked), state, today=today)
    page = paged(request, found, PAGE)
    context = {
        **page,
        "rows": queries.entries(list(page["page"]), today=today),
        "state": state,
        "states": STATES,
        "asked": asked,
        "units": list(units_for(request.post).order_by("sort_key", "pk")),
        "overseen": projects.rules.reads_county(request.post),
        "issues": rules.issues_matters(request.post),
    }
    return render(request, "assessment/matters.html", context)


@gate(rules.issues_matters, "GET", "POST")
@once(IssueForm)
def new(request: HttpRequest) -> HttpResponse:
    """Issue one; the address may name the claim (?claim=) or the project (?project=) that it is about."""
    subject = _subject(request)
    of = next(iter(subject.values()), None)
    first = {"unit": of.unit_id} if of else {}
    form = IssueForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        entry = {**form.cleaned_data, **subject, "today": clock.today()}
        issued = tried(form, matters.issue, post=request.post, **entry)
        if issued is not None:
            messages.success(
                request, _("已下达{matter}，已提醒{unit}。").format(matter=issued, unit=issued.unit)
            )
            return redirect("matter", issued.pk)
    return render(request, "assessment/matter_form.html", {"form": form, **subject})


@gate(projects.rules.reads_data, "GET")
def detail(request: HttpRequest, matter_id: int) -> HttpResponse:
    """One with its course, and the forms of what this post may do now."""
    return _page(request, _found(request, matter_id))


@gate(projects.rules.reads_data, "GET")
def printed(request: HttpRequest, matter_id: int) -> HttpResponse:
    """The inspection notice on paper, with the blocks that are filled in and stamped."""
    found = _found(request, matter_id)
    return render(request, "assessment/matter_print.html", {"matter": found, "course": queries.course(found)})


@gate(rules.replies_to_matters, "POST")
@once(ReplyForm)
def reply(request: HttpRequest, matter_id: int) -> HttpResponse:
    """The unit says what it has done."""
    return _taken(request, matter_id, matters.reply, _("已回复，已提醒督查室。"))


@gate(rules.issues_matters, "POST")
@once(SendBackForm)
def send_back(request: HttpRequest, matter_id: int) -> HttpResponse:
    """To be done again."""
    return _taken(request, matter_id, matters.send_back, _("已退回重办，已提醒承办单位。"))


@gate(rules.issues_matters, "POST")
@once(ExtendForm)
def extend(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Another day due."""
    return _taken(request, matter_id, matters.extend, _("已延期，已提醒承办单位。"))


@gate(rules.issues_matters, "POST")
@once(CloseForm)
def close(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Done."""
    return _taken(request, matter_id, matters.close, _("已销号，已提醒承办单位。"))


def _subject(request: HttpRequest) -> dict[str, Any]:
    """The claim or the project that the address names, or 404; empty without one."""
    if asked := request.GET.get("claim"):
        claims = claims_for(request.post).select_related("unit", "project", "visit__enterprise")
        return {"claim": get_object_or_404(claims, pk=number_in(asked))}
    if asked := request.GET.get("project"):
        return {"project": get_object_or_404(projects_for(request.post), pk=number_in(asked))}
    return {}


def _found(request: HttpRequest, matter_id: int) -> Matter:
    return get_object_or_404(queries.listed(request.post).select_related("issued_by"), pk=matter_id)


def _taken(request: HttpRequest, matter_id: int, service: Callable[..., Any], words: str) -> HttpResponse:
    """Take a step and go back to the page, or show the page with what is wrong in the form."""
    matter, name = _found(request, matter_id), service.__name__
    form = _form(name, request, matter, request.POST)
    if form.is_valid():
        entry = {**form.cleaned_data, "today": clock.today()}
        if tried(form, service, post=request.post, matter_id=matter.pk, **entry) is not None:
            messages.success(request, words)
            return redirect("matter", matter.pk)
    return _page(request, matter, **{name: form})


def _page(request: HttpRequest, matter: Matter, **bound: Form) -> HttpResponse:
    entry = queries.entries([matter], today=clock.today())[0]
    course = list(queries.course(matter))
    forms, conflict = _forms(request, entry)
    rows = [("assessment_matter", matter.pk)]
    rows += [("assessment_matterstep", step.pk) for step in course]
    context = {
        "matter": matter,
        "entry": entry,
        "course": course,
        "opens": queries.readable(request.post, matter),
        "forms": {**forms, **bound},
        "conflict": conflict,
        "changes": history.of_rows(rows),
    }
    return render(request, "assessment/matter.html", context)


def _form(name: str, request: HttpRequest, matter: Matter, data: Any = None) -> Form:
    """The form of a step; several stand on one page, so each has its own ids."""
    if name == "reply":
        return ReplyForm(data, auto_id="reply_%s", files=queries.files(request.post, matter))
    return OF_OFFICE[name](data, auto_id=f"{name}_%s")


def _forms(request: HttpRequest, entry: queries.Entry) -> tuple[dict[str, Form], bool]:
    """The forms of the steps that this post may take now, by name; whether an interest stands against it."""
    post, matter = request.post, entry.matter
    if entry.state == MatterState.CLOSED or request.county:
        return {}, False
    if rules.replies_to_matters(post) and post.unit_id == matter.unit_id:
        return {"reply": _form("reply", request, matter)}, False
    if not rules.issues_matters(post):
        return {}, False
    if queries.interested(post, matter.unit_id, since=matter.issued_on):
        return {}, True
    names = [name for name in OF_OFFICE if name != "send_back" or entry.state == MatterState.REPLIED]
    return {name: _form(name, request, matter) for name in names}, False
