"""佐证清单: one kind of file more for a kind of paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.units import reason_field
from projects.choices import CLAIMANT_FILES, AgreementKind, Demand, VoucherKind
from projects.forms.fields import DayField


class ChecklistForm(forms.Form):
    """Which file, for what, from when, by which document."""

    about = forms.ChoiceField(
        label=_("凭证或协议"),
        choices=[(_("凭证"), VoucherKind.choices), (_("协议"), AgreementKind.choices)],
    )
    kind = forms.ChoiceField(
        label=_("材料种类"), choices=[(kind.value, kind.label) for kind in CLAIMANT_FILES]
    )
    demand = forms.ChoiceField(
        label=_("要求"),
        choices=Demand.choices,
        help_text=_("缺少必须的材料，报表页面给出提示，核实时列为疑点；建议的只作提示。"),
    )
    valid_from = DayField(label=_("适用起始日"), help_text=_("日期在这一天及以后的凭证、协议按此检查。"))
    document = forms.CharField(label=_("依据文件（文号）"), max_length=120)
    reason = reason_field(_("调整理由"))
