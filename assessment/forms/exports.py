"""审批导出: what rows are wanted for, and the answer of a second person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.choices import ExportOutcome


class ExportAskForm(forms.Form):
    """What the rows are wanted for."""

    purpose = forms.CharField(
        label=_("用途"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("写明作什么用、交给谁、用完怎样处理。"),
        error_messages={"required": _("请写明导出的用途。")},
    )


class ExportAnswerForm(forms.Form):
    """The one answer to a request."""

    outcome = forms.ChoiceField(label=_("结论"), choices=[("", _("请选择")), *ExportOutcome.choices])
    text = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("不同意的必须写明理由。"),
    )
