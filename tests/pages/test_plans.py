"""计划日期: when a project means to reach a stage, told beside when it did, in the list and in the log."""

import datetime as dt
import re

import pytest

from accounts.acts import act
from accounts.models import Change, ChangeRow
from projects.choices import Move, MoveState, Stage
from projects.models import Project, StageChange, StagePlan
from projects.queries import plans
from projects.queries.papers import projects_listed
from projects.stages import OFF_WAY
from tests.pages.test_shell import text_of
from tests.pages.test_vouchers import commits
from tests.walls.ground import attempt, insert
from tests.world import TODAY, acting

EARLIER = "2012-06-02"  # thirty days before today
KEPT = {"started": "2012-09-01", "completed": "2013-03-01", "in_production": "2013-06-01"}


def bare(text: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"(\s|<[^>]*>)+", " ", text)


def page_of(world, key: str = "project") -> str:
    return f"/projects/{world.a.rows[key]}/"


def in_force(world, key: str = "project") -> list[tuple[str, dt.date, int, str]]:
    with acting(world.a.posts["clerk"]):
        rows = StagePlan.objects.filter(project=world.a.rows[key]).order_by("stage", "version")
        return list(rows.values_list("stage", "planned_on", "version", "reason"))


def reach(world, key: str, *moves: tuple[str, str, dt.date]) -> None:
    """Steps that stand, of a project that has recorded none."""
    with acting(world.a.posts["clerk"]):
        act("project.advance")
        project = Project.objects.get(pk=world.a.rows[key])
        for before, after, day in moves:
            step = {"before": before, "after": after, "happened_on": day}
            step["code"] = "market" if after in OFF_WAY else ""
            StageChange.objects.create(project=project, **step, move=Move.FORWARD, status=MoveState.EFFECTIVE)
            project.stage = after
            project.save(update_fields=["stage"])


@commits
@pytest.mark.covers("F-22", "I1", "I3")
def test_a_plan_is_stated_compared_and_changed_with_a_reason(world, sign_in):
    town, page = sign_in("a_reporter"), page_of(world)
    before = bare(text_of(town.get(page)))
    assert "开工 — — —" in before
    assert "投产 2013-06-01 — 还有 334 天" in before
    # The contract itself tells when it was signed.
    assert re.search(r"签约 — \d{4}-\d\d-\d\d —", before)

    sent = {**KEPT, "landed": EARLIER}
    answer = town.post(f"{page}plan/", sent, follow=True)
    assert "已保存计划日期" in text_of(answer)
    assert f"落地 {EARLIER} — 已逾期 30 天" in bare(text_of(answer))
    assert "开工 2012-09-01 — 还有 61 天" in bare(text_of(answer))

    # Another day is another version: the first one stays, and a reason stands beside it.
    sent["landed"] = "2012-07-02"
    assert "调整已有的计划日期，请写明理由" in text_of(town.post(f"{page}plan/", sent))
    answer = town.post(f"{page}plan/", {**sent, "reason": "用地批复推迟"}, follow=True)
    words = bare(text_of(answer))
    assert f"落地 2012-07-02 最初计划 {EARLIER}；调整理由：用地批复推迟 — 今天到期" in words
    assert "填写了计划日期" in words
    assert [row for row in in_force(world) if row[0] == "landed"] == [
        ("landed", dt.date(2012, 6, 2), 1, ""),
        ("landed", dt.date(2012, 7, 2), 2, "用地批复推迟"),
    ]
    with acting(world.a.posts["clerk"]):
        line = ChangeRow.objects.filter(table="projects_stageplan").order_by("pk").last()
        assert (line.change.act, line.change.reason) == ("project.plan", "用地批复推迟")


@commits
@pytest.mark.covers("F-22")
def test_plan_and_fact_are_compared_in_days(world, sign_in):
    town, page = sign_in("a_clerk"), page_of(world, "bureau_project")
    days = {
        "signed": "2012-05-01",
        "landed": "2012-05-20",
        "started": "2012-06-01",
        "completed": "2012-06-20",
    }
    assert town.post(f"{page}plan/", days).status_code == 302
    reach(
        world,
        "bureau_project",
        ("", Stage.NEGOTIATING, dt.date(2012, 3, 1)),
        (Stage.NEGOTIATING, Stage.SIGNED, dt.date(2012, 5, 13)),
        (Stage.SIGNED, Stage.LANDED, dt.date(2012, 5, 20)),
        (Stage.LANDED, Stage.STARTED, dt.date(2012, 5, 30)),
    )
    words = bare(text_of(town.get(page)))
    assert "签约 2012-05-01 2012-05-13 比计划晚 12 天" in words
    assert "落地 2012-05-20 2012-05-20 按期" in words
    assert "开工 2012-06-01 2012-05-30 比计划早 2 天" in words
    assert "竣工 2012-06-20 — 已逾期 12 天" in words
    assert "投产 — — —" in words
    # What was reached is planned no more.
    form = text_of(town.get(f"{page}plan/"))
    assert 'name="completed"' in form
    assert 'name="started"' not in form


@commits
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"started": "2012-01-01", "landed": "2012-02-01"}, "早于计划落地（2012-02-01）"),
        ({"landed": "1999-01-01"}, "计划落地（1999-01-01）早于实际签约（"),
        ({"completed": "2013-07-01"}, "计划投产（2013-06-01）早于计划竣工（2013-07-01）"),
        ({"in_production": ""}, "“投产”已有计划日期，不能清空"),
        ({"in_production": "2013-06-01"}, "没有改动"),
        ({"landed": "明年"}, "不是日期"),
    ],
)
def test_an_unfit_plan_is_refused_in_words(world, sign_in, sent, said):
    answer = sign_in("a_reporter").post(f"{page_of(world)}plan/", {"in_production": "2013-06-01", **sent})
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert [row[0] for row in in_force(world)] == ["in_production"]


@commits
def test_a_form_that_is_sent_twice_plans_once(world, sign_in):
    town, page = sign_in("a_reporter"), f"{page_of(world)}plan/"
    key = re.search(r'name="sent_key" value="([^"]+)"', text_of(town.get(page)))[1]
    sent = {**KEPT, "sent_key": key}
    assert [town.post(page, sent).status_code for _ in range(2)] == [302, 302]
    with acting(world.a.posts["clerk"]):
        assert Change.objects.filter(act="project.plan").count() == 1


@commits
def test_a_project_off_its_way_is_not_overdue(world, sign_in):
    clerk, page = sign_in("a_clerk"), page_of(world, "bureau_project")
    clerk.post(f"{page}plan/", {"started": EARLIER})
    assert "招商局电子项目" in text_of(clerk.get("/projects/?late=1"))
    reach(
        world,
        "bureau_project",
        ("", Stage.NEGOTIATING, dt.date(2012, 3, 1)),
        (Stage.NEGOTIATING, Stage.TERMINATED, dt.date(2012, 6, 13)),
    )
    assert f"开工 {EARLIER} — —" in bare(text_of(clerk.get(page)))
    assert "招商局电子项目" not in text_of(clerk.get("/projects/?late=1"))
    assert "没有待计划的阶段" in text_of(clerk.get(f"{page}plan/"))
    assert "没有待计划的阶段" in text_of(clerk.post(f"{page}plan/", {"started": "2012-09-01"}))


@commits
@pytest.mark.covers("F-22")
def test_the_list_finds_what_is_overdue(world, sign_in):
    clerk = sign_in("a_clerk")
    assert "没有符合条件的项目" in text_of(clerk.get("/projects/?late=1"))
    clerk.post(f"{page_of(world)}plan/", {**KEPT, "landed": EARLIER, "started": "2012-06-10"})
    clerk.post(f"{page_of(world, 'office_project')}plan/", {"signed": "2012-07-02"})
    found = text_of(clerk.get("/projects/?late=1"))
    assert set(re.findall(r'href="/projects/\d+/">([^<]+)<', found)) == {"水沟镇电子项目"}
    assert "落地逾期" in bare(found)
    assert "落地逾期" in bare(text_of(clerk.get("/projects/")))
    # A plan that took its place and lies ahead is the one that counts.
    later = {**KEPT, "landed": "2012-08-01", "reason": "改期"}
    assert clerk.post(f"{page_of(world)}plan/", later).status_code == 302
    assert "没有符合条件的项目" in text_of(clerk.get("/projects/?late=1"))


@commits
@pytest.mark.covers("I3")
def test_the_database_keeps_every_version(world, ground):
    a = world.a
    row = {"tenant_id": a.tenant_id, "project_id": a.rows["project"], "stage": "in_production"}
    row |= {"planned_on": "2013-09-01", "version": 2, "reason": ""}
    with ground.inside(a.posts["reporter"]) as app:
        assert attempt(app, *insert("projects_stageplan", row)).code == "23514", "no reason"
        assert attempt(app, *insert("projects_stageplan", {**row, "version": 1})).code == "23505", "again"
        assert (
            attempt(app, *insert("projects_stageplan", {**row, "version": 0, "reason": "x"})).code == "23514"
        )
        lead = {**row, "version": 1, "stage": "lead"}
        assert attempt(app, *insert("projects_stageplan", lead)).code == "23514", "not ahead of anything"
        for sql in (
            "UPDATE projects_stageplan SET planned_on = planned_on + 1",
            "DELETE FROM projects_stageplan",
        ):
            assert attempt(app, sql).code == "42501", sql
        assert not attempt(app, *insert("projects_stageplan", {**row, "reason": "改期"})).refused


def test_who_plans(world, sign_in):
    page = f"{page_of(world)}plan/"
    for stem, code in (("leader", 403), ("party_inspector", 403), ("auditor", 403), ("other_head", 404)):
        assert sign_in(f"a_{stem}").get(page).status_code == code, stem
        assert sign_in(f"a_{stem}").post(page, KEPT).status_code == code, stem
    for stem in ("reporter", "head", "clerk"):
        assert sign_in(f"a_{stem}").get(page).status_code == 200, stem
    assert sign_in("b_clerk").get(page).status_code == 404
    assert sign_in("a_clerk").delete(page).status_code == 405
    assert "project_plan" not in text_of(sign_in("a_leader").get(page_of(world)))
    assert "plan/" not in text_of(sign_in("a_leader").get(page_of(world)))


@commits
@pytest.mark.parametrize("rows", [1, 3])
def test_plans_need_few_queries(world, sign_in, django_assert_num_queries, rows):
    clerk, page = sign_in("a_clerk"), page_of(world)
    for number in range(rows):
        clerk.post(f"{page}plan/", {**KEPT, "landed": f"2012-06-0{number + 2}", "reason": "改期"})
    clerk.get(f"{page}plan/")
    with django_assert_num_queries(20):
        clerk.get(f"{page}plan/")
    with django_assert_num_queries(19):
        clerk.get("/projects/?late=1")


@commits
def test_the_list_agrees_with_the_page(world, sign_in):
    """The database's filter and the page's arithmetic are two ways to one answer."""
    sign_in("a_clerk").post(f"{page_of(world)}plan/", {**KEPT, "landed": EARLIER})
    with acting(world.a.posts["clerk"]) as post:
        for project in plans.with_overdue(projects_listed(post), today=TODAY):
            late = [line.stage for line in plans.track_of(project, today=TODAY).lines if line.overdue]
            assert project.overdue == (late[0] if late else None), project
