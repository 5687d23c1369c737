"""The guard before forms that enter something: a form that is sent again is answered, not entered again."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from functools import wraps

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.services import resends
from accounts.views.gate import View

FIELD = "sent_key"
# What a form carries for the page's own sake; it does not make the entries others.
CARRIED = {FIELD, "csrfmiddlewaretoken"}
# A page's script that sends a form asks for the address instead of being sent there.
SCRIPT_HEADER = "X-Sent-By"


def once(form: type[forms.Form] | None = None) -> Callable[[View], View]:
    """Enter what a form says once, however often it is sent with the same ``sent_key``.

    Stands below ``gate``. The view answers an entry with a redirect and anything else with a page;
    only the redirect is kept. ``form`` gives the labels for the page that shows other entries sent
    under a key that has been used. A form without a key is simply handled.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            key = sent_key(request)
            if key is None:
                return view(request, *args, **kwargs)
            digest = _digest(request)
            before = resends.take(key, digest)
            if before is not None and before.digest != digest:
                return _conflict(request, before.answer, form)
            if before is not None:
                messages.info(request, _("这份表单此前已经提交成功，没有重复登记。"))
                return _sent_to(request, redirect(before.answer))
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect):
                resends.settle(key, response.url)
                return _sent_to(request, response)
            resends.release(key)
            return response

        return answer

    return guarded


def sent_key(request: HttpRequest) -> uuid.UUID | None:
    """The key that came with a form; None without one, or with something that is no key."""
    if request.method != "POST":
        return None
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _digest(request: HttpRequest) -> str:
    """One digest of everything entered, files included; keyed, so that it tells nothing by itself."""
    seal = salted_hmac("sent form", request.get_full_path(), algorithm="sha256")
    for name in sorted(set(request.POST) - CARRIED):
        seal.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest = hashlib.sha256()
            for chunk in file.chunks(settings.FILE_UPLOAD_MAX_MEMORY_SIZE):
                digest.update(chunk)
            file.seek(0)
            seal.update(repr((name, file.name, digest.hexdigest())).encode())
    return seal.hexdigest()


def _sent_to(request: HttpRequest, response: HttpResponseRedirect) -> HttpResponse:
    if SCRIPT_HEADER in request.headers:
        return JsonResponse({"address": response.url})
    return response


def _conflict(request: HttpRequest, first: str, form: type[forms.Form] | None) -> HttpResponse:
    """Both stand on the page: what was entered first, by its address, and what came now, word for word."""
    context = {
        "first": first,
        "entries": list(_entries(request, form)),
        "carried": [
            (name, value)
            for name in request.POST
            if name not in CARRIED
            for value in request.POST.getlist(name)
        ],
        "files": [file.name for name in request.FILES for file in request.FILES.getlist(name)],
    }
    return render(request, "accounts/sent_before.html", context, status=409)


def _entries(request: HttpRequest, form: type[forms.Form] | None) -> Iterator[tuple[str, str]]:
    """Label and words of what came now; numbers of rows say nothing to people and are left out."""
    for name, field in (form.base_fields if form else {}).items():
        value = request.POST.get(name, "")
        if isinstance(field, forms.ChoiceField):
            value = "" if isinstance(field, forms.ModelChoiceField) else dict(field.choices).get(value, "")
        if value:
            yield str(field.label), str(value)
