import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from projects import validators

GOOD = "91350100M000100Y43"  # the standard's own example


def weighted(body: str) -> str:
    """GB 32100: weights are powers of 3 modulo 31. Made here, not taken from the code under test."""
    total = sum(validators.ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return validators.ALPHABET[-total % 31]


bodies = st.builds(
    "{}{}{}".format,
    st.sampled_from(["91", "92", "52", "12", "N2"]),
    st.sampled_from(["611023", "420300", "100000", "110108", "330300"]),
    st.text(st.sampled_from(validators.ALPHABET), min_size=9, max_size=9),
)
codes = bodies.map(lambda body: body + weighted(body))


@pytest.mark.parametrize("code", [GOOD, "91110000600037341L", "91420300MAMALPXF1D"])
def test_a_valid_code_has_no_fault(code):
    assert validators.credit_code_fault(code) is None


@given(codes)
def test_a_code_with_its_check_digit_is_valid_and_another_digit_is_told(code):
    assert validators.credit_code_fault(code) is None
    wrong = code[:-1] + ("1" if code[-1] != "1" else "2")
    assert f"末位应为 {code[-1]}" in validators.credit_code_fault(
        wrong
    ) or code in validators.credit_code_fault(wrong)


@given(codes, st.integers(0, 17), st.sampled_from(validators.ALPHABET))
def test_no_single_wrong_character_passes(code, place, char):
    assume(code[place] != char)
    assert validators.credit_code_fault(code[:place] + char + code[place + 1 :])


@given(codes, st.data())
def test_a_letter_typed_for_the_digit_it_looks_like_is_found(code, data):
    alike = {"0": "O", "1": "I", "2": "Z", "5": "S"}
    places = [place for place, char in enumerate(code) if char in alike]
    assume(places)
    place = data.draw(st.sampled_from(places))
    typed = code[:place] + alike[code[place]] + code[place + 1 :]
    assert validators.likely_credit_codes(typed) == (code,)
    assert f"可能是 {code}" in validators.credit_code_fault(typed)


@given(codes, st.integers(0, 16))
def test_two_neighbours_swapped_are_among_the_proposals(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assume(swapped != code and swapped[2:8].isdigit())
    proposals = validators.likely_credit_codes(swapped)
    assert 1 <= len(proposals) <= 3
    assert all(validators.credit_code_fault(proposal) is None for proposal in proposals)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91610000O00001MA70", ["第9位是字母O", "91610000A00001MA70", "末位应为 E"]),
        ("91350100M000100Y44", ["校验位不符", "末位应为 3"]),
        ("913501OOM000100Y43", ["第7位是字母O", "第8位是字母O", "可能是 91350100M000100Y43"]),
        ("000000000000000000", ["首位“0”"]),
        ("91000000M000100Y43", ["第3至8位“000000”不是行政区划码"]),
        ("91ABCDEFM000100Y43", ["第3、4、5、6、7、8位应为数字"]),
        ("610323100012345", ["有15位", "旧的营业执照注册号"]),
        ("91350100M000100Y4", ["有17位", "应为18位"]),
        ("91350100M000100Y4三", ["字符"]),
    ],
)
def test_the_reason_says_what_is_wrong_and_what_it_may_be(code, words):
    fault = validators.credit_code_fault(code)
    assert [word for word in words if word not in fault] == []


def test_a_code_is_normalised():
    assert validators.normalise_credit_code(" 9135-0100 m000100y43") == GOOD
