"""Forms of inspection notices (督办单)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.choices import MatterState
from assessment.queries.matters import OVERDUE
from projects.forms.fields import DayField
from projects.forms.lifecycle import units_named

STATES = [("", _("全部")), *MatterState.choices, (OVERDUE, _("已逾期"))]
MOST_WORDS = 2000


def _words(label, **more):
    return forms.CharField(label=label, max_length=MOST_WORDS, widget=forms.Textarea({"rows": 4}), **more)


class IssueForm(forms.Form):
    """下达督办单."""

    unit = forms.ModelChoiceField(None, label=_("承办单位"), empty_label=_("请选择"))
    title = forms.CharField(label=_("事由"), max_length=80, help_text=_("一句话写明督办什么。"))
    text = _words(_("督办要求"), help_text=_("写明存在的问题、要求办到什么程度、回复时附什么材料。"))
    days = forms.IntegerField(
        label=_("几个工作日内办结"),
        min_value=1,
        max_value=90,
        initial=5,
        help_text=_("从明天起按工作日历计算，到最后一个工作日24时为止。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_named()


class ReplyForm(forms.Form):
    """回复. ``files``: what the unit may point at; without any there is no such field."""

    text = _words(_("办理情况"), help_text=_("写明做了什么、结果怎样。"))
    evidence = forms.ModelChoiceField(
        None,
        label=_("佐证材料"),
        required=False,
        empty_label=_("不附材料"),
        help_text=_("从这个项目已上传的材料中选；新材料请先在项目或凭证页面上传。"),
    )

    def __init__(self, *args, files, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = files
        self.fields["evidence"].label_from_instance = lambda file: file.original_name
        if not files.exists():
            del self.fields["evidence"]


class SendBackForm(forms.Form):
    """退回重办."""

    text = _words(_("退回理由"), error_messages={"required": _("请写明退回理由。")})


class ExtendForm(forms.Form):
    """延期."""

    due_on = DayField(label=_("延至"))
    text = _words(_("延期理由"), error_messages={"required": _("请写明延期理由。")})


class CloseForm(forms.Form):
    """销号."""

    text = _words(
        _("销号意见"),
        help_text=_("办结的写明结果；单位没有回复就销号的，写明理由。"),
        error_messages={"required": _("请写明销号意见。")},
    )
