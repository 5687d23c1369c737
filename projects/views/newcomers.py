"""Accounts from a sheet: the template, everything that is wrong, the creation with its slips.

Nothing is written before the creation. Between the pages the rows travel in the form.
"""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts import clock, rules
from accounts import newcomers as rows_of
from accounts.forms.users import roles_of
from accounts.models import Unit
from accounts.refusals import Refused
from accounts.services import newcomers
from accounts.views.gate import gate, words
from accounts.views.users import slips_page
from projects.sheets import people
from projects.sheets.reader import BookRefused
from projects.views import lists


class ListForm(forms.Form):
    """The filled list."""

    people = forms.FileField(label=gettext_lazy("账户名单"), widget=forms.FileInput({"accept": ".xlsx,.xls"}))


@gate(rules.may_appoint, "GET", "POST")
def check(request: HttpRequest) -> HttpResponse:
    """Ask for the list; then show every row as it was understood and all of its faults."""
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_valid():
        file = form.cleaned_data["people"]
        try:
            rows = people.read(file.read(), file.name)
        except BookRefused as refusal:
            form.add_error("people", str(refusal))
        else:
            return _checked(request, rows)
    return render(request, "projects/users_import.html", {"form": form, "most": rows_of.MOST})


@never_cache
@gate(rules.may_appoint, "POST")
def create(request: HttpRequest) -> HttpResponse:
    """Create all accounts; the answer is their slips, once. Sent again, every username is taken."""
    try:
        rows = rows_of.from_json(request.POST.get("rows", ""))
    except ValueError:
        messages.error(request, _("页面已过期，请重新上传名单。"))
        return redirect("users_import")
    try:
        slips = newcomers.create(post=request.post, rows=rows, today=clock.today())
    except Refused as refusal:
        return _checked(request, rows, refused=words(refusal))
    return slips_page(request, slips, back=reverse("users"))


@gate(rules.may_appoint, "GET")
def template(request: HttpRequest) -> HttpResponse:
    """The empty list with the county's units and roles to choose from."""
    units = Unit.objects.filter(ends_on__isnull=True).order_by("sort_key", "pk")
    roles = [str(label) for _value, label in roles_of(request.post.tenant_level)]
    content = people.template(list(units.values_list("name", flat=True)), roles)
    return lists.download(content, "accounts.xlsx")


def _checked(request: HttpRequest, rows: list[rows_of.Row], refused: str = "") -> HttpResponse:
    examined = newcomers.examine(post=request.post, rows=rows, today=clock.today())
    context = {
        "examined": examined,
        "faulty": sum(bool(one.faults) for one in examined),
        "rows": rows_of.to_json(one.row for one in examined),
        "refused": refused,
    }
    return render(request, "projects/users_check.html", context)
