"""Units: filter, fields, aliases, groups, closing."""

import datetime as dt

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import UnitKind
from accounts.models import Tenant, Unit, UnitGroup
from accounts.queries import units


class DayInput(forms.DateInput):
    """The browser's own control for a day."""

    def __init__(self):
        super().__init__({"type": "date"}, "%Y-%m-%d")


def reason_field(words: str) -> forms.CharField:
    """Why an act is done; blanks are no reason."""
    return forms.CharField(
        label=words,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("请写明理由。")},
    )


def open_units() -> forms.ModelChoiceField:
    """A choice among the units that are not closed."""
    return Unit.objects.filter(ends_on__isnull=True).order_by("sort_key", "pk")


class UnitsFilter(forms.Form):
    """What the list is narrowed to; all of it stands in the address."""

    q = forms.CharField(
        label=_("名称、别名或拼音首字母"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search"}),
    )
    kind = forms.ChoiceField(label=_("类别"), required=False)
    group = forms.ChoiceField(label=_("考核分组"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("在用")), (units.CLOSED, _("已撤销")), ("all", _("全部"))],
    )

    def __init__(self, *args, groups: list[UnitGroup], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("全部")), *UnitKind.choices]
        self.fields["group"].choices = [("", _("全部")), *((group.code, group.name) for group in groups)]

    def asked(self) -> dict[str, str]:
        """Arguments for ``queries.units.listed``; what is wrong narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        state = {"": units.CURRENT, "all": ""}.get(given.get("state", ""), given.get("state", ""))
        return {
            "words": given.get("q", ""),
            "kind": given.get("kind", ""),
            "group": given.get("group", ""),
            "state": state,
        }


class UnitForm(forms.Form):
    """Fields of one unit. ``group`` is asked of a new one only; later it moves on a date."""

    name = forms.CharField(label=_("单位名称"), max_length=60)
    kind = forms.ChoiceField(label=_("类别"), choices=UnitKind.choices)
    parent = forms.ModelChoiceField(None, label=_("上级单位"), required=False, empty_label=_("没有"))
    leader_office = forms.ModelChoiceField(
        None,
        label=_("分管领导所在办公室"),
        required=False,
        empty_label=_("没有"),
        help_text=_("该办公室的人员不得核实本单位的数据。"),
    )
    represents = forms.ModelChoiceField(
        None,
        label=_("代表的辖区"),
        required=False,
        empty_label=_("不代表"),
        help_text=_("市级把所辖的县作为单位下达任务时选择。"),
    )
    organisation_code = forms.CharField(label=_("组织机构代码"), max_length=18, required=False)
    exempt = forms.BooleanField(
        label=_("不参加考核"), required=False, help_text=_("给不参加考核的单位下达任务时系统会提醒。")
    )
    starts_on = forms.DateField(
        label=_("设立日期"), required=False, widget=DayInput(), help_text=_("不填表示一直就有。")
    )
    group = forms.ModelChoiceField(None, label=_("考核分组"), required=False, empty_label=_("暂不分组"))
    group_from = forms.DateField(
        label=_("分组起始日期"), required=False, widget=DayInput(), help_text=_("不填即为本年第一天。")
    )

    def __init__(self, *args, tenant_id: int, today: dt.date, unit: Unit | None = None, **kwargs):
        if unit is not None:
            own = {name: getattr(unit, name) for name in self.base_fields if hasattr(unit, name)}
            kwargs.setdefault("initial", own)
        super().__init__(*args, **kwargs)
        self.today = today
        others = open_units() if unit is None else _with(open_units().exclude(pk=unit.pk), unit)
        self.fields["parent"].queryset = self.fields["leader_office"].queryset = others
        self.fields["represents"].queryset = Tenant.objects.filter(parent_id=tenant_id).order_by("code")
        if not self.fields["represents"].queryset:
            del self.fields["represents"]
        if unit is None:
            self.fields["group"].queryset = UnitGroup.objects.order_by("pk")
        else:
            del self.fields["group"], self.fields["group_from"]

    def clean(self):
        values = super().clean()
        if values.get("group") and not values.get("group_from"):
            values["group_from"] = self.today.replace(month=1, day=1)
        return values


def _with(others, unit: Unit):
    """The open units and those, closed since, that the unit names."""
    named = [key for key in (unit.parent_id, unit.leader_office_id) if key]
    return Unit.objects.filter(Q(pk__in=others.values("pk")) | Q(pk__in=named)).order_by("sort_key", "pk")


class NameForm(forms.Form):
    """One name: of an alias."""

    name = forms.CharField(label=_("别名"), max_length=60)


class GroupForm(forms.Form):
    """The name of a group."""

    name = forms.CharField(label=_("分组名称"), max_length=30)


class MoveForm(forms.Form):
    """Which group a unit is in from a day on."""

    group = forms.ModelChoiceField(None, label=_("考核分组"))
    from_on = forms.DateField(label=_("起始日期"), widget=DayInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = UnitGroup.objects.order_by("pk")


class ReopenForm(forms.Form):
    """Why a closing is taken back."""

    reason = reason_field(_("恢复的理由"))


class CloseForm(forms.Form):
    """From which day a unit is closed, into which one it is merged, and why."""

    on = forms.DateField(
        label=_("撤销日期"), widget=DayInput(), help_text=_("这一天是最后一天；以后的填报期不再有它的报表。")
    )
    successor = forms.ModelChoiceField(
        None,
        label=_("继任单位"),
        required=False,
        empty_label=_("没有，直接撤销"),
        help_text=_("合并的，选并入的单位。"),
    )
    reason = reason_field(_("撤销的理由和依据"))

    def __init__(self, *args, unit: Unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = open_units().exclude(pk=unit.pk)
