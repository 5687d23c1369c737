"""The front door: home, health, help."""

import dataclasses

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

import accounts.rules
import assessment.rules
import projects.rules
from accounts import clock
from accounts.views.gate import gate
from portal import health as health_of
from portal import help as helps
from portal import home as homes
from portal import interface


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Whether the portal works, for monitors: 503 without its database, else 200 with what is degraded.

    Reports are entered and decided without the broker; only what tasks do waits for it.
    """
    found = health_of.look(clock.today())
    answer = {"status": found.status, **dataclasses.asdict(found)}
    return JsonResponse(answer, status=503 if found.status == health_of.DOWN else 200)


@gate(accounts.rules.anybody, "GET")
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this post."""
    post = request.post
    context = {
        "home": homes.of(post, county=request.county, today=clock.today()),
        "own_unit": post.role in projects.rules.OWN_UNIT,
        "submits": projects.rules.may_submit(post),
        "records": projects.rules.may_record(post),
        "imports": assessment.rules.imports(post),
        "opens": projects.rules.may_open_period(post),
        "closes": projects.rules.may_close_period(post),
        "reads": projects.rules.reads_data(post),
    }
    return render(request, "portal/home.html", context)


@gate(accounts.rules.anybody, "GET")
def help_index(request: HttpRequest) -> HttpResponse:
    """The help by role and by topic; the page of the role acted in stands first."""
    own = helps.BY_SLUG.get(helps.OF_ROLE.get(request.post.role, ""))
    context = {"own": own, "roles": helps.ROLES, "topics": helps.TOPICS}
    return render(request, "portal/help.html", context)


@gate(accounts.rules.anybody, "GET")
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of the help."""
    if slug not in helps.PAGES:
        raise Http404
    context = {"topic": helps.PAGES[slug], "page": f"portal/help/{slug}.html"}
    return render(request, "portal/help_page.html", context)


@gate(accounts.rules.anybody, "GET")
def interface_reference(request: HttpRequest) -> HttpResponse:
    """Every address of the API with its parameters and fields, as its own description says."""
    return render(request, "portal/interface.html", {"readings": interface.readings()})
