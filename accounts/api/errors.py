"""What the API says when it cannot answer: problem details (RFC 9457), types that stay, titles in Chinese."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.refusals import Forbidden, NotFound, Refused

MEDIA_TYPE = "application/problem+json"
URN = "urn:portal:problem:"

# Name -> (status, title). A name never changes its meaning; clients decide by it.
PROBLEMS: dict[str, tuple[int, Any]] = {
    "wrong-parameter": (400, _("参数不正确")),
    "key-missing": (401, _("需要密钥")),
    "key-unknown": (401, _("密钥无效")),
    "key-expired": (401, _("密钥已过期")),
    "key-disabled": (401, _("客户端已停用")),
    "address-not-allowed": (403, _("不允许从此网络地址访问")),
    "not-permitted": (403, _("没有读取这类内容的权限")),
    "not-found": (404, _("没有这个地址或这条数据")),
    "wrong-method": (405, _("接口只能读取")),
    "not-acceptable": (406, _("只提供约定的格式")),
    "too-many-requests": (429, _("请求过于频繁")),
}


class Fault(exceptions.APIException):
    """A problem by its name; ``errors`` names what is wrong with which parameter."""

    def __init__(self, name: str, detail: object = "", errors: Mapping[str, list[str]] | None = None):
        super().__init__(detail)
        self.name, self.errors = name, errors
        self.status_code = PROBLEMS[name][0]


class Unauthorized(Fault, exceptions.AuthenticationFailed):
    """A fault that is answered with 401 and the way to authenticate."""


BY_TYPE: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NotAuthenticated, "key-missing"),
    (exceptions.MethodNotAllowed, "wrong-method"),
    (exceptions.NotAcceptable, "not-acceptable"),
    (exceptions.Throttled, "too-many-requests"),
    (exceptions.PermissionDenied, "not-permitted"),
    (PermissionDenied, "not-permitted"),
    (Forbidden, "not-permitted"),
    (exceptions.NotFound, "not-found"),
    (Http404, "not-found"),
    (NotFound, "not-found"),
    (Refused, "not-found"),
)


def answer(error: Exception, context: dict) -> Response | None:
    """The problem as an answer; None (an error of ours) for what is not listed here."""
    name, detail, errors = _told(error)
    if not name:
        return None
    status, title = PROBLEMS[name]
    body: dict[str, Any] = {"type": URN + name, "title": str(title), "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    headers = {}
    if waiting := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(waiting) + 1)
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def _told(error: Exception) -> tuple[str, str, dict[str, list[str]] | None]:
    if isinstance(error, Fault):
        return error.name, str(error.detail), dict(error.errors) if error.errors else None
    if isinstance(error, exceptions.ValidationError):
        return (
            "wrong-parameter",
            "",
            {key: [str(one) for one in faults] for key, faults in error.detail.items()},
        )
    if isinstance(error, ValidationError):
        return "wrong-parameter", "", error.message_dict
    for kind, name in BY_TYPE:
        if isinstance(error, kind):
            # A rule's words are fit for users; Django's and those of the framework are not in Chinese.
            return name, str(error) if isinstance(error, Refused) else "", None
    return "", "", None
