"""Whom an opinion tells: the credited units, and the offices whose finding it changes (F-57)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from accounts.choices import Role
from accounts.models import Post
from accounts.queries.posts import ActingPost
from assessment.choices import NoticeKind, NoticeLink, Step, Verdict
from assessment.models import Opinion
from assessment.queries import event_words
from assessment.services.telling import Event, tell
from projects.models import Claim, SplitLine


@dataclass(frozen=True)
class Before:
    """The figures of a claim as they stood before an opinion."""

    verified: Decimal | None
    superior: Decimal | None

    @classmethod
    def of(cls, claim: Claim) -> "Before":
        return cls(claim.verified, claim.superior)


def told(*, post: ActingPost, opinions: list[Opinion], before: dict[int, Before], today: dt.date) -> int:
    """Tell people of these opinions, which one act has just given; how many posts were addressed.

    Told is what goes against a unit (returned at any step, reduced or rejected at the inspection), and
    any change of what had been decided. Opinions on the claims of one signing are told together.
    ``before``: the figures by claim id before the act.
    """
    events: list[Event] = []
    against: dict[int, list[Opinion]] = {}
    for opinion in opinions:
        claim, was = opinion.claim, before[opinion.claim_id]
        claim.refresh_from_db(fields=["verified", "superior", "state"])
        if _changes(opinion, was):
            events += _changed(opinion, was)
        elif _goes_against(opinion):
            against.setdefault(claim.unit_id, []).append(opinion)
    for unit_id, given in against.items():
        first = given[0]
        text = event_words.against(first.claim, first, others=len(given) - 1)
        events.append(_event(NoticeKind.AGAINST, first, unit_id, text))
    return tell(events=events, today=today, but=post.id)


def _changes(opinion: Opinion, was: Before) -> bool:
    """Whether it changes what had been decided, or says otherwise than was decided."""
    claim = opinion.claim
    if opinion.step == Step.SUPERIOR:
        differs = claim.verified is not None and claim.verified != claim.superior
        return differs or was.superior not in (None, claim.superior)
    return was.verified is not None and claim.verified != was.verified


def _goes_against(opinion: Opinion) -> bool:
    if opinion.verdict == Verdict.RETURN:
        return True
    return opinion.step == Step.INSPECTION and opinion.verdict in (Verdict.REDUCE, Verdict.REJECT)


def _changed(opinion: Opinion, was: Before) -> Iterator[Event]:
    """For every credited unit and every office that had decided the claim."""
    claim = opinion.claim
    if opinion.step == Step.SUPERIOR:
        text = event_words.differs(claim, opinion)
    else:
        text = event_words.changed(claim, opinion, before=was.verified)
    for unit_id in dict.fromkeys([claim.unit_id, *_sharers(claim), *_deciders(opinion)]):
        yield _event(NoticeKind.CHANGED, opinion, unit_id, text)


def _sharers(claim: Claim) -> list[int]:
    """Units that the claim is credited to by its split."""
    lines = SplitLine.objects.filter(split=claim.split_id, kind=claim.kind) if claim.split_id else None
    return [] if lines is None else list(lines.order_by("pk").values_list("unit_id", flat=True))


def _deciders(opinion: Opinion) -> list[int]:
    """Inspection offices whose people found on the claim before, or signed for it."""
    found = Opinion.objects.filter(claim=opinion.claim_id, step__in=(Step.INSPECTION, Step.JOINT))
    people = found.exclude(pk=opinion.pk).values("actor_id")
    posts = Post.objects.filter(user__in=people, role=Role.INSPECTION)
    return list(posts.order_by("unit_id").values_list("unit_id", flat=True).distinct())


def _event(kind: str, opinion: Opinion, unit_id: int, text: str) -> Event:
    return Event(kind, unit_id, text, NoticeLink.CLAIM, opinion.claim_id, opinion_id=opinion.pk)
