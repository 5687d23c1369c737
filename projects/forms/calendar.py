"""Forms of the work-day calendar."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.fields import DayField


class DayForm(forms.Form):
    """调整一天."""

    day = DayField(label=_("日期"))
    works = forms.TypedChoiceField(
        label=_("安排"),
        choices=[("rest", _("放假")), ("work", _("上班"))],
        coerce=lambda value: value == "work",
    )
    name = forms.CharField(label=_("名称"), max_length=30, help_text=_("如：春节。"))
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("如：通知的文号。记入变更记录。"))
