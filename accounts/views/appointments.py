"""Posts of other people: their dates, and what the security administrator confirms or ends."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock, rules
from accounts.forms.users import DatesForm
from accounts.models import Post
from accounts.refusals import Refused
from accounts.services import posts
from accounts.views.gate import gate, tried, words


@gate(rules.may_appoint, "GET", "POST")
def dates(request: HttpRequest, post_id: int) -> HttpResponse:
    """Change when a post begins and ends."""
    found = get_object_or_404(Post.objects.select_related("user", "unit"), pk=post_id)
    form = DatesForm(request.POST or None, initial={"on": found.from_on, "until": found.until_on})
    if form.is_valid() and (
        done := tried(form, posts.change_dates, post=request.post, post_id=post_id, **form.cleaned_data)
    ):
        messages.success(request, _("已保存，待安全管理员确认后生效。") if done.pending else _("已保存。"))
        return redirect("user", found.user_id)
    return render(request, "accounts/post_dates.html", {"form": form, "found": found})


@gate(rules.may_confirm_posts, "POST")
def confirm(request: HttpRequest, post_id: int) -> HttpResponse:
    """Let a post begin."""
    found = get_object_or_404(Post, pk=post_id)
    try:
        posts.confirm(post=request.post, post_id=post_id)
    except Refused as refusal:
        messages.error(request, words(refusal))
    else:
        messages.success(request, _("岗位已确认，即时生效。"))
    return redirect("user", found.user_id)


@gate(rules.may_confirm_posts, "POST")
def end(request: HttpRequest, post_id: int) -> HttpResponse:
    """End a post today, or decline one that waits."""
    found = get_object_or_404(Post, pk=post_id)
    try:
        posts.end(post=request.post, post_id=post_id, on=clock.today())
    except Refused as refusal:
        messages.error(request, words(refusal))
    else:
        messages.success(request, _("未同意，岗位不生效。") if found.pending else _("岗位到今天为止。"))
    return redirect("user", found.user_id)
