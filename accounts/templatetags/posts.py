"""The label of a post, as a row keeps it, in words."""

from django import template

from accounts.queries.readable import post_words

register = template.Library()


@register.filter
def post_label(label: str) -> str:
    """单位·岗位; the operator's label is no post and stays whole."""
    return "·".join(words for words in post_words(label) if words)
