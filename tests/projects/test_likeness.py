"""What a photo looks like: kept by a copy, not shared by another photo, unknown where nothing can be said."""

from itertools import combinations

import pytest
from PIL import Image

from projects.models.voucher import MOST_DIFFERING
from projects.services import likeness
from tests.pictures import copies, held_up, site, slip


def differing(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def known(pictures) -> list[str]:
    found = [likeness.of(picture) for picture in pictures]
    assert all(found)
    return [one for one in found if one]


@pytest.mark.parametrize("seed", range(6))
def test_a_copy_of_a_photo_looks_the_same(seed):
    picture = site(seed)
    (own,) = known([picture])
    apart = {how: differing(own, likeness.of(copy) or "0") for how, copy in copies(picture)}
    assert {how: many for how, many in apart.items() if many > MOST_DIFFERING} == {}


def test_two_photos_do_not_look_the_same():
    pairs = combinations(known(site(seed) for seed in range(24)), 2)
    # Three times as far as what counts as alike: real sites are more alike than drawn ones.
    assert min(differing(*pair) for pair in pairs) > 3 * MOST_DIFFERING


def test_photos_of_the_same_form_are_told_apart():
    found = [likeness.of(held_up(seed)) for seed in range(40)]
    pairs = combinations([one for one in found if one], 2)
    assert min(differing(*pair) for pair in pairs) > MOST_DIFFERING


def test_scans_of_paper_are_not_compared():
    assert [likeness.of(slip(seed)) for seed in range(8)] == [None] * 8


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (1, 1), "red"),
        Image.new("RGB", (50_000, 1), "red"),
        Image.new("RGB", (800, 600), "white"),
        Image.new("RGB", (800, 600), "black"),
        Image.new("RGB", (800, 600), (90, 120, 70)),
        Image.linear_gradient("L").resize((800, 600)).convert("RGB"),
        Image.linear_gradient("L").rotate(90).resize((800, 600)).convert("RGB"),
        Image.linear_gradient("L").rotate(270).resize((800, 600)).convert("RGB"),
    ],
)
def test_pictures_without_anything_on_them_are_unknown(picture):
    assert likeness.of(picture) is None
