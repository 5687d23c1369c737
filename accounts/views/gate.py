"""What stands before every view: the methods it answers, the posts it serves, refusals as status codes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg.errors import UniqueViolation

from accounts.queries.posts import ActingPost
from accounts.refusals import Forbidden, NotFound, Refused

View = Callable[..., HttpResponse]


def gate(serves: Callable[[ActingPost], bool], *methods: str) -> Callable[[View], View]:
    """Answer these methods (405 otherwise) to posts that the predicate serves (403 otherwise).

    A service's NotFound becomes 404 and its Forbidden 403; any other refusal is the view's to show.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method not in methods:
                page = render(request, "405.html", status=405)
                page["Allow"] = ", ".join(methods)
                return page
            if not serves(request.post):
                raise PermissionDenied("您当前的岗位不办理这项工作。如您另有岗位，请先切换岗位。")
            try:
                return _answered(view, request, *args, **kwargs)
            except NotFound as refusal:
                raise Http404(str(refusal)) from refusal
            except Forbidden as refusal:
                raise PermissionDenied(str(refusal)) from refusal

        return answer

    return guarded


def _answered(view: View, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """The view's answer; asked again when somebody else entered the same thing in the same moment.

    The second time it finds what the other has entered, and cites or explains it as it always does.
    """
    if request.method != "POST":
        return view(request, *args, **kwargs)
    try:
        with transaction.atomic():
            return view(request, *args, **kwargs)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            file.seek(0)
    return view(request, *args, **kwargs)


def words(refusal: Refused) -> str:
    """The text of a refusal that a page shows; NotFound and Forbidden go on to the gate."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    return str(refusal)


def tried(form: Form, service: Callable[..., Any], **values: Any) -> Any:
    """What the service answers; None, with the faults at their fields of the form, when it refuses."""
    try:
        return service(**values)
    except ValidationError as faults:
        by_field = faults.message_dict if hasattr(faults, "error_dict") else {"": faults.messages}
        for field, found in by_field.items():
            form.add_error(field if field in form.fields else None, found)
    except Refused as refusal:
        form.add_error(None, words(refusal))
    return None
