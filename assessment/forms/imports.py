"""Uploading a workbook, answering what it asks, taking an import back."""

import re
from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.sheets.reader import MOST_BYTES

ASKED = re.compile(r"ask-(\d{1,4})")


class UploadForm(forms.Form):
    """The workbook itself."""

    workbook = forms.FileField(
        label=_("工作簿"),
        widget=forms.FileInput({"accept": ".xlsx,.xls"}),
        help_text=_("任务分解表、项目台账、到位资金明细、零报告等，按表头识别；.xlsx 或 .xls，最大 20 MB。"),
        error_messages={"required": _("请选择要导入的工作簿。"), "empty": _("文件是空的，请重新选择。")},
    )

    def clean_workbook(self):
        """Not larger than what is read; everything else the reader says in its own words."""
        file = self.cleaned_data["workbook"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"文件超过 {MOST_BYTES >> 20} MB。请删去图片和无关的表。")
        return file


class KeptForm(forms.Form):
    """A workbook that was uploaded before, by its token."""

    token = forms.CharField(max_length=64)
    file_name = forms.CharField(max_length=200)


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label=_("撤销的理由"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明撤销的理由。")},
    )


def answers_in(data: Mapping[str, str]) -> dict[str, str]:
    """The answers of a form: each ask's key (``ask-n``) with what was chosen for it (``answer-n``)."""
    answers = {}
    for name, key in data.items():
        if found := ASKED.fullmatch(name):
            answer = data.get(f"answer-{found[1]}", "").strip()
            if answer:
                answers[key] = answer
    return answers
