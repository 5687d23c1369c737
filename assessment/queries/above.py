"""What the jurisdictions above have tasked this one with."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from assessment.percent import percent
from projects.choices import PeriodKind


@dataclass(frozen=True)
class Task:
    """A task issued to the current jurisdiction by document; the amount in the unit of the measure's kind."""

    issued_by: str
    measure: str
    kind: str
    period: str
    amount: Decimal
    document: str

    def completion(self, amount: Decimal) -> Decimal | None:
        """How much of it this amount is, in % with two places."""
        return percent(amount, self.amount)


def tasks_from_above(measure_name: str, *, as_of: dt.date) -> list[Task]:
    """Yearly tasks of the measure of this name in the year of as-of, the nearest issuer last. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT issued_by, measure, kind, period, amount, document FROM sec.tasks_from_above()"
            " WHERE measure = %s AND period_kind = %s AND starts_on = %s",
            [measure_name, PeriodKind.YEAR.value, dt.date(as_of.year, 1, 1)],
        )
        return [Task(*row) for row in cursor.fetchall()]
