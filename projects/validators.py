"""Checks of single values, shared by forms, services and the workbook import."""

import re
from itertools import chain

from stdnum.cn import uscc

# GB 32100-2015: 18 places of digits and capital letters without I, O, S, V, Z.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# First place: the department that registers (机构编制, 民政, 市场监管 ...); third and fourth: the province.
DEPARTMENTS = set("123456789ANY")
PROVINCES = {
    f"{zone}{number}" for zone, last in enumerate((5, 3, 7, 6, 4, 5), 1) for number in range(1, last + 1)
}
PROVINCES |= {"10", "50", "71", "81", "82", "83"}
# Letters and digits that are taken for each other when a code is typed off a licence.
ALIKE = {
    "0": "ODQ",
    "1": "IL",
    "2": "Z",
    "5": "S",
    "6": "G",
    "8": "B",
    "O": "0DQ",
    "D": "0O",
    "Q": "0O",
    "I": "1L",
    "L": "1I",
    "Z": "2",
    "S": "5",
    "G": "6",
    "B": "8",
    "U": "V",
    "V": "U",
}
OUTSIDE = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


def credit_code_fault(code: str) -> str | None:
    """Why the text is no 统一社会信用代码 and what it probably should be, as a Chinese sentence; else None.

    The code comes without spaces and in capitals (``normalise_credit_code``). Rules: GB 32100-2015.
    """
    if re.search(r"[^0-9A-Z]", code):
        return f"信用代码“{code}”含有数字和大写字母以外的字符。请按营业执照改正，没有代码的留空。"
    if len(code) != 18:
        old = "（15位多为旧的营业执照注册号）" if len(code) == 15 else ""
        return f"信用代码“{code}”有{len(code)}位{old}，应为18位。请按营业执照改正，没有代码的留空。"
    faults = list(_form_faults(code))
    if not faults and code[0] not in DEPARTMENTS:
        faults.append(f"首位“{code[0]}”不是登记管理部门代码")
    if not faults and code[2:4] not in PROVINCES:
        faults.append(f"第3至8位“{code[2:8]}”不是行政区划码")
    if not faults and not _valid(code):
        faults.append("校验位不符")
    if not faults:
        return None
    return f"信用代码“{code}”有误：{'；'.join(faults)}。{_advice(code)}"


def phone_fault(phone: str) -> str | None:
    """Why the text is no mainland telephone number (手机 or 区号-座机), as a Chinese sentence; else None."""
    if re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,5})?|400\d{7}", re.sub(r"\s", "", phone)):
        return None
    return f"电话“{phone}”应为 11 位手机号，或带区号的座机号，如 0591-87654321。"


def normalise_credit_code(text: str) -> str:
    """The code in capitals without spaces and hyphens."""
    return re.sub(r"[\s\-]", "", text).upper()


def likely_credit_codes(code: str) -> tuple[str, ...]:
    """Valid codes one usual mistake away: characters that look alike, or two neighbours swapped.

    At most three; none when the mistake cannot be guessed. A letter that no code has is the mistake itself.
    """
    plain = _legal(code)
    if plain != code:
        places = [place for place, char in enumerate(code) if plain[place] != char]
        others = (_with(code, places[0], char) for char in ALPHABET if len(places) == 1)
        return (plain,) if _valid(plain) else tuple(filter(_valid, others))
    changes = (_with(code, place, other) for place, char in enumerate(code) for other in ALIKE.get(char, ""))
    swaps = (_with(code, place, code[place + 1] + code[place]) for place in range(len(code) - 1))
    return tuple(dict.fromkeys(other for other in chain(changes, swaps) if other != code and _valid(other)))[
        :3
    ]


def _with(code: str, place: int, chars: str) -> str:
    return code[:place] + chars + code[place + len(chars) :]


def _form_faults(code: str):
    outside = [place for place, char in enumerate(code, start=1) if char not in ALPHABET]
    letters = [place for place in range(3, 9) if not code[place - 1].isdigit() and place not in outside]
    for place in outside:
        yield f"第{place}位是字母{code[place - 1]}，代码中不用 I、O、S、V、Z"
    if letters:
        yield f"第{'、'.join(map(str, letters))}位应为数字"


def _advice(code: str) -> str:
    hints = []
    if likely := likely_credit_codes(code):
        hints.append(f"可能是 {' 或 '.join(likely)}")
    whole = _legal(code)[:17]
    whole += _check_digit(whole) or ""
    if _valid(whole) and whole not in likely:
        hints.append(f"如前17位是 {whole[:17]}，末位应为 {whole[17]}")
    return f"{'；'.join(hints)}。请对照营业执照改正。" if hints else "请对照营业执照改正。"


def _legal(code: str) -> str:
    """The code with letters that its places cannot have replaced by what they look like."""
    return "".join(
        next((other for other in ALIKE.get(char, "") if other.isdigit()), char)
        if 2 <= place < 8 and not char.isdigit()
        else OUTSIDE.get(char, char)
        for place, char in enumerate(code)
    )


def _check_digit(body: str) -> str | None:
    return uscc.calc_check_digit(body) if all(char in ALPHABET for char in body) else None


def _valid(code: str) -> bool:
    return (
        len(code) == 18
        and code[0] in DEPARTMENTS
        and code[2:4] in PROVINCES
        and code[2:8].isdigit()
        and _check_digit(code[:17]) == code[17]
    )
