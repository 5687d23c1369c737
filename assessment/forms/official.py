"""独立数据: name a source, narrow its figures, load a table."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.units import DayInput, open_units, reason_field
from assessment.choices import SourceKind
from assessment.forms.numbers import FIRST_YEAR
from assessment.models import OfficialSource
from assessment.services.official import Paper
from assessment.standard_measures import PAID_IN
from projects.forms.uploads import ListForm


class SourceForm(forms.Form):
    """A table: what it is called, what it tells, who owns it."""

    name = forms.CharField(
        label=_("名称"), max_length=60, help_text=_("如“税收表”“统计入库表”，疑点里用这个名称。")
    )
    kind = forms.ChoiceField(label=_("类别"), choices=SourceKind.choices)
    owner_unit = forms.ModelChoiceField(
        None,
        label=_("负责单位"),
        required=False,
        empty_label=_("只由上级载入"),
        help_text=_("该单位的填报员和负责人可以载入；招商局不能负责。"),
    )
    margin = forms.IntegerField(
        label=_("允许高出（%）"),
        min_value=0,
        max_value=500,
        initial=20,
        help_text=_("只用于统计入库：核实到位高出统计数这个比例以上，列为疑点。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner_unit"].queryset = open_units()


class SourceEditForm(SourceForm):
    """The same table under another name or owner; what it tells stays."""

    reason = reason_field(_("修改理由"))

    def __init__(self, *args, source: OfficialSource, **kwargs):
        kept = {"name": source.name, "owner_unit": source.owner_unit_id, "margin": source.margin}
        super().__init__(*args, initial=kept, **kwargs)
        del self.fields["kind"]


class MonthInput(forms.DateInput):
    """The browser's own control for a month."""

    input_type = "month"

    def __init__(self):
        super().__init__({"type": "month"}, "%Y-%m")


class FiguresFilter(forms.Form):
    """What the figures are narrowed to; all of it stands in the address."""

    q = forms.CharField(
        label=_("企业名称或信用代码"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search"}),
    )
    since = forms.DateField(
        label=_("月份起"), required=False, input_formats=["%Y-%m", "%Y-%m-%d"], widget=MonthInput()
    )
    until = forms.DateField(
        label=_("月份止"), required=False, input_formats=["%Y-%m", "%Y-%m-%d"], widget=MonthInput()
    )
    measure = forms.ChoiceField(label=_("指标"), required=False)
    replaced = forms.BooleanField(label=_("含更正前的"), required=False)

    def __init__(self, *args, measures: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", _("全部")), *((name, name) for name in measures)]
        if not measures:
            del self.fields["measure"]

    def asked(self) -> dict:
        """Arguments for ``queries.official.figures``; what is wrong narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "words": given.get("q", "").replace("\x00", ""),
            "since": given.get("since"),
            "until": given.get("until"),
            "measure": given.get("measure", ""),
            "replaced": given.get("replaced", False),
        }


class PaperForm(forms.Form):
    """With what a table came."""

    document = forms.CharField(label=_("依据（来文或数据出处）"), max_length=120)
    as_of = forms.DateField(label=_("数据截至"), widget=DayInput())
    reason = forms.CharField(
        label=_("更正理由"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("表中有已载入的月份、数值不同的，填了理由才按更正办理；只载入新数据的不填。"),
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_as_of(self):
        """Nobody knows what has not been yet."""
        day = self.cleaned_data["as_of"]
        if day > self.today:
            raise forms.ValidationError(f"截至日期不能晚于今天（{self.today:%Y-%m-%d}）。")
        return day

    def paper(self) -> Paper:
        """The form as the services take it."""
        given = self.cleaned_data
        return Paper(given["document"].strip(), given["as_of"], given["reason"].strip())


class LoadForm(PaperForm, ListForm):
    """A table with the paper with which it came."""

    field_order = ["document", "as_of", "reason", "workbook"]


class MismatchFilter(forms.Form):
    """Whose doubts of which year, at which point."""

    STATES = (("", _("全部")), ("open", _("未核实的")), ("verified", _("已核实的")))

    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    unit = forms.ModelChoiceField(None, label=_("单位"), required=False, empty_label=_("全部"))
    state = forms.ChoiceField(label=_("核实"), required=False, choices=STATES)

    def __init__(self, data, *, today):
        super().__init__({"year": today.year} | {name: value for name, value in data.items() if value})
        self.today = today
        self.fields["year"].choices = [(year, f"{year}年") for year in range(today.year, today.year - 5, -1)]
        self.fields["unit"].queryset = open_units()

    def asked(self) -> dict:
        """Arguments for ``queries.mismatch.doubtful``; what is wrong narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        unit = given.get("unit")
        return {
            "year": given.get("year") or self.today.year,
            "unit_id": unit.pk if unit else None,
            "state": given.get("state", ""),
        }


class ReconciliationForm(forms.Form):
    """What is reconciled; every field may stay empty: this year's money that arrived, up to today."""

    measure = forms.ChoiceField(label=_("指标"), required=False)
    source = forms.TypedChoiceField(label=_("官方来源"), required=False, coerce=int, empty_value=None)
    since = forms.TypedChoiceField(
        label=_("起始月份"),
        required=False,
        coerce=int,
        empty_value=1,
        choices=[(month, f"{month}月") for month in range(1, 13)],
    )
    as_of = forms.DateField(label=_("截止日期"), required=False, widget=DayInput())

    def __init__(self, data, *, today, measures: list[str]):
        given = {"as_of": today.isoformat(), "measure": PAID_IN, "since": "1"}
        super().__init__(given | {name: value for name, value in data.items() if value})
        self.today = today
        self.fields["measure"].choices = [(name, name) for name in measures]

    @property
    def measure_name(self) -> str:
        """The measure that is asked for, before the sources that know it are."""
        asked = self.data.get("measure", "")
        return asked if (asked, asked) in self.fields["measure"].choices else PAID_IN

    def offer(self, sources: list[OfficialSource]) -> None:
        """The sources to choose from, the first of which is taken where none is chosen."""
        self.fields["source"].choices = [(source.pk, source.name) for source in sources]

    def clean(self):
        given = super().clean()
        day = given.get("as_of")
        if day and not dt.date(FIRST_YEAR, 1, 1) <= day <= self.today:
            self.add_error("as_of", f"截止日期应在 {FIRST_YEAR}-01-01 至今天（{self.today:%Y-%m-%d}）之间。")
        elif day and given.get("since", 1) > day.month:
            self.add_error("since", "起始月份晚于截止日期。起止在同一年内。")
        return given

    def asked(self) -> tuple[int | None, dt.date, dt.date]:
        """Source, first day and last day; what is wrong is answered as if it were empty."""
        self.is_valid()
        given = self.cleaned_data
        as_of = given.get("as_of") or self.today
        first = dt.date(as_of.year, given.get("since") or 1, 1)
        return given.get("source"), first if first <= as_of else first.replace(month=1), as_of
