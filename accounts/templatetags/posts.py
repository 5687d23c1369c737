"""The label of a post, as a row keeps it, in words."""

from django import template

from accounts.queries.readable import post_text

register = template.Library()


register.filter("post_label", post_text)
