"""The request's scope: one transaction, one person, one post, one tenant."""

import datetime as dt
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import clock, rules, scope, session_keys
from accounts.models import Tenant
from accounts.queries.posts import ActingPost, own_posts
from portal import client_scope

# Paths that work without a scope; everything else of a signed-in person runs inside one.
OUTSIDE = ("login", "logout", "health")
# What a person must do before anything else, and the pages with which it is done.
FIRST = {"password": ("password",), "second_factor": ("second_factor", "second_factor_begin")}

logger = structlog.get_logger("portal.access")


class Scope:
    """Middleware: opens the request's transaction and enters the scope of the post acted in.

    The transaction is rolled back for every exception and every status from 400 on (the local
    settings of the scope die with it). A body that streams would run outside the scope, so only
    files may. The response is rendered inside.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside the person's scope; outside of one for the listed paths and for strangers."""
        request.post = request.client = request.tenant_code = None
        request.fault = ""
        request.posts = []
        request.first = ""
        if client_scope.asked(request):
            return client_scope.answer(request, self.get_response)
        user_id = request.session.get(SESSION_KEY)
        if user_id is None or request.path_info in {reverse(name) for name in OUTSIDE}:
            return self.get_response(request)
        if _too_old(request):
            logout(request)
            return self._instead(request, redirect_to_login(request.get_full_path()))
        with transaction.atomic():
            response = self._inside(request, int(user_id))
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def _inside(self, request: HttpRequest, user_id: int) -> HttpResponse:
        with scope.enter(None, user=user_id, kind=scope.IDENTITY):
            # Read here, while the own row is visible; a disabled or deleted user becomes a stranger.
            signed_in = request.user.is_authenticated
            request.posts = own_posts(user_id, on=clock.today()) if signed_in else []
        if not signed_in:
            request.session.flush()
            return self._instead(request, redirect_to_login(request.get_full_path()))
        if not request.posts:
            return self._instead(request, render(request, "accounts/no_post.html", status=403))
        request.post = _chosen(request)
        with self._entered(request, request.post):
            request.first = _first(request)
            if request.first and request.path_info not in {reverse(name) for name in FIRST[request.first]}:
                return self._instead(request, redirect(request.first))
            response = self.get_response(request)
            if response.status_code == HTTPStatus.FORBIDDEN:
                logger.warning("denied", user=user_id, post=request.post.id, path=request.path)
            if response.streaming and not isinstance(response, FileResponse):
                raise RuntimeError("a streaming body runs outside the scope")
            return response

    def _instead(self, request: HttpRequest, page: HttpResponse) -> HttpResponse:
        """What a browser is shown instead of a page; the API answers its caller as it does a stranger."""
        if not request.path_info.startswith(client_scope.API):
            return page
        request.post = None
        return self.get_response(request)

    def _entered(self, request: HttpRequest, post: ActingPost):
        """The tenant of the post; for a superior who picked a county, that county, looking down."""
        request.tenant_name, request.tenant_code = post.tenant_name, post.tenant_code
        request.county = None
        county = request.session.get(session_keys.COUNTY)
        if county is not None and post.tenant_level != "county":
            with scope.enter(post.tenant_id, user=post.user_id, post=post.id):
                request.county = Tenant.objects.filter(pk=county, parent__isnull=False).first()
            if request.county is not None and request.county.pk != post.tenant_id:
                request.tenant_name, request.tenant_code = request.county.name, request.county.code
                return scope.enter(request.county.pk, user=post.user_id, post=post.id, kind=scope.SUPERIOR)
        return scope.enter(post.tenant_id, user=post.user_id, post=post.id)


def _chosen(request: HttpRequest) -> ActingPost:
    """The post of the session, if still held; else the oldest."""
    chosen = request.session.get(session_keys.POST)
    return next((post for post in request.posts if post.id == chosen), request.posts[0])


def _first(request: HttpRequest) -> str:
    """What comes before every other page: the second factor, a password of one's own; else nothing.

    A device that is bound is asked for before the password may change; one that is not is bound after.
    """
    guarded = settings.PORTAL_SECOND_FACTOR and any(post.role in rules.GUARDED for post in request.posts)
    bound = request.user.second_factor_at
    if guarded and bound and request.session.get(session_keys.SECOND_FACTOR) != bound.isoformat():
        return "second_factor"
    if request.user.initial_until:
        return "password"
    return "second_factor" if guarded and not bound else ""


def _too_old(request: HttpRequest) -> bool:
    """A session ends some hours after signing in, used or not."""
    started = request.session.get(session_keys.SIGNED_IN_AT)
    if started is None:
        return True
    age = timezone.now() - dt.datetime.fromisoformat(started)
    return age > dt.timedelta(hours=settings.PORTAL_SESSION_HOURS)
