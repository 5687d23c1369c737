"""督办单 through its service: the course, who is told of what, and what is told when a claim is changed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.acts import act
from accounts.models import Change, Unit
from accounts.refusals import MESSAGES, Forbidden, NotFound, Refused
from accounts.tasks import inside
from assessment.models import Delivery, Matter, Notice
from assessment.queries import affected
from assessment.queries import matters as queries
from assessment.services import matters, notices, opinions, telling
from projects.models import Claim
from projects.queries import workdays
from tests.assessment.acts import opine
from tests.conftest import NOW
from tests.walls.guards import REFUSALS
from tests.world import CANARY, TODAY, acting, looking_down

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)


def issue(world, who: str = "party_inspector", unit: str = "水沟镇", **changed) -> Matter:
    with acting(world.a.posts[who]) as post:
        entry = {"title": "补齐凭证", "text": "请补齐进账单原件。", "days": 3, "today": TODAY, **changed}
        return matters.issue(post=post, unit=Unit.objects.get(name=unit), **entry)


def take(world, who: str, step, matter: Matter, text: str = "已办", *, today=TODAY, **more):
    with acting(world.a.posts[who]) as post:
        return step(post=post, matter_id=matter.pk, text=text, today=today, **more)


def entry_of(world, matter: Matter, today: dt.date = TODAY) -> queries.Entry:
    with acting(world.a.posts["leader"]) as post:
        return queries.entries(list(queries.listed(post).filter(pk=matter.pk)), today=today)[0]


def told(world, **where) -> set[tuple[str, str]]:
    """Stem of each post and the words of what it was told of an event, by these conditions on the notice."""
    with acting(world.a.posts["leader"]):
        stems = {post.id: stem for stem, post in world.a.posts.items()}
        found = Delivery.objects.filter(notice__rule__isnull=True, **where)
        return {(stems[row.post_id], row.notice.text) for row in found.select_related("notice")}


def people(world, **where) -> set[str]:
    return {stem for stem, _text in told(world, **where)}


@pytest.mark.walls
@pytest.mark.parametrize("code", sorted(code for code in MESSAGES if code.startswith("PT8")))
def test_the_database_refuses_with_its_own_code(ground, code):
    outcome = REFUSALS[code](ground)
    assert outcome.code == code, outcome
    assert CANARY not in outcome.words


@commits
def test_the_course_from_issue_to_closing(world):
    matter = issue(world)
    assert str(matter) == "督办〔2012〕2号"  # the world has the first
    assert (matter.due_on, matter.office.name) == (dt.date(2012, 7, 5), "县委督查室")
    found = entry_of(world, matter)
    assert (found.state, found.left, found.overdue) == ("open", "还有3个工作日", False)
    assert entry_of(world, matter, dt.date(2012, 7, 5)).left == "今天到期"
    assert entry_of(world, matter, dt.date(2012, 7, 9)).left == "已逾期2个工作日"
    assert people(world, notice__matter=matter) == {"reporter", "head"}

    take(world, "reporter", matters.reply, matter, "已补齐三份。")
    assert entry_of(world, matter, dt.date(2012, 7, 9)).left == ""
    assert entry_of(world, matter).state == "replied"
    assert people(world, notice__matter_step__kind="reply", notice__matter=matter) == {"party_inspector"}

    take(world, "government_inspector", matters.send_back, matter, "缺一份")
    assert entry_of(world, matter).state == "open"
    later = dt.date(2012, 7, 12)
    take(world, "party_inspector", matters.extend, matter, "补件需要时间", due_on=later)
    assert (entry_of(world, matter).due_on, entry_of(world, matter).state) == (later, "open")
    take(world, "head", matters.reply, matter)
    take(world, "party_inspector", matters.close, matter, "已办结")
    assert entry_of(world, matter).state == "closed"
    with pytest.raises(Refused, match="请刷新"):
        take(world, "head", matters.reply, matter)
    with acting(world.a.posts["leader"]):
        latest = list(Change.objects.order_by("-pos").values_list("act", flat=True)[:6])
    acts = ["issue", "reply", "send_back", "extend", "reply", "close"]
    assert [name.removeprefix("matter.") for name in reversed(latest)] == acts
    words = {text for stem, text in told(world, notice__matter=matter) if stem == "head"}
    assert words == {
        "督办〔2012〕2号：补齐凭证。请于7月5日前办理并回复。下达单位：县委督查室。",
        "督办〔2012〕2号（补齐凭证）：已退回重办。理由：缺一份。请重新办理并回复。",
        "督办〔2012〕2号（补齐凭证）：期限延至7月12日。理由：补件需要时间。",
        "督办〔2012〕2号（补齐凭证）：已销号。已办结。",
    }


def test_who_may_not_and_what_may_not(world):
    for stem in ("clerk", "leader", "head"):
        with pytest.raises(Forbidden):
            issue(world, stem)
    with pytest.raises(Refused, match="回避"):
        issue(world, "party_inspector", "县委办")
    with pytest.raises(workdays.CalendarMissing):
        issue(world, today=dt.date(2040, 1, 2))
    with pytest.raises(ValidationError, match="不能为空"):
        issue(world, text=" ")


@commits
def test_another_unit_and_another_county_have_no_such_matter(world):
    matter = issue(world)
    with pytest.raises(NotFound):
        take(world, "other_head", matters.reply, matter)
    with acting(world.b.posts["party_inspector"]) as post, pytest.raises(NotFound):
        matters.close(post=post, matter_id=matter.pk, text="办结", today=TODAY)


@commits
@pytest.mark.covers("I10")
def test_an_event_that_is_told_again_is_told_once(world):
    matter = issue(world)
    before = told(world)
    with acting(world.a.posts["clerk"]):
        count = Notice.objects.count()
    event = telling.Event(
        "matter", world.a.units["水沟镇"], "再说一次", "matter", matter.pk, matter_id=matter.pk
    )
    with acting(world.a.posts["party_inspector"]) as post:
        act("matter.issue")
        assert telling.tell(events=[event, event], today=TODAY, but=post.id) == 2
    with acting(world.a.posts["clerk"]):
        assert Notice.objects.count() == count
    assert told(world) == before


@commits
@pytest.mark.covers("I10")
def test_an_overdue_matter_is_told_once_for_each_day_due(world):
    matter = issue(world)

    def plan(day: int, hour: int = 9) -> set[str]:
        now = NOW.replace(day=day, hour=hour)
        with inside(world.a.tenant_id):
            notices.plan(now=now, today=now.date())
        return people(world, notice__kind="matter_overdue", notice__planned_on=now.date())

    assert plan(5) == set(), "due today"
    assert plan(6, hour=7) == set(), "before the office opens"
    assert plan(6) == {"reporter", "head", "party_inspector"}
    assert plan(7) == set(), "a Saturday"
    assert plan(9) == set(), "told already"
    take(world, "party_inspector", matters.extend, matter, due_on=dt.date(2012, 7, 11))
    assert plan(11) == set()
    assert plan(12) == {"reporter", "head", "party_inspector"}
    text = next(text for stem, text in told(world, notice__planned_on=dt.date(2012, 7, 12)) if stem == "head")
    assert text == "督办〔2012〕2号（补齐凭证）应由水沟镇于7月11日前办理回复，已逾期1个工作日，至今没有回复。"
    take(world, "head", matters.reply, matter, today=dt.date(2012, 7, 12))
    assert plan(16) == set()


# What an opinion tells ----------------------------------------------------------------------------


def given(world, who: str, claim: int, **said) -> int:
    return opine(world, who, claim, **said)


@commits
def test_what_goes_against_a_unit_is_told_to_it(world):
    claim = world.a.rows["claim"]
    given(world, "second_clerk", claim, step="first_review", verdict="accept")
    assert told(world) == set(), "what is accepted needs no word"
    given(world, "party_inspector", claim, step="inspection", verdict="reduce", accepted=Decimal(600))
    words = (
        f"申报{claim}（水沟镇电子项目，到位资金，申报1000万元）：督查核实意见为“核减”，"
        "认可600万元。理由：核对凭证。"
    )
    assert told(world) == {(stem, words) for stem in ("reporter", "head")}


@commits
def test_a_return_of_a_whole_signing_is_told_in_one_notice(world):
    signed = world.a.rows["signed_claim"]
    with acting(world.a.posts["second_clerk"]) as post:
        said = {"step": "first_review", "verdict": "return", "reason": "缺页"}
        agreement = Claim.objects.get(pk=signed).agreement_id
        assert opinions.give_card(post=post, agreement_id=agreement, today=TODAY, **said) == 3
    found = told(world)
    assert {stem for stem, _text in found} == {"reporter", "head"}
    words = {text for _stem, text in found}
    assert len(words) == 1
    assert "及同一协议的其他2项：初审意见为“退回补充”。理由：缺页。请补充后重报。" in words.pop()


@commits
def test_a_change_of_mind_is_told_to_the_unit_and_to_the_office_that_had_decided(world):
    claim = world.a.rows["decided_claim"]
    last = _last(world, claim)
    given(world, "government_inspector", claim, step="inspection", verdict="doubt", supersedes=last)
    words = (
        f"申报{claim}（水沟镇电子项目，到位资金，申报200万元）的核实数由200万元改为暂无（督查核实：存疑）。"
        "理由：核对凭证。有关单位的完成数随之变化，详见这笔申报。"
    )
    assert told(world) == {(stem, words) for stem in ("reporter", "head", "party_inspector")}
    # Who acts is not told; the same figure again tells nobody.
    given(world, "government_inspector", claim, step="inspection", verdict="accept")
    last = _last(world, claim)
    given(world, "government_inspector", claim, step="inspection", verdict="accept", supersedes=last)
    assert len(told(world)) == 3


@commits
def test_a_superior_who_differs_is_told_to_the_county(world):
    claim, a = world.a.rows["decided_claim"], world.a

    def check(verdict: str, accepted: str | None = None) -> None:
        with looking_down(world.city.posts["officer"], a) as officer:
            latest = Claim.objects.get(pk=claim).opinions.filter(step="superior").order_by("pk").last()
            opinions.give(
                post=officer,
                claim_id=claim,
                step="superior",
                verdict=verdict,
                accepted=Decimal(accepted) if accepted else None,
                reason="抽查",
                supersedes_id=latest.pk if latest else None,
                today=TODAY,
            )

    check("accept")
    assert told(world) == set(), "the same figure"
    check("reduce", "150")
    words = (
        f"申报{claim}（水沟镇电子项目，到位资金，申报200万元）：上级核查数为150万元，县核实数为200万元。"
        "理由：抽查。县里的核实数不变。"
    )
    assert told(world) == {(stem, words) for stem in ("reporter", "head", "party_inspector")}
    check("accept")
    assert len(told(world)) == 6, "what no longer differs is told as well"


@commits
def test_the_lines_that_a_change_touches_stand_with_their_arithmetic(world):
    claim = world.a.rows["decided_claim"]

    def found(stem: str = "leader") -> affected.Unverified | None:
        with acting(world.a.posts[stem]) as post:
            return affected.unverified(post, Claim.objects.get(pk=claim), today=TODAY)

    assert found() is None
    given(
        world,
        "party_inspector",
        claim,
        step="inspection",
        verdict="reduce",
        accepted=Decimal("50.5"),
        supersedes=_last(world, claim),
    )
    assert found() == affected.Unverified(
        Decimal(200),
        Decimal("50.5"),
        [
            affected.Effect(
                "水沟镇",
                "到位资金",
                "截至7月2日：200 − 200 + 50.5 = 50.5万元",
                "2.00% → 0.51%（任务10000万元）",
                "未达进度",
            )
        ],
    )
    assert found("other_head").effects == []
    given(
        world,
        "party_inspector",
        claim,
        step="inspection",
        verdict="reject",
        supersedes=_last(world, claim),
    )
    effect = found("reporter").effects[0]
    assert effect.figures == "截至7月2日：50.5 − 50.5 + 0 = 0万元"
    assert effect.classes == "未达进度 → 未破零"


@commits
def test_a_shared_claim_touches_each_partner_by_its_share(world):
    claim = world.a.rows["split_claim"]
    given(world, "second_clerk", claim, step="first_review", verdict="accept")
    given(world, "party_inspector", claim, step="inspection", verdict="accept")
    given(
        world,
        "party_inspector",
        claim,
        step="inspection",
        verdict="reduce",
        accepted=Decimal(100),
        supersedes=_last(world, claim),
    )
    assert people(world) == {"reporter", "head", "other_head"}
    with acting(world.a.posts["leader"]) as post:
        effects = affected.unverified(post, Claim.objects.get(pk=claim), today=TODAY).effects
    assert [(effect.unit, effect.figures, effect.completion) for effect in effects] == [
        ("水沟镇", "截至7月2日：400 − 400×50% + 100×50% = 250万元", "4.00% → 2.50%（任务10000万元）"),
        ("城关镇", "截至7月2日：200 − 400×50% + 100×50% = 50万元", "没有任务"),
    ]


def _last(world, claim: int) -> int:
    with acting(world.a.posts["leader"]):
        return Claim.objects.get(pk=claim).opinions.filter(step="inspection").latest("pk").pk
