"""Forms of projects by hand: the project itself, a signature, a stage move and its confirmation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import UnitKind
from accounts.models import Unit
from projects.choices import CLAIMANT_FILES, AgreementKind, BusinessLine, Channel, LeftBecause
from projects.forms.fields import MONEY_UNITS, AmountField, DayField, FilesField
from projects.forms.reuse import ReusingForm
from projects.models import Agreement, Project
from projects.services import agreements, projects

AMOUNTS = ("total_wan", "introduced_wan", "fixed_assets_wan")


def units_named():
    """Units that may introduce or host a project, by pinyin."""
    return Unit.objects.exclude(kind=UnitKind.OFFICE).order_by("sort_key", "pk")


class ProjectForm(forms.Form):
    """项目资料. ``units``: the units to choose from, None where it is the own one."""

    unit = forms.ModelChoiceField(None, label=_("引进单位"), empty_label=_("请选择"))
    name = forms.CharField(label=_("项目名称"), max_length=120)
    firm_name = forms.CharField(label=_("投资方"), max_length=120, help_text=_("按营业执照写全称。"))
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=30, required=False, help_text=_("十八位；暂无代码的留空。")
    )
    division = forms.CharField(
        label=_("投资方所在地"), max_length=60, required=False, help_text=_("如 福建福州。")
    )
    line = forms.ChoiceField(label=_("业务条线"), choices=BusinessLine.choices)
    channel = forms.ChoiceField(
        label=_("招商方式"), choices=[("", _("不填")), *Channel.choices], required=False
    )
    year_introduced = forms.IntegerField(
        label=_("引进年份"), required=False, help_text=_("不填即为今年；往年引进的按实填写。")
    )
    host_unit = forms.ModelChoiceField(None, label=_("落户地"), required=False, empty_label=_("未定"))
    industry = forms.CharField(
        label=_("行业代码"), max_length=5, required=False, help_text=_("国民经济行业代码，如 C3562。")
    )
    parent = forms.ModelChoiceField(
        None, label=_("前期项目"), required=False, empty_label=_("不是后续项目"),
        help_text=_("二期、扩建等选择前期项目。"),
    )  # fmt: skip

    def __init__(self, *args, parents, units=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["host_unit"].queryset = units_named()
        self.fields["parent"].queryset = parents.order_by("name", "pk")
        if units is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units

    def entry(self) -> projects.Entry:
        """What the services take."""
        values = {name: value for name, value in self.cleaned_data.items() if name in ENTRY}
        return projects.Entry(**values)


ENTRY = {
    *("name", "firm_name", "credit_code", "division", "line", "channel", "year_introduced"),
    *("host_unit", "industry", "parent"),
}


def initial_of(project: Project) -> dict[str, Any]:
    """A project's own values, for the form that corrects it."""
    firm = project.enterprise
    values = {name: getattr(project, name) for name in ENTRY & {field.name for field in Project._meta.fields}}
    known = {"firm_name": firm.name, "credit_code": firm.credit_code or "", "division": firm.division}
    return {**values, **known}


class StartForm(ProjectForm):
    """A new project with the day on which it came to negotiation (在谈)."""

    happened_on = DayField(label=_("开始洽谈日期"), help_text=_("如 2012-03-05。"))


class AgreementForm(forms.Form):
    """登记协议. Amounts come out in 万元; an unknown one stays empty."""

    kind = forms.ChoiceField(label=_("协议类型"), choices=AgreementKind.choices)
    signed_on = DayField(label=_("签约日期"), help_text=_("如 2012-03-05、2012年3月5日。"))
    money_unit = forms.ChoiceField(label=_("金额单位"), choices=MONEY_UNITS, initial="万元")
    total_wan = AmountField(
        label=_("总投资"), required=False, help_text=_("补充协议填增加的部分；不清楚的留空。")
    )
    introduced_wan = AmountField(
        label=_("引资额"), required=False, help_text=_("总投资中来自县外的部分，不能大于总投资。")
    )
    fixed_assets_wan = AmountField(label=_("固定资产投资"), required=False)
    supersedes = forms.ModelChoiceField(
        None,
        label=_("替代的协议"),
        required=False,
        empty_label=_("不替代"),
        help_text=_("意向升格为合同、业主变更的，选择原协议：已申报过的金额不会重复申报。"),
        error_messages={"invalid_choice": _("请选择本项目更早签订的协议。")},
    )
    late_ok = forms.BooleanField(label=_("签约日期所在的填报期已关闭时，登记为补报"), required=False)

    def __init__(self, *args, project, **kwargs):
        super().__init__(*args, **kwargs)
        found = Agreement.objects.filter(project=project).order_by("signed_on", "pk")
        self.fields["supersedes"].queryset = found
        self.fields["supersedes"].label_from_instance = _agreement_words

    def clean(self):
        values = super().clean()
        unit = values.get("money_unit", "万元")
        for name in AMOUNTS:
            try:
                values[name] = AmountField.read(values.get(name), unit)
            except forms.ValidationError as fault:
                self.add_error(name, fault)
        return values

    def entry(self) -> agreements.Entry:
        """What the service records."""
        names = ("kind", "signed_on", *AMOUNTS, "supersedes")
        return agreements.Entry(**{name: self.cleaned_data[name] for name in names})


def _agreement_words(agreement: Agreement) -> str:
    return f"{agreement.get_kind_display()}（{agreement.signed_on:%Y-%m-%d}）"


class MoveForm(forms.Form):
    """变更阶段."""

    to = forms.ChoiceField(label=_("变更为"))
    happened_on = DayField(label=_("日期"), help_text=_("实际达到这一阶段的日期，如 2012-03-05。"))
    note = forms.CharField(
        label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(
        label=_("跨阶段、回退或中断的理由"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("推进到下一阶段不用填写；其他变更写明理由，经另一人确认后生效。"),
    )
    code = forms.ChoiceField(
        label=_("中断原因"),
        choices=[("", _("不是中断")), *LeftBecause.choices],
        required=False,
        help_text=_("变更为中止、终止、失联的必须选择，按原因汇总；其他变更不选。"),
    )
    late_ok = forms.BooleanField(label=_("日期所在的填报期已关闭时，登记为补报"), required=False)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = choices


class ConfirmForm(forms.Form):
    """确认阶段变更."""

    answer = forms.CharField(
        label=_("意见"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不同意的须写明原因。"),
    )
    late_ok = forms.BooleanField(label=_("日期所在的填报期已关闭时，登记为补报"), required=False)


class ProjectFilesForm(ReusingForm):
    """上传项目材料."""

    kind = forms.ChoiceField(
        label=_("材料种类"), choices=[(kind.value, kind.label) for kind in CLAIMANT_FILES]
    )
    files = FilesField(
        label=_("材料"), help_text=_("可选多个：jpg、png、pdf、docx、xlsx，单个不超过 20 MB。")
    )


class EnterpriseForm(forms.Form):
    """企业资料."""

    firm_name = forms.CharField(label=_("企业名称"), max_length=120)
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=30, required=False, help_text=_("十八位；暂无代码的留空。")
    )
    division = forms.CharField(label=_("所在地"), max_length=60, required=False)


class BecauseForm(forms.Form):
    """A reason in the person's own words."""

    reason = forms.CharField(
        label=_("原因"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
