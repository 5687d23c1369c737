"""Accounts: the list, one person, a new one, and what the administrators do to an account."""

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import clock, rules
from accounts.forms import users as forms
from accounts.queries import history
from accounts.queries import users as queries
from accounts.refusals import Refused
from accounts.services import factors, newcomers, posts, users
from accounts.views.gate import gate, tried, words
from accounts.views.paging import paged

PAGE = 50


@gate(rules.may_see_users, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Accounts by pinyin, narrowed by the address; posts that wait stand on top."""
    today = clock.today()
    form = forms.UsersFilter(request.GET, level=request.post.tenant_level)
    context = {
        "form": form,
        **paged(request, queries.listed(today=today, **form.asked()), PAGE),
        "today": today,
        "pending": queries.pending(),
        "keeps": rules.may_appoint(request.post),
        "confirms": rules.may_confirm_posts(request.post),
    }
    for user in context["page"]:
        user.locked = queries.is_locked(user)
    return render(request, "accounts/users.html", context)


@gate(rules.may_see_users, "GET")
def detail(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: the account's state, all posts, what happened."""
    return detail_page(request, user_id)


# The initial password stands in this answer alone: it is written nowhere, so no redirect could carry it.
@never_cache
@gate(rules.may_appoint, "GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Add a person with a post; the answer is the slip, once. Sent again, the username is taken."""
    today = clock.today()
    form = forms.AccountForm(request.POST or None, level=request.post.tenant_level, today=today)
    if form.is_valid():
        values = form.cleaned_data
        values["username"] = values["username"] or newcomers.unused(request.post, values["name"])
        if done := tried(form, users.enrol, post=request.post, **values):
            return slips_page(request, [done[1]], back=reverse("user", args=[done[0].user_id]))
    return render(request, "accounts/user_form.html", {"form": form})


@gate(rules.may_appoint, "POST")
def rename(request: HttpRequest, user_id: int) -> HttpResponse:
    """Correct the name."""
    form = forms.NameForm(request.POST)
    if form.is_valid() and tried(form, users.rename, post=request.post, user_id=user_id, **form.cleaned_data):
        messages.success(request, _("姓名已更正。"))
        return redirect("user", user_id)
    return detail_page(request, user_id, rename=form)


@gate(rules.may_appoint, "POST")
def post_add(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give one more post."""
    form = forms.PostForm(request.POST, level=request.post.tenant_level, today=clock.today())
    if form.is_valid() and (
        given := tried(form, posts.give, post=request.post, user_id=user_id, **form.cleaned_data)
    ):
        messages.success(
            request, _("已任命，待安全管理员确认后生效。") if given.pending else _("已任命岗位。")
        )
        return redirect("user", user_id)
    return detail_page(request, user_id, add=form)


@gate(rules.may_appoint, "POST")
def disable(request: HttpRequest, user_id: int) -> HttpResponse:
    """Disable the account."""
    return _done(request, user_id, _("账户已停用，已打开的页面同时失效。"), users.set_active, active=False)


@gate(rules.may_appoint, "POST")
def enable(request: HttpRequest, user_id: int) -> HttpResponse:
    """Enable the account again."""
    return _done(request, user_id, _("账户已启用。"), users.set_active, active=True)


@gate(rules.may_appoint, "POST")
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """End a lock-out."""
    return _done(request, user_id, _("账户已解除锁定。"), users.unlock)


@gate(rules.may_confirm_posts, "POST")
def factor_reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """Unbind a lost device."""
    words_ = _("已解除绑定，此人下次登录时重新绑定。")
    return _done(request, user_id, words_, factors.reset)


@never_cache
@gate(rules.may_appoint, "POST")
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """Hand out a new initial password; the answer is the slip, once."""
    try:
        seen = dt.datetime.fromisoformat(request.POST["seen"]) if request.POST.get("seen") else None
        slip = users.reset(post=request.post, user_id=user_id, seen=seen)
    except ValueError:
        messages.error(request, _("页面已过期，请重新打开后再办理。"))
    except Refused as refusal:
        messages.error(request, words(refusal))
    else:
        return slips_page(request, [slip], back=reverse("user", args=[user_id]))
    return redirect("user", user_id)


@gate(rules.anybody, "GET")
def help_page(request: HttpRequest) -> HttpResponse:
    """What the administrators may do, and how people come to sign in."""
    return render(request, "accounts/help_accounts.html")


def slips_page(request: HttpRequest, slips: list[users.Slip], *, back: str) -> HttpResponse:
    """Initial passwords to print and cut (初始密码单)."""
    context = {"slips": slips, "back": back, "address": request.build_absolute_uri("/")}
    return render(request, "accounts/slips.html", context)


def detail_page(request: HttpRequest, user_id: int, **faulty: Form) -> HttpResponse:
    """One person's page, with the form that was refused in its place."""
    user = get_object_or_404(queries.one(), pk=user_id)
    today = clock.today()
    forms_ = {
        "rename": forms.NameForm({"name": user.name}),
        "add": forms.PostForm(level=request.post.tenant_level, today=today),
    }
    rows = [("accounts_user", user.pk), *(("accounts_post", post.pk) for post in user.all_posts)]
    context = {
        "person": user,
        "locked": queries.is_locked(user),
        "today": today,
        "oneself": user.pk == request.post.user_id,
        "keeps": rules.may_appoint(request.post),
        "confirms": rules.may_confirm_posts(request.post),
        "guarded": rules.GUARDED,
        "changes": history.of_rows(rows, limit=20),
        **forms_,
        **faulty,
    }
    return render(request, "accounts/user.html", context)


def _done(
    request: HttpRequest, user_id: int, done: str, service: Callable[..., object], **values: object
) -> HttpResponse:
    """Do it to the account, say so or why not, and show the account again."""
    try:
        service(post=request.post, user_id=user_id, **values)
    except Refused as refusal:
        messages.error(request, words(refusal))
    else:
        messages.success(request, done)
    return redirect("user", user_id)
