"""Days on the way as pure functions: what was reached when, and the middle of many days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import industries
from projects.choices import AgreementKind, Stage
from projects.durations import FEWEST, Spread, spread_of
from projects.stages import OFF_WAY, WAY, days_reached, has_come_to

FROM = dt.date(2011, 1, 1)


def on(days: int) -> dt.date:
    return FROM + dt.timedelta(days)


@given(st.lists(st.integers(0, 4000), max_size=12))
def test_the_middle_is_the_least_day_that_half_of_them_do_not_exceed(days):
    spread = spread_of(days)
    assert spread.number == len(days)
    if len(days) < FEWEST:
        assert spread == Spread(len(days))
        return
    naive = min(day for day in days if 2 * sum(other <= day for other in days) >= len(days))
    assert spread == Spread(len(days), naive, min(days), max(days))


@pytest.mark.parametrize(
    ("moves", "signed", "reached"),
    [
        ([], [], {}),
        ([], [("contract", 5), ("contract", 9)], {Stage.SIGNED: 5}),
        ([], [("intent", 2), ("contract", 5)], {Stage.INTENT: 2, Stage.SIGNED: 5}),
        # A framework after the contract leads nowhere.
        ([], [("contract", 5), ("framework", 9)], {Stage.SIGNED: 5}),
        ([], [("supplement", 5)], {}),
        ([("negotiating", 1), ("signed", 5)], [("contract", 4)], {Stage.NEGOTIATING: 1, Stage.SIGNED: 5}),
        # A stage that was passed by has the day of its signature, where it fits.
        ([("landed", 9)], [("contract", 4)], {Stage.SIGNED: 4, Stage.LANDED: 9}),
        ([("landed", 9)], [("contract", 10)], {Stage.LANDED: 9}),
        # Going back forgets what was beyond; coming back to a stage keeps its first day.
        (
            [("signed", 1), ("started", 5), ("signed", 7), ("started", 9)],
            [],
            {Stage.SIGNED: 1, Stage.STARTED: 9},
        ),
        ([("signed", 1), ("negotiating", 5)], [("contract", 1)], {Stage.NEGOTIATING: 5}),
        # Leaving the way and returning to it changes no day.
        (
            [("signed", 1), ("started", 5), ("suspended", 7), ("started", 9)],
            [],
            {Stage.SIGNED: 1, Stage.STARTED: 5},
        ),
        ([("terminated", 7)], [("contract", 4)], {Stage.SIGNED: 4}),
    ],
)
def test_on_which_day_a_stage_was_reached(moves, signed, reached):
    days = days_reached([(stage, on(day)) for stage, day in moves], [(kind, on(day)) for kind, day in signed])
    assert days == {stage: on(day) for stage, day in reached.items()}


MOVES = st.lists(st.tuples(st.sampled_from([*WAY, *OFF_WAY]), st.integers(0, 50)), max_size=8)
SIGNED = st.lists(st.tuples(st.sampled_from(AgreementKind.values), st.integers(0, 50)), max_size=4)


@given(MOVES, SIGNED)
def test_days_never_run_backwards_along_the_way(moves, signed):
    days = [day for _stage, day in moves]
    told = [(stage, on(day)) for (stage, _), day in zip(moves, sorted(days), strict=True)]
    papers = [(kind, on(day)) for kind, day in sorted(signed, key=lambda paper: paper[1])]
    reached = days_reached(told, papers)
    in_order = [reached[stage] for stage in WAY if stage in reached]
    assert in_order == sorted(in_order)
    last = next((stage for stage, _day in reversed(told) if stage in WAY), None)
    if last is not None:
        assert last in reached
        assert not any(has_come_to(last, stage, reached) for stage in WAY[WAY.index(last) + 1 :])


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("C3562", "C"),
        (" c35", "C"),
        ("A", "A"),
        ("", "blank"),
        ("  ", "blank"),
        ("3562", "unknown"),
        ("Z1", "unknown"),
    ],
)
def test_the_section_of_a_code(code, section):
    assert industries.section_of(code) == section
    assert section in industries.LABELS
