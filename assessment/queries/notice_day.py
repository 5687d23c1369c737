"""What the rules of reminding look at on one day, and what they find."""

import datetime as dt
from dataclasses import dataclass, field

from accounts.models import Unit
from assessment.models import Notice, Rule
from assessment.queries.basis import year_of
from assessment.queries.recipients import UNIT_ROLES, People, Recipient
from assessment.queries.standing import Standing, standing
from projects.models import Period
from projects.queries import workdays

Key = tuple[str, int, int | None, int | None, int]
TO_UNIT, TO_LEADER, TO_PRINCIPAL = 1, 2, 3  # steps of the rules that count work days

# A Return of December is still asked for in January; one of years ago is not.
LOOK_BACK = dt.timedelta(days=31)


@dataclass(frozen=True)
class Planned:
    """A notice that is due: what it says, why, and to whom it goes."""

    rule: Rule
    unit: Unit
    period: Period
    step: int
    text: str
    why: str
    link: str
    link_row: int | None
    recipients: tuple[Recipient, ...]

    @property
    def key(self) -> Key:
        """What the database keeps unique."""
        return self.rule.kind, self.unit.pk, self.rule.measure_id, self.period.pk, self.step


@dataclass
class Day:
    """One business day: the calendar, units and people, what has been told, the standings."""

    today: dt.date
    calendar: workdays.Table
    people: People
    told: set[Key]
    _standings: dict[str, Standing] = field(default_factory=dict)

    @classmethod
    def read(cls, today: dt.date) -> "Day":
        """Read all but the standings. Six queries."""
        told = Notice.objects.filter(planned_on__gte=year_of(today - LOOK_BACK))
        keys = told.values_list("kind", "unit_id", "measure_id", "period_id", "step")
        return cls(today, workdays.table(), People(today), set(keys))

    def standing(self, measure_name: str) -> Standing:
        """The verified standing as the pages show it today."""
        if measure_name not in self._standings:
            self._standings[measure_name] = standing(as_of=self.today, measure_name=measure_name)
        return self._standings[measure_name]

    def recipients(
        self,
        rule: Rule,
        unit: Unit,
        *,
        leader: bool,
        principal: bool,
        roles: frozenset[str] = UNIT_ROLES,
    ) -> tuple[Recipient, ...]:
        """The people of the unit, and those above it whom this step tells as well; nobody twice."""
        found = self.people.of(unit.pk, roles)
        if leader:
            found += self.people.leaders_of(unit)
        if principal and rule.principal_office_id:
            found += self.people.leaders_in(rule.principal_office_id)
        return tuple({one.post_id: one for one in found}.values())

    def late_step(self, rule: Rule, days: int) -> int | None:
        """The last step of a rule by work days that is due after so many of them; None before the first."""
        steps = (
            (TO_PRINCIPAL, rule.principal_days),
            (TO_LEADER, rule.leader_days),
            (TO_UNIT, rule.unit_days),
        )
        due = (step for step, after in steps if after is not None and days >= after)
        return next(due, None)
