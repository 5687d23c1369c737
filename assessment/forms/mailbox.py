from django import forms
from django.utils.translation import gettext_lazy as _


class MailboxForm(forms.Form):
    """电子邮箱: where the notices of one's own post are mailed."""

    address = forms.EmailField(
        label=_("电子邮箱"),
        required=False,
        max_length=120,
        help_text=_("留空则只在门户内接收提醒。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
