"""The inbox of a post, whom the rules would tell today, and what a unit has been told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

import projects.rules
from accounts import clock
from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, Refused
from accounts.rules import anybody
from accounts.views.gate import gate, words
from accounts.views.paging import paged
from assessment import rules
from assessment.choices import NoticeLink
from assessment.models import Notice
from assessment.queries import deliveries, notice_rows
from assessment.queries.notices import due
from assessment.services import inbox

PAGE = 50


@gate(anybody, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Notices of the post acted in, unread first; each opens the page of its task."""
    return render(
        request,
        "assessment/notices.html",
        {
            **paged(request, notice_rows.inbox(request.post), PAGE),
            "unread": 0 if request.county else request.post.unread,
            "previews": projects.rules.reads_county(request.post),
            "reads_rules": rules.reads_reminders(request.post),
        },
    )


@gate(anybody, "POST")
def open_notice(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Mark a notice read and go to where its task is done."""
    return redirect(task_of(inbox.open_notice(post=request.post, delivery_id=delivery_id), request.post))


@gate(anybody, "POST")
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark every notice of the post read."""
    count = inbox.mark_all_read(post=request.post)
    messages.success(request, _("已将%(count)s条提醒标为已读。") % {"count": count})
    return redirect("notices")


@gate(projects.rules.reads_county, "GET")
def preview(request: HttpRequest) -> HttpResponse:
    """Who would get what today and why, before the planner writes it; and what it has written today."""
    today = clock.today()
    context: dict[str, Any] = {"today": today, "planned": notice_rows.planned_between(today, today)}
    try:
        context |= paged(request, due(today), PAGE)
        context["lines"] = deliveries.with_mail(context["page"])
    except Refused as refusal:
        context["refusal"] = words(refusal)
    return render(request, "assessment/notices_preview.html", context)


@gate(projects.rules.reads_data, "GET")
def of_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What a unit has been told."""
    unit = get_object_or_404(Unit, pk=unit_id)
    if not rules.opens_unit(request.post, unit.pk):
        raise Forbidden(_("这是其他单位的提醒记录。"))
    return render(
        request,
        "assessment/notices_unit.html",
        {"unit": unit, **paged(request, notice_rows.of_unit(unit.pk), PAGE)},
    )


def task_of(notice: Notice, post: ActingPost) -> str:
    """The page where this post does what the notice asks; for those above, the rows behind it."""
    if notice.link == NoticeLink.RETURN and notice.link_row and projects.rules.reads_data(post):
        return reverse("return", args=[notice.link_row])
    if notice.link == NoticeLink.CLAIM and notice.link_row and projects.rules.reads_data(post):
        return reverse("claim", args=[notice.link_row])
    if notice.link == NoticeLink.MATTER and notice.link_row and projects.rules.reads_data(post):
        return reverse("matter", args=[notice.link_row])
    if notice.link == NoticeLink.QUEUE and rules.decides(post):
        return reverse("queue")
    if notice.link == NoticeLink.VOUCHER and projects.rules.may_record_for(post, notice.unit_id):
        return reverse("voucher_new")
    return reverse("standing_claims", args=[notice.unit_id])
