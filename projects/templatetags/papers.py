"""What a page offers beside a file that proves something."""

from django import template

from accounts.queries.posts import ActingPost
from projects import rules

register = template.Library()


@register.filter
def opens_originals(post: ActingPost) -> bool:
    """Whether the button 原件 is shown to this post."""
    return rules.may_open_originals(post)
