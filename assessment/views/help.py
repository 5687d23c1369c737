"""How a scheme of assessment is written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.rules import anybody
from accounts.views.gate import gate


@gate(anybody, "GET")
def schemes(request: HttpRequest) -> HttpResponse:
    """The grammar of schemes and facts, with examples that can be copied."""
    return render(request, "assessment/help.html")
