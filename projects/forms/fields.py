"""Fields that read what offices write: any spelling of a date, an amount with its unit, several files."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.services.evidence import LARGEST_BYTES, Upload
from projects.sheets import cells

MOST_FILES = 10
MONEY_UNITS = [("万元", _("万元")), ("元", _("元")), ("亿元", _("亿元"))]


class DayField(forms.CharField):
    """A day in any of the usual spellings (2012-03-05, 2012年3月5日, 20120305)."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"placeholder": "2012-03-05", "data-day": ""}))
        super().__init__(max_length=30, **kwargs)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return cells.date(text)
        except cells.Unreadable as fault:
            raise ValidationError(str(fault)) from fault


class AmountField(forms.CharField):
    """An amount as text, such as 1.2亿; ``read`` gives 万元 once the unit beside it is known."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=40, **kwargs)

    @staticmethod
    def read(text, unit):
        """The exact amount in 万元; None for a blank. Raises ValidationError for what is no amount."""
        try:
            return cells.amount(text, unit) if text else None
        except cells.Unreadable as fault:
            raise ValidationError(str(fault)) from fault


class FilesInput(forms.ClearableFileInput):
    """The browser's control for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files as ``Upload``s. What is far too large is refused unread.

    The page's script makes photos smaller before they are sent; the portal keeps the bytes it gets.
    ``camera``: a phone opens its camera instead of its files.
    """

    def __init__(self, *, camera=False, **kwargs):
        accepted = {"accept": ".jpg,.jpeg,.png,.pdf,.docx,.xlsx", "data-photos": ""}
        if camera:
            accepted |= {"accept": "image/*", "capture": "environment"}
        super().__init__(widget=FilesInput(attrs=accepted), required=False, **kwargs)

    def clean(self, data, initial=None):
        files = [super(FilesField, self).clean(file, initial) for file in data or [] if file]
        if len(files) > MOST_FILES:
            raise ValidationError(f"一次最多上传 {MOST_FILES} 个文件，其余的可在登记后补充上传。")
        too_large = [file.name for file in files if file.size > LARGEST_BYTES]
        if too_large:
            raise ValidationError([f"“{name}”超过 20 MB，请压缩或分拆后再传。" for name in too_large])
        return [Upload(file.name, file.read()) for file in files]
