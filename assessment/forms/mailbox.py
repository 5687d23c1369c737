from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.choices import MANDATORY, OPTIONAL
from assessment.models import Mailbox


class MailboxForm(forms.Form):
    """电子邮箱: where the notices of one's own post are mailed, and which of them.

    The mandatory kinds are no choices: the page lists them as ``mandatory``.
    """

    address = forms.EmailField(
        label=_("电子邮箱"),
        required=False,
        max_length=120,
        help_text=_("留空则只在门户内接收提醒。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    mailed = forms.MultipleChoiceField(
        label=_("可以选择的事项"),
        required=False,
        choices=[(kind.value, kind.label) for kind in OPTIONAL],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选的发邮件；不勾选的只在门户内提醒，不会不提醒。"),
    )
    mandatory = [(kind.label, reason) for kind, reason in MANDATORY.items()]

    def __init__(self, data: Any, *, mailbox: Mailbox):
        kept = [kind.value for kind in OPTIONAL if kind not in mailbox.muted]
        super().__init__(data, initial={"address": mailbox.address, "mailed": kept})

    def kept(self) -> dict[str, Any]:
        """What the service is given."""
        mailed = self.cleaned_data["mailed"]
        muted = [kind.value for kind in OPTIONAL if kind not in mailed]
        return {"address": self.cleaned_data["address"], "muted": muted}
