"""What may be asked of a list through its address: one spelling for each thing, everything else is refused.

Fields read text strictly, so that a value means to the database what the API's description says.
"""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.drainage import set_override

from accounts.choices import UnitKind
from accounts.models import Tenant, Unit

LARGEST_ID = 2**63 - 1


class WholeField(forms.Field):
    """A whole number in plain digits, from ``low`` to ``high``."""

    def __init__(self, *, low: int = 1, high: int = LARGEST_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high
        self.described = {"type": "integer", "minimum": low, "maximum": high}

    def to_python(self, value):
        """The number; None for nothing."""
        if value is None:
            return None
        if re.fullmatch(r"0|[1-9][0-9]{0,18}", value) and self.low <= int(value) <= self.high:
            return int(value)
        raise ValidationError(_("应是 %(low)s 到 %(high)s 的整数。") % {"low": self.low, "high": self.high})


class DayField(forms.Field):
    """A day as 2012-06-30."""

    described = {"type": "string", "format": "date"}

    def to_python(self, value):
        """The day; None for nothing."""
        if value is None:
            return None
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                return dt.date.fromisoformat(value)
        except ValueError:
            pass
        raise ValidationError(_("应是日期，写作 2012-06-30。"))


class FlagField(forms.Field):
    """true or false."""

    described = {"type": "boolean"}

    def to_python(self, value):
        """Yes or no; None for nothing."""
        if value not in (None, "true", "false"):
            raise ValidationError(_("应是 true 或 false。"))
        return None if value is None else value == "true"


class WordField(forms.Field):
    """One of the listed words."""

    def __init__(self, *, words: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words
        self.described = {"type": "string", "enum": words}

    def to_python(self, value):
        """The word; None for nothing."""
        if value is not None and value not in self.words:
            raise ValidationError(_("应是以下之一：%(words)s。") % {"words": "、".join(self.words)})
        return value


class WordsField(WordField):
    """Several of the listed words, between commas, each once."""

    def __init__(self, *, words: list[str], **kwargs: Any) -> None:
        super().__init__(words=words, **kwargs)
        self.described = {"type": "array", "minItems": 1, "uniqueItems": True, "items": self.described}

    def to_python(self, value):
        """The words as a list; None for nothing."""
        if value is None:
            return None
        given = value.split(",")
        for word in given:
            super().to_python(word)
        if len(set(given)) < len(given):
            raise ValidationError(_("每项只写一次。"))
        return given


class TextField(forms.Field):
    """A text of one to ``longest`` characters, compared as it stands. What no row can hold finds no row."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        self.described = {"type": "string", "minLength": 1, "maxLength": longest}

    def to_python(self, value):
        """The text; None for nothing."""
        if value is not None and not 1 <= len(value) <= self.longest:
            raise ValidationError(_("应是 1 到 %(longest)s 个字符。") % {"longest": self.longest})
        return value


class _Raw(forms.Widget):
    """The parameter as it was sent; None when it was not."""

    def value_from_datadict(self, data, files, name):
        return data.get(name)


class Asked(filters.Filter):
    """A filter by one of the fields above; the API's description says what the field reads."""

    def __init__(self, field: forms.Field, *, column: str | None = None, lookup: str = "exact") -> None:
        super().__init__(field_name=column, lookup_expr=lookup)
        self.extra = {"required": False}
        field.required, field.widget = False, _Raw()
        self._field = field
        set_override(self, "field", field.described)

    def filter(self, qs, value):
        """The rows that fit; text with a zero byte fits none."""
        if value is None:
            return qs
        if isinstance(value, str) and "\x00" in value:
            return qs.none()
        return qs.filter(**{f"{self.field_name}__{self.lookup_expr}": value})


def key(column: str | None = None) -> Asked:
    """Filter by the id of a row."""
    return Asked(WholeField(), column=column)


def choice(choices: type, column: str | None = None) -> Asked:
    """Filter by a value of a dictionary."""
    return Asked(WordField(words=list(choices.values)), column=column)


def flag(column: str | None = None) -> Asked:
    """Filter by yes or no."""
    return Asked(FlagField(), column=column)


class Known(Asked):
    """A filter by whether a column holds something."""

    def __init__(self, column: str) -> None:
        super().__init__(FlagField(), column=column)

    def filter(self, qs, value):
        """The rows where it is known (true) or unknown (false)."""
        return qs if value is None else qs.filter(**{f"{self.field_name}__isnull": not value})


def since(column: str) -> Asked:
    """Filter by a first day, itself included."""
    return Asked(DayField(), column=column, lookup="gte")


def until(column: str) -> Asked:
    """Filter by a last day, itself included."""
    return Asked(DayField(), column=column, lookup="lte")


def text(longest: int, column: str | None = None) -> Asked:
    """Filter by a whole text."""
    return Asked(TextField(longest=longest), column=column)


class TenantFilter(filters.FilterSet):
    """Jurisdictions."""

    level = Asked(WordField(words=["province", "city", "county"]))
    code = text(12)
    parent = key()

    class Meta:
        model = Tenant
        fields: list[str] = []


class UnitFilter(filters.FilterSet):
    """Units."""

    kind = choice(UnitKind)
    parent = key()
    represents = key()
    leader_office = key()
    successor = key()
    exempt = flag()
    name = text(60)
    starts_from = since("starts_on")
    starts_until = until("starts_on")
    ends_from = since("ends_on")
    ends_until = until("ends_on")

    class Meta:
        model = Unit
        fields: list[str] = []
