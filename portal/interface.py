"""The API as people read it: every list and table with parameters and fields, from its own description."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.generators import SchemaGenerator

TYPES = {
    "integer": gettext_lazy("整数"),
    "number": gettext_lazy("数"),
    "string": gettext_lazy("文字"),
    "boolean": gettext_lazy("是否"),
    "array": gettext_lazy("多项"),
    "object": gettext_lazy("对象"),
}


@dataclass(frozen=True)
class Named:
    """A parameter or a field: its name, what it holds, and the words that it may take."""

    name: str
    kind: str
    words: list[str]


@dataclass(frozen=True)
class Reading:
    """One address of the API."""

    group: str
    title: str
    address: str
    parameters: list[Named]
    fields: list[Named]


def readings() -> list[Reading]:
    """Lists and tables, by group; a single row has the fields of its list. Needs a scope."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = [
        _reading(address, operations["get"], schema["components"]["schemas"])
        for address, operations in schema["paths"].items()
        if not address.endswith("{id}/")
    ]
    return sorted(found, key=lambda reading: (reading.group, reading.address))


def _reading(address: str, operation: dict, components: dict) -> Reading:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    row = _resolved(answer, components)
    if "items" in row["properties"]:
        row = _resolved(row["properties"]["items"]["items"], components)
    return Reading(
        group=operation["tags"][0],
        title=operation["summary"],
        address=address,
        parameters=[_named(one["name"], one["schema"]) for one in operation.get("parameters", [])],
        fields=[_named(name, value) for name, value in row["properties"].items()],
    )


def _named(name: str, schema: dict) -> Named:
    kind = _("日期") if schema.get("format") == "date" else TYPES.get(schema.get("type", ""), "")
    words = schema.get("enum") or schema.get("items", {}).get("enum", [])
    return Named(name, str(kind), [str(word) for word in words if word])


def _resolved(schema: dict, components: dict) -> dict:
    reference = schema.get("$ref", "")
    return components[reference.rpartition("/")[2]] if reference else schema
