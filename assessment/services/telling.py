"""Telling people what has happened, in the act in which it happens: once for each event and unit (I10)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from assessment.models import Notice
from assessment.queries.recipients import OFFICE_ROLES, UNIT_ROLES, People
from assessment.services.deliveries import hand_over

# Everybody of a unit or an office who does its work; leaders are told by the rules of reminding.
TOLD = UNIT_ROLES | OFFICE_ROLES


@dataclass(frozen=True)
class Event:
    """What one unit is told: because of an opinion, or of a matter and perhaps a step of it.

    ``number`` tells events of the same source apart. ``link`` and ``link_row`` are the page that it opens.
    """

    kind: str
    unit_id: int
    text: str
    link: str
    link_row: int
    opinion_id: int | None = None
    matter_id: int | None = None
    matter_step_id: int | None = None
    number: int = 1

    @property
    def key(self) -> tuple:
        """What the database keeps unique."""
        source = (self.opinion_id, self.matter_id, self.matter_step_id)
        return (self.kind, self.unit_id, *source, self.number)


def tell(*, events: Iterable[Event], today: dt.date, but: int | None = None) -> int:
    """Write these events and deliver each to the posts of its unit, save the post ``but``, which acts.

    To be called inside the act that they are about. An event that was told before is left as it is. How
    many posts were addressed; without events no query.
    """
    found = {event.key: event for event in events}
    if not found:
        return 0
    Notice.objects.bulk_create((_notice(event, today) for event in found.values()), ignore_conflicts=True)
    notices, people = _written(found.values()), People(today)
    addressed = [
        (notices[key], recipient.post_id)
        for key, event in found.items()
        for recipient in people.of(event.unit_id, TOLD)
        if recipient.post_id != but
    ]
    hand_over(addressed=addressed)
    return len(addressed)


def _notice(event: Event, today: dt.date) -> Notice:
    return Notice(
        kind=event.kind,
        unit_id=event.unit_id,
        opinion_id=event.opinion_id,
        matter_id=event.matter_id,
        matter_step_id=event.matter_step_id,
        step=event.number,
        text=event.text,
        link=event.link,
        link_row=event.link_row,
        planned_on=today,
    )


def _written(events: Iterable[Event]) -> dict[tuple, int]:
    """Ids of the notices about the same opinions and matters, by key. One query."""
    events = list(events)
    if events[0].opinion_id is not None:
        rows = Notice.objects.filter(opinion__in=[event.opinion_id for event in events])
    else:
        rows = Notice.objects.filter(matter__in=[event.matter_id for event in events])
    keys = ("kind", "unit_id", "opinion_id", "matter_id", "matter_step_id", "step")
    return {row[:-1]: row[-1] for row in rows.values_list(*keys, "pk")}
