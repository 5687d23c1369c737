"""现场核查记录: the signed sheet and the photos of a check on the site."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment import site_checks
from projects.forms.fields import DayField, FilesField
from projects.services.evidence import Upload


class SiteRecordForm(forms.Form):
    """When, who, and the files."""

    checked_on = DayField(label=_("现场核查日期"), help_text=_("如 2012-06-28、2012年6月28日。"))
    checked_by = forms.CharField(
        label=_("核查人员"), required=False, max_length=60, help_text=_("到现场的人，如 张三、李四。")
    )
    photos = FilesField(label=_("拍照"), camera=True)
    files = FilesField(
        label=_("签字的核查表、现场照片"),
        help_text=_("可选多个：jpg、png、pdf、docx、xlsx，单个不超过 20 MB。"),
    )

    def __init__(self, *args, happened_on: dt.date, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.happened_on, self.today = happened_on, today

    def clean_checked_on(self) -> dt.date:
        """A day between the act and today."""
        on = self.cleaned_data["checked_on"]
        if said := site_checks.fault(on, happened_on=self.happened_on, today=self.today):
            raise forms.ValidationError(said)
        return on

    def uploads(self) -> list[Upload]:
        """Everything chosen, photos first."""
        return [*self.cleaned_data["photos"], *self.cleaned_data["files"]]
