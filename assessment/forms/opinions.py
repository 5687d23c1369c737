"""An opinion on one claim, or on the claims of one signing."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment import site_checks
from assessment.choices import ReasonCode, Step, Verdict
from assessment.models import Measure
from assessment.queries.cards import DUE, MONEY, RISK, SIGNING, Narrowed
from projects.choices import COUNTED
from projects.forms.fields import DayField
from projects.models import Claim
from projects.sheets import cells

FULL = [Verdict.ACCEPT, Verdict.REDUCE, Verdict.REJECT, Verdict.RETURN, Verdict.DOUBT]
OF_STEP = {
    Step.COMPLETENESS: [Verdict.ACCEPT, Verdict.RETURN],
    Step.FIRST_REVIEW: FULL,
    Step.INSPECTION: FULL,
    Step.JOINT: [Verdict.ACCEPT, Verdict.DOUBT],
    Step.SUPERIOR: [Verdict.ACCEPT, Verdict.REDUCE, Verdict.REJECT],
    Step.UNIT: [Verdict.RESUBMIT],
}
MEANINGS = {
    Verdict.ACCEPT: _("按申报数认可"),
    Verdict.REDUCE: _("只认可一部分，填认可数"),
    Verdict.REJECT: _("认可数为零"),
    Verdict.RETURN: _("退给申报单位补充材料"),
    Verdict.DOUBT: _("暂不下结论，留待查清"),
    Verdict.RESUBMIT: _("已补充材料，请重新核实"),
    Verdict.SKIP: _("本单位的申报不由本单位初审，直接转督查室核实"),
}
MEANINGS_AT = {
    (Step.COMPLETENESS, Verdict.ACCEPT): _("材料齐全，转入初审"),
    (Step.JOINT, Verdict.ACCEPT): _("同意督查核实的结论，会签后计入核实数"),
    (Step.JOINT, Verdict.DOUBT): _("不同意，退回督查室重新核实"),
}
# Who decides at these steps may have been on the site.
ON_SITE = (Step.INSPECTION, Step.SUPERIOR)
# A verdict that goes against the unit says of which kind its reason is.
NEEDS_CODE = (Verdict.REDUCE, Verdict.REJECT, Verdict.RETURN, Verdict.DOUBT)


def verdicts_for(claim: Claim, step: str) -> list[Verdict]:
    """What may be said about this claim. A reversal stands or falls whole, a count is not reduced."""
    allowed = OF_STEP[Step(step)]
    if claim.reverses_id or claim.kind in COUNTED or claim.reported == 0:
        return [verdict for verdict in allowed if verdict != Verdict.REDUCE]
    return list(allowed)


class OpinionForm(forms.Form):
    """Verdict, accepted figure for a reduction, reason for everything but a plain yes.

    ``days``: the day of the act and today, between which a check on the site may lie. The reason that
    comes out begins with that check.
    """

    verdict = forms.ChoiceField(
        label=_("结论"), widget=forms.RadioSelect, error_messages={"required": _("请选择结论。")}
    )
    accepted = forms.CharField(
        label=_("认可数（核减时填）"),
        required=False,
        max_length=40,
        help_text=_("如 800、800万元、1.2亿元；不写单位按万元。"),
    )
    code = forms.ChoiceField(
        label=_("理由类别"), required=False, choices=[("", _("请选择")), *ReasonCode.choices]
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("除认可外都要写明理由，申报单位会看到。"),
    )
    site_on = DayField(label=_("现场核查日期"), required=False)
    site_by = forms.CharField(label=_("核查人员"), required=False, max_length=60)
    supersedes = forms.IntegerField(
        required=False, widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1
    )

    def __init__(
        self,
        *args,
        verdicts: list[Verdict],
        step: str,
        days: tuple[dt.date, dt.date],
        reported: Decimal | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.reported, self.days = reported, days
        self.fields["verdict"].choices = [
            (verdict, f"{verdict.label}（{MEANINGS_AT.get((step, verdict), MEANINGS[verdict])}）")
            for verdict in verdicts
        ]
        if len(verdicts) == 1:
            self.fields["verdict"].initial = verdicts[0]
        if verdicts == [Verdict.RESUBMIT]:
            self.fields["reason"].required = True
            self.fields["reason"].help_text = _("写明补充了什么，核实人员会看到。")
        if Verdict.REDUCE not in verdicts:
            del self.fields["accepted"]
        if not set(verdicts) & set(NEEDS_CODE):
            del self.fields["code"]
        if step not in ON_SITE:
            del self.fields["site_on"], self.fields["site_by"]

    def on_site(self) -> list[forms.BoundField]:
        """The fields of a check on the site, as far as this form has them."""
        return [self[name] for name in ("site_on", "site_by") if name in self.fields]

    @property
    def site_told(self) -> bool:
        """Whether something stands in these fields: then they are shown."""
        return any(field.value() or field.errors for field in self.on_site())

    def details(self) -> list[forms.BoundField]:
        """The fields below the verdict, as far as this form has them."""
        return [self[name] for name in ("accepted", "code", "reason") if name in self.fields]

    def clean_accepted(self):
        """The figure in 万元, or None."""
        try:
            return cells.amount(self.cleaned_data["accepted"])
        except cells.Unreadable as fault:
            raise forms.ValidationError(str(fault)) from fault

    def clean(self):
        data = super().clean()
        verdict = data.get("verdict")
        if verdict and verdict not in (Verdict.ACCEPT, Verdict.SKIP) and not data.get("reason", "").strip():
            self.add_error("reason", _("请写明理由，申报单位要据此补正或申诉。"))
        if verdict in NEEDS_CODE and not data.get("code"):
            self.add_error("code", _("请选择理由类别，便于分类统计。"))
        if "accepted" in data:
            self._check_amount(verdict, data["accepted"])
        if data.get("site_by") and not data.get("site_on") and "site_on" not in self.errors:
            self.add_error("site_on", _("填了核查人员，请同时填写现场核查日期。"))
        elif data.get("site_on"):
            said = site_checks.words(data["site_on"], data.get("site_by", ""))
            data["reason"] = f"{said}。{data.get('reason', '')}"
        return data

    def clean_site_on(self) -> dt.date | None:
        """A day between the act and today; None where nobody went."""
        on = self.cleaned_data["site_on"]
        happened_on, today = self.days
        if on and (said := site_checks.fault(on, happened_on=happened_on, today=today)):
            raise forms.ValidationError(said)
        return on

    def _check_amount(self, verdict: str | None, accepted: Decimal | None) -> None:
        if verdict == Verdict.REDUCE and accepted is None:
            self.add_error("accepted", _("核减请填写认可数。"))
        elif verdict == Verdict.REDUCE and not 0 < accepted < self.reported:
            reported = cells.plain(self.reported)
            self.add_error(
                "accepted",
                f"认可数 {cells.plain(accepted)} 万元应大于零、小于申报数 {reported} 万元；"
                "等于申报数请选“认可”，为零请选“不予认可”。",
            )
        elif verdict and verdict != Verdict.REDUCE and accepted is not None:
            self.add_error("accepted", _("填了认可数，结论却不是“核减”，请确认是哪一种。"))


class QueueFilter(forms.Form):
    """What the queue is narrowed to."""

    unit = forms.TypedChoiceField(label=_("单位"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(
        label=_("类别"),
        required=False,
        choices=[("", _("全部")), (MONEY, _("到位资金")), (SIGNING, _("签约"))],
    )
    measure = forms.ChoiceField(label=_("指标"), required=False)
    order = forms.ChoiceField(
        label=_("排序"), required=False, choices=[(DUE, _("截止日期")), (RISK, _("风险"))]
    )
    doubts = forms.BooleanField(label=_("只看有疑点的"), required=False)

    def __init__(self, *args, units: list[tuple[int, str]], measures: list[Measure], **kwargs):
        super().__init__(*args, **kwargs)
        self.measures = {measure.name: measure for measure in measures}
        self.fields["unit"].choices = [("", _("全部")), *units]
        self.fields["measure"].choices = [("", _("全部")), *((name, name) for name in self.measures)]

    def narrowed(self) -> Narrowed:
        """The filters that were given; those that are wrong narrow nothing."""
        self.is_valid()
        data = self.cleaned_data
        return Narrowed(
            data.get("unit"),
            data.get("kind", ""),
            bool(data.get("doubts")),
            self.measures.get(data.get("measure", "")),
            data.get("order") or DUE,
        )

    def words(self) -> str:
        """What the queue is narrowed to and how it is ordered, for paper and log."""
        self.is_valid()
        said = [
            f"{self.fields[name].label}：{dict(self.fields[name].choices)[value]}"
            for name in ("unit", "kind", "measure", "order")
            if (value := self.cleaned_data.get(name))
        ]
        return "；".join(
            [*said, *([str(self.fields["doubts"].label)] if self.cleaned_data.get("doubts") else [])]
        )
