"""A photo that was used before, for another unit or another firm: told to those who check, to nobody else."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import IntegrityError, ProgrammingError
from PIL import Image

from accounts.acts import act
from accounts.models import Unit
from assessment.queries import queue
from assessment.services import opinions
from projects.choices import EvidenceKind, VoucherKind
from projects.models import Claim, Evidence, EvidenceLink, Project, Voucher
from projects.services import evidence, returns, reuse, vouchers
from projects.services.evidence import Upload
from tests.pages.test_shell import text_of
from tests.pictures import as_jpeg, photo, slip
from tests.world import TODAY, acting

commits = pytest.mark.django_db(transaction=True)
ALIKE = "的照片相似"


TOWN = ("reporter", "水沟镇", "project")
OFFICE = ("clerk", "县委办", "office_project")


def recorded(county, where: tuple[str, str, str], number: str, file: Upload) -> Claim:
    """A voucher with one file, and its claim; ``where``: who enters it, for which unit and project."""
    who, unit, project = where
    with acting(county.posts[who]) as post:
        entry = vouchers.Entry(
            project=Project.objects.get(pk=county.rows[project]),
            kind=VoucherKind.BANK_SLIP,
            number=number,
            dated_on=dt.date(2012, 5, 20),
            face_wan=Decimal(7),
            files=[file],
        )
        done = vouchers.record(post=post, entry=entry, unit=Unit.objects.get(name=unit), today=TODAY)
        return Claim.objects.select_related("voucher__payer").get(pk=done.claim.pk)


def of_town(world, file: Upload, number: str = "K1") -> Claim:
    return recorded(world.a, TOWN, number, file)


def of_office(world, file: Upload, number: str = "K2") -> Claim:
    return recorded(world.a, OFFICE, number, file)


def file_of(county, claim: Claim) -> Evidence:
    with acting(county.posts["clerk"]):
        return EvidenceLink.objects.get(voucher=claim.voucher_id).evidence


@pytest.fixture
def copied(world) -> tuple[Claim, Claim]:
    """The town's photo, and the same photo saved once more by the office."""
    return of_town(world, photo(1)), of_office(world, photo(1, quality=60, name="开工.jpg"))


@commits
@pytest.mark.covers("F-42")
def test_a_photo_that_was_saved_again_is_known(world, sign_in, copied):
    first, second = (file_of(world.a, claim) for claim in copied)
    assert first.sha256 != second.sha256
    assert (first.resembles_id, second.resembles_id) == (None, first.pk)
    page = text_of(sign_in("a_party_inspector").get(f"/claims/{copied[1].pk}/"))
    assert f"照片与水沟镇“{copied[0].voucher.payer.name}”的凭证 {copied[0].voucher}" in page
    assert f"相似（较早上传，1024 点中 {second.differing} 点不同），请比对" in page
    # The earlier one is told of the later.
    assert "较晚上传" in text_of(sign_in("a_party_inspector").get(f"/claims/{copied[0].pk}/"))


@commits
@pytest.mark.parametrize("stem", ["second_clerk", "leader", "party_inspector"])
def test_who_reads_the_county_is_told_on_the_voucher(world, sign_in, copied, stem):
    page = sign_in(f"a_{stem}").get(f"/vouchers/{copied[1].voucher_id}/")
    assert ALIKE in text_of(page)
    assert f'href="/vouchers/{copied[0].voucher_id}/"' in page.content.decode()


@commits
@pytest.mark.parametrize("stem", ["reporter", "head"])
def test_a_unit_is_told_nothing_of_others(world, sign_in, copied, stem):
    client = sign_in(f"a_{stem}")
    for address in (f"/claims/{copied[0].pk}/", f"/vouchers/{copied[0].voucher_id}/"):
        page = client.get(address)
        assert page.status_code == 200
        assert "相似" not in text_of(page)
        assert copied[1].voucher.number not in text_of(page)


@commits
def test_the_log_of_a_file_does_not_say_what_it_resembles(world, sign_in):
    office = of_office(world, photo(1))
    town = of_town(world, photo(1, quality=60))
    assert file_of(world.a, town).resembles_id == file_of(world.a, office).pk
    page = text_of(sign_in("a_reporter").get(f"/claims/{town.pk}/"))
    assert "佐证材料" in page
    for hidden in ("likeness", "resembles", "differing", "相似", file_of(world.a, town).likeness):
        assert hidden not in page


@commits
def test_a_unit_that_answers_a_return_is_told_nothing_of_others(world, sign_in, copied):
    with acting(world.a.posts["head"]) as post:
        returns.submit(post=post, return_id=world.a.rows["return:水沟镇"])
    with acting(world.a.posts["second_clerk"]) as post:
        opinions.give(
            post=post,
            claim_id=copied[0].pk,
            step="first_review",
            verdict="return",
            code="unclear",
            reason="请补充",
            today=TODAY,
        )
    page = text_of(sign_in("a_reporter").get(f"/queue/{copied[0].pk}/"))
    assert "补充后重报" in page
    assert "相似" not in page


@commits
@pytest.mark.covers("F-42")
def test_the_queue_shows_both_photos_and_the_batch_leaves_them(world, sign_in, copied):
    with acting(world.a.posts["head"]) as post:
        returns.submit(post=post, return_id=world.a.rows["return:水沟镇"])
    client = sign_in("a_second_clerk")
    page = client.get(f"/queue/{copied[0].pk}/").content.decode()
    for claim in copied:
        assert f"/evidence/{file_of(world.a, claim).pk}/view/" in page
    assert ALIKE in text_of(client.get("/queue/?doubts=on"))
    with acting(world.a.posts["second_clerk"]) as post:
        done = opinions.decide_clean(post=post, step="first_review")
        left = {one.claim.pk: one.why for one in done.left}
    assert ALIKE in left[copied[0].pk]


@commits
def test_the_same_file_is_told_where_it_proves_things_of_others(world, sign_in):
    town, office = of_town(world, photo(2)), of_office(world, photo(2))
    assert file_of(world.a, town) == file_of(world.a, office)
    page = text_of(sign_in("a_party_inspector").get(f"/claims/{town.pk}/"))
    assert f"同一份文件也用于县委办“{office.voucher.payer.name}”的凭证 {office.voucher}" in page


@commits
def test_a_file_of_the_same_firm_may_be_used_again(world):
    first, second = of_town(world, photo(3), "K1"), of_town(world, photo(3, quality=60), "K2")
    with acting(world.a.posts["reporter"]) as post:
        voucher = Voucher.objects.get(pk=second.voucher_id)
        used = EvidenceLink.objects.get(voucher=first.voucher_id).evidence_id
        reuse.for_voucher(post=post, voucher=voucher, evidence_id=used, kind=EvidenceKind.PAPER)
    with acting(world.a.posts["clerk"]) as post:
        claims = list(queue.claims_for(post).filter(pk__in=[first.pk, second.pk]))
        assert queue.doubts_on(post, claims) == {}


@commits
def test_slips_of_one_bank_are_not_alike(world):
    for seed in range(4):
        number, name = f"K{seed}", f"回单{seed}.jpg"
        claim = (of_town, of_office)[seed % 2](world, Upload(name, as_jpeg(slip(seed))), number)
        assert file_of(world.a, claim).likeness is None


@commits
def test_a_photo_of_the_neighbour_county_is_nobodys_business(world):
    theirs = recorded(world.b, TOWN, "K1", photo(4))
    ours = of_office(world, photo(4, quality=60))
    assert file_of(world.b, theirs).likeness is not None
    assert file_of(world.a, ours).resembles_id is None
    assert file_of(world.b, theirs).resembles_id is None


@commits
def test_all_copies_lead_to_the_first(world, sign_in):
    kept = [of_town(world, photo(5)), *(of_office(world, photo(5, quality=q), f"K{q}") for q in (70, 50))]
    first, second, third = (file_of(world.a, claim) for claim in kept)
    assert (second.resembles_id, third.resembles_id) == (first.pk, first.pk)


@commits
@pytest.mark.parametrize(
    "columns",
    [
        {"likeness": "ab"},
        {"likeness": "g" * 256},
        {"resembles": "earlier", "differing": 3},
        {"likeness": "a" * 256, "resembles": "earlier", "differing": 37},
        {"likeness": "a" * 256, "resembles": "earlier"},
        {"likeness": "a" * 256, "differing": 3},
        {"likeness": "a" * 256, "resembles": "later", "differing": 3},
    ],
)
def test_the_database_keeps_no_half_likeness(world, columns):
    earlier = world.a.rows["claim:evidence"]
    points_at = {"earlier": earlier, "later": 2**40}
    values = columns | ({"resembles_id": points_at[columns["resembles"]]} if "resembles" in columns else {})
    values.pop("resembles", None)
    with acting(world.a.posts["clerk"]):
        act("evidence.attach")
        file = {"sha256": "1" * 64, "stored_sha256": "1" * 64, "original_name": "x.png", "size": 9}
        with pytest.raises(IntegrityError, match="evidence_"), transaction.atomic():
            Evidence.objects.create(**file, media_type="image/png", **values)


@commits
def test_a_likeness_is_never_changed(world, copied):
    file_key = file_of(world.a, copied[1]).pk
    with acting(world.a.posts["clerk"]):
        act("evidence.attach")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Evidence.objects.filter(pk=file_key).update(likeness=None, resembles=None, differing=None)


def test_a_long_strip_and_a_single_point_are_taken(world):
    for size in ((1, 1), (50_000, 1)):
        (file,), refused = evidence.checked([Upload("条.jpg", as_jpeg(Image.new("RGB", size, "red")))])
        assert (file.likeness, refused) == (None, [])
