"""The claim's page: its story, a change of mind, the superior's column, and a Return that is closed."""

import re
from decimal import Decimal

import pytest

from assessment.models import Opinion
from assessment.services import opinions
from projects.models import Claim
from projects.services import closing
from tests.world import acting

commits = pytest.mark.django_db(transaction=True)


def told(answer) -> str:
    return answer.content.decode()


def claim_of(world, key: str) -> Claim:
    with acting(world.a.posts["clerk"]):
        return Claim.objects.get(pk=world.a.rows[key])


def figures_of(world, key: str) -> tuple:
    claim = claim_of(world, key)
    return claim.reviewed, claim.verified, claim.superior, claim.state


def everything_decided_and_closed(world) -> None:
    """All claims of the half-year decided by those who may, and the period closed."""
    for stem, step in (
        ("second_clerk", "first_review"),
        ("party_inspector", "inspection"),
        ("government_inspector", "inspection"),
    ):
        with acting(world.a.posts[stem]) as post:
            opinions.decide_clean(post=post, step=step)
    with acting(world.a.posts["party_inspector"]) as post:
        closing.close_period(post=post, period_id=world.a.rows["period"])


@pytest.mark.covers("F-36", "F-97")
def test_the_claims_page_tells_its_story(world, sign_in):
    page = told(sign_in("a_leader").get(f"/claims/{world.a.rows['decided_claim']}/"))
    assert page.index("初审</td>") < page.index("督查核实</td>")
    assert "县委督查室·督查室" in page
    assert re.search(r"核实数</span>\s*<del>空</del> → 200 万元", page)
    assert 'name="verdict"' not in page


def test_what_the_bureau_entered_for_another_unit_says_so(world, sign_in):
    client = sign_in("a_leader")
    page = told(client.get(f"/claims/{world.a.rows['office_claim']}/"))
    assert "（招商局·招商局经办）" in page
    assert "代填</span>" in page
    own = told(client.get(f"/claims/{world.a.rows['bureau_claim']}/"))
    assert "（招商局·招商局经办）" in own
    assert "代填</span>" not in own
    assert "代填</span>" not in told(client.get(f"/claims/{world.a.rows['claim']}/"))


def test_another_units_claim_is_not_there_for_a_unit(world, sign_in):
    client = sign_in("a_reporter")
    assert client.get(f"/claims/{world.a.rows['office_claim']}/").status_code == 404
    assert client.get(f"/claims/{world.a.rows['split_claim']}/").status_code == 200
    # The partner of a split sees the claim that credits it.
    assert sign_in("a_other_head").get(f"/claims/{world.a.rows['split_claim']}/").status_code == 200
    assert sign_in("a_auditor").get(f"/claims/{world.a.rows['claim']}/").status_code == 403


@pytest.mark.parametrize(("key", "queries"), [("office_claim", 48), ("claim", 48)])
def test_the_claims_page_needs_few_queries(world, sign_in, django_assert_num_queries, key, queries):
    client = sign_in("a_leader")
    with django_assert_num_queries(queries):
        client.get(f"/claims/{world.a.rows[key]}/")


@commits
@pytest.mark.covers("F-49")
def test_a_change_of_mind_keeps_the_first_opinion_and_changes_the_figure(world, sign_in):
    claim = world.a.rows["decided_claim"]
    client = sign_in("a_government_inspector")
    page = told(client.get(f"/claims/{claim}/"))
    assert "更改核实结论" in page
    seen = re.search(r'name="supersedes" value="(\d+)"', page)[1]
    entered = {"verdict": "reject", "reason": "资金已转回", "code": "round_trip", "supersedes": seen}
    answer = client.post(f"/claims/{claim}/opinion/", entered, follow=True)
    assert "督查核实意见已记录：不予认可。" in told(answer)
    assert "已被后来的意见改变" in told(answer)
    assert figures_of(world, "decided_claim")[1] == Decimal(0)
    # Who decides on what was shown before is told so.
    again = client.post(f"/claims/{claim}/opinion/", entered)
    assert "当前状态不能进行这一步，请刷新后再看" in told(again)
    assert "资金已转回" in told(again)


@commits
@pytest.mark.covers("F-36")
def test_the_superior_writes_a_column_of_its_own(world, sign_in):
    claim = world.a.rows["decided_claim"]
    client = sign_in("city_officer")
    assert client.get(f"/claims/{claim}/").status_code == 404
    client.post("/county/", {"county": world.a.tenant_id})
    assert "上级核查意见" in told(client.get(f"/claims/{claim}/"))
    entered = {"verdict": "reduce", "accepted": "150", "code": "amount", "reason": "抽查只见150万元回单"}
    answer = client.post(f"/claims/{claim}/opinion/", entered, follow=True)
    assert "上级核查意见已记录：核减。" in told(answer)
    assert figures_of(world, "decided_claim") == (Decimal(200), Decimal(200), Decimal(150), "decided")
    assert "150.00" in told(sign_in("a_leader").get(f"/claims/{claim}/"))


def test_who_may_not_give_an_opinion_there_is_told(world, sign_in):
    address = f"/claims/{world.a.rows['claim']}/opinion/"
    assert sign_in("a_leader").post(address, {"verdict": "accept"}).status_code == 403
    assert sign_in("a_clerk").post(address, {"verdict": "accept"}).status_code == 403
    assert sign_in("a_party_inspector").post(address, {"verdict": "accept"}).status_code == 403


@commits
@pytest.mark.covers("I5")
def test_a_closed_return_takes_no_opinion_but_the_superiors(world, sign_in):
    everything_decided_and_closed(world)
    claim = world.a.rows["decided_claim"]
    client = sign_in("a_party_inspector")
    assert 'name="verdict"' not in told(client.get(f"/claims/{claim}/"))
    assert client.post(f"/claims/{claim}/opinion/", {"verdict": "accept"}).status_code == 403
    answer = client.post(f"/queue/{claim}/", {"verdict": "reject", "reason": "迟到的意见", "code": "other"})
    assert "本期核实已关闭" in told(answer)
    assert "迟到的意见" in told(answer)
    with acting(world.a.posts["clerk"]):
        before = Opinion.objects.filter(claim=claim).count()
    officer = sign_in("city_officer")
    officer.post("/county/", {"county": world.a.tenant_id})
    assert officer.post(f"/claims/{claim}/opinion/", {"verdict": "accept"}).status_code == 302
    with acting(world.a.posts["clerk"]):
        assert Opinion.objects.filter(claim=claim).count() == before + 1
