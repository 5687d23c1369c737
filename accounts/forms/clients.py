"""Forms of API clients."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import ClientGroup
from accounts.forms.units import DayInput
from accounts.models import Unit


def day_field(**kwargs) -> forms.DateField:
    """有效期至: the day until which a key is valid."""
    return forms.DateField(
        label=_("有效期至"),
        help_text=_("当天仍有效，最长一年。"),
        widget=DayInput(),
        **kwargs,
    )


class ClientForm(forms.Form):
    """签发接口客户端."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("写明是哪个系统，如“市统计平台”。"))
    unit = forms.ModelChoiceField(
        label=_("限读单位"),
        queryset=None,
        required=False,
        empty_label=_("不限（全辖区）"),
        help_text=_("选定单位后，只能读该单位填报员能看到的内容。"),
    )
    groups = forms.MultipleChoiceField(
        label=_("可读内容"), choices=ClientGroup.choices, widget=forms.CheckboxSelectMultiple
    )
    addresses = forms.CharField(
        label=_("允许的网络地址"),
        required=False,
        help_text=_("每行一个，如 10.1.2.3 或 10.1.2.0/24。不填则不限。"),
        widget=forms.Textarea({"rows": 3}),
    )
    expires_on = day_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.order_by("sort_key", "pk")

    def clean_addresses(self):
        """One network a line (or between commas)."""
        return self.cleaned_data["addresses"].replace(",", " ").replace("，", " ").split()


class RotateForm(forms.Form):
    """签发新密钥."""

    expires_on = day_field()
