"""Which numbers are asked for: as of which day, on which basis, after which counting rule."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.choices import Basis
from assessment.standard_measures import PAID_IN

FIRST_YEAR = 2000  # the standard measures are valid from here on


@dataclass(frozen=True)
class Question:
    """What is asked, always complete: what was given wrongly falls back to today's verified figure."""

    as_of: dt.date
    basis: Basis
    measure: str

    def query(self, **changes: str) -> str:
        """The question as the parameters of a link, with these changes."""
        asked = {"as_of": self.as_of.isoformat(), "basis": self.basis.value, "measure": self.measure}
        return urlencode(asked | changes)


class NumbersForm(forms.Form):
    """The question as a form; every field may stay empty."""

    as_of = forms.DateField(
        label=_("截止日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    measure = forms.ChoiceField(label=_("指标"), required=False)
    basis = forms.ChoiceField(
        label=_("口径"), required=False, choices=Basis.choices, widget=forms.HiddenInput
    )

    def __init__(self, data, *, today: dt.date, measures: list[str] | None = None):
        # What is not given is shown as it is taken: today, verified, money that arrived.
        given = {"as_of": today.isoformat(), "basis": Basis.VERIFIED.value, "measure": PAID_IN}
        super().__init__(given | {name: value for name, value in data.items() if value})
        self.today = today
        if measures is None:
            del self.fields["measure"]
        else:
            self.fields["measure"].choices = [(name, name) for name in measures]

    def clean_as_of(self):
        """Not before the first rule, not after today."""
        day = self.cleaned_data["as_of"]
        if day and not dt.date(FIRST_YEAR, 1, 1) <= day <= self.today:
            raise forms.ValidationError(
                f"截止日期应在 {FIRST_YEAR}-01-01 至今天（{self.today:%Y-%m-%d}）之间。"
            )
        return day

    def question(self) -> Question:
        """What is asked; a field that is wrong is answered as if it were empty."""
        self.is_valid()
        data = self.cleaned_data
        return Question(
            data.get("as_of") or self.today,
            Basis(data.get("basis") or Basis.VERIFIED),
            data.get("measure") or PAID_IN,
        )
