"""Accounts and posts: filter, new account, name, post, dates, hand-over."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import validators
from accounts.choices import Duty, Role, TenantLevel
from accounts.forms.units import DayInput, open_units
from accounts.models import Post, User
from accounts.queries import users


def roles_of(level: str) -> list[tuple[str, str]]:
    """Roles that a post may have in a jurisdiction of this level."""
    return [
        (value, label)
        for value, label in Role.choices
        if not (level == TenantLevel.COUNTY and value == Role.SUPERIOR)
    ]


class UsersFilter(forms.Form):
    """What the list is narrowed to; all of it stands in the address."""

    q = forms.CharField(
        label=_("姓名、用户名、单位或拼音"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search"}),
    )
    role = forms.ChoiceField(label=_("在任角色"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("启用")),
            (users.PENDING, _("岗位待确认")),
            (users.INITIAL, _("未改初始密码")),
            (users.LOCKED, _("已锁定")),
            (users.ENDED, _("没有在任岗位")),
            (users.DISABLED, _("已停用")),
            ("all", _("全部")),
        ],
    )

    def __init__(self, *args, level: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("全部")), *roles_of(level)]

    def asked(self) -> dict[str, str]:
        """Arguments for ``queries.users.listed``; what is wrong narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "words": given.get("q", "").replace("\x00", ""),
            "role": given.get("role", ""),
            "state": given.get("state") or users.ACTIVE,
        }


class NameForm(forms.Form):
    """A person's name."""

    name = forms.CharField(label=_("姓名"), max_length=30)


class PostForm(forms.Form):
    """One post: where, as what, from when until when."""

    unit = forms.ModelChoiceField(None, label=_("单位"), empty_label=_("请选择"))
    role = forms.ChoiceField(label=_("角色"))
    on = forms.DateField(label=_("任职起"), widget=DayInput())
    until = forms.DateField(
        label=_("任职止"), required=False, widget=DayInput(), help_text=_("不填即长期任职。")
    )
    duty = forms.ChoiceField(
        label=_("领导责任"),
        required=False,
        choices=[("", _("不适用")), *Duty.choices],
        help_text=_("角色为县领导时填写。"),
    )

    def __init__(self, *args, level: str, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = open_units()
        self.fields["role"].choices = [("", _("请选择")), *roles_of(level)]
        self.fields["on"].initial = today

    def clean(self):
        values = super().clean()
        if values.get("duty") and values.get("role") != Role.LEADER:
            self.add_error("duty", _("领导责任只适用于县领导。"))
        _in_order(self, values)
        return values


class AccountForm(PostForm):
    """A new person with the first post."""

    name = forms.CharField(label=_("姓名"), max_length=30)
    username = forms.CharField(
        label=_("用户名"),
        required=False,
        max_length=30,
        validators=[validators.login],
        help_text=_("不填则按姓名的拼音生成。"),
    )
    field_order = ("name", "username", "unit", "role", "on", "until", "duty")


class DatesForm(forms.Form):
    """When a post begins and ends."""

    on = forms.DateField(label=_("任职起"), widget=DayInput())
    until = forms.DateField(
        label=_("任职止"),
        required=False,
        widget=DayInput(),
        help_text=_("这一天是最后一天；不填即长期任职。"),
    )

    def clean(self):
        return _in_order(self, super().clean())


class HandOverForm(forms.Form):
    """Who takes a post over, and from which day."""

    to = forms.ModelChoiceField(None, label=_("接收人"), empty_label=_("请选择"))
    on = forms.DateField(
        label=_("接任日"), widget=DayInput(), help_text=_("原岗位到前一天为止；接收人从这一天起任职。")
    )

    def __init__(self, *args, leaving: Post, **kwargs):
        super().__init__(*args, **kwargs)
        people = users.all_users().filter(is_active=True).exclude(pk=leaving.user_id)
        self.fields["to"].queryset = people.order_by("search_key", "pk")
        self.fields["to"].label_from_instance = label_of


def _in_order(form: forms.Form, values: dict) -> dict:
    if values.get("on") and values.get("until") and values["on"] > values["until"]:
        form.add_error("until", _("任职止期不能早于任职起期。"))
    return values


def label_of(user: User) -> str:
    """姓名（用户名）."""
    return f"{user.name}（{user.username}）"
