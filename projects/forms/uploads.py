"""Uploading a sheet or a workbook, and naming one that was uploaded before."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.sheets.reader import MOST_BYTES


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


class ListForm(UploadForm):
    """A list made from a template."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["workbook"].label = _("表格")
        self.fields["workbook"].help_text = _("按模板的列名填写；.xlsx 或 .xls，最大 20 MB。")


class KeptForm(forms.Form):
    """A workbook that was uploaded before, by its token."""

    token = forms.CharField(max_length=64)
    file_name = forms.CharField(max_length=200)
