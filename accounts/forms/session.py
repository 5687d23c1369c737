"""Forms of signing in."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """登录: name and password; one message for everything that may be wrong."""

    error_messages = {
        "invalid_login": _("用户名或密码不正确，请重新输入。连续输错 5 次，该账户锁定 15 分钟。"),
        "inactive": _("用户名或密码不正确，请重新输入。连续输错 5 次，该账户锁定 15 分钟。"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")


class PasswordForm(forms.Form):
    """修改密码: the service checks the old one and the strength of the new one."""

    old = forms.CharField(
        label=_("原密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=128,
        help_text=_("至少 10 个字符，不能全是数字，不能与姓名、用户名相近或过于常见。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一次新密码"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self):
        values = super().clean()
        if "new" in values and "again" in values and values["new"] != values["again"]:
            self.add_error("again", _("两次输入的新密码不一致。"))
        return values
