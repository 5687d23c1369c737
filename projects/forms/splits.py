"""The form of a split certificate (分成协议): a document and the units' shares in %."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import UnitKind
from accounts.models import Unit
from projects.choices import ClaimKind
from projects.forms.fields import DayField
from projects.services.splits import Share

MOST_LINES = 6


class SplitForm(forms.Form):
    """登记分成协议."""

    document = forms.CharField(
        label=_("依据文件"), max_length=120, help_text=_("如 到位资金分割证明〔2012〕3号。")
    )
    agreed_on = DayField(label=_("签订日期"))
    kinds = forms.MultipleChoiceField(
        label=_("适用的申报类别"),
        choices=ClaimKind.choices,
        initial=[ClaimKind.PAID_IN],
        widget=forms.CheckboxSelectMultiple,
    )
    double_credit = forms.BooleanField(
        label=_("双方全额计入"),
        required=False,
        help_text=_("如飞地：各方比例合计可以超过100%，县级合计不受影响。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        units = Unit.objects.exclude(kind=UnitKind.OFFICE).order_by("sort_key", "pk")
        choices = [("", _("不填")), *((unit.pk, unit.name) for unit in units)]
        self.units = {unit.pk: unit for unit in units}
        for number in range(1, MOST_LINES + 1):
            self.fields[f"unit_{number}"] = forms.TypedChoiceField(
                label=_("单位 {number}").format(number=number),
                choices=choices,
                coerce=int,
                empty_value=None,
                required=number <= 2,
            )
            self.fields[f"share_{number}"] = forms.DecimalField(
                label=_("比例（%）"),
                min_value=Decimal("0.01"),
                max_value=100,
                decimal_places=4,
                max_digits=7,
                required=number <= 2,
            )

    @property
    def lines(self):
        """Pairs of fields, for the page."""
        return [(self[f"unit_{number}"], self[f"share_{number}"]) for number in range(1, MOST_LINES + 1)]

    def clean(self):
        values = super().clean()
        seen = set()
        for number in range(1, MOST_LINES + 1):
            unit, share = values.get(f"unit_{number}"), values.get(f"share_{number}")
            if unit is not None and unit in seen:
                self.add_error(f"unit_{number}", _("这个单位已经填过一次，每个单位只填一行。"))
            if unit is not None and share is None and f"share_{number}" not in self.errors:
                self.add_error(f"share_{number}", _("请填写这个单位的比例。"))
            if unit is None and share is not None and f"unit_{number}" not in self.errors:
                self.add_error(f"unit_{number}", _("请选择这个比例属于哪个单位。"))
            seen.add(unit)
        return values

    def shares(self) -> list[Share]:
        """The lines, one per unit and kind; 1 = 100 %."""
        values = self.cleaned_data
        numbers = [number for number in range(1, MOST_LINES + 1) if values[f"unit_{number}"] is not None]
        return [
            Share(self.units[values[f"unit_{number}"]], kind, values[f"share_{number}"] / 100)
            for number in numbers
            for kind in values["kinds"]
        ]
