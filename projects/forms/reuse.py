"""选用已有材料: a form that adds files and offers those that the portal holds already (无需重复上传)."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReusingForm(forms.Form):
    """``reusable``: name and uses of the files to choose from, by evidence id.

    A file that is chosen and files that are sent are two acts, so one form takes only one of them.
    """

    reused = forms.TypedChoiceField(
        label=_("选用已有材料"),
        help_text=_("同一企业的项目、协议、凭证、走访已有的文件，直接选用，不必再上传。"),
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": _("没有这个文件，请从列表中选择。")},
    )

    def __init__(self, *args, reusable: dict[int, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reused"].choices = [("", _("不选用，上传新文件")), *reusable.items()]

    def clean(self):
        values = super().clean()
        if values.get("reused") and (values.get("files") or values.get("photos")):
            self.add_error("reused", _("选用已有材料和上传新文件请分两次提交。"))
        return values
