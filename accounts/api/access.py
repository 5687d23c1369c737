"""Who reads through the API: a client with its key, or a signed-in person with the session."""

from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.api.errors import Fault, Unauthorized


class ReaderAuthentication(BaseAuthentication):
    """Takes what the request's entrance has found: the post that reads, or why a key was refused."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The reading post as the user. Raises the fault of a refused key."""
        fault = getattr(request, "fault", "")
        if fault == "address-not-allowed":
            raise Fault(fault)
        if fault:
            raise Unauthorized(fault)
        if request.post is None:
            return None
        return request.post, request.client

    def authenticate_header(self, request: Request) -> str:
        """How to authenticate, for answers 401."""
        return 'Bearer realm="portal"'


class IsReader(BasePermission):
    """Anybody who has shown a key or signed in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether somebody reads."""
        if request.post is None:
            raise Unauthorized("key-missing")
        return True


class MayRead(IsReader):
    """The view's rule serves the post, and the client's groups hold the view's."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether this reader may open this view at all; rows are a matter of visibility."""
        super().has_permission(request, view)
        allowed = request.client is None or view.group in request.client.groups
        return allowed and view.serves(request.post)


class ReaderThrottle(SimpleRateThrottle):
    """So many requests a minute for each client and each person (``PORTAL_API_PER_MINUTE``)."""

    scope = "reader"

    def get_rate(self) -> str:
        """The rate as the framework writes it."""
        return f"{settings.PORTAL_API_PER_MINUTE}/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """One counter a reader; None (uncounted) for strangers, who are refused before."""
        if request.client is not None:
            return f"api-client-{request.client.id}"
        return f"api-person-{request.post.user_id}" if request.post is not None else None
