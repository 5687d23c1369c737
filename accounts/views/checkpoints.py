"""Checkpoints (校验点): the signed heads of the chain day by day, to print and to carry outside."""

import datetime as dt

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import rules, signing_keys
from accounts.models import Checkpoint
from accounts.queries import checkpoints as queries
from accounts.services import checkpoints
from accounts.views.gate import gate
from accounts.views.paging import paged

PAGE = 50


@gate(rules.may_read_checkpoints, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Day by day, the latest first."""
    return render(request, "accounts/checkpoints.html", paged(request, queries.visible(request.post), PAGE))


@gate(rules.may_read_checkpoints, "GET")
def of_day(request: HttpRequest, day: str) -> HttpResponse:
    """One day in full, made to be printed."""
    rows = _of_day(request, day)
    return render(request, "accounts/checkpoint_day.html", {"day": rows[0].day, "rows": rows})


@gate(rules.may_read_checkpoints, "GET")
def download(request: HttpRequest, day: str) -> HttpResponse:
    """The day's statements with their signatures as one text file; an act in the log."""
    rows = _of_day(request, day)
    return _file(checkpoints.download(rows), f"checkpoints-{rows[0].day}.txt")


@gate(rules.may_read_checkpoints, "GET")
def public_key(request: HttpRequest, name: str) -> HttpResponse:
    """A public key as a file."""
    found = queries.public_key(request.post, name)
    if found is None:
        raise Http404("没有这个公钥。")
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(found))
    return _file(signing_keys.pem(public), f"{signing_keys.name_of(public)}.pub")


def _of_day(request: HttpRequest, day: str) -> list[Checkpoint]:
    """The visible checkpoints of the day in the address; 404 without one, and for a day written otherwise."""
    try:
        asked = dt.date.fromisoformat(day)
    except ValueError:
        asked = None
    rows = queries.of_day(request.post, asked) if asked and asked.isoformat() == day else []
    if not rows:
        raise Http404("这一天没有校验点。")
    return rows


def _file(text: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
