"""公示、结果和异议: what is published, how long units may object, and what is said about a claim."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.units import reason_field
from assessment.choices import ObjectionOutcome
from projects.models import Period

WITH, WITHOUT = "with", "without"


class PeriodChoice(forms.ModelChoiceField):
    """A period by its name."""

    def label_from_instance(self, obj):
        return obj.name


class PublishForm(forms.Form):
    """Which period, with how much time for objections; none has a reason."""

    period = PeriodChoice(label=_("填报期"), queryset=None, empty_label=None)
    time = forms.ChoiceField(
        label=_("公示期"),
        choices=[(WITH, _("设公示期，收异议")), (WITHOUT, _("不设公示期（须写明理由）"))],
        initial=WITH,
    )
    objection_days = forms.IntegerField(
        label=_("公示几个工作日"),
        required=False,
        initial=5,
        min_value=1,
        max_value=60,
        help_text=_("从公示的第二天起算；公示当日不能期满。"),
        error_messages={"min_value": _("公示当日不能期满：至少一个工作日；不设公示期的请另选并写明理由。")},
    )
    answer_days = forms.IntegerField(label=_("异议在几个工作日内答复"), initial=5, min_value=1, max_value=60)
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("不设公示期或重新公示时必填。"),
    )

    def __init__(self, *args, periods: list[Period], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].queryset = Period.objects.filter(pk__in=[period.pk for period in periods])

    def clean(self):
        """Work days where there is time for objections, none otherwise."""
        given = super().clean()
        if given.get("time") == WITHOUT:
            given["objection_days"] = None
        elif given.get("objection_days") is None and "objection_days" not in self.errors:
            self.add_error("objection_days", _("请填写公示的工作日数。"))
        return given


class FreezeForm(forms.Form):
    """The reason of a result that corrects an earlier one."""

    reason = forms.CharField(
        label=_("更正理由"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )


class ObjectionForm(forms.Form):
    """What a unit has against the figure of a claim."""

    reason = reason_field(_("异议理由"))


class AnswerForm(forms.Form):
    """The one answer to an objection."""

    outcome = forms.ChoiceField(label=_("结论"), choices=[("", _("请选择")), *ObjectionOutcome.choices])
    text = forms.CharField(
        label=_("答复"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("写明依据。采纳的，数字不会自动改变，请按程序重新开放报表并另提核实意见。"),
        error_messages={"required": _("请写明答复的内容。")},
    )
