"""The post acted in, and the county that a superior looks into."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import rules, session_keys
from accounts.models import TenantClosure
from accounts.views.gate import gate
from accounts.views.paging import number_in


@gate(rules.anybody, "POST")
def switch(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own posts from now on."""
    chosen = request.POST.get("post", "")
    if chosen not in {str(post.id) for post in request.posts}:
        raise Http404
    request.session[session_keys.POST] = int(chosen)
    request.session.pop(session_keys.COUNTY, None)
    return redirect("home")


@gate(rules.may_look_down, "POST")
def look_down(request: HttpRequest) -> HttpResponse:
    """Look into a county below; without one, back to the own jurisdiction."""
    chosen = request.POST.get("county", "")
    if not chosen:
        request.session.pop(session_keys.COUNTY, None)
        return redirect("home")
    below = TenantClosure.objects.filter(ancestor=request.post.tenant_id).exclude(
        descendant=request.post.tenant_id
    )
    if not below.filter(descendant=number_in(chosen)).exists():
        raise Http404
    request.session[session_keys.COUNTY] = int(chosen)
    return redirect("home")
