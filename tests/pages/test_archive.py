"""项目档案: everything about a project in one zip; index and checksums are proved by reading it again."""

import datetime as dt
import hashlib
import io
import zipfile
from pathlib import PurePosixPath

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from openpyxl import load_workbook
from PIL import Image

from accounts.models import Change
from projects.choices import AgreementKind, MediaType
from projects.models import Agreement, Evidence, EvidenceLink, Project, Visit, Voucher
from projects.services import evidence, office_copies
from projects.services.evidence import Upload
from projects.sheets import tables
from projects.sheets.tables import Table
from tests import papers
from tests.battery import valid_files
from tests.battery.hostile_files import name as hostile_name
from tests.world import acting, picture

commits = pytest.mark.django_db(transaction=True)
SUMS = ("SHA256校验.txt", "SM3校验.txt")
LOST = "存储中找不到这个文件，请联系管理员。"


def archive(world, client, key: str = "project") -> zipfile.ZipFile:
    answer = client.get(f"/projects/{world.a.rows[key]}/archive/")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def table(packed: zipfile.ZipFile, title: str) -> list[dict]:
    """Rows of a sheet by the words over its columns."""
    sheet = load_workbook(io.BytesIO(packed.read("目录.xlsx")))[title]
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def sm3(content: bytes) -> str:
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()


def papers_in(packed: zipfile.ZipFile) -> dict[str, bytes]:
    return {name: packed.read(name) for name in packed.namelist() if "/" in name}


def add(world, *uploads: Upload, kind: str = "permit") -> None:
    """More files of the project, as the bureau uploads them."""
    for start in range(0, len(uploads), 10):
        with acting(world.a.posts["clerk"]) as clerk:
            project = Project.objects.get(pk=world.a.rows["project"])
            evidence.add_to_project(
                post=clerk, project=project, kind=kind, uploads=list(uploads[start : start + 10])
            )


def add_everywhere(world) -> None:
    """A file of the agreement, of a visit and of the project, and one that proves two things."""
    pdf = Upload("施工许可证.pdf", valid_files.pdf())
    add(world, pdf, picture(950))
    with acting(world.a.posts["clerk"]):
        from accounts.acts import act

        act("evidence.attach")
        checked, _refused = evidence.checked([picture(951), picture(952), pdf])
        agreement = Agreement.objects.get(pk=world.a.rows["agreement"])
        visit = Visit.objects.get(pk=world.a.rows["visit"])
        evidence.attach(checked[0], agreement=agreement)
        evidence.attach(checked[1], visit=visit)
        evidence.attach(checked[2], agreement=agreement)


@commits
@pytest.mark.covers("F-47")
def test_the_inspection_office_gets_every_file_as_it_arrived_with_index_and_checksums(world, sign_in):
    add_everywhere(world)
    packed = archive(world, sign_in("a_party_inspector"))
    assert packed.testzip() is None
    found = papers_in(packed)
    # Three vouchers of the project, its two files, the agreement's and the visit's.
    arrived = [picture(seed).content for seed in (1, 2, 3, 950, 951, 952)] + [valid_files.pdf()]
    assert sorted(found.values()) == sorted(arrived)
    assert {name.split("/")[0] for name in found} == {"1-项目材料", "2-协议", "3-凭证", "4-走访"}
    index = table(packed, "目录")
    assert [row["文件"] for row in index] == list(found)
    for row in index:
        content = found[row["文件"]]
        assert row["形式"] == "原件"
        assert row["大小（字节）"] == len(content)
        assert row["SHA-256"] == row["登记时SHA-256（原件）"] == hashlib.sha256(content).hexdigest()
        assert row["SM3"] == sm3(content)
        assert not row["备注"]
    permit = next(row for row in index if row["原文件名"] == "施工许可证.pdf")
    assert permit["证明"] == "施工许可证或开工令；合同 2012-03-01"
    for name, digest in zip(SUMS, (lambda data: hashlib.sha256(data).hexdigest(), sm3), strict=True):
        lines = packed.read(name).decode().splitlines()
        assert lines == [f"{digest(content)}  {place}" for place, content in found.items()]


@commits
def test_others_get_copies_with_their_watermark(world, sign_in):
    add_everywhere(world)
    for stem in ("clerk", "reporter", "leader"):
        packed = archive(world, sign_in(f"a_{stem}"))
        forms = {row["文件"]: row for row in table(packed, "目录")}
        for place, content in papers_in(packed).items():
            assert forms[place]["SHA-256"] == hashlib.sha256(content).hexdigest()
            if place.endswith(".pdf"):
                assert content.startswith(b"%PDF-")
            else:
                assert Image.open(io.BytesIO(content)).format == "JPEG"
            assert forms[place]["形式"] == "水印副本"
            assert forms[place]["SHA-256"] != forms[place]["登记时SHA-256（原件）"]


def test_the_tables_say_what_the_pages_say(world, sign_in):
    packed = archive(world, sign_in("a_clerk"))
    assert {row["事项"]: row["内容"] for row in table(packed, "项目")}["项目"] == "水沟镇电子项目"
    (agreement,) = table(packed, "协议")
    assert (agreement["协议类型"], agreement["总投资（万元）"]) == ("合同", 6000)
    assert agreement["固定资产投资（万元）"] == "—"  # unknown is not zero
    (move,) = table(packed, "阶段")
    assert (move["新阶段"], move["状态"], move["理由"]) == ("开工", "待确认", "边建边办")
    assert [row["凭证号"] for row in table(packed, "凭证")] == ["JH0001", "JH0002", "JH0003"]
    claims = {row["申报编号"]: row for row in table(packed, "申报")}
    decided = claims[world.a.rows["decided_claim"]]
    assert (decided["申报数"], decided["初审数"], decided["核实数"], decided["上级核查数"]) == (
        200,
        200,
        200,
        "—",
    )
    assert decided["状态"] == "已核实"
    assert claims[world.a.rows["claim"]]["核实数"] == "—"
    opinions = table(packed, "核实意见")
    assert [(row["申报编号"], row["步骤"], row["结论"], row["单位"]) for row in opinions] == [
        (world.a.rows["decided_claim"], "初审", "认可", "招商局"),
        (world.a.rows["decided_claim"], "督查核实", "认可", "县委督查室"),
    ]


@commits
def test_the_same_contents_give_the_same_bytes_on_another_day(world, sign_in, settings):
    large = io.BytesIO()
    Image.new("RGB", (400, 300), (255, 255, 255)).save(large, "PNG")
    add(world, Upload("白纸.png", large.getvalue()))
    address = f"/projects/{world.a.rows['project']}/archive/"
    inspector, clerk = sign_in("a_party_inspector"), sign_in("a_clerk")

    def bytes_of(client) -> bytes:
        return b"".join(client.get(address).streaming_content)

    first, copies = bytes_of(inspector), bytes_of(clerk)
    assert copies == bytes_of(clerk)
    settings.PORTAL_NOW += dt.timedelta(minutes=1)
    assert first == bytes_of(inspector)
    assert copies != bytes_of(clerk)  # the minute of the watermark


@commits
@pytest.mark.covers("F-47")
def test_packing_is_one_act_in_the_access_log(world, sign_in):
    client = sign_in("a_leader")
    with acting(world.a.posts["clerk"]):
        before = Change.objects.count()
    archive(world, client)
    with acting(world.a.posts["clerk"]):
        change = Change.objects.latest("pk")
        assert Change.objects.count() == before + 1
        assert (change.act, change.actor) == ("project.archive", world.a.posts["leader"].user_id)
        assert change.reason == f"项目 {world.a.rows['project']}"


def test_who_packs_what(world, sign_in):
    own = f"/projects/{world.a.rows['project']}/archive/"
    others = f"/projects/{world.a.rows['bureau_project']}/archive/"
    assert sign_in("a_reporter").get(others).status_code == 404
    assert sign_in("a_other_head").get(own).status_code == 404  # shares a claim of it, not the project
    assert sign_in("b_clerk").get(own).status_code == 404
    assert sign_in("a_auditor").get(own).status_code == 403
    assert sign_in("a_admin").get(own).status_code == 403
    assert sign_in("a_clerk").post(own).status_code == 405


def test_the_page_of_the_project_leads_to_it(world, sign_in):
    answer = sign_in("a_reporter").get(f"/projects/{world.a.rows['project']}/")
    assert f'href="/projects/{world.a.rows["project"]}/archive/"' in answer.content.decode()


@commits
def test_names_in_the_archive_do_no_harm(world, sign_in, settings):
    """Names from the hostile corpus as they are stored, and worse ones that a repair may leave."""
    from random import Random

    random = Random(20120702)
    corpus = [hostile_name(random) for _ in range(60)]
    accepted, _refused = evidence.checked([Upload(file.name, file.content) for file in corpus])
    assert len(accepted) > 30
    add(world, *(file.upload for file in accepted))
    worst = ["../../etc/passwd.png", "..\\..\\a.png", "C:\\a.png", "CON.png", "a\x01b.png", " .png", "..png"]
    worst += [f"{'长' * 300}.png", "=1+1.png", "a:b|c?.png", "\u202egnp.exe.png", "png"]
    with acting(world.a.posts["clerk"]):
        from accounts.acts import act

        act("evidence.attach")
        project = Project.objects.get(pk=world.a.rows["project"])
        for number, name in enumerate(worst):
            checked, _refused = evidence.checked([Upload("a.png", picture(3000 + number).content)])
            digest = hashlib.sha256(checked[0].upload.content).hexdigest()
            stored = hashlib.sha256(checked[0].served).hexdigest()
            folder = settings.EVIDENCE_DIR / str(world.a.tenant_id)
            (folder / digest).write_bytes(checked[0].upload.content)
            (folder / stored).write_bytes(checked[0].served)
            kept = Evidence.objects.create(
                sha256=digest,
                stored_sha256=stored,
                original_name=name[-200:],
                media_type=MediaType.PNG,
                size=len(checked[0].upload.content),
            )
            EvidenceLink.objects.create(evidence=kept, project=project, kind="photo")
    for stem in ("party_inspector", "clerk"):
        packed = archive(world, sign_in(f"a_{stem}"))
        found = papers_in(packed)
        assert len(found) == 3 + len(worst) + len(accepted)
        for place in found:
            path = PurePosixPath(place)
            assert len(path.parts) == 2, place
            assert not path.is_absolute(), place
            assert place.isprintable(), place
            assert not set(path.name) & set('<>:"|?*\\'), place
            assert len(path.name.encode()) <= 255, place
            assert path.name[:3].isdigit(), place
            endings = {".jpg", ".pdf", ".docx", ".xlsx"}
            assert path.suffix.lower() in (endings if stem == "clerk" else endings | {".png", ".jpeg"}), place
            assert not path.stem.endswith((" ", ".")), place
        assert len({place.lower() for place in found}) == len(found)
        assert [row["文件"] for row in table(packed, "目录")] == list(found)


@commits
def test_a_lost_and_a_changed_file_are_told_of(world, sign_in, settings):
    folder = settings.EVIDENCE_DIR / str(world.a.tenant_id)
    lost, changed = (folder / hashlib.sha256(picture(seed).content).hexdigest() for seed in (1, 2))
    kept = {path: path.read_bytes() for path in (lost, changed)}
    try:
        lost.unlink()
        changed.write_bytes(kept[changed] + b"x")
        packed = archive(world, sign_in("a_party_inspector"))
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
    remarks = {row["原文件名"]: row["备注"] for row in table(packed, "目录")}
    assert remarks["进账单1.png"] == LOST
    assert remarks["进账单2.png"] == "与登记时的SHA-256不符，请联系管理员。"
    assert not remarks["进账单3.png"]
    assert len(papers_in(packed)) == len(packed.read(SUMS[0]).splitlines()) == 2


@commits
def test_papers_are_copies_too_and_a_missing_one_is_told_of(world, sign_in, settings, monkeypatch):
    add(world, Upload("表.xlsx", papers.telling_xlsx()), Upload("发票.pdf", papers.telling_pdf()))
    packed = archive(world, sign_in("a_clerk"))
    rows = {row["原文件名"]: row for row in table(packed, "目录")}
    assert rows["表.xlsx"]["形式"] == "副本，未加水印"
    assert packed.read(rows["表.xlsx"]["文件"]) == office_copies.stripped(papers.telling_xlsx())
    assert rows["发票.pdf"]["形式"] == "水印副本"
    assert papers.WRITTEN not in packed.read(rows["发票.pdf"]["文件"])
    with acting(world.a.posts["clerk"]):
        kept = Evidence.objects.get(original_name="发票.pdf")
    stored = settings.EVIDENCE_DIR / str(world.a.tenant_id) / kept.stored_sha256
    whole = stored.read_bytes()
    try:
        stored.write_bytes(b"torn")
        packed = archive(world, sign_in("a_clerk"))
    finally:
        stored.write_bytes(whole)
    (row,) = (row for row in table(packed, "目录") if row["原文件名"] == "发票.pdf")
    assert row["备注"].startswith("“发票.pdf”没有做成可以下载的副本：文件已经损坏。")
    assert row["文件"] not in packed.namelist()
    monkeypatch.setattr("assessment.services.archives.LONGEST_SECONDS", -1)
    packed = archive(world, sign_in("a_clerk"))
    assert papers_in(packed) == {}
    assert {row["备注"] for row in table(packed, "目录")} == {"一次打包的时间已到，请在页面上单独下载。"}
    assert len(papers_in(archive(world, sign_in("a_party_inspector")))) == 5


@commits
def test_too_much_for_one_archive_is_refused_in_words(world, sign_in, monkeypatch):
    from assessment.services import archives

    monkeypatch.setattr(archives, "MOST_FILES", 2)
    answer = sign_in("a_clerk").get(f"/projects/{world.a.rows['project']}/archive/", follow=True)
    assert "项目材料有 3 个、共 0 MB，超过一次打包的上限（2 个、1024 MB）" in answer.content.decode()


@commits
@pytest.mark.parametrize("more", [1, 3])
def test_an_archive_needs_few_queries(world, sign_in, django_assert_num_queries, more):
    add(world, *(picture(4000 + number) for number in range(more)))
    client = sign_in("a_clerk")
    with django_assert_num_queries(29):
        archive(world, client)


def test_a_shared_voucher_does_not_open_the_other_project(world, sign_in):
    """The unit's archive holds its own claims alone, whoever else cites its paper."""
    packed = archive(world, sign_in("a_reporter"))
    units = {row["单位"] for row in table(packed, "申报")}
    assert units == {"水沟镇"}
    with acting(world.a.posts["clerk"]):
        assert Voucher.objects.count() > len(table(packed, "凭证"))
        assert Agreement.objects.get(pk=world.a.rows["agreement"]).kind == AgreementKind.CONTRACT


def test_text_stays_text_and_a_workbook_has_no_clock():
    rows = [["=1+1", 1], ["+86", None], ["a\x01b", dt.date(2012, 7, 2)], ["@x", 0]]
    content = tables.workbook([Table("表", ["甲", "乙"], rows)])
    assert content == tables.workbook([Table("表", ["甲", "乙"], rows)])
    sheet = load_workbook(io.BytesIO(content))["表"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["=1+1", 1],
        ["+86", "—"],
        ["ab", dt.datetime(2012, 7, 2)],  # noqa: DTZ001 -- as a workbook holds it
        ["@x", 0],
    ]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026" not in parts.read("docProps/core.xml")
