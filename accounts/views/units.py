"""Units: the list, one unit, its fields, names and groups. Closing stands where its tasks are known."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock, rules
from accounts.forms import units as forms
from accounts.queries import history
from accounts.queries import units as queries
from accounts.services import units
from accounts.views.gate import gate, tried
from accounts.views.paging import paged

PAGE = 100


@gate(rules.anybody, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Units by pinyin, narrowed by the address."""
    today = clock.today()
    groups = list(queries.groups(today=today))
    form = forms.UnitsFilter(request.GET, groups=groups)
    return render(
        request,
        "accounts/units.html",
        {
            "form": form,
            **paged(request, queries.listed(today=today, **form.asked()), PAGE),
            "keeps": rules.may_keep_units(request.post),
            "today": today,
        },
    )


@gate(rules.anybody, "GET")
def detail(request: HttpRequest, unit_id: int) -> HttpResponse:
    """One unit; those who keep it see its codes, its history and what may be done."""
    return _detail_page(request, unit_id)


@gate(rules.may_keep_units, "GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    form = forms.UnitForm(request.POST or None, tenant_id=request.post.tenant_id, today=clock.today())
    if form.is_valid() and (unit := tried(form, units.add, post=request.post, **form.cleaned_data)):
        messages.success(request, _("已新增单位“{unit}”。").format(unit=unit))
        return redirect("unit", unit.pk)
    return render(request, "accounts/unit_form.html", {"form": form})


@gate(rules.may_keep_units, "GET", "POST")
def edit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Change a unit."""
    unit = get_object_or_404(queries.one(), pk=unit_id)
    form = forms.UnitForm(
        request.POST or None, tenant_id=request.post.tenant_id, today=clock.today(), unit=unit
    )
    if form.is_valid() and tried(form, units.edit, post=request.post, unit_id=unit.pk, **form.cleaned_data):
        messages.success(request, _("已保存。"))
        return redirect("unit", unit.pk)
    return render(request, "accounts/unit_form.html", {"form": form, "unit": unit})


@gate(rules.may_keep_units, "POST")
def reopen(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Take a closing back."""
    form = forms.ReopenForm(request.POST)
    if form.is_valid() and (
        unit := tried(form, units.reopen, post=request.post, unit_id=unit_id, **form.cleaned_data)
    ):
        messages.success(request, _("已恢复单位“{unit}”。").format(unit=unit))
        return redirect("unit", unit.pk)
    return _detail_page(request, unit_id, reopen=form)


@gate(rules.may_keep_units, "POST")
def alias_add(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Remember another name of the unit."""
    form = forms.NameForm(request.POST)
    if form.is_valid() and tried(
        form, units.remember, post=request.post, unit_id=unit_id, name=form.cleaned_data["name"]
    ):
        messages.success(request, _("已登记别名，导入时按它识别。"))
        return redirect("unit", unit_id)
    return _detail_page(request, unit_id, alias=form)


@gate(rules.may_keep_units, "POST")
def alias_remove(request: HttpRequest, alias_id: int) -> HttpResponse:
    """Remove an alias."""
    unit = units.forget(post=request.post, alias_id=alias_id)
    messages.success(request, _("已删除别名；以前按它导入的数据不变。"))
    return redirect("unit", unit.pk)


@gate(rules.may_keep_units, "POST")
def move(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Put the unit into a group from a day on."""
    form = forms.MoveForm(request.POST)
    if form.is_valid() and tried(
        form, units.move, post=request.post, unit_id=unit_id, today=clock.today(), **form.cleaned_data
    ):
        messages.success(request, _("已调整分组；以前各期的分组不变。"))
        return redirect("unit", unit_id)
    return _detail_page(request, unit_id, move=form)


@gate(rules.anybody, "GET")
def groups(request: HttpRequest) -> HttpResponse:
    """Groups with the number of their units today."""
    return _groups_page(request, forms.GroupForm())


@gate(rules.may_keep_units, "POST")
def group_add(request: HttpRequest) -> HttpResponse:
    """Add a group."""
    form = forms.GroupForm(request.POST)
    if form.is_valid() and tried(form, units.add_group, post=request.post, **form.cleaned_data):
        messages.success(request, _("已新增考核分组。"))
        return redirect("unit_groups")
    return _groups_page(request, form)


@gate(rules.may_keep_units, "POST")
def group_rename(request: HttpRequest, group_id: int) -> HttpResponse:
    """Give a group another name."""
    form = forms.GroupForm(request.POST)
    if form.is_valid() and tried(
        form, units.rename_group, post=request.post, group_id=group_id, **form.cleaned_data
    ):
        messages.success(request, _("已修改分组名称。"))
        return redirect("unit_groups")
    return _groups_page(request, form)


def _groups_page(request: HttpRequest, form: Form) -> HttpResponse:
    found = list(queries.groups(today=clock.today()))
    return render(
        request,
        "accounts/groups.html",
        {"groups": found, "form": form, "keeps": rules.may_keep_units(request.post)},
    )


def _detail_page(request: HttpRequest, unit_id: int, **bound: Form) -> HttpResponse:
    unit = get_object_or_404(queries.one(), pk=unit_id)
    keeps = rules.may_keep_units(request.post)
    today = clock.today()
    forms_of = {
        "alias": forms.NameForm(),
        "move": forms.MoveForm(initial={"from_on": today}),
        "reopen": forms.ReopenForm(),
    }
    tells = keeps or rules.may_read_values(request.post)
    rows = [("accounts_unit", unit.pk)]
    rows += [("accounts_groupmembership", one.pk) for one in unit.memberships.all()]
    rows += [("accounts_unitalias", one.pk) for one in unit.aliases.all()]
    return render(
        request,
        "accounts/unit.html",
        {
            "unit": unit,
            "keeps": keeps,
            "today": today,
            "closed": unit.ends_on is not None,
            **(forms_of | bound if keeps else {}),
            "changes": history.of_rows(rows, limit=20) if tells else [],
            "tells": tells,
        },
    )
