"""Looking at files that prove something: pages of a PDF as pictures, Word and Excel as words."""

import pytest
from openpyxl import Workbook

from accounts.acts import act
from accounts.models import Change
from projects.choices import MediaType
from projects.models import Evidence, EvidenceLink
from projects.services import watermarks
from tests.battery import valid_files
from tests.conftest import NOW
from tests.pages.test_copies import got, opened, sent, stored_before
from tests.projects.test_papers_shown import letter, said, saved, scanned
from tests.world import acting

pytestmark = pytest.mark.covers("F-45", "F-48")
commits = pytest.mark.django_db(transaction=True)
UNSHOWN = "这份 PDF 不能在页面上显示，请下载副本查看。"
COLOURS = ((200, 30, 30), (30, 160, 30), (30, 30, 200))


def looked(client, file: int, query: str = "") -> str:
    answer = client.get(f"/evidence/{file}/look/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def acts_of(world, file: int) -> list[str]:
    with acting(world.a.posts["clerk"]):
        found = Change.objects.filter(reason=f"佐证材料 {file}").order_by("pk")
        return list(found.values_list("act", flat=True))


# Who looks ------------------------------------------------------------------------------------------


def test_whoever_reads_the_claim_looks_at_its_file_and_nobody_else(world, sign_in):
    own, others = world.a.rows["claim:evidence"], world.a.rows["bureau_claim:evidence"]
    for stem in ("reporter", "head", "clerk", "party_inspector", "leader"):
        assert sign_in(f"a_{stem}").get(f"/evidence/{own}/look/").status_code == 200
    assert sign_in("a_reporter").get(f"/evidence/{others}/look/").status_code == 404
    assert sign_in("b_clerk").get(f"/evidence/{own}/look/").status_code == 404
    assert sign_in("a_clerk").get("/evidence/999999/look/").status_code == 404
    for stem in ("auditor", "admin"):
        assert sign_in(f"a_{stem}").get(f"/evidence/{own}/look/").status_code == 403
    for method in ("post", "put", "delete"):
        assert getattr(sign_in("a_clerk"), method)(f"/evidence/{own}/look/").status_code == 405


@commits
def test_pages_are_served_to_the_same_people(world, sign_in):
    file = sent(world, sign_in, "回单.pdf", scanned(*COLOURS))
    for stem in ("reporter", "clerk", "party_inspector", "leader"):
        assert sign_in(f"a_{stem}").get(f"/evidence/{file}/view/?page=3").status_code == 200
    assert sign_in("a_other_head").get(f"/evidence/{file}/view/?page=3").status_code == 404
    assert sign_in("b_party_inspector").get(f"/evidence/{file}/view/?page=3").status_code == 404
    assert sign_in("a_auditor").get(f"/evidence/{file}/view/?page=3").status_code == 403
    assert sign_in("a_clerk").post(f"/evidence/{file}/view/?page=3").status_code == 405
    for beyond in ("4", "0", "-1", "x", "9" * 30):
        assert sign_in("a_clerk").get(f"/evidence/{file}/view/?page={beyond}").status_code == 404
    picture = world.a.rows["claim:evidence"]
    assert sign_in("a_clerk").get(f"/evidence/{picture}/view/?page=2").status_code == 404


@commits
def test_the_page_says_what_the_file_is_and_where_it_is_used(world, sign_in):
    file = sent(world, sign_in, "回单.pdf", scanned(*COLOURS))
    voucher = world.a.rows["claim:voucher"]
    page = looked(sign_in("a_party_inspector"), file)
    assert "PDF文档，共 3 页" in page
    assert f'href="/vouchers/{voucher}/"' in page
    assert f'href="/evidence/{file}/"' in page
    assert f'href="/evidence/{file}/original/"' in page
    assert f"/evidence/{file}/original/" not in looked(sign_in("a_clerk"), file)


@commits
@pytest.mark.parametrize("uses", [1, 3])
def test_a_look_needs_the_same_queries_however_often_the_file_is_used(
    world, sign_in, django_assert_num_queries, uses
):
    file = sent(world, sign_in, "回单.pdf", scanned(*COLOURS))
    kinds = ["invoice", "contract"][: uses - 1]
    with acting(world.a.posts["clerk"]):
        act("evidence.attach")
        for kind in kinds:
            EvidenceLink.objects.create(evidence_id=file, voucher_id=world.a.rows["claim:voucher"], kind=kind)
    client = sign_in("a_party_inspector")
    with django_assert_num_queries(18):
        assert looked(client, file).count("用于") == uses


@commits
def test_uses_that_the_post_may_not_read_are_not_told(world, sign_in):
    file = sent(world, sign_in, "回单.pdf", scanned(*COLOURS))
    with acting(world.a.posts["clerk"]):
        act("evidence.attach")
        EvidenceLink.objects.create(evidence_id=file, voucher_id=world.a.rows["bureau_claim:voucher"])
    assert looked(sign_in("a_clerk"), file).count("用于") == 2
    assert looked(sign_in("a_reporter"), file).count("用于") == 1


# Pages of a PDF -------------------------------------------------------------------------------------


@commits
def test_each_page_is_a_small_picture_with_the_words_of_who_looks(world, sign_in, settings):
    file = sent(world, sign_in, "回单.pdf", scanned(*COLOURS))
    for stem in ("clerk", "party_inspector"):
        client = sign_in(f"a_{stem}")
        for number, colour in enumerate(COLOURS, start=1):
            answer = client.get(f"/evidence/{file}/view/?page={number}")
            content = b"".join(answer.streaming_content)
            assert answer["Content-Type"] == "image/jpeg"
            assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert answer["Cache-Control"] == "no-store"
            picture = opened(content)
            assert picture.size == (1131, 1600)
            brightest = max(range(3), key=picture.getpixel((3, 3)).__getitem__)
            assert brightest == colour.index(max(colour))
            bare = next((settings.EVIDENCE_DIR / str(world.a.tenant_id) / "screen").glob(f"*.{number}"))
            words = watermarks.words_for(world.a.posts[stem], NOW)
            assert content == watermarks.marked(bare.read_bytes(), MediaType.JPEG, words)
            assert content != bare.read_bytes()


@commits
def test_each_look_at_a_page_is_an_act(world, sign_in):
    file = sent(world, sign_in, "回单.pdf", scanned(*COLOURS))
    client = sign_in("a_clerk")
    looked(client, file)
    assert acts_of(world, file) == []
    got(client, f"/evidence/{file}/view/?page=2")
    got(client, f"/evidence/{file}/view/")
    assert acts_of(world, file) == ["evidence.view"] * 2


@commits
def test_a_long_paper_is_looked_at_in_parts_and_only_its_first_pages_are_kept(world, sign_in, settings):
    file = sent(world, sign_in, "合同.pdf", valid_files.pdf(pages=45))
    client = sign_in("a_clerk")
    first, last = looked(client, file), looked(client, file, "?page=3")
    assert first.count("<figure>") == 20
    assert last.count("<figure>") == 5
    assert "第 41–45 页，共 45 页" in last
    assert f"/evidence/{file}/view/?page=45" in last
    for number in (20, 21, 45):
        got(client, f"/evidence/{file}/view/?page={number}")
    screen = settings.EVIDENCE_DIR / str(world.a.tenant_id) / "screen"
    assert list(screen.glob("*.20"))
    assert not list(screen.glob("*.21"))


@commits
def test_the_card_shows_the_first_page_beside_the_claim(world, sign_in):
    file = sent(world, sign_in, "回单.pdf", scanned(*COLOURS))
    page = sign_in("a_second_clerk").get(f"/queue/{world.a.rows['claim']}/").content.decode()
    assert f'<img class="paper" src="/evidence/{file}/view/"' in page
    assert f'<a href="/evidence/{file}/look/">' in page
    assert f'data-key-link="look" href="/evidence/{file}/look/"' in page


@commits
def test_a_paper_that_cannot_be_drawn_is_refused_in_plain_words(world, sign_in, settings):
    file = stored_before(world, settings, "回单.pdf", b"%PDF-1.4 torn")
    client = sign_in("a_clerk")
    assert UNSHOWN in looked(client, file)
    answer = client.get(f"/evidence/{file}/view/")
    assert answer.status_code == 409
    assert UNSHOWN in answer.content.decode()
    assert acts_of(world, file) == []


# Word and Excel -------------------------------------------------------------------------------------


@commits
def test_a_letter_is_shown_as_words_and_tables_in_their_order_and_that_is_an_act(world, sign_in):
    table = "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>".format(said("付款"), said("100"))
    body = said("第一段&lt;script&gt;alert(1)&lt;/script&gt;") + table + said("https://example.org/")
    file = sent(world, sign_in, "证明.docx", letter(body))
    page = looked(sign_in("a_clerk"), file)
    text = page[page.index('<div class="words">') :]
    assert "<script>alert" not in page
    assert "第一段&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert text.index("第一段") < text.index("付款") < text.index("100") < text.index("example.org")
    assert 'href="https://example.org' not in page
    assert acts_of(world, file) == ["evidence.view"]
    assert sign_in("a_clerk").get(f"/evidence/{file}/view/").status_code == 404


@commits
def test_a_workbook_is_shown_as_values_and_says_what_is_left_out(world, sign_in):
    book = Workbook()
    first = book.active
    first.title = "到位"
    first.append(["企业", "金额<b>", "=1+1"])
    for row in range(2, 251):
        first.cell(row, 1, f"企业{row}")
    first.cell(1, 40, "远")
    hidden = book.create_sheet("底稿")
    hidden.sheet_state = "hidden"
    hidden["B2"] = '=HYPERLINK("https://example.org/","点")'
    for number in range(10):
        book.create_sheet(f"空{number}")
    file = sent(world, sign_in, "台账.xlsx", saved(book))
    page = looked(sign_in("a_clerk"), file)
    assert "金额&lt;b&gt;" in page
    assert "企业200" in page
    assert "企业201" not in page
    assert "后面还有 50 行没有列出。" in page
    assert "右边还有 10 列没有列出。" in page
    assert "另有 2 张工作表没有列出" in page
    assert "隐藏的工作表" in page
    assert "这张表是空的。" in page
    assert 'href="https://example.org' not in page
    assert acts_of(world, file) == ["evidence.view"]


@commits
def test_a_workbook_that_asks_for_all_memory_is_refused_and_the_next_one_is_shown(world, sign_in):
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "甲", "乙"
    file = sent(world, sign_in, "台账.xlsx", saved(book))
    client = sign_in("a_clerk")
    page = looked(client, file)
    assert "这份文件不能在页面上显示，请下载副本查看。" in page
    assert f'href="/evidence/{file}/"' in page
    assert acts_of(world, file) == []
    good = valid_files.packed(valid_files.xlsx_parts())
    assert "企业7" in looked(client, sent(world, sign_in, "好.xlsx", good))


@commits
def test_a_file_that_the_store_has_lost_is_not_found(world, sign_in, settings):
    client = sign_in("a_clerk")
    for name, content in (("回单.pdf", scanned(COLOURS[0], side=61)), ("证明.docx", letter(said("丢")))):
        file = sent(world, sign_in, name, content)
        with acting(world.a.posts["clerk"]):
            stored = Evidence.objects.get(pk=file).stored_sha256
        (settings.EVIDENCE_DIR / str(world.a.tenant_id) / stored).unlink()
        assert client.get(f"/evidence/{file}/look/").status_code == 404
    assert acts_of(world, file) == []
