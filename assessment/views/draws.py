"""The superior's samples: all of them, one with its claims, and the drawing of another."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.queries import history
from accounts.views.gate import gate, tried
from accounts.views.paging import paged
from accounts.views.resends import once
from assessment import rules
from assessment.forms.draws import DrawForm, PopulationForm
from assessment.queries import draws as queries
from assessment.queries import redraws
from assessment.services import draws
from assessment.views.figures import of_a_county
from projects.choices import ClaimKind, ClaimState
from projects.models import Claim, Period
from projects.queries.returns import periods_begun
from projects.rules import reads_county, reads_data

PAGE = 50


@gate(reads_data, "GET")
@of_a_county
def listing(request: HttpRequest) -> HttpResponse:
    """All draws, the latest first, each with what was found."""
    shown = paged(request, queries.listed(request.post), PAGE)
    context = {
        **shown,
        "lines": queries.lines(request.post, list(shown["page"])),
        "draws": rules.may_draw(request.post),
        "overseen": reads_county(request.post),
    }
    return render(request, "assessment/draws.html", context)


@gate(reads_data, "GET")
@of_a_county
def detail(request: HttpRequest, draw_id: int) -> HttpResponse:
    """One draw with its claims; ``?redraw=1`` makes it again and says whether it agrees."""
    draw = queries.one(request.post, draw_id)
    overseen = reads_county(request.post)
    context = {
        "draw": draw,
        "found": queries.findings(request.post, draw),
        "rows": queries.chosen(request.post, draw),
        "redrawn": redraws.redraw(draw) if "redraw" in request.GET else None,
        "overseen": overseen,
        "gives": rules.may_draw(request.post),
        "prints": rules.checks_on_site(request.post),
        "changes": history.of_rows([("assessment_draw", draw.pk)]) if overseen else [],
    }
    return render(request, "assessment/draw.html", context)


@gate(rules.may_draw, "GET", "POST")
@of_a_county
@once(DrawForm)
def new(request: HttpRequest) -> HttpResponse:
    """What could be drawn from, then the draw."""
    periods = periods_begun(clock.today())
    given = request.POST if request.method == "POST" else request.GET or _first(periods)
    asked = PopulationForm(given, periods=periods)
    parts = None
    if asked.is_valid():
        about = asked.cleaned_data
        parts = queries.preview(about["period"], about["kind"], about["floor_wan"])
    form = DrawForm(
        request.POST if request.method == "POST" else None,
        initial={name: given.get(name, "") for name in PopulationForm.base_fields},
        periods=periods,
    )
    if request.method == "POST" and form.is_valid():
        entered = dict(form.cleaned_data)
        period = entered.pop("period")
        if drawn := tried(form, draws.draw, post=request.post, period_id=period.pk, **entered):
            number = sum(one.drawn for one in queries.findings(request.post, drawn))
            told = _("已抽取 {number} 笔申报，随机种子：{seed}。")
            messages.success(request, told.format(number=number, seed=drawn.seed))
            return redirect("draw", drawn.pk)
    context = {"asked": asked, "parts": parts, "form": form, "period": asked.cleaned_data.get("period")}
    return render(request, "assessment/draw_new.html", context)


def _first(periods: QuerySet[Period]) -> dict:
    """What is asked before anything was chosen: money of the latest period that has something decided."""
    decided = Claim.objects.filter(booked_in__period=OuterRef("pk"), state=ClaimState.DECIDED)
    latest = periods.filter(Exists(decided)).first() or periods.first()
    return {"period": latest.pk if latest else "", "kind": ClaimKind.PAID_IN}
