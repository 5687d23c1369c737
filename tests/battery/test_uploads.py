"""Files that mean harm: each is refused in plain Chinese, or kept and handed out so that it can do none.

All of them go through the service, and whatever is stored is looked at as the portal's pages show it; some
of every kind go through the pages themselves as well.
"""

import hashlib
import io
import re
import resource
import time
import zipfile
from collections import Counter, defaultdict
from email import message_from_bytes
from email.message import Message
from email.policy import HTTP
from html import unescape
from statistics import median
from urllib.parse import quote

import pytest
from django.http import FileResponse, HttpResponse
from django.test import Client
from pikepdf import Pdf
from PIL import Image

from projects.choices import MediaType
from projects.models import Evidence, EvidenceLink
from projects.papers import desk, pages
from projects.services import evidence, file_names, office_copies, watermarks
from projects.services.evidence import Upload
from projects.views.evidence import attachment
from tests.battery import valid_files
from tests.battery.hostile_files import KINDS, MARK, Hostile, corpus
from tests.world import World, acting

# Pillow warns of torn metadata; in production that is a line in the log.
pytestmark = [pytest.mark.battery, pytest.mark.filterwarnings("ignore::UserWarning:PIL")]

SEED = 20120702
EDGE = b"edge-of-a-part-5d1e"
ENOUGH = 20_000
PLANTED = b"PLANTED-7f3a"
PAGE_KEYS = {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/Rotate", "/UserUnit", "/Group"}
THROUGH_THE_PAGE = 15  # of each kind
SLOWEST_SECONDS = 3.0
MEMORY_MEGABYTES = 900
MOSTLY = 0.9
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
TRACES = re.compile(r"Traceback|Error|Exception|File \"|\.py")


def plain(words: str, name: str) -> bool:
    """Whether a refusal is a sentence for officials: Chinese, one line, nothing of the machine."""
    own = words.replace(file_names.tidy(name), "")
    return bool(CHINESE.search(own)) and not TRACES.search(own) and words.isprintable()


def faults_of_answer(answer: FileResponse, name: str) -> list[str]:
    """What is wrong with the headers under which a file is handed out."""
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }
    faults = [f"{header}: {answer[header]}" for header in wanted if answer[header] != wanted[header]]
    if answer["Content-Type"] not in MediaType.values:
        faults.append(f"content type {answer['Content-Type']}")
    head = message_from_bytes(answer.serialize_headers() + b"\r\n\r\n", policy=HTTP)
    given = head.get_all("Content-Disposition") or []
    parsed = Message()
    parsed["Content-Disposition"] = answer["Content-Disposition"]
    if len(given) != 1 or len(head.keys()) != len(answer.headers) or head.defects:
        faults.append("the headers do not parse to what was set")
    if parsed.get_content_disposition() != "attachment" or parsed.get_filename() != file_names.tidy(name):
        faults.append(f"name {parsed.get_filename()!r}")
    if not file_names.tidy(name).isprintable() or set(file_names.tidy(name)) & set("/\\"):
        faults.append("the name hides something")
    return faults


def faults_of_paper(served: bytes) -> list[str]:
    """What a PDF copy has beside pages that draw themselves."""
    with Pdf.open(io.BytesIO(served)) as paper:
        beside = set(paper.Root.keys()) - {"/Type", "/Pages", "/OCProperties"}
        beside |= set(paper.trailer.keys()) & {"/Info", "/Encrypt"}
        for page in paper.pages:
            beside |= set(page.obj.keys()) - PAGE_KEYS
        plain = io.BytesIO()
        paper.save(plain, qdf=True)
    planted = ["planted bytes are served"] if PLANTED in plain.getvalue() else []
    return planted + [f"a copy with {key}" for key in sorted(beside)]


def faults_of_office(served: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(served)) as archive:
        planted = [name for name in archive.namelist() if PLANTED in archive.read(name)]
    told = [] if office_copies.stripped(served) == served else ["a copy that still tells"]
    return told + [f"planted bytes are served in {name}" for name in planted]


def faults_of_bytes(served: bytes, media_type: str) -> list[str]:
    """What is wrong with the bytes that are handed out."""
    if media_type == MediaType.PDF:
        return faults_of_paper(served)
    if not media_type.startswith("image/"):
        return faults_of_office(served)
    faults = ["planted bytes are served"] if MARK in served or b"<script" in served else []
    with Image.open(io.BytesIO(served)) as picture:
        picture.load()
        if picture.format != MediaType(media_type).name or set(picture.info) - {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density")
        }:
            faults.append(f"a picture that tells {sorted(picture.info)}")
    return faults


def look(media_type: str, served: bytes) -> str:
    """What is shown of a stored file: ``shown``, or why not."""
    try:
        if media_type == MediaType.PDF:
            numbers = {1, desk.count(served)}
            shown = [Image.open(io.BytesIO(desk.page(served, number))) for number in numbers]
            return "shown" if max(max(picture.size) for picture in shown) <= pages.LONGEST else "large"
        if media_type.startswith("image/"):
            watermarks.for_screen(served)
        else:
            (desk.text if media_type == MediaType.WORD else desk.sheets)(served)
    except desk.NoCopy as fault:
        return str(fault)
    return "shown"


class Tally:
    def __init__(self):
        self.looks: Counter[str] = Counter()
        self.slowest_look = 0.0
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.faults: list[str] = []
        self.slowest: dict[str, float] = defaultdict(float)

    def add(self, kind: str, outcome: str, seconds: float, faults: list[str]) -> None:
        self.outcomes[kind, outcome] += 1
        self.slowest[kind] = max(self.slowest[kind], seconds)
        self.faults += [f"{kind}: {fault}" for fault in faults]

    def __str__(self):
        lines = [f"{'kind':<22}{'refused':>9}{'stored':>9}{'slowest ms':>12}"]
        for kind in self.slowest:
            refused, stored = self.outcomes[kind, "refused"], self.outcomes[kind, "stored"]
            lines.append(f"{kind:<22}{refused:>9}{stored:>9}{self.slowest[kind] * 1000:>12.1f}")
        refused, stored = (
            sum(count for (_, told), count in self.outcomes.items() if told == outcome)
            for outcome in ("refused", "stored")
        )
        kind = max(self.slowest, key=self.slowest.__getitem__)
        lines.append(f"{'all':<22}{refused:>9}{stored:>9}{self.slowest[kind] * 1000:>12.1f} ({kind})")
        looks = f"looked at {self.looks.total()}: {dict(self.looks)}"
        if self.slowest_look:
            looks += f", slowest ms {self.slowest_look * 1000:.1f}"
        return "\n".join([*lines, looks, f"faults {len(self.faults)}"])

    def looked(self, told: str, seconds: float) -> None:
        self.looks[told] += 1
        self.slowest_look = max(self.slowest_look, seconds)


def judge(tally: Tally, kind: str, file: Hostile) -> None:
    start = time.perf_counter()
    accepted, refused = evidence.checked([Upload(file.name, file.content)])
    seconds = time.perf_counter() - start
    faults = [f"not plain: {words!r}" for words in refused if not plain(words, file.name)]
    for checked in accepted:
        if KINDS[kind].must:
            faults.append(f"accepted: {file.name!r} {file.content[:200]!r}")
        answer = attachment(io.BytesIO(checked.served), file_names.tidy(file.name), checked.media_type)
        faults += faults_of_answer(answer, file.name)
        faults += faults_of_bytes(checked.served, checked.media_type)
        start = time.perf_counter()
        told = look(checked.media_type, checked.served)
        tally.looked(told, time.perf_counter() - start)
        faults += ["a picture beyond its size is shown"] if told == "large" else []
    if len(accepted) + len(refused) != 1:
        faults.append("neither refused nor stored")
    tally.add(kind, "stored" if accepted else "refused", seconds, faults)


def test_no_file_of_the_corpus_does_harm():
    tally = Tally()
    for kind, file in corpus(SEED):
        judge(tally, kind, file)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{tally}\nmemory at most {memory} MB")
    assert tally.faults == []
    assert sum(tally.outcomes.values()) >= ENOUGH
    for kind, how in KINDS.items():
        assert tally.outcomes[kind, "refused"] + tally.outcomes[kind, "stored"] == how.count
        # What must be refused was, and what may be stored was not simply refused whatever it is.
        assert bool(tally.outcomes[kind, "stored"]) is not how.must
    assert max(tally.slowest.values()) < SLOWEST_SECONDS
    # The program outlived them all, and what it did not show is the exception.
    assert desk.count(valid_files.pdf(pages=3)) == 3
    assert tally.looks.total() == sum(tally.outcomes[kind, "stored"] for kind in KINDS)
    assert tally.looks["shown"] > tally.looks.total() * MOSTLY
    assert tally.slowest_look < desk.PATIENCE
    assert memory < MEMORY_MEGABYTES


def test_honest_files_are_taken_and_quickly():
    lines = []
    for ending, contents in valid_files.every().items():
        for content in contents:
            times = []
            for _ in range(21):
                start = time.perf_counter()
                accepted, refused = evidence.checked([Upload(f"进账单.{ending}", content)])
                times.append(time.perf_counter() - start)
                assert (len(accepted), refused) == (1, [])
            lines.append(f"{ending:<5}{len(content):>8} bytes {median(times) * 1000:>8.2f} ms")
    print("\n" + "\n".join(lines))


@pytest.mark.django_db(transaction=True)
@pytest.mark.covers("F-43")
def test_the_page_refuses_or_keeps_them(world, sign_in):
    client = sign_in("a_reporter")
    tally = Tally()
    for kind, file in corpus(SEED + 1, THROUGH_THE_PAGE):
        through_the_page(tally, kind, file, client, world)
    print(f"\n{tally}")
    assert tally.faults == []
    assert sum(tally.outcomes.values()) >= 300
    assert {outcome for _, outcome in tally.outcomes} == {"refused", "stored"}


def sent(client: Client, address: str, file: Hostile) -> HttpResponse:
    """The form as a hostile program sends it: with a name that no browser has tidied."""
    if file.name.isprintable() and not set(file.name) & set('"\\'):
        name = f'filename="{file.name}"'
    else:  # Django refuses longer heads.
        name = f"filename*=UTF-8''{quote(file.name[-80:].encode('utf-8', 'surrogatepass'), safe='')}"
    head = f'Content-Disposition: form-data; name="files"; {name}'
    body = b"--%b\r\n%b\r\n\r\n%b\r\n--%b--\r\n" % (EDGE, head.encode(), file.content, EDGE)
    return client.post(address, body, content_type=f"multipart/form-data; boundary={EDGE.decode()}")


def through_the_page(tally: Tally, kind: str, file: Hostile, client: Client, world: World) -> None:
    voucher = world.a.rows["claim:voucher"]
    start = time.perf_counter()
    answer = sent(client, f"/vouchers/{voucher}/evidence/", file)
    seconds = time.perf_counter() - start
    if answer.status_code == 302:
        tally.add(kind, "stored", seconds, faults_of_kept(kind, file, client, world, tally))
        return
    told = [
        unescape(words) for words in re.findall(r'<p class="wrong"[^>]*>(.*?)</p>', answer.content.decode())
    ]
    told += [unescape(words) for words in re.findall(r"<li>(“.*?)</li>", answer.content.decode())]
    well = answer.status_code == 200 and any(plain(words, file.name) for words in told)
    faults = [] if well else [f"{answer.status_code}, told {told} of {file.name!r}"]
    tally.add(kind, "refused", seconds, faults)


def faults_of_kept(kind: str, file: Hostile, client: Client, world: World, tally: Tally) -> list[str]:
    """What is wrong with a file that the page took: with taking it, or with how it is handed out."""
    with acting(world.a.posts["clerk"]):
        links = EvidenceLink.objects.filter(voucher=world.a.rows["claim:voucher"])
        kept = links.select_related("evidence").latest("pk").evidence
    given = client.get(f"/evidence/{kept.pk}/")
    served = b"".join(given.streaming_content)
    faults = [f"accepted: {file.name!r}"] if KINDS[kind].must else []
    if kept.sha256 != hashlib.sha256(file.content).hexdigest():
        faults.append("another file is kept")
    faults += faults_of_answer(given, kept.original_name)
    faults += faults_of_look(client, kept, tally)
    return faults + faults_of_bytes(served, kept.media_type)


def faults_of_look(client: Client, kept: Evidence, tally: Tally) -> list[str]:
    """What is wrong with the page that shows a file, and with its picture where it has one."""
    start = time.perf_counter()
    page = client.get(f"/evidence/{kept.pk}/look/")
    body = page.content.decode()
    faults = [] if page.status_code == 200 else [f"the look is answered with {page.status_code}"]
    if MARK.decode("latin-1") in body or PLANTED.decode() in body:
        faults.append("planted bytes are shown")
    told = "refused" if "不能在页面上显示" in body else "shown"
    if kept.is_picture or kept.is_pdf:
        picture = client.get(f"/evidence/{kept.pk}/view/")
        if picture.status_code == 200:
            drawn = Image.open(io.BytesIO(b"".join(picture.streaming_content)))
            faults += ["a picture beyond its size is shown"] if max(drawn.size) > pages.LONGEST else []
        elif picture.status_code != 409 or kept.is_picture:
            faults.append(f"the picture is answered with {picture.status_code}")
        told = "shown" if picture.status_code == 200 else "refused"
    tally.looked(told, time.perf_counter() - start)
    return faults
