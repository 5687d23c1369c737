"""A row that points at exactly one of several things."""

from functools import reduce
from operator import or_

from django.db.models import Q


def exactly_one(*names: str) -> Q:
    """Exactly one of these references is filled."""
    return reduce(or_, (Q(**{f"{other}__isnull": other != name for other in names}) for name in names))
