"""Lines of the change log in words: what people call the thing and its fields, values as they read them.

Tables are found in the registry of models by name, so that the log of every app is told here without
importing any of them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import Change, Tenant, User

Model = type[models.Model]

OPERATIONS = {"I": _("新增"), "U": _("更改"), "D": _("删除")}
PERSONAL = "changed"  # what the log's triggers write in place of a personal column
PERSONAL_WORDS = _("已更改（不记录内容）")
NOTHING = _("空")
# Columns that hold a post's label: 单位·role.
LABELS = {"post_label", "submitted_by", "confirmed_by", "zero_confirmed_by", "answered_label"}
# A table that users never meet by itself.
UNNAMED = {"accounts_tenantclosure": _("辖区层级")}
# Keys, digests and sort keys say nothing to people; which file another resembles is not for every reader.
TECHNICAL = {"id", "tenant_id", "sha256", "stored_sha256", "sort_key", "search_key", "resembles_id"}


@dataclass(frozen=True)
class RawLine:
    """A line as it is logged; ``before`` or ``after`` is empty for an insertion or a deletion."""

    change_id: int
    table: str
    row: int
    op: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class FieldChange:
    """One field in words. ``before`` is empty where nothing was before, likewise ``after``."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One row of an act in words: the thing, which one, what was done to it."""

    thing: str
    name: str
    row: int
    operation: str
    op: str
    fields: list[FieldChange]


def things() -> dict[str, str]:
    """Every logged table with the name of its things, for a filter."""
    named = {
        model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models() if _logged(model)
    }
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


def thing_of(table: str) -> str:
    """What people call a row of this table."""
    if table in UNNAMED:
        return str(UNNAMED[table])
    model = _models().get(table)
    return str(model._meta.verbose_name) if model else table


class Reader:
    """Tells lines. All names that they mention are looked up once, a query for each kind of thing."""

    def __init__(self, lines: Iterable[RawLine]):
        self.models = _models()
        wanted: dict[Model, set[int]] = defaultdict(set)
        for line in lines:
            if model := self.models.get(line.table):
                wanted[model].add(line.row)
                for reference in _references(model):
                    for values in (line.before, line.after):
                        if (key := values.get(reference.attname)) is not None:
                            wanted[reference.related_model].add(key)
        self.found = {model: self._look_up(model, keys) for model, keys in wanted.items()}

    def tell(self, line: RawLine) -> Line | None:
        """The line in words; None when nothing that people know has changed."""
        model = self.models.get(line.table)
        fields = list(self._fields(model, line))
        if line.op == "U" and not fields:
            return None
        name = self._name(model, line.row) if model else ""
        return Line(thing_of(line.table), name, line.row, str(OPERATIONS[line.op]), line.op, fields)

    def _look_up(self, model: Model, keys: set[int]) -> dict[int, models.Model]:
        rows = model._default_manager.filter(pk__in=keys).select_related(*_name_givers(model))
        return {row.pk: row for row in rows}

    def _fields(self, model: Model | None, line: RawLine) -> Iterator[FieldChange]:
        fields = {str(field.column): field for field in model._meta.concrete_fields} if model else {}
        for column in _changed(line, list(fields)):
            field = fields.get(column)
            if column in TECHNICAL or (field is not None and _technical(field)):
                continue
            before, after = line.before.get(column), line.after.get(column)
            yield FieldChange(
                _label(field) if field is not None else column,
                self._words(model, field, before, line.before) if line.before else "",
                self._words(model, field, after, line.after) if line.after else "",
            )

    def _words(self, model: Model | None, field: Any, value: Any, values: dict[str, Any]) -> str:
        """A logged value as people read it."""
        if value in (None, "", PERSONAL):
            return str(PERSONAL_WORDS if value else NOTHING)
        if field is None or field.column in LABELS:
            return "·".join(filter(None, post_words(str(value))))
        if field.is_relation:
            return self._name(field.related_model, value) or f"{value}号"
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, models.DecimalField):
            return f"{Decimal(value).normalize():,f}{self._unit(model, field, values)}"
        return _plain(field, value)

    def _unit(self, model: Model | None, field: Any, values: dict[str, Any]) -> str:
        """Unit of a quantity: said by the column's name, by the row itself, or by the row it is about."""
        if field.column.endswith("_wan"):
            return " 万元"
        if model is None:
            return ""
        if hasattr(model, "quantity_unit"):
            known = {one.attname: values.get(one.attname) for one in model._meta.concrete_fields}
            as_logged: Any = model(**known)
            return f" {as_logged.quantity_unit}"
        for reference in _references(model):
            row = self.found.get(reference.related_model, {}).get(values.get(reference.attname) or 0)
            if row is not None and hasattr(row, "quantity_unit"):
                return f" {row.quantity_unit}"
        return ""

    def _name(self, model: Model, key: int) -> str:
        """What people call this row; empty when it has no name of its own or is not visible here."""
        row = self.found.get(model, {}).get(key)
        if row is None:
            return ""
        if _has_name(model):
            return str(row)
        return "·".join(str(given) for name in _name_givers(model) if (given := getattr(row, name)))


def post_words(label: str) -> tuple[str, str]:
    """Unit and role in words of a post's label; the operator's label is no post and stays whole."""
    unit, _dot, role = label.rpartition("·")
    return (unit, str(Role(role).label)) if unit and role in Role.values else (label, "")


def post_text(label: str) -> str:
    """A post's label in words: 单位·岗位; empty without a label."""
    return "·".join(words for words in post_words(label) if words)


def _changed(line: RawLine, columns: list[str]) -> Iterator[str]:
    """Columns to tell: those that differ; of a new or deleted row those that say something.

    A line that differs nowhere is about personal columns, which read the same before and after.
    """
    known = dict.fromkeys([*columns, *line.before, *line.after])
    if line.op != "U":
        row = line.after or line.before
        return (column for column in known if row.get(column) not in (None, "", []))
    if line.before == line.after:
        return (column for column in known if line.after.get(column) == PERSONAL)
    return (column for column in known if line.before.get(column) != line.after.get(column))


def _models() -> dict[str, Model]:
    return {model._meta.db_table: model for model in apps.get_models()}


def _logged(model: Model) -> bool:
    return model is User or (
        any(field.name == "tenant" for field in model._meta.local_fields)
        and not model.__module__.endswith("change")
    )


def _references(model: Model) -> list[models.ForeignKey]:
    """References whose names people want to read: not the tenant, not the log itself."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.related_model is not Change
        and field.name != "tenant"
    ]


def _has_name(model: Model) -> bool:
    return model.__str__ is not models.Model.__str__


def _name_givers(model: Model) -> list[str]:
    """For a row without a name of its own: the two references that name it best (单位·项目)."""
    if _has_name(model):
        return []
    givers = (field for field in _references(model) if field.related_model not in (User, Tenant))
    return [field.name for field in givers if _has_name(field.related_model)][:2]


def _technical(field: Any) -> bool:
    """A field that nobody has named for people, or that refers to the log itself."""
    if field.is_relation:
        return field.related_model is Change
    return str(field.verbose_name) == field.name.replace("_", " ") or isinstance(field, models.JSONField)


def _label(field: Any) -> str:
    """What people call the field; a reference without a name of its own is called after its target."""
    if field.is_relation and str(field.verbose_name) == field.name.replace("_", " "):
        return str(field.related_model._meta.verbose_name)
    return str(field.verbose_name).removesuffix("（万元）")


def _plain(field: models.Field, value: Any) -> str:
    """Yes and no, moments of the portal's zone, lists by their labels, everything else as it stands."""
    if isinstance(field, ArrayField):
        labels = dict(field.base_field.flatchoices)
        return "、".join(str(labels.get(one, one)) for one in value) or str(NOTHING)
    if isinstance(field, models.BooleanField):
        return str(_("是") if value else _("否"))
    if isinstance(field, models.DateTimeField):
        return f"{timezone.localtime(dt.datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return str(value)
