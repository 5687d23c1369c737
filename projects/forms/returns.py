"""Forms of filing periods and Returns."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.choices import PeriodKind
from projects.forms.fields import DayField, FilesField
from projects.models import FilingRule, Period
from projects.queries import returns
from projects.services import periods
from projects.sheets.periods import Span

STATES = [
    ("", _("全部")),
    (returns.MISSING, _("未报")),
    (returns.EXEMPT, _("不适用")),
    (returns.ADDED, _("上报后有新增")),
    (returns.ZERO, _("零报告")),
    (returns.ZERO_TO_CONFIRM, _("零报告待确认")),
    (returns.FILED, _("已上报")),
    (returns.OVERDUE, _("逾期上报")),
    (returns.TO_CONFIRM, _("代填待确认")),
    (returns.REOPENED, _("重新开放")),
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


def next_spans(today: dt.date) -> list[Span]:
    """Of each kind that the tenant files the next period to open, once it begins within a month."""
    found = []
    for rule in FilingRule.objects.filter(filed=True).order_by("pk"):
        step = periods.MONTHS[PeriodKind(rule.kind)]
        first = dt.date(today.year, (today.month - 1) // step * step + 1, 1)
        opened = Period.objects.filter(kind=rule.kind, filed=True, starts_on__gte=first)
        last = opened.order_by("-starts_on").first()
        following = last.ends_on + dt.timedelta(days=1) if last else first
        if following <= today + dt.timedelta(days=31):
            found.append(periods.span(rule.kind, following))
    return found


class PeriodForm(forms.Form):
    """开启填报期."""

    span = forms.ChoiceField(label=_("填报期"))
    opens_on = DayField(label=_("开放日期"), required=False, help_text=_("不填即为该期第一天。"))
    due_on = DayField(
        label=_("上报截止"), required=False, help_text=_("不填即按填报规则推算；此后上报的照收，标注“逾期”。")
    )
    closes_on = DayField(
        label=_("填报关闭日期"), required=False, help_text=_("不填即按填报规则推算；当日24时后不再收。")
    )

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


class RuleForm(forms.Form):
    """填报规则."""

    kind = forms.ChoiceField(label=_("类型"), choices=PeriodKind.choices)
    filed = forms.BooleanField(label=_("需要填报"), required=False)
    due_days = forms.IntegerField(label=_("期末后几个工作日内上报"), min_value=0, max_value=60)
    close_days = forms.IntegerField(label=_("截止后几个工作日关闭"), min_value=0, max_value=60)


class ReopenForm(forms.Form):
    """重新开放一份报表."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("写明依据和要补正的内容，记入变更记录并在填报期页面列出。"),
        error_messages={"required": _("请写明重新开放的理由。")},
    )
    days = forms.IntegerField(
        label=_("开放几个工作日"),
        min_value=1,
        max_value=10,
        initial=2,
        help_text=_("到最后一个工作日24时为止，到时自动关闭。"),
    )


class ScanForm(forms.Form):
    """盖章的报表."""

    files = FilesField(label=_("盖章扫描件"), help_text=_("照片或扫描件，可多选。"))
