"""What the findings are asked about: a filing period or all, and one kind of claim or one measure."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.choices import ReasonCode, Verdict
from assessment.models import Measure
from assessment.queries.reductions import RESULTS, Asked
from projects.choices import ClaimKind
from projects.models import Period


class ReductionsForm(forms.Form):
    """核减情况: what the tables are about; the hidden fields narrow to the rows behind one number."""

    period = forms.TypedChoiceField(label=_("填报期"), required=False, coerce=int, empty_value=None)
    about = forms.ChoiceField(label=_("类别或口径"), required=False)
    unit = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    office = forms.CharField(required=False, max_length=120)
    verdict = forms.ChoiceField(required=False, choices=[("", ""), *Verdict.choices])
    inspector = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    code = forms.ChoiceField(required=False, choices=[("", ""), *ReasonCode.choices])
    result = forms.ChoiceField(required=False, choices=[(key, key) for key in ("", *RESULTS)])

    def __init__(self, *args, periods: list[Period], measures: list[Measure], **kwargs):
        super().__init__(*args, **kwargs)
        self.periods = {period.pk: period for period in periods}
        self.measures = {str(measure.pk): measure for measure in measures}
        self.fields["about"].choices = [
            (_("类别"), ClaimKind.choices),
            (_("统计口径"), [(key, measure.name) for key, measure in self.measures.items()]),
        ]
        self.fields["period"].choices = [("", _("全部")), *((pk, name) for pk, name in self.periods.items())]

    def asked(self) -> Asked:
        """What is asked; a field that is wrong is answered as if it were empty."""
        self.is_valid()
        data = self.cleaned_data
        about = data.get("about") or ClaimKind.PAID_IN.value
        measure = self.measures.get(about)
        return Asked(
            kind=measure.kind if measure else about,
            measure=measure,
            period=self.periods.get(data.get("period")),
            unit_id=data.get("unit"),
            office=data.get("office", ""),
            inspector_id=data.get("inspector"),
            code=data.get("code", ""),
            verdict=data.get("verdict", ""),
        )

    def chosen(self) -> str:
        """Which of the claims are listed: all of them unless decided, reduced, rejected or waiting ones."""
        self.is_valid()
        return self.cleaned_data.get("result", "")
