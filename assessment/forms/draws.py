"""抽查: what is drawn from, and how."""

from decimal import Decimal

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from projects.choices import ClaimKind
from projects.forms.fields import AmountField
from projects.models import Period

MOST = 10_000  # claims of one draw


class PopulationForm(forms.Form):
    """The claims of one period that may be drawn, and the floor above which all are taken."""

    period = forms.ModelChoiceField(None, label=_("填报期"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("申报类别"),
        required=False,
        choices=[(ClaimKind.PAID_IN, _("到位资金")), ("", _("全部类别"))],
    )
    floor_wan = AmountField(label=_("必查金额（万元，不填则不设）"), required=False)

    def __init__(self, *args, periods: QuerySet[Period], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].queryset = periods

    def clean_floor_wan(self) -> Decimal | None:
        """The floor in 万元, above zero; None without one."""
        floor = AmountField.read(self.cleaned_data["floor_wan"], "万元")
        if floor is not None and floor <= 0:
            raise forms.ValidationError(_("必查金额应大于零；不设必查请留空。"))
        return floor


class DrawForm(PopulationForm):
    """How many are drawn at random, with which seed, and why again."""

    size = forms.IntegerField(label=_("随机抽取（笔）"), min_value=1, max_value=MOST, initial=5)
    seed = forms.CharField(
        label=_("随机种子"),
        required=False,
        max_length=64,
        help_text=_(
            "可以填当众摇号、开奖号码等事先谁也不知道的数字；不填由系统随机产生。抽取后公开，可据以复算。"
        ),
    )
    reason = forms.CharField(
        label=_("再次抽查的理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("同一填报期第二次及以后抽查必须写明，各次抽查都列示。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Chosen on the page before; shown there with what it comes to.
        for name in ("period", "kind", "floor_wan"):
            self.fields[name].widget = self.fields[name].hidden_widget()
