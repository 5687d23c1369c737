"""The API's own description (OpenAPI), generated from the code that answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from accounts.api.errors import MEDIA_TYPE, PROBLEMS, URN
from accounts.choices import ClientGroup

WORDS = {
    "tenant": _("行政区划代码。上级的客户端用它选择读哪个下级辖区；不填则读本级。"),
    "fields": _("只要这些字段，用逗号分开。"),
    "after": _("只要编号大于它的行；照抄上一页 next 即可翻页。"),
    "limit": _("每页最多多少行。"),
    "as_of": _("截止日期，不填为今天。"),
    "basis": _("按哪一列计算，不填为核实数。"),
    "measure": _("统计口径的名称，不填为到位资金。"),
}


class ReaderScheme(OpenApiAuthenticationExtension):
    """The key of a client, or the session of a person."""

    target_class = "accounts.api.access.ReaderAuthentication"
    name: Any = ["ClientKey", "Session"]

    def get_security_definition(self, auto_schema: AutoSchema) -> Any:
        """Both ways."""
        return [
            {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer <密钥>"},
            {"type": "apiKey", "in": "cookie", "name": "session", "description": "浏览器登录"},
        ]

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        """Either of them."""
        return [{"ClientKey": []}, {"Session": []}]


class ReadSchema(AutoSchema):
    """Adds the parameters that the frame of the views reads, and words for people."""

    def get_tags(self) -> list[str]:
        """The group of resources that a client needs."""
        return [str(ClientGroup(self.view.group).label)]

    def get_summary(self) -> str:
        """What is read."""
        return str(self.view.title)

    def get_description(self) -> str:
        """Nothing more: fields say what they are."""
        return ""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        """Every parameter that the view itself reads, as its field understands it."""
        return [
            OpenApiParameter(
                name,
                field.described,
                required=False,
                description=str(WORDS.get(name, "")),
                explode=False
                if isinstance(field, forms.Field) and field.described["type"] == "array"
                else None,
                style="form" if field.described["type"] == "array" else None,
            )
            for name, field in self.view.parameters().items()
        ]


def described_paths(endpoints: list[tuple]) -> list[tuple]:
    """The operations that are described: those that answer with data."""
    return [
        one for one in endpoints if hasattr(getattr(one[3], "cls", None), "parameters") and one[3].cls.group
    ]


def with_problems(result: dict, **kwargs: Any) -> dict:
    """Every operation with the problems that it may answer, and the answer that nothing has changed."""
    result["components"]["schemas"]["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "enum": [URN + name for name in PROBLEMS]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
            },
        },
        "additionalProperties": False,
    }
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Row"):
            schema.pop("required", None)  # ``fields`` leaves out what was not asked for.
    words: dict[str, list[str]] = {}
    for status, title in PROBLEMS.values():
        words.setdefault(str(status), []).append(str(title))
    for operations in result["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            answers["304"] = {"description": str(_("与 If-None-Match 所指的内容相同"))}
            for status, titles in words.items():
                answers[status] = {"description": "；".join(titles), "content": problem}
    return result
