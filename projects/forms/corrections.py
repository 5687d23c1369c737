"""更正: another amount for a claim, why, and what proves it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.fields import MONEY_UNITS, AmountField, FilesField


class CorrectionForm(forms.Form):
    """The amount comes out in 万元."""

    money_unit = forms.ChoiceField(label=_("金额单位"), choices=MONEY_UNITS, initial="万元")
    amount = AmountField(label=_("更正后的数"))
    reason = forms.CharField(
        label=_("更正理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明更正的理由。")},
    )
    files = FilesField(
        label=_("佐证材料"), help_text=_("可选多个：jpg、png、pdf、docx、xlsx，单个不超过 20 MB。")
    )

    def clean_amount(self):
        """In 万元, by the unit that was chosen."""
        return AmountField.read(self.cleaned_data["amount"], self.cleaned_data.get("money_unit", "万元"))
