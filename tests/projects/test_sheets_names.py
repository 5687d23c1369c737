"""Which unit a sheet means, the questions about it and their answers."""

import pytest

from projects.sheets.rows import Rows
from tests.projects.workbooks import (
    CLEAN,
    FUNDS,
    HOSTILE,
    TASK_SHEET,
    ZEROS,
    after,
    checked,
    edited,
    found,
    small,
)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("水沟", "水沟镇"),
        ("水沟镇人民政府", "水沟镇"),
        ("县林业局", "林业局"),
        ("商南县林业局", "林业局"),
        ("林业", "林业局"),
        ("残联办公室", "残联"),
        ("青油河镇", "清油河镇"),
        ("工业园管委会", "工业园区管委会"),
    ],
)
def test_a_near_name_is_asked_about_with_a_proposal(written, unit):
    result = checked(edited(CLEAN, {(ZEROS, "B4"): written}))
    (ask,) = [finding for finding in result.findings if finding.code == "unit_spelling"]
    assert (ask.severity, ask.proposal, ask.key, ask.value) == ("ask", unit, f"unit:{written}", written)
    assert ask.question == f"“{written}”是“{unit}”吗？"
    assert (ZEROS, 4) not in {row.place for row in result.clean.zeros}


@pytest.mark.parametrize("written", ["开发区管委会", "农业农村厅", "不知道"])
def test_a_name_near_to_nothing_is_an_error(written):
    assert found(checked(edited(CLEAN, {(ZEROS, "B4"): written}))) == [
        (ZEROS, 4, "单位", "error", "unit_unknown")
    ]


def test_an_answer_settles_every_row_of_that_spelling_and_becomes_an_alias():
    cells = {(FUNDS, f"C{row}"): "水沟" for row in (4, 5, 6)} | {(ZEROS, "B4"): "县 府办"}
    content = edited(CLEAN, cells)
    first = checked(content)
    assert [(f.row, f.key) for f in first.findings if f.severity == "ask"] == [
        (4, "unit:水沟"),
        (5, "unit:水沟"),
        (6, "unit:水沟"),
        (4, "unit:县 府办"),
    ]
    result = checked(content, answers={"unit:水沟": "水沟镇", "unit:县府办": "县政府办"})
    assert (result.findings, result.is_clean) == ((), True)
    assert result.aliases == {"水沟": "水沟镇", "县 府办": "县政府办"}
    assert {row.unit for row in result.clean.funds[:3]} == {"水沟镇"}
    again = checked(content, after(result))
    assert (again.findings, again.clean, again.aliases) == ((), Rows(), {})


def test_no_as_an_answer_and_an_answer_that_is_no_unit():
    content = edited(CLEAN, {(ZEROS, "B4"): "县财政"})
    result = checked(content, answers={"unit:县财政": "no"})
    assert found(result) == [(ZEROS, 4, "单位", "error", "unit_unknown")]
    assert "答复" in checked(content, answers={"unit:县财政": "没有的局"}).findings[0].reason


def test_an_answer_with_a_unit_that_is_not_loaded_makes_no_alias():
    result = checked(HOSTILE, answers={"unit:水沟": "水沟镇", "unit:县林业局": "林业局"})
    assert result.aliases == {"县林业局": "林业局"}


def test_a_task_list_meets_units_that_the_tenant_has():
    rows = [*TASK_SHEET, ["县招商局", "部门", 10], ["督查室", "部门", 5]]
    result = small(任务=rows)
    assert found(result) == [("任务", 6, "单位", "ask", "unit_spelling")]
    assert [row.unit for row in result.clean.tasks] == ["城关镇", "财政局", "督查室"]
    settled = small(任务=rows, answers={"unit:县招商局": "招商局"})
    assert [row.unit for row in settled.clean.tasks] == ["城关镇", "财政局", "招商局", "督查室"]
    refused = small(任务=rows, answers={"unit:县招商局": "no"})
    assert (refused.findings, [row.unit for row in refused.clean.tasks][2]) == ((), "县招商局")


def test_a_task_list_without_kinds_goes_by_the_name_and_says_so():
    rows = [row[:1] + row[2:] if len(row) == 3 else row for row in TASK_SHEET]
    result = small(任务=rows)
    assert found(result) == [("任务", 3, "类别", "flag", "group_assumed")]
    assert [(row.unit, row.kind, row.group) for row in result.clean.tasks] == [
        ("城关镇", "town", "镇"),
        ("财政局", "department", "部门"),
    ]
