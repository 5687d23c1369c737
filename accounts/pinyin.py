"""Names that are found by their pinyin: a stored key, the condition that asks it, its first filling."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.names import search_key

LONGEST = 120  # the longest name of a table that is searched
VOWELS = frozenset("aeiouv")


class PinyinField(models.CharField):
    """The search key of the row's ``name``: written with every save, like a moment of change."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("max_length", LONGEST * 7 + 1)
        kwargs.setdefault("default", "")
        kwargs.setdefault("db_default", "")
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: FBT001 -- Django's signature
        """The key of the name as it is now."""
        key = search_key(model_instance.name)
        setattr(model_instance, self.attname, key)
        return key


def named(words: str, prefix: str = "") -> Q:
    """Rows whose name holds these words, or whose pinyin does: initials or whole syllables.

    ``prefix`` is the way to the row that has ``name`` and ``search_key`` ("enterprise__").
    """
    found = Q(**{f"{prefix}name__icontains": words})
    letters = "".join(words.split()).lower()
    if letters.isascii() and letters.isalnum():
        found |= Q(**{f"{prefix}search_key__contains": letters.upper()})
        if VOWELS & set(letters):  # without a vowel it is no syllable
            found |= Q(**{f"{prefix}search_key__contains": letters})
    return found


def fill(app_label: str, *names: str) -> Callable[[Any, Any], None]:
    """For RunPython: the keys of rows that were there before the column, one act for each tenant."""

    def filled(apps: Any, schema_editor: Any) -> None:
        for tenant in (
            apps.get_model("accounts", "Tenant").objects.order_by("pk").values_list("pk", flat=True)
        ):
            rows = {
                model: list(model.objects.filter(tenant_id=tenant, search_key=""))
                for model in (apps.get_model(app_label, name) for name in names)
            }
            if not any(rows.values()):
                continue
            with schema_editor.connection.cursor() as cursor:
                cursor.execute("SELECT sec.begin_act_as(%s, 'name.index', '服务器运维', '')", [tenant])
                for model, found in rows.items():
                    for row in found:
                        row.search_key = search_key(row.name)
                    model.objects.bulk_update(found, ["search_key"], batch_size=1000)
                cursor.execute("SELECT set_config('app.act', '', true)")

    return filled
