"""The form of a voucher: reads every field, refuses what is no date, no amount and no file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.choices import VOUCHER_FILES, ClaimKind, VoucherKind
from projects.forms.fields import MONEY_UNITS, AmountField, DayField, FilesField
from projects.forms.reuse import ReusingForm
from projects.models import Split
from projects.services import evidence
from projects.services.vouchers import Entry


class VoucherForm(forms.Form):
    """登记凭证. Amounts come out in 万元; ``uploads`` are the acceptable files, kept ones included.

    ``held`` is the token under which ``uploads`` wait for the next try.
    """

    held = ""

    unit = forms.ModelChoiceField(
        None,
        label=_("申报单位"),
        help_text=_("招商局代填时选择；默认为项目的引进单位。"),
        error_messages={"invalid_choice": _("没有这个单位，请从列表中选择。")},
    )
    kind = forms.ChoiceField(label=_("凭证类型"), choices=VoucherKind.choices)
    number = forms.CharField(label=_("凭证号"), max_length=60)
    dated_on = DayField(label=_("凭证日期"), help_text=_("如 2012-03-05、2012年3月5日。"))
    money_unit = forms.ChoiceField(label=_("金额单位"), choices=MONEY_UNITS, initial="万元")
    face_wan = AmountField(
        label=_("凭证面额"), help_text=_("凭证上的全部金额，如 500；也可带单位，如 1.2亿、35万元。")
    )
    claimed_wan = AmountField(
        label=_("申报到位资金"),
        required=False,
        help_text=_("不填即为凭证面额；只申报其中一部分的，填该部分。"),
    )
    split = forms.ModelChoiceField(
        None,
        label=_("分成协议"),
        required=False,
        empty_label=_("不分成，全部计入申报单位"),
        error_messages={"invalid_choice": _("这份分成协议不属于该项目。")},
    )
    photos = FilesField(label=_("拍照"), camera=True)
    files = FilesField(
        label=_("佐证材料"),
        help_text=_("进账单、发票等的照片或扫描件，可选多个：jpg、png、pdf、docx、xlsx，单个不超过 20 MB。"),
    )

    def __init__(self, *args, project, today, units=None, kept=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.project, self.today = project, today
        self.kept = self.uploads = list(kept)
        splits = Split.objects.filter(project=project, lines__kind=ClaimKind.PAID_IN).distinct()
        self.fields["split"].queryset = splits.order_by("agreed_on", "pk")
        self.fields["split"].label_from_instance = _split_words
        if not splits:
            del self.fields["split"]
        if units is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units
            self.fields["unit"].initial = project.unit_id

    def clean_dated_on(self):
        """A day that has not come is told together with the other faults; the service refuses it anyway."""
        day = self.cleaned_data["dated_on"]
        if day is not None and day > self.today:
            raise forms.ValidationError(
                f"日期 {day:%Y-%m-%d} 晚于今天（{self.today:%Y-%m-%d}），请核对凭证。"
            )
        return day

    def clean_face_wan(self):
        amount = AmountField.read(self.cleaned_data["face_wan"], self._unit())
        if amount is None:
            raise forms.ValidationError("请填写凭证面额。")
        return amount

    def clean_claimed_wan(self):
        return AmountField.read(self.cleaned_data["claimed_wan"], self._unit())

    def clean_files(self):
        """Checked here too, so that a bad file is told together with the other faults."""
        accepted, refused = evidence.checked(
            [*self.kept, *self.cleaned_data.get("photos", []), *self.cleaned_data["files"]]
        )
        self.uploads = [file.upload for file in accepted]
        if refused:
            raise forms.ValidationError(refused)
        if not accepted:
            raise forms.ValidationError("请上传佐证材料（进账单、发票、结算单等）。")
        return self.uploads

    @property
    def split_or_part_given(self):
        """Whether one of the rarely needed fields says something: then they are shown."""
        return any(
            self[name].value() or self[name].errors
            for name in ("claimed_wan", "split")
            if name in self.fields
        )

    def _unit(self):
        return self.cleaned_data.get("money_unit", "万元")

    def entry(self) -> Entry:
        """What the service records."""
        values = self.cleaned_data
        return Entry(
            project=self.project,
            kind=values["kind"],
            number=values["number"],
            dated_on=values["dated_on"],
            face_wan=values["face_wan"],
            claimed_wan=values["claimed_wan"],
            split=values.get("split"),
            files=self.uploads,
        )


def _split_words(split: Split) -> str:
    return f"{split.document}（{split.agreed_on:%Y-%m-%d}）"


class EvidenceForm(ReusingForm):
    """补充佐证材料; a kind that is not named is the paper itself."""

    kind = forms.ChoiceField(
        label=_("材料种类"), choices=[(kind.value, kind.label) for kind in VOUCHER_FILES], required=False
    )
    photos = FilesField(label=_("拍照"), camera=True)
    files = FilesField(
        label=_("补充佐证材料"), help_text=_("可选多个：jpg、png、pdf、docx、xlsx，单个不超过 20 MB。")
    )

    def uploads(self):
        """Everything chosen, photos first."""
        return [*self.cleaned_data["photos"], *self.cleaned_data["files"]]


class ReasonForm(forms.Form):
    """A reason in the person's own words."""

    reason = forms.CharField(
        label=_("撤回理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明撤回的理由。")},
    )
