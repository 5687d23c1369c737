"""计划日期: the days on which a project means to reach the stages that lie ahead of it."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import stages
from projects.choices import Stage
from projects.forms.fields import DayField


class PlanForm(forms.Form):
    """A day for each stage that lies ahead, and why where a day is changed."""

    signed = DayField(label=_("计划签约"), required=False)
    landed = DayField(label=_("计划落地"), required=False)
    started = DayField(label=_("计划开工"), required=False)
    completed = DayField(label=_("计划竣工"), required=False)
    in_production = DayField(label=_("计划投产"), required=False)
    reason = forms.CharField(
        label=_("调整理由"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("第一次填写计划不用写；修改已有的计划日期须写明理由，原计划保留可查。"),
    )

    def __init__(self, *args, ahead: Iterable[Stage], **kwargs):
        super().__init__(*args, **kwargs)
        for stage in set(stages.PLANNED) - set(ahead):
            del self.fields[stage.value]

    def entry(self) -> dict:
        """What the service takes."""
        days = dict(self.cleaned_data)
        return {"reason": days.pop("reason"), "days": days}
