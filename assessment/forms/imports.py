"""Answering what a workbook asks, taking an import back."""

import re
from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

ASKED = re.compile(r"ask-(\d{1,4})")


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
