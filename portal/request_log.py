"""Gives each request an id that stands in its log lines, in its answer and on the acts that it records."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

logger = structlog.get_logger("portal.request")


class RequestId:
    """Middleware: binds ``request_id`` for this request and writes one line when it is answered.

    The id is always made here; one sent by the client is ignored, since it could be forged. The line
    holds no query string and no name, which may be personal.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request under a fresh id, and say how it went."""
        # Cleared here only: Django logs a refused request after the last middleware has returned.
        structlog.contextvars.clear_contextvars()
        request_id = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        logger.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response
