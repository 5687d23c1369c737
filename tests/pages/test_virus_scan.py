"""查毒: files are asked about at a real socket that speaks as clamd does: clean, infected, silent, gone."""

import socket

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.models import EvidenceLink
from projects.services import scanner
from tests.battery import valid_files
from tests.clamd import EICAR, clamd
from tests.world import acting, picture


def paper(extra: bytes = b"") -> SimpleUploadedFile:
    content = valid_files.pdf().replace(b"%\xe2\xe3\xcf\xd3", b"%" + extra)
    return SimpleUploadedFile("发票.pdf", content)


def send(world, client, *files):
    voucher = world.a.rows["claim:voucher"]
    return client.post(f"/vouchers/{voucher}/evidence/", {"files": list(files)}, follow=True)


def kept(world) -> list[tuple[str, bool]]:
    with acting(world.a.posts["clerk"]):
        links = EvidenceLink.objects.filter(voucher=world.a.rows["claim:voucher"]).order_by("pk")
        return [
            (link.evidence.original_name, link.evidence.scanned) for link in links.select_related("evidence")
        ][1:]


def test_without_a_scanner_files_are_kept_and_say_so(world, sign_in):
    page = send(world, sign_in("a_reporter"), paper()).content.decode()
    assert kept(world) == [("发票.pdf", False)]
    assert "未查毒" in page
    assert "已查毒" not in page


@pytest.mark.parametrize("place", ["path", "port"])
def test_a_clean_file_is_marked_beside_its_name(world, sign_in, settings, tmp_path, place):
    with clamd(str(tmp_path / "clamd.ctl") if place == "path" else "") as (daemon, address):
        settings.PORTAL_CLAMAV = address
        sent = paper(b"x" * 200_000)
        page = send(world, sign_in("a_reporter"), sent).content.decode()
        sent.seek(0)
        assert daemon.seen == [sent.read()]
    assert kept(world) == [("发票.pdf", True)]
    assert "已查毒" in page


@pytest.mark.covers("F-43")
def test_an_infected_file_is_refused_and_never_written(world, sign_in, settings):
    with clamd() as (_, settings.PORTAL_CLAMAV):
        page = send(world, sign_in("a_reporter"), paper(EICAR), paper()).content.decode()
    assert "“发票.pdf”查出病毒（Eicar-Test-Signature），没有保存，请先杀毒再传。" in page
    assert kept(world) == []
    folder = settings.EVIDENCE_DIR / str(world.a.tenant_id)
    assert not any(EICAR in file.read_bytes() for file in folder.iterdir() if file.is_file())


def test_a_picture_is_judged_as_it_arrived(world, sign_in, settings):
    photo = SimpleUploadedFile("a.png", picture(4).content + EICAR)
    with clamd() as (_, settings.PORTAL_CLAMAV):
        assert "“a.png”查出病毒" in send(world, sign_in("a_reporter"), photo).content.decode()
    assert kept(world) == []


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR", b"", b"stream: no idea"])
def test_a_scanner_that_does_not_judge_lets_nothing_in(world, sign_in, settings, says):
    with clamd(says=says) as (daemon, settings.PORTAL_CLAMAV):
        page = send(world, sign_in("a_reporter"), paper(b"1"), paper(b"2")).content.decode()
        assert len(daemon.seen) == 1
    assert page.count("查毒服务没有应答，佐证材料暂不能上传") >= 1
    assert kept(world) == []


def test_a_scanner_that_is_gone_lets_nothing_in(world, sign_in, settings, tmp_path):
    with clamd() as (_, address):
        pass
    for gone in (address, str(tmp_path / "none.ctl")):
        settings.PORTAL_CLAMAV = gone
        page = send(world, sign_in("a_reporter"), paper()).content.decode()
        assert "查毒服务没有应答，佐证材料暂不能上传，请稍后再试或联系管理员。" in page
    assert kept(world) == []


def test_a_scanner_that_keeps_silent_is_not_waited_for_without_end(world, sign_in, settings, monkeypatch):
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.PORTAL_CLAMAV = silent.getsockname()
        page = send(world, sign_in("a_reporter"), paper()).content.decode()
    assert "查毒服务没有应答" in page
    assert kept(world) == []


def test_one_file_is_asked_about_once_though_form_and_service_look(world, sign_in, settings):
    slip = {"kind": "bank_slip", "number": "JH0200", "dated_on": "2012-06-08", "money_unit": "万元"}
    slip |= {"face_wan": "500", "files": [paper()]}
    with clamd() as (daemon, settings.PORTAL_CLAMAV):
        sign_in("a_reporter").post(f"/vouchers/new/?project={world.a.rows['project']}", slip)
        assert len(daemon.seen) == 1
