from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.units import DayInput
from accounts.queries import access


class AccessFilter(forms.Form):
    """Which kind of access, whose, and when."""

    kind = forms.ChoiceField(
        label=_("种类"),
        required=False,
        choices=[
            (access.READS, _("查看、下载和导出")),
            (access.SIGN_INS, _("登录")),
            (access.FAILURES, _("登录失败")),
        ],
    )
    q = forms.CharField(label=_("人员或用户名"), required=False, max_length=60)
    since = forms.DateField(label=_("起"), required=False, widget=DayInput())
    until = forms.DateField(label=_("止"), required=False, widget=DayInput())

    def asked(self) -> tuple[str, dict]:
        """The kind and the arguments of its query; what is wrong narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        words = given.get("q", "").replace("\x00", "")
        dates = {"since": given.get("since"), "until": given.get("until")}
        return given.get("kind") or access.READS, {"words": words, **dates}
