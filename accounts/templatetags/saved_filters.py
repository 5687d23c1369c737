"""What of the open list may be saved under a name."""

from django import template

from accounts import lists

register = template.Library()


@register.simple_tag(takes_context=True)
def filter_here(context: template.Context) -> str:
    """The address of the open list when a filter narrows it; empty otherwise, and while looking down."""
    request = context["request"]
    asked = any(value for name, value in request.GET.items() if name not in lists.TURNED)
    if not asked or request.county is not None or request.resolver_match.url_name not in lists.LISTS:
        return ""
    return lists.narrowed(request.get_full_path())
