"""What a value must be, asked by forms and services alike."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_LOGIN = re.compile(r"[a-z][a-z0-9_.-]{2,29}")


def login(text: str) -> None:
    """A username: 3 to 30 lower-case letters, digits, dots, dashes and underscores, a letter first."""
    if not _LOGIN.fullmatch(text):
        raise ValidationError(
            _("用户名为 3 至 30 位小写字母、数字、点、短横或下划线，以字母开头。"), code="login"
        )
