"""The entrance of API clients: from a key to a scope that reads one jurisdiction and writes nothing."""

import re
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts import clock, scope
from accounts.choices import ClientRole
from accounts.models import Tenant, TenantClosure
from accounts.queries import clients
from accounts.queries.clients import ReadingClient

API = "/api/"
BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{43})")

logger = structlog.get_logger("portal.clients")


def asked(request: HttpRequest) -> bool:
    """Whether the request shows a key (or something in its place) at the API; sessions do not matter then."""
    return request.path_info.startswith(API) and "Authorization" in request.headers


def answer(request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Answer inside the client's scope, in one transaction; a refused key is answered outside of any.

    The view says why a key was refused (``request.fault``); the log says it too, without the key.
    """
    with transaction.atomic():
        client = _client(request)
        if client is None:
            logger.warning("client refused", why=request.fault, address=address_of(request))
            return get_response(request)
        structlog.contextvars.bind_contextvars(client=client.id)
        tenant = _tenant(client, request.GET.get("tenant", ""))
        with scope.enter(tenant.pk if tenant else client.tenant_id, kind=scope.CLIENT):
            request.client = request.post = client.within(tenant) if tenant else client
            request.tenant_code = request.post.tenant_code
            response = get_response(request)
            if response.status_code == HTTPStatus.FORBIDDEN:
                logger.warning("denied", path=request.path)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            transaction.set_rollback(True)
        return response


def address_of(request: HttpRequest) -> str:
    """Where the request comes from; behind the operator's proxy the last address, which that proxy wrote."""
    if settings.PORTAL_BEHIND_PROXY:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


def _client(request: HttpRequest) -> ReadingClient | None:
    """The client of a valid key; else None, and ``request.fault`` says why."""
    shown = BEARER.fullmatch(request.headers["Authorization"])
    client = clients.find(shown[1]) if shown else None
    if client is None:
        request.fault = "key-unknown"
    elif client.disabled:
        request.fault = "key-disabled"
    elif client.expires_on < clock.today():
        request.fault = "key-expired"
    elif not client.comes_from(address_of(request)):
        request.fault = "address-not-allowed"
    return None if request.fault else client


def _tenant(client: ReadingClient, code: str) -> Tenant | None:
    """The jurisdiction below that is asked for; None for the own, and for one that the client cannot read."""
    if client.role != ClientRole.ALL or not code or code == client.tenant_code or "\x00" in code:
        return None
    with scope.enter(client.tenant_id, kind=scope.CLIENT):
        below = TenantClosure.objects.filter(ancestor=client.tenant_id).values("descendant_id")
        return Tenant.objects.filter(pk__in=below, code=code).first()
