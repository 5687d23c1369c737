"""口径: the next version of a counting rule."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.units import DayInput, reason_field
from assessment.models import Measure
from projects.choices import AgreementKind

BOTH, ONLY, NONE = "", "only", "none"
CARRY_OVER = {BOTH: None, ONLY: True, NONE: False}


class MeasureForm(forms.Form):
    """What the next version counts, from when, by which document and why."""

    valid_from = forms.DateField(label=_("生效日期"), widget=DayInput())
    agreement_kinds = forms.MultipleChoiceField(
        label=_("只计这些协议类型"),
        choices=AgreementKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选即不限。到位资金凭证据计，没有协议类型，不要选。"),
    )
    carry_over = forms.ChoiceField(
        label=_("续建项目"),
        required=False,
        choices=[(BOTH, _("新引进和续建都计")), (NONE, _("不含续建项目")), (ONLY, _("只计续建项目"))],
    )
    zero_threshold = forms.DecimalField(
        label=_("破零线"),
        min_value=0,
        max_digits=20,
        decimal_places=6,
        help_text=_("超过这个数才算破零；单位同指标（万元或个）。"),
    )
    document = forms.CharField(label=_("依据文件（文号）"), max_length=120)
    reason = reason_field(_("变更理由"))

    def __init__(self, *args, before: Measure, **kwargs):
        carry = next(word for word, value in CARRY_OVER.items() if value == before.carry_over)
        own = {
            "agreement_kinds": before.agreement_kinds,
            "carry_over": carry,
            "zero_threshold": before.zero_threshold.normalize(),
        }
        super().__init__(*args, initial=own, **kwargs)

    def rule(self) -> dict:
        """The rule as the services take it."""
        given = self.cleaned_data
        return {
            "valid_from": given["valid_from"],
            "agreement_kinds": given["agreement_kinds"],
            "carry_over": CARRY_OVER[given["carry_over"]],
            "zero_threshold": given["zero_threshold"],
            "document": given["document"],
        }
