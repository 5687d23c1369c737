"""The portal's Celery app for the reminder battery: the same tasks, a quick schedule, and much to be told.

What is due is not looked up but counted: the file ``wanted`` in the post office says how many notices there
shall be. Planning, delivering, sweeping and leasing are the product's own.
"""

import datetime as dt
import os
from pathlib import Path
from types import SimpleNamespace

import django

django.setup()

from accounts.models import Post, Unit  # noqa: E402 -- models can be imported from here on
from assessment.choices import NoticeLink, RuleKind  # noqa: E402
from assessment.models import Mailbox, Notice, Rule  # noqa: E402
from assessment.queries.notice_day import Planned  # noqa: E402
from assessment.services import deliveries, notices  # noqa: E402
from portal.celery import app  # noqa: E402
from projects.models import Period  # noqa: E402
from tests.battery.post_office import DIRECTORY  # noqa: E402

AT_ONCE = 500
AGAIN = 5  # of those told already, offered once more to each planner
FIRST_STEP = 1000  # above the world's own


def wanted() -> int:
    try:
        return int((Path(os.environ[DIRECTORY]) / "wanted").read_text())
    except (FileNotFoundError, ValueError):
        return 0


def due(today: dt.date, *, at: dt.time) -> list[Planned]:
    """The next notices for the one person who has mail, at any hour; nobody has in other tenants."""
    mailbox = Mailbox.objects.exclude(address="").first()
    if mailbox is None:
        return []
    post = Post.objects.select_related("unit").get(pk=mailbox.post_id)
    told = set(Notice.objects.filter(step__gte=FIRST_STEP).values_list("step", flat=True))
    steps = range(FIRST_STEP, FIRST_STEP + wanted())
    fresh = [step for step in steps if step not in told][:AT_ONCE]
    rule, period = Rule.objects.get(kind=RuleKind.NOT_REPORTED), Period.objects.first()
    return [_planned(rule, post.unit, period, step, post.pk) for step in [*fresh, *sorted(told)[:AGAIN]]]


def _planned(rule: Rule, unit: Unit, period: Period, step: int, post_id: int) -> Planned:
    return Planned(
        rule=rule,
        unit=unit,
        period=period,
        step=step,
        text=f"第{step}件事",
        why="",
        link=NoticeLink.RETURN,
        link_row=None,
        recipients=(SimpleNamespace(post_id=post_id),),
    )


notices.due = due
deliveries.LEASE = dt.timedelta(seconds=float(os.environ["OFFICE_LEASE_SECONDS"]))
for name, seconds in {"plan_notices": 2, "sweep_deliveries": 3}.items():
    app.conf.beat_schedule[name]["schedule"] = seconds
