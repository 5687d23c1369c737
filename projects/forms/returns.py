"""Forms of filing periods and Returns."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.choices import PeriodKind
from projects.forms.fields import DayField
from projects.queries import returns
from projects.services import periods

STATES = [
    ("", _("全部")),
    (returns.MISSING, _("未报")),
    (returns.ADDED, _("上报后有新增")),
    (returns.ZERO, _("零报告")),
    (returns.FILED, _("已上报")),
    (returns.UNDECIDED, _("有未核实完的申报")),
    (returns.CLOSED, _("已关闭")),
]


def spans(today: dt.date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Periods of this year and of the two beside it, by kind, for a choice: value "half:2012-01-01"."""
    groups = []
    for kind in PeriodKind:
        step = periods.MONTHS[kind]
        firsts = (
            dt.date(year, month, 1)
            for year in (today.year, today.year + 1, today.year - 1)
            for month in range(1, 13, step)
        )
        groups.append(
            (str(kind.label), [(f"{kind}:{first}", periods.span(kind, first).label) for first in firsts])
        )
    return groups


class PeriodForm(forms.Form):
    """开启填报期."""

    span = forms.ChoiceField(label=_("填报期"))
    due_on = DayField(label=_("上报截止"), required=False, help_text=_("不填即为该期最后一天。"))

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["span"].choices = spans(today)

    def clean(self):
        values = super().clean()
        if "span" in values:
            kind, _colon, first = values["span"].partition(":")
            values["kind"], values["starts_on"] = kind, dt.date.fromisoformat(first)
            if values.get("due_on") and values["due_on"] < values["starts_on"]:
                self.add_error("due_on", _("上报截止不能早于该期第一天。"))
        return values
