"""What was published: the list, one snapshot from its frozen rows, publishing and freezing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import NotFound
from accounts.views.gate import gate, tried
from accounts.views.paging import number_in, paged
from accounts.views.resends import once
from assessment import rules
from assessment.choices import SnapshotKind
from assessment.forms.snapshots import FreezeForm, PublishForm
from assessment.models import Snapshot
from assessment.queries import objections as objection_queries
from assessment.queries import snapshot_tables as tables
from assessment.queries import snapshots as queries
from assessment.services import snapshots
from projects.rules import reads_county, reads_data

PAGE = 40


@gate(reads_data, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Everything published, the latest first, with its state and objections."""
    shown = paged(request, queries.listed(request.post), PAGE)
    today = clock.today()
    context = {
        **shown,
        "rows": [(row, *queries.STATES[queries.state_of(row, today)]) for row in shown["page"]],
        "publishes": rules.publishes_results(request.post),
        "counts": reads_county(request.post),
    }
    return render(request, "assessment/snapshots.html", context)


@gate(reads_data, "GET")
def detail(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """One snapshot: its tables from the frozen rows alone, beside them what differs from now."""
    snapshot = _snapshot(request, snapshot_id)
    state = queries.state_of(snapshot, clock.today())
    publicity_id = snapshot.publicity_id or snapshot.pk
    raised = objection_queries.listed(request.post).filter(publicity=publicity_id)
    context = {
        "snapshot": snapshot,
        "rows": snapshot.rows,
        "word": queries.STATES[state][0],
        "tone": queries.STATES[state][1],
        "measures": tables.measures(snapshot, request.post),
        "changed": tables.told(snapshot.rows.get("differences", [])),
        "since": tables.told(queries.differences_from_now(snapshot)),
        "objections": raised,
        "results": queries.listed(request.post).filter(publicity=snapshot.pk),
        "later": snapshot.successors.defer("content").first(),
        "freezes": rules.publishes_results(request.post) and state in ("objections", "over", "settled"),
        "objects": rules.objects(request.post) and state == "objections",
        "opens_all": reads_county(request.post),
        "today": clock.today(),
    }
    return render(request, "assessment/snapshot.html", context)


@gate(reads_data, "GET")
def rows(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """The frozen claims that a number adds up from; of the whole county for those who read it."""
    snapshot = _snapshot(request, snapshot_id)
    unit = number_in(request.GET.get("unit", ""))
    if not (rules.opens_unit(request.post, unit) if unit else reads_county(request.post)):
        raise NotFound("这部分明细不对本岗位开放。")
    place = number_in(request.GET.get("measure", ""))
    behind = tables.behind(snapshot, place, unit)
    if behind is None:
        raise NotFound("公布的数据里没有这一项。")
    context = {"snapshot": snapshot, "behind": behind, "objects": _objecting(request, snapshot)}
    return render(request, "assessment/snapshot_rows.html", context)


@gate(reads_county, "GET")
def text(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """The frozen text itself, whose digests anybody may compute; an act in the log."""
    content = snapshots.download(_snapshot(request, snapshot_id))
    return HttpResponse(
        content,
        content_type="application/json; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="snapshot-{snapshot_id}.json"',
            "Cache-Control": "no-store",
        },
    )


@gate(rules.publishes_results, "GET", "POST")
@once(PublishForm)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish a period's verified figures for objections."""
    today = clock.today()
    periods = queries.periods_to_publish(today)
    first = periods[0].pk if periods else 0
    asked = number_in(request.GET.get("period", "")) or first
    form = PublishForm(request.POST or None, periods=periods, initial={"period": asked})
    if form.is_valid():
        given = form.cleaned_data
        kept = tried(
            form,
            snapshots.publish,
            post=request.post,
            period_id=given["period"].pk,
            objection_days=given["objection_days"],
            answer_days=given["answer_days"],
            reason=given["reason"],
            tenant_name=request.tenant_name,
            today=today,
        )
        if kept:
            messages.success(request, _("已公示，各单位可以查看。"))
            return redirect("snapshot", kept.pk)
    return render(request, "assessment/snapshot_publish.html", {"form": form, "periods": periods})


@gate(rules.publishes_results, "GET", "POST")
@once(FreezeForm)
def freeze(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """Show what freezing the result means and what has changed since, then freeze it."""
    publicity = _snapshot(request, snapshot_id)
    if publicity.kind != SnapshotKind.PUBLICITY:
        raise NotFound("没有这份公示稿。")
    today = clock.today()
    form = FreezeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = tried(
            form,
            snapshots.freeze,
            post=request.post,
            publicity_id=publicity.pk,
            reason=form.cleaned_data["reason"],
            tenant_name=request.tenant_name,
            today=today,
        )
        if kept:
            messages.success(request, _("结果已公布，此后不再改变。"))
            return redirect("snapshot", kept.pk)
    context = {
        "snapshot": publicity,
        "form": form,
        "obstacle": queries.obstacle(publicity, today=today),
        "open": queries.open_units(publicity.period),
        "corrects": queries.latest(publicity.period, SnapshotKind.RESULT),
        "since": tables.told(queries.differences_from_now(publicity)),
    }
    return render(request, "assessment/snapshot_freeze.html", context)


def _snapshot(request: HttpRequest, snapshot_id: int) -> Snapshot:
    found = queries.whole(request.post).filter(pk=snapshot_id).first()
    if found is None:
        raise NotFound("没有这份公示稿或结果。")
    return found


def _objecting(request: HttpRequest, snapshot: Snapshot) -> bool:
    """Whether this post may object to claims of the snapshot today."""
    state: Any = queries.state_of(snapshot, clock.today())
    return rules.objects(request.post) and state == "objections"
