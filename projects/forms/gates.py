"""Forms of the county's own rules: what a stage asks for, how long a lead is held."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import stages
from projects.choices import GateKind
from projects.forms.fields import DayField


class GateForm(forms.Form):
    """增加阶段条件."""

    stage = forms.ChoiceField(
        label=_("进入阶段"), choices=[(stage.value, stage.label) for stage in stages.WAY[1:]]
    )
    condition = forms.ChoiceField(
        label=_("条件"),
        choices=[
            (GateKind(kind).label, [(f"{kind}:{item}", words) for item, words in items.items()])
            for kind, items in stages.ITEMS.items()
        ],
    )
    valid_from = DayField(label=_("生效日期"))
    document = forms.CharField(label=_("依据文件"), max_length=120, required=False)

    def rule(self) -> dict:
        """What the service takes."""
        values = dict(self.cleaned_data)
        kind, _colon, item = values.pop("condition").partition(":")
        return {**values, "kind": kind, "item": item}


class HoldForm(forms.Form):
    """设置首报保护期."""

    days = forms.IntegerField(label=_("保护天数"), min_value=1, max_value=3650)
    valid_from = DayField(label=_("生效日期"))
    document = forms.CharField(label=_("依据文件"), max_length=120, required=False)
