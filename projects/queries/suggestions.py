"""What an entry form suggests: names that the unit used last."""

from accounts.queries.posts import ActingPost
from projects.queries.visible import enterprises_for, visits_for

MOST = 40


def firms(post: ActingPost) -> list[str]:
    """Names of firms that the post knows, those visited last first, each once. Two queries."""
    visited = visits_for(post).filter(unit_id=post.unit_id).select_related("enterprise")
    latest = [visit.firm for visit in visited.order_by("-happened_on", "-pk")[:MOST]]
    known = enterprises_for(post).order_by("-pk").values_list("name", flat=True)[:MOST]
    return list(dict.fromkeys([*latest, *known]))[:MOST]
