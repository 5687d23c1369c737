"""Notices that could not be sent, sending them again, and one's own address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.refusals import Refused
from accounts.views.gate import gate, tried, words
from accounts.views.paging import paged
from assessment import rules
from assessment.forms.mailbox import MailboxForm
from assessment.queries import deliveries as queries
from assessment.services import deliveries

PAGE = 50


@gate(rules.watches_deliveries, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """What went wrong on channels beside the inbox."""
    found = paged(request, queries.wrong(), PAGE)
    return render(request, "assessment/deliveries.html", {**found, "states": queries.by_state()})


@gate(rules.watches_deliveries, "POST")
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send one again."""
    try:
        deliveries.retry(post=request.post, delivery_id=delivery_id)
        messages.success(request, _("已安排重发，请稍后刷新查看。"))
    except Refused as refusal:
        messages.error(request, words(refusal))
    return redirect("deliveries")


@gate(rules.has_mail, "GET", "POST")
def mailbox(request: HttpRequest) -> HttpResponse:
    """The address at which the post acted in receives notices, and the kinds that are mailed to it."""
    form = MailboxForm(request.POST or None, mailbox=queries.mailbox_of(request.post.id))
    if form.is_valid():
        tried(form, deliveries.keep_mailbox, post=request.post, **form.kept())
        if not form.errors:
            messages.success(request, _("已保存。"))
            return redirect("mailbox")
    return render(request, "assessment/mailbox.html", {"form": form})
