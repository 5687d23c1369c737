"""A cadre moves (移交): one page for the administrator, one sheet to print and sign."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import clock, rules
from accounts.forms.users import HandOverForm
from accounts.models import Post
from accounts.refusals import Forbidden
from accounts.services import posts
from accounts.views.gate import gate, tried
from projects.queries.handover import left_in


@gate(rules.may_appoint, "GET", "POST")
def hand_over(request: HttpRequest, post_id: int) -> HttpResponse:
    """Hand a post over to another person; what is under way is counted beside it."""
    held = get_object_or_404(Post.objects.select_related("user", "unit"), pk=post_id)
    form = HandOverForm(request.POST or None, leaving=held, initial={"on": clock.today()})
    if form.is_valid():
        given = tried(
            form,
            posts.hand_over,
            post=request.post,
            post_id=post_id,
            to_user_id=form.cleaned_data["to"].pk,
            on=form.cleaned_data["on"],
        )
        if given:
            return redirect("handover_sheet", given.pk)
    context = {"form": form, "held": held, "left": left_in(request.post, held)}
    return render(request, "projects/hand_over.html", context)


@gate(rules.anybody, "GET")
def sheet(request: HttpRequest, post_id: int) -> HttpResponse:
    """The sheet of a handed-over post, as things stand now: for administrators and the post's unit."""
    given = get_object_or_404(
        Post.objects.select_related("user", "unit", "takes_over__user").filter(takes_over__isnull=False),
        pk=post_id,
    )
    if not rules.may_see_users(request.post) and request.post.unit_id != given.unit_id:
        raise Forbidden("交接单只对管理员和本单位人员显示。")
    context = {"given": given, "old": given.takes_over, "left": left_in(request.post, given.takes_over)}
    return render(request, "projects/handover_sheet.html", context)
