"""佐证清单: which files a paper needs, told on its pages, in the queue and before a Return is submitted."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.acts import act
from accounts.models import ChangeRow
from accounts.refusals import Forbidden, NotFound
from assessment.queries import archive
from projects import checklists as standard
from projects.choices import VoucherKind
from projects.models import Agreement, ChecklistItem, Claim, Evidence, EvidenceLink, Project, Voucher
from projects.queries import checklists
from projects.services import evidence, reuse
from tests.pages.test_shell import text_of
from tests.world import acting, picture

commits = pytest.mark.django_db(transaction=True)
RULE = "/checklists/rule/"


def rule(**changed) -> dict:
    return {
        "about": "bank_slip",
        "kind": "booking",
        "demand": "must",
        "valid_from": "2012-01-01",
        "document": "县督〔2012〕5号",
        "reason": "按审计意见",
        **changed,
    }


def photo(seed: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", picture(seed).content)


def list_of(world, **of) -> list[tuple[str, bool, bool]]:
    with acting(world.a.posts["clerk"]):
        voucher = Voucher.objects.get(pk=world.a.rows["claim:voucher"])
        for name, value in of.items():
            setattr(voucher, name, value)
        return [(item.kind, item.must, item.met) for item in checklists.of_papers([voucher])[voucher].items]


def test_a_new_tenant_begins_with_the_standard_list(world):
    with acting(world.a.posts["clerk"]):
        usual = ChecklistItem.objects.filter(valid_from=standard.FROM)
        assert set(usual.values_list("about", "kind", "demand")) == {
            (str(about), str(kind), "advised") for about, kind in standard.STANDARD
        }
    assert {about for about, _kind in standard.STANDARD} >= set(VoucherKind)


def test_a_file_without_a_kind_is_the_paper_itself(world):
    assert list_of(world) == [("paper", False, True), ("booking", False, False)]


@commits
@pytest.mark.covers("F-41", "I13")
def test_a_county_insists_on_a_file_and_it_is_told_everywhere(world, sign_in):
    party, clerk, head = map(sign_in, ("a_party_inspector", "a_second_clerk", "a_head"))
    claim, voucher = world.a.rows["claim"], world.a.rows["claim:voucher"]
    returned = f"/returns/{world.a.rows['return:水沟镇']}/"
    assert "企业入账凭证 还差" in text_of(clerk.get(f"/queue/{claim}/"))
    assert "缺少必须的材料" not in text_of(clerk.get("/queue/clean/"))
    assert "必须的材料" not in text_of(head.get(returned))

    assert "已设置佐证清单" in text_of(party.post(RULE, rule(), follow=True))
    page = text_of(clerk.get("/checklists/"))
    assert "县督〔2012〕5号" in page
    assert "按审计意见" in page
    for address in (f"/vouchers/{voucher}/", f"/queue/{claim}/", f"/claims/{claim}/"):
        assert "企业入账凭证 还差（必须）" in text_of(clerk.get(address))
    assert "缺少必须的材料 1 项：企业入账凭证" in text_of(clerk.get("/queue/clean/"))
    assert "JH0001：还差 1 项：企业入账凭证（必须）" in text_of(head.get(returned))

    sent = {"kind": "booking", "files": [photo(900)]}
    town = sign_in("a_reporter")
    assert town.post(f"/vouchers/{voucher}/evidence/", sent).status_code == 302
    assert "企业入账凭证 已有" in text_of(clerk.get(f"/queue/{claim}/"))
    assert "缺少必须的材料" not in text_of(clerk.get(f"/queue/{claim}/"))
    with acting(world.a.posts["clerk"]):
        item = ChecklistItem.objects.get(document="县督〔2012〕5号")
        line = ChangeRow.objects.get(table="projects_checklistitem", row=item.pk)
        assert line.change.act == "checklist.set"


@commits
def test_what_is_lacking_stops_nobody(world, sign_in):
    sign_in("a_party_inspector").post(RULE, rule())
    answer = sign_in("a_head").post(f"/returns/{world.a.rows['return:水沟镇']}/submit/", follow=True)
    assert "已上报" in text_of(answer)
    assert "可以上报，核实时会列为疑点" in text_of(answer)


@commits
def test_a_rule_holds_for_papers_of_its_days_until_the_next(world, sign_in):
    party = sign_in("a_party_inspector")
    party.post(RULE, rule(valid_from="2012-05-01"))
    party.post(RULE, rule(valid_from="2012-06-01", demand="none"))
    before, within, after = (dt.date(2012, month, 15) for month in (4, 5, 6))
    assert list_of(world, dated_on=before)[1:] == [("booking", False, False)]
    assert list_of(world, dated_on=within)[1:] == [("booking", True, False)]
    assert list_of(world, dated_on=after)[1:] == []
    assert list_of(world, dated_on=within, kind="in_kind") == [
        ("paper", False, True),
        ("appraisal", False, False),
    ]
    party.post(RULE, rule(valid_from="2012-08-01", demand="advised"))
    page = re.sub(r"(\s|<[^>]*>)+", " ", text_of(party.get("/checklists/")))
    now, before = page.split("以前的要求")
    assert "企业入账凭证（必须，2012-05-01 起）" in before
    # What is to come stands beside what holds today.
    assert "银行进账单 企业入账凭证 建议 2012-08-01" in now
    assert "银行进账单 企业入账凭证 不要求 2012-06-01" in now


@commits
def test_a_signature_is_proved_by_its_own_and_its_projects_files(world, sign_in):
    def lacking() -> str:
        with acting(world.a.posts["clerk"]):
            agreement = Agreement.objects.get(pk=world.a.rows["agreement"])
            return checklists.of_papers([agreement])[agreement].words

    assert lacking() == "还差 2 项：协议扫描件、合法性审查意见"
    project = f"/projects/{world.a.rows['project']}/"
    assert "还差 2 项：协议扫描件、合法性审查意见" in text_of(sign_in("a_reporter").get(project))
    with acting(world.a.posts["clerk"]) as clerk:
        project = Project.objects.get(pk=world.a.rows["project"])
        evidence.add_to_project(post=clerk, project=project, kind="legal_review", uploads=[picture(950)])
    assert lacking() == "还差 1 项：协议扫描件"


@commits
def test_the_same_file_is_linked_and_not_kept_twice(world, sign_in):
    """无需重复上传: bytes that the portal holds are one file with several uses."""
    town = sign_in("a_reporter")
    for key in ("claim:voucher", "split_claim:voucher"):
        sent = {"kind": "payment", "files": [photo(970)]}
        town.post(f"/vouchers/{world.a.rows[key]}/evidence/", sent)
    with acting(world.a.posts["clerk"]):
        links = EvidenceLink.objects.filter(kind="payment")
        assert links.count() == 2
        assert links.values("evidence").distinct().count() == 1


def evidence_of(world, key: str) -> int:
    return world.a.rows[f"{key}:evidence"]


def offered(page: str) -> list[int]:
    """The files that a form lets one choose from."""
    choice = re.search(r'<select name="reused".*?</select>', page, re.DOTALL)
    return [int(key) for key in re.findall(r'value="(\d+)"', choice[0])] if choice else []


def uses_of(world, evidence_id: int) -> list[tuple[int | None, int | None, str]]:
    with acting(world.a.posts["clerk"]):
        links = EvidenceLink.objects.filter(evidence=evidence_id).order_by("pk")
        return list(links.values_list("voucher", "project", "kind"))


def uses_with(world) -> list:
    """Both services and what they would bind a file to."""
    with acting(world.a.posts["clerk"]):
        voucher = Voucher.objects.get(pk=world.a.rows["claim:voucher"])
        project = Project.objects.get(pk=world.a.rows["project"])
    return [(reuse.for_voucher, {"voucher": voucher}), (reuse.for_project, {"project": project})]


def refused(service, post, error: type[Exception], **values) -> None:
    with acting(post), pytest.raises(error):
        service(post=post, **values)


@commits
@pytest.mark.covers("F-41", "I1")
def test_a_file_that_is_there_is_used_again_without_uploading_it(world, sign_in):
    town, file = sign_in("a_reporter"), evidence_of(world, "split_claim")
    voucher, other = (world.a.rows[f"{key}:voucher"] for key in ("claim", "split_claim"))
    project = world.a.rows["project"]
    own = {evidence_of(world, key) for key in ("claim", "split_claim", "decided_claim")}
    pages = (f"/vouchers/{voucher}/", f"/projects/{project}/files/")
    for page in pages:
        assert set(offered(town.get(page).content.decode())) == own
    assert "进账单2.png：凭证 银行进账单 JH0002" in text_of(town.get(pages[0]))
    with acting(world.a.posts["clerk"]):
        files = Evidence.objects.count()
    kept = sum(1 for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file())

    answer = town.post(f"{pages[0]}evidence/", {"kind": "booking", "reused": file}, follow=True)
    assert "已选用已有的文件，没有重复保存" in text_of(answer)
    assert "企业入账凭证 已有" in text_of(answer)
    assert "选用了已有的佐证材料" in text_of(answer)
    assert town.post(pages[1], {"kind": "legal_review", "reused": file}).status_code == 302
    assert uses_of(world, file) == [
        (other, None, ""),
        (voucher, None, "booking"),
        (None, project, "legal_review"),
    ]
    with acting(world.a.posts["clerk"]):
        assert Evidence.objects.count() == files
    assert sum(1 for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file()) == kept
    assert "还差 1 项：协议扫描件" in text_of(town.get(f"/projects/{project}/"))


@commits
@pytest.mark.covers("I6")
def test_a_file_of_others_or_of_another_firm_is_not_found(world, sign_in):
    """Of another unit's voucher of the same firm, of another firm, of the neighbouring county."""
    with acting(world.a.posts["clerk"]):
        act("project.add")
        stranger = Project.objects.create(
            name="别的企业的项目",
            enterprise_id=world.a.rows["uncoded_enterprise"],
            unit_id=world.a.units["水沟镇"],
            year_introduced=2012,
        )
    with acting(world.a.posts["clerk"]) as clerk:
        (file,) = evidence.add_to_project(
            post=clerk, project=stranger, kind="licence", uploads=[picture(980)]
        )
    town = sign_in("a_reporter")
    foreign = evidence_of(world, "bureau_claim"), file.pk, world.b.rows["claim:evidence"], 2**40
    voucher, project = world.a.rows["claim:voucher"], world.a.rows["project"]
    before = {key: uses_of(world, key) for key in foreign}
    for key in foreign:
        for address in (f"/vouchers/{voucher}/evidence/", f"/projects/{project}/files/"):
            answer = town.post(address, {"kind": "other", "reused": key})
            assert answer.status_code == 200
            assert "没有这个文件，请从列表中选择" in text_of(answer)
            assert key not in offered(answer.content.decode())
        for service, about in uses_with(world):
            refused(service, world.a.posts["reporter"], NotFound, **about, evidence_id=key, kind="other")
    assert {key: uses_of(world, key) for key in foreign} == before
    # The bureau reads the whole county: the same firm's file of its own voucher is offered to it.
    page = sign_in("a_clerk").get(f"/vouchers/{voucher}/").content.decode()
    assert evidence_of(world, "bureau_claim") in offered(page)
    assert file.pk not in offered(page)


@commits
@pytest.mark.parametrize(
    ("key", "sent", "said"),
    [
        ("claim", {"kind": "paper"}, "这个文件已经按这一种类附上"),
        ("claim", {}, "这个文件已经按这一种类附上"),
        ("split_claim", {"kind": "licence"}, "licence"),
        ("split_claim", {"kind": "paper", "files": True}, "选用已有材料和上传新文件请分两次提交"),
    ],
)
def test_an_unfit_choice_is_refused_in_words(world, sign_in, key, sent, said):
    town, file = sign_in("a_reporter"), evidence_of(world, key)
    sent = {**sent, "files": [photo(990)]} if "files" in sent else sent
    before = uses_of(world, file)
    answer = town.post(f"/vouchers/{world.a.rows['claim:voucher']}/evidence/", {**sent, "reused": file})
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert uses_of(world, file) == before


@commits
def test_who_may_not_use_a_file_again(world):
    file = evidence_of(world, "claim")
    for service, about in uses_with(world):
        who = world.a.posts["leader"]
        refused(service, who, Forbidden, **about, evidence_id=file, kind="other")
    service, about = uses_with(world)[1]
    refused(service, world.a.posts["other_head"], Forbidden, **about, evidence_id=file, kind="other")


@commits
def test_the_kind_of_a_file_is_told_where_files_are_listed(world, sign_in):
    town, voucher = sign_in("a_reporter"), world.a.rows["claim:voucher"]
    file = evidence_of(world, "split_claim")
    town.post(f"/vouchers/{voucher}/evidence/", {"kind": "booking", "reused": file})
    for address in (f"/vouchers/{voucher}/", f"/claims/{world.a.rows['claim']}/"):
        assert '<span class="state">企业入账凭证</span>' in town.get(address).content.decode()
    with acting(world.a.posts["clerk"]) as clerk:
        filed = archive.files_of(clerk, Project.objects.get(pk=world.a.rows["project"]))
        told = {entry.evidence.pk: entry.proves for entry in filed}
    assert told[file] == "凭证 银行进账单 JH0002；凭证 银行进账单 JH0001（企业入账凭证）"


@commits
@pytest.mark.parametrize("rows", [1, 3])
def test_forms_that_offer_files_need_few_queries(world, sign_in, django_assert_num_queries, rows):
    """However many papers and files there are: asked once for a page."""
    town, voucher = sign_in("a_reporter"), world.a.rows["claim:voucher"]
    for number in range(rows):
        sent = {"kind": "booking", "files": [photo(1000 + number)]}
        town.post(f"/vouchers/{voucher}/evidence/", sent)
    town.get(f"/vouchers/{voucher}/")
    with django_assert_num_queries(36):
        town.get(f"/vouchers/{voucher}/")
    with django_assert_num_queries(18):
        town.get(f"/projects/{world.a.rows['project']}/files/")


@commits
def test_checklists_of_many_claims_are_asked_for_once(world, django_assert_num_queries):
    with acting(world.a.posts["clerk"]):
        claims = list(Claim.objects.select_related("voucher", "agreement"))
        assert {"voucher", "agreement"} <= {claim.source for claim in claims}
        with django_assert_num_queries(2):
            assert len(checklists.of_claims(claims)) == len(claims)
        with django_assert_num_queries(0):
            assert checklists.of_claims([]) == {}


def test_who_sets_it(world, sign_in):
    for stem in ("clerk", "head", "leader", "auditor"):
        assert sign_in(f"a_{stem}").post(RULE, rule()).status_code == 403
    assert sign_in("a_reporter").get("/checklists/").status_code == 200
    assert sign_in("a_auditor").get("/checklists/").status_code == 403
    assert sign_in("a_party_inspector").get(RULE).status_code == 405
    assert "县督9号绝密" not in text_of(sign_in("a_party_inspector").get("/checklists/"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"about": "x"}, "x"),
        ({"kind": ""}, "必填"),
        ({"document": ""}, "必填"),
        ({"reason": " "}, "请写明理由"),
        ({"valid_from": "2000-01-01"}, "这一项当日已有规定"),
        ({"kind": "licence"}, "凭证的材料只能是凭证页面收的种类"),
    ],
)
def test_an_unfit_rule_is_refused_in_words(world, sign_in, changed, said):
    answer = sign_in("a_party_inspector").post(RULE, rule(**changed))
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert "已设置佐证清单" not in text_of(answer)


@commits
@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_needs_few_queries(world, sign_in, django_assert_num_queries, rows):
    party = sign_in("a_party_inspector")
    for number in range(rows):
        party.post(RULE, rule(valid_from=f"2012-0{number + 2}-01"))
    with django_assert_num_queries(21):
        party.get("/checklists/")
