"""阶段用时: how long stretches of the way took by industry, and the projects behind each number."""

import datetime as dt
import re

import pytest

from accounts.acts import act
from projects.choices import Move, MoveState, Stage
from projects.models import Project, StageChange
from tests.pages.test_plans import bare
from tests.pages.test_shell import text_of
from tests.pages.test_vouchers import commits
from tests.world import CANARY, acting

PAGE = "/projects/durations/"
BEGUN = dt.date(2011, 1, 1)


def walked(world, *ways: tuple[str, str, list[tuple[str, int]]], unit: str = "水沟镇") -> None:
    """Projects with their industry code and the days after ``BEGUN`` on which they came to stages."""
    with acting(world.a.posts["clerk"]):
        act("project.advance")
        for name, industry, moves in ways:
            project = Project.objects.create(
                name=name,
                industry=industry,
                enterprise_id=world.a.rows["enterprise"],
                unit_id=world.a.units[unit],
                year_introduced=2011,
            )
            before = ""
            for after, days in moves:
                StageChange.objects.create(
                    project=project,
                    before=before,
                    after=after,
                    move=Move.FORWARD,
                    status=MoveState.EFFECTIVE,
                    happened_on=BEGUN + dt.timedelta(days),
                )
                project.stage = before = after
                project.save(update_fields=["stage"])


def signed_after(name: str, industry: str, days: int) -> tuple[str, str, list[tuple[str, int]]]:
    return name, industry, [(Stage.NEGOTIATING, 0), (Stage.SIGNED, days)]


@commits
@pytest.mark.covers("F-22", "I2", "I12")
def test_medians_by_industry_open_the_projects_they_count(world, sign_in):
    walked(
        world,
        *(signed_after(f"制造{days}", "C3562", days) for days in (40, 10, 300, 20)),
        signed_after("农业5", "A0111", 5),
        signed_after("不明7", "3562", 7),
        signed_after("未填9", "", 9),
    )
    clerk = sign_in("a_clerk")
    page = bare(text_of(clerk.get(PAGE)))
    assert "制造业 4 20 10 300" in page
    # One project has no middle; it is told and not measured.
    assert "农、林、牧、渔业 1 — — —" in page
    assert "门类不明（代码没有以门类字母开头） 1 — — —" in page
    assert "行业未填 1 — — —" in page
    assert "合计 7 10 5 300" in page
    assert "不足 3 个项目的只列个数" in page
    assert "竣工 还没有走完这一段" in page

    links = re.findall(r'href="(\?[^"]*stretch=negotiating-signed[^"]*)">(\d+)<', text_of(clerk.get(PAGE)))
    assert [int(number) for _query, number in links] == [1, 4, 1, 1, 7]
    for query, number in links:
        listed = text_of(clerk.get(PAGE + query.replace("&amp;", "&").partition("#")[0]))
        assert len(re.findall(r'href="/projects/\d+/">', listed)) == int(number), query
    listed = bare(text_of(clerk.get(f"{PAGE}?stretch=negotiating-signed&industry=C")))
    assert "在谈 → 签约：制造业" in listed
    assert "制造300 恒盛公司 水沟镇 制造业 2011-01-01 2011-10-28 300" in listed


@commits
@pytest.mark.covers("F-22")
def test_it_is_narrowed_by_unit_and_year(world, sign_in):
    walked(world, *(signed_after(f"镇{days}", "C35", days) for days in (10, 20, 400)))
    walked(world, signed_after("城关8", "C35", 8), unit="城关镇")
    clerk, unit = sign_in("a_clerk"), world.a.units["水沟镇"]
    assert "制造业 4 10 8 400" in bare(text_of(clerk.get(PAGE)))
    assert "制造业 3 20 10 400" in bare(text_of(clerk.get(f"{PAGE}?unit={unit}")))
    assert "制造业 3 10 8 20" in bare(text_of(clerk.get(f"{PAGE}?year=2011")))
    narrowed = text_of(clerk.get(f"{PAGE}?unit={unit}&year=2012"))
    assert "制造业 1 — — —" in bare(narrowed)
    assert f"?unit={unit}&amp;year=2012&amp;stretch=negotiating-signed&amp;industry=C#projects" in narrowed
    # A unit reads its own projects alone.
    assert "制造业 3 20 10 400" in bare(text_of(sign_in("a_reporter").get(PAGE)))


@commits
def test_who_opens_it(world, sign_in):
    for stem in ("reporter", "clerk", "leader", "party_inspector"):
        answer = sign_in(f"a_{stem}").get(f"{PAGE}?stretch=nowhere&industry=x&year=x&unit=x")
        assert (answer.status_code, CANARY in text_of(answer)) == (200, False)
    assert sign_in("a_auditor").get(PAGE).status_code == 403
    assert sign_in("a_clerk").post(PAGE).status_code == 405
    assert "阶段用时" in text_of(sign_in("a_reporter").get("/projects/"))


@commits
@pytest.mark.parametrize("rows", [1, 3])
def test_it_needs_few_queries(world, sign_in, django_assert_num_queries, rows):
    walked(world, *(signed_after(f"项目{number}", "C35", number) for number in range(rows)))
    clerk = sign_in("a_clerk")
    with django_assert_num_queries(22):
        page = text_of(clerk.get(f"{PAGE}?stretch=negotiating-signed"))
    assert len(re.findall(r'href="/projects/\d+/">', page)) == rows


def leaving(world, town, head, **changed) -> str:
    """The reporter asks to stop the town's project, its head agrees; what the last page says."""
    page = f"/projects/{world.a.rows['project']}/"
    head.post(f"/stages/{world.a.rows['stage_change']}/confirm/", {"refuse": "1", "answer": "缺手续"})
    sent = {
        "to": "suspended",
        "happened_on": "2012-06-25",
        "reason": "县城规划调整",
        "code": "land",
        **changed,
    }
    answer = town.post(f"{page}stage/", sent, follow=True)
    with acting(world.a.posts["clerk"]):
        change = StageChange.objects.filter(project=world.a.rows["project"], status=MoveState.WAITING).first()
    if change is None:
        return bare(text_of(answer))
    assert ("中断原因：" in text_of(answer)) == (sent["to"] == "suspended")
    return bare(text_of(head.post(f"/stages/{change.pk}/confirm/", {"agree": "1"}, follow=True)))


@commits
@pytest.mark.covers("F-15", "I2")
def test_causes_of_interruptions_are_asked_for_and_summed_up(world, sign_in):
    town, head, clerk = sign_in("a_reporter"), sign_in("a_head"), sign_in("a_clerk")
    assert "没有中止、终止、失联的项目" in text_of(clerk.get(PAGE))
    assert "项目中止的，请选择中断原因" in leaving(world, town, head, code="")
    assert "项目中止的，请选择中断原因" in leaving(world, town, head, code="")
    assert "用地未落实；县城规划调整" in leaving(world, town, head)

    page = text_of(clerk.get(PAGE))
    assert re.search(r"用地未落实 1 [\d,]+\.\d\d 0 合计 1 ", bare(page))
    assert "cause=land#interrupted" in page
    for cause, number in (("land", 1), ("all", 1), ("funds", 0)):
        listed = bare(text_of(clerk.get(f"{PAGE}?cause={cause}")))
        assert listed.count("水沟镇电子项目 水沟镇 签约 → 中止 2012-06-25 用地未落实 县城规划调整") == number
    assert "没有中止、终止、失联的项目" in text_of(clerk.get(f"{PAGE}?year=2011"))
    other = sign_in("a_other_head")
    assert "没有中止、终止、失联的项目" in text_of(other.get(PAGE))


@commits
@pytest.mark.covers("F-15")
def test_a_move_on_the_way_keeps_no_cause(world, sign_in):
    town, head = sign_in("a_reporter"), sign_in("a_head")
    leaving(world, town, head, to="negotiating")
    with acting(world.a.posts["clerk"]):
        change = StageChange.objects.get(project=world.a.rows["project"], after="negotiating")
        assert change.code == ""
