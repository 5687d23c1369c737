"""The key that makes sending a form again harmless."""

import uuid

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.views.resends import FIELD, sent_key

register = template.Library()


@register.simple_tag(takes_context=True, name="sent_key")
def hidden_key(context: template.Context) -> SafeString:
    """A hidden input with a new key; the same one on a page that answers the form."""
    key = sent_key(context["request"]) or uuid.uuid4()
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off">', FIELD, key)


@register.simple_tag
def new_sent_key() -> SafeString:
    """A hidden input with a new key, whatever was sent."""
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off">', FIELD, uuid.uuid4())
