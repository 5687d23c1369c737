"""核实程序: the steps of a kind of claim, from a filing period on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.units import DayInput, reason_field
from projects.choices import ClaimKind


class ProcedureForm(forms.Form):
    """Which steps, for what, from when, by which document and why."""

    kind = forms.ChoiceField(
        label=_("申报类别"),
        required=False,
        choices=[("", _("没有单独规定的各类申报")), *ClaimKind.choices],
    )
    valid_from = forms.DateField(
        label=_("适用填报期起始日"),
        widget=DayInput(),
        help_text=_("从这一天或以后开始的填报期按此程序；已开始的步骤不退回重办。"),
    )
    completeness = forms.BooleanField(
        label=_("初审前先审材料是否齐全"), required=False, help_text=_("由招商局办理，不涉及金额。")
    )
    first_review = forms.BooleanField(label=_("招商局初审"), required=False, initial=True)
    review_days = forms.IntegerField(
        label=_("初审时限（工作日）"),
        required=False,
        min_value=1,
        max_value=250,
        help_text=_("超过时限未初审的，督查室可以直接核实；不填则一直等待初审。"),
    )
    joint = forms.BooleanField(
        label=_("两办会签"),
        required=False,
        help_text=_("督查室核实后，由另一督查室会签，会签后才计入核实数。"),
    )
    document = forms.CharField(label=_("依据文件（文号）"), max_length=120)
    reason = reason_field(_("调整理由"))
