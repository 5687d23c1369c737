"""API clients on pages: the list, issuing with the key shown once, exchanging and ending keys."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import clock, rules
from accounts.forms.clients import ClientForm, RotateForm
from accounts.models import Client
from accounts.queries import clients as queries
from accounts.queries import history
from accounts.refusals import Refused
from accounts.services import clients
from accounts.views.gate import gate, tried, words
from accounts.views.paging import paged

PAGE = 50


@gate(rules.may_manage_clients, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """All clients of the tenant."""
    found = paged(request, queries.listed(), PAGE)
    return render(request, "accounts/clients.html", {**found, "today": clock.today()})


# The key stands in this answer alone: it is written nowhere, so no redirect could carry it.
@never_cache
@gate(rules.may_manage_clients, "GET", "POST")
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a client; the answer shows its key, once. Sent again, it is refused by its name."""
    form = ClientForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (
        issued := tried(form, clients.issue, post=request.post, today=clock.today(), **form.cleaned_data)
    ):
        client, key = issued
        return render(request, "accounts/client_key.html", {"client": client, "key": key})
    return render(request, "accounts/client_form.html", {"form": form})


@gate(rules.may_manage_clients, "GET")
def detail(request: HttpRequest, client_id: int) -> HttpResponse:
    """One client: what it may read, until when, and what happened to it."""
    return _page(request, client_id)


@never_cache
@gate(rules.may_manage_clients, "POST")
def rotate(request: HttpRequest, client_id: int) -> HttpResponse:
    """Issue a second key; the answer shows it, once."""
    form = RotateForm(request.POST)
    if form.is_valid():
        try:
            client, key = clients.rotate(
                post=request.post, client_id=client_id, today=clock.today(), **form.cleaned_data
            )
        except ValidationError as faults:
            form.add_error(None, faults)
        except Refused as refusal:
            return _page(request, client_id, refused=words(refusal))
        else:
            return render(request, "accounts/client_key.html", {"client": client, "key": key})
    return _page(request, client_id, form=form)


@gate(rules.may_manage_clients, "POST")
def retire(request: HttpRequest, client_id: int) -> HttpResponse:
    """End the first key."""
    try:
        client = clients.retire(post=request.post, client_id=client_id, today=clock.today())
    except Refused as refusal:
        return _page(request, client_id, refused=words(refusal))
    messages.success(request, _("“{name}”的旧密钥已停用。").format(name=client.name))
    return redirect("client", client_id)


@gate(rules.may_manage_clients, "POST")
def disable(request: HttpRequest, client_id: int) -> HttpResponse:
    """End the client."""
    try:
        client = clients.disable(post=request.post, client_id=client_id)
    except Refused as refusal:
        return _page(request, client_id, refused=words(refusal))
    messages.success(request, _("“{name}”已停用，立即无法访问。").format(name=client.name))
    return redirect("client", client_id)


def _page(
    request: HttpRequest, client_id: int, *, refused: str = "", form: RotateForm | None = None
) -> HttpResponse:
    client = get_object_or_404(Client.objects.select_related("unit"), pk=client_id)
    context = {
        "client": client,
        "today": clock.today(),
        "form": form or RotateForm(),
        "refused": refused,
        "changes": history.of_rows([("accounts_client", client.pk)], limit=20),
    }
    return render(request, "accounts/client.html", context)
