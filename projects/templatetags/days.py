"""Days beside the business day."""

from django import template

from accounts import clock
from projects.models import Period

register = template.Library()


@register.filter
def past_due(period: Period) -> bool:
    """Whether the due day of a period has passed."""
    return clock.today() > period.due_on
