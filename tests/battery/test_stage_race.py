"""People who act on one thing at the same moment, in processes of their own: exactly one succeeds."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Unit
from accounts.queries.posts import ActingPost
from accounts.refusals import Refused
from projects.choices import ClaimKind
from projects.models import Claim, Gate, Lead, Project, StageChange
from projects.services import gates, leads, lifecycle
from tests.battery.processes import Worker, at_once
from tests.world import TODAY, acting

pytestmark = [pytest.mark.battery, pytest.mark.django_db(transaction=True)]

DAY = dt.date(2012, 6, 20)
WAY = ("intent", "signed", "landed", "started")


def advance(post: ActingPost, project: int, to: str) -> str:
    """Move the project; the stage that it reached, or why not."""
    with acting(post):
        try:
            moved = lifecycle.advance(post=post, project_id=project, to=to, happened_on=DAY, today=TODAY)
        except (Refused, ValidationError) as refusal:
            return f"refused: {refusal}"
        return moved.change.after


def report(post: ActingPost, firm: str) -> str:
    """Report a lead of this firm; the unit that holds it, or why not."""
    with acting(post):
        unit = Unit.objects.get(pk=post.unit_id)
        try:
            done = leads.report(
                post=post, entry=leads.Entry(content="建厂", firm_name=firm), unit=unit, today=DAY
            )
        except ValidationError as refusal:
            return f"refused: {refusal.messages[0]}"
        return done.lead.unit.name


@pytest.mark.covers("I3", "I7")
def test_of_concurrent_moves_exactly_one_succeeds_and_counts_once(world):
    people = [world.a.posts["clerk"], world.a.posts["second_clerk"]] * 2
    project = world.a.rows["office_project"]
    with acting(people[0]):
        asked = list(Gate.objects.filter(stage__in=WAY).values_list("pk", flat=True))
    for gate in asked:
        with acting(people[0]) as clerk:
            gates.end(post=clerk, gate_id=gate, today=TODAY)
    for to in WAY:
        reached = at_once(*(Worker(advance, post=post, project=project, to=to) for post in people))
        assert reached.count(to) == 1, reached
        assert sum("请选择另一个阶段" in result for result in reached) == len(people) - 1, reached
    with acting(people[0]):
        assert Project.objects.get(pk=project).stage == "started"
        assert StageChange.objects.filter(project=project).count() == len(WAY)
        counted = Claim.objects.filter(project=project, stage_change__isnull=False)
        assert sorted(counted.values_list("kind", flat=True)) == [ClaimKind.LANDED, ClaimKind.STARTED]


@pytest.mark.covers("I7")
def test_of_concurrent_first_reports_one_holds_the_firm(world):
    people = [world.a.posts["reporter"], world.a.posts["other_head"], world.a.posts["head"]] * 2
    said = at_once(*(Worker(report, post=post, firm="大海公司") for post in people))
    held = [word for word in said if not word.startswith("refused")]
    assert len(held) == 1, said
    with acting(world.a.posts["clerk"]):
        assert Lead.objects.filter(firm_name="大海公司").count() == 1
