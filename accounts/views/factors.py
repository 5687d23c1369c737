"""The second factor: binding a device at the first sign-in, and its code at every later one."""

from base64 import b32encode
from urllib.parse import quote, urlencode

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import rules, session_keys
from accounts.forms.factors import CodeForm
from accounts.models import SecondFactor
from accounts.refusals import Refused
from accounts.services import factors
from accounts.views.gate import gate, words


@never_cache
@gate(rules.anybody, "GET", "POST")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the device's code; without a bound device, show what to scan and ask for its first code."""
    user = request.user
    device = SecondFactor.objects.filter(user=user).first()
    form = CodeForm(request.POST or None) if device else None
    if form is not None and form.is_valid():
        try:
            bound = _proved(request, form.cleaned_data["code"])
        except Refused as refusal:
            form.add_error(None, words(refusal))
        else:
            if bound is not None:
                request.session[session_keys.SECOND_FACTOR] = bound.isoformat()
                request.session.cycle_key()
                return redirect("home")
            form.add_error("code", _("动态口令不正确，或已经用过。请等下一组数字再输入。"))
    shown = device if device and user.second_factor_at is None else None
    context = {"form": form, "device": device, "binding": user.second_factor_at is None}
    return render(request, "accounts/second_factor.html", context | _to_scan(request, shown))


@gate(rules.anybody, "POST")
def begin(request: HttpRequest) -> HttpResponse:
    """Make the secret that the device is to learn."""
    if request.user.second_factor_at is None:
        factors.begin(user=request.user)
    else:
        messages.info(request, _("已经绑定过动态口令，请直接输入。"))
    return redirect("second_factor")


def _proved(request: HttpRequest, code: str):
    """The moment at which the device was bound, if it shows this code."""
    user = request.user
    if user.second_factor_at is None:
        return factors.bind(user=user, code=code, now=timezone.now())
    return user.second_factor_at if factors.prove(user=user, code=code, now=timezone.now()) else None


def _to_scan(request: HttpRequest, device: SecondFactor | None) -> dict[str, str]:
    """The picture and the letters that teach the secret to a device; nothing once it is bound."""
    if device is None:
        return {}
    secret = b32encode(bytes(device.secret)).decode()
    issuer = _("招商引资门户")
    label = quote(f"{issuer}:{request.user.username}")
    address = f"otpauth://totp/{label}?" + urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return {
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=4),
        "letters": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
