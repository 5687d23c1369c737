"""目标任务: filter, issue, revise, load."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.units import DayInput, open_units, reason_field
from assessment.models import Measure, Target
from assessment.queries.drill import measure_names
from assessment.services.targets import Paper
from projects.choices import COUNTED, ClaimKind
from projects.forms.fields import MONEY_UNITS, AmountField
from projects.forms.returns import spans
from projects.forms.uploads import ListForm

PIECES = "个"


def measure_choices() -> list[tuple[str, str]]:
    """Names of the measures, each once, in the order of their publication."""
    return [(name, name) for name in measure_names()]


class TargetsFilter(forms.Form):
    """What the list is narrowed to; all of it stands in the address."""

    q = forms.CharField(
        label=_("单位名称或拼音"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search"}),
    )
    measure = forms.ChoiceField(label=_("指标"), required=False)
    period = forms.ChoiceField(label=_("期间"), required=False)
    replaced = forms.BooleanField(label=_("含调整前的"), required=False)

    def __init__(self, *args, periods: list, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", _("全部")), *measure_choices()]
        self.fields["period"].choices = [("", _("全部")), *((one.pk, one.name) for one in periods)]

    def asked(self) -> dict:
        """Arguments for ``queries.targets.listed``; what is wrong narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "words": given.get("q", "").replace("\x00", ""),
            "measure": given.get("measure", ""),
            "period_id": int(given.get("period") or 0),
            "replaced": given.get("replaced", False),
        }


class PaperForm(forms.Form):
    """The document that issues."""

    document = forms.CharField(label=_("下达文件（文号）"), max_length=120)
    issuer = forms.CharField(label=_("下达单位"), max_length=60, required=False)
    issued_on = forms.DateField(label=_("下达日期"), widget=DayInput())

    def paper(self) -> Paper:
        """The document as the services take it."""
        given = self.cleaned_data
        return Paper(given["document"], given["issuer"], given["issued_on"])


class AmountForm(PaperForm):
    """A document and an amount in the unit of its measure."""

    amount = AmountField(label=_("目标数"))
    counted_in = forms.ChoiceField(label=_("计量单位"), choices=[*MONEY_UNITS, (PIECES, _("个、次、条"))])

    def read_amount(self, kind: str) -> None:
        """Put the amount into ``cleaned_data`` in 万元 or 个, or a fault at its field."""
        given = self.cleaned_data
        text, unit = given.get("amount"), given.get("counted_in")
        if not text or not unit:
            return
        if (kind in COUNTED) != (unit == PIECES):
            pieces = _("这项指标按个数下达，请选“个、次、条”。")
            money = _("这项指标按金额下达，请选金额单位。")
            self.add_error("counted_in", pieces if kind in COUNTED else money)
            return
        try:
            given["amount"] = AmountField.read(text, "万元" if unit == PIECES else unit)
        except forms.ValidationError as fault:
            self.add_error("amount", fault)


class IssueForm(AmountForm):
    """Issue one target. An exempt unit is asked about once more (F-64)."""

    unit = forms.ModelChoiceField(
        None, label=_("单位"), required=False, empty_label=_("本级（全辖区自己的目标）")
    )
    measure = forms.ChoiceField(label=_("指标"))
    span = forms.ChoiceField(label=_("期间"))
    although_exempt = forms.BooleanField(
        label=_("该单位不参加考核，仍要下达"), required=False, help_text=_("任务照样留存，但不计入任务进度。")
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.asks = False
        self.fields["unit"].queryset = open_units()
        self.fields["measure"].choices = measure_choices()
        by_kind = spans(today)
        self.fields["span"].choices = [by_kind[-1], *by_kind[:-1]]

    def clean(self):
        given = super().clean()
        name = given.get("measure")
        if name:
            kind = Measure.objects.filter(name=name).values_list("kind", flat=True).first()
            self.read_amount(ClaimKind(kind))
        unit = given.get("unit")
        self.asks = unit is not None and unit.exempt
        if self.asks and not given.get("although_exempt"):
            asked = _("“{unit}”登记为不参加考核，确需下达请勾选。").format(unit=unit)
            self.add_error("although_exempt", asked)
        if "span" in given:
            given["kind"], _colon, given["starts_on"] = given["span"].partition(":")
        return given


class ReviseForm(AmountForm):
    """Another amount for a target, why, and by which document."""

    reason = reason_field(_("调整理由"))
    field_order = ["amount", "counted_in", "reason", "document", "issuer", "issued_on"]

    def __init__(self, *args, target: Target, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = target.measure.kind
        if self.kind in COUNTED:
            self.fields["counted_in"].choices = [(PIECES, _("个、次、条"))]
        else:
            self.fields["counted_in"].choices = MONEY_UNITS

    def clean(self):
        given = super().clean()
        self.read_amount(self.kind)
        return given


class LoadForm(PaperForm, ListForm):
    """A list of targets under one document."""

    reason = forms.CharField(
        label=_("调整理由"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("表中有已下达的任务、数字不同的，填了理由才按调整办理；只下达新任务的不填。"),
    )
    field_order = ["document", "issuer", "issued_on", "reason", "workbook"]


class AcceptForm(PaperForm):
    """The document once more, beside the file that waits."""

    reason = forms.CharField(max_length=500, required=False)
