"""Saved filters: the page, keeping the filter of a list, changing and removing one's own."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock, rules
from accounts.forms.saved_filters import ChangeForm, SaveForm
from accounts.queries import saved_filters as queries
from accounts.services import saved_filters
from accounts.views.gate import gate, tried
from accounts.views.resends import once


@gate(rules.anybody, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """One's own filters and those that others share in the unit, list by list."""
    return _page(request)


@gate(rules.anybody, "POST")
@once(SaveForm)
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the list one comes from, and go back there."""
    form = SaveForm(request.POST)
    if form.is_valid() and (kept := tried(form, saved_filters.save, post=request.post, **form.cleaned_data)):
        messages.success(request, _("已保存为常用筛选“{name}”。").format(name=kept.name))
        return redirect(kept.address)
    return render(request, "accounts/saved_filter_form.html", {"form": form})


@gate(rules.anybody, "POST")
@once(ChangeForm)
def change(request: HttpRequest, saved_filter_id: int) -> HttpResponse:
    """Rename one's own, share it or take that back."""
    form = ChangeForm(request.POST)
    about = {"post": request.post, "saved_filter_id": saved_filter_id, "today": clock.today()}
    if form.is_valid() and tried(form, saved_filters.change, **about, **form.cleaned_data):
        messages.success(request, _("已保存。"))
        return redirect("saved_filters")
    return _page(request, form)


@gate(rules.anybody, "POST")
@once()
def remove(request: HttpRequest, saved_filter_id: int) -> HttpResponse:
    """Remove one's own."""
    name = saved_filters.remove(post=request.post, saved_filter_id=saved_filter_id, today=clock.today())
    messages.success(request, _("已删除常用筛选“{name}”。").format(name=name))
    return redirect("saved_filters")


def _page(request: HttpRequest, form: Form | None = None) -> HttpResponse:
    groups = queries.by_list(request.post, today=clock.today())
    return render(request, "accounts/saved_filters.html", {"groups": groups, "form": form})
