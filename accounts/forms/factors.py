from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """动态口令: the six digits that the device shows now. Spaces between them are forgiven."""

    code = forms.CharField(
        label=_("动态口令"),
        max_length=12,
        help_text=_("打开手机上的动态口令应用，输入此刻显示的 6 位数字。"),
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autofocus": True,
                "pattern": "[0-9 ]*",
            }
        ),
    )

    def clean_code(self):
        code = "".join(self.cleaned_data["code"].split())
        if len(code) != 6 or not (code.isascii() and code.isdecimal()):
            raise forms.ValidationError(_("动态口令是 6 位数字。"))
        return code
