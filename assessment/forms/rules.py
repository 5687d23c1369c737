"""The form of a rule of reminding: the columns of its kind, the document behind it, and why."""

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from assessment.choices import RuleKind
from assessment.models import Measure, Rule
from assessment.models.notice import BY_MONTH
from projects.forms.fields import DayField

MONTHLY = ("first_month", "every_months", "leader_months", "principal_months", "principal_office")
BY_DAY = ("unit_days", "leader_days", "principal_days", "principal_office")
OF_KIND: dict[str, tuple[str, ...]] = {
    RuleKind.ZERO: (*MONTHLY, "silent_days"),
    RuleKind.BEHIND: MONTHLY,
    RuleKind.NOT_REPORTED: BY_DAY,
    RuleKind.DUE_SOON: ("days_before",),
    RuleKind.REVIEWER: BY_DAY,
}
HOURS = ("hours_from", "hours_until")
MUST = {"first_month", "every_months", "silent_days", "unit_days", "days_before", *HOURS}
HELP = {
    "leader_months": _("不填即不提请。如3：3月、6月、9月、12月末的提醒同时发给分管领导。"),
    "principal_months": _("不填即不提请。"),
    "leader_days": _("不填即不提请。"),
    "principal_days": _("不填即不提请。"),
    "principal_office": _("提请主要领导的必选：该办公室的领导岗位会收到提醒。"),
}


class RuleForm(forms.Form):
    """提醒规则."""

    measure = forms.ModelChoiceField(None, label=_("指标"))
    valid_from = DayField(label=_("生效日期"))
    document = forms.CharField(label=_("依据文件"), max_length=120)
    reason = forms.CharField(label=_("修改理由"), max_length=200)
    enabled = forms.BooleanField(label=_("启用"), required=False)

    def __init__(self, *args, kind: str, before: Rule | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = (*OF_KIND[kind], *HOURS)
        found = fields_for_model(Rule, self.columns)
        for name in self.columns:
            found[name].required = name in MUST
            found[name].help_text = HELP.get(name, "")
        self.fields = {**found, **self.fields}
        for name in HOURS:
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        if before is not None or kind not in BY_MONTH:
            del self.fields["measure"]
        else:
            self.fields["measure"].queryset = Measure.objects.filter(version=1).order_by("pk")

    @property
    def values(self) -> dict[str, Any]:
        """The rule's own columns as given."""
        return {
            name: self.cleaned_data[name] for name in (*self.columns, "valid_from", "document", "enabled")
        }

    @property
    def steps(self) -> list[forms.BoundField]:
        """The fields of when and whom, in their order."""
        return [self[name] for name in self.columns]


def initial(before: Rule) -> dict[str, Any]:
    """What the form shows of the version in force."""
    names = (*OF_KIND[before.kind], *HOURS, "enabled")
    return {name: getattr(before, name) for name in names}
