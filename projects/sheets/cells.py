"""One cell of an office's sheet: read exactly, or refused with a reason that people understand.

A blank cell (also a dash or a slash) is None: unknown is not zero.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

# Full-width forms that input methods write; other compatibility characters (², ½, ①) stay what they are,
# or "10²" would be read as 102.
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
NARROW |= {0x3000: " ", 0xA0: " ", 0xFFE5: "¥", 0x2212: "-"}
NARROW |= dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
NARROW |= dict.fromkeys((*range(0x20), 0x7F), " ")
ODD = re.compile(f"[{''.join(map(re.escape, map(chr, NARROW)))}]")
# Line breaks that a narrow column put between two Chinese characters.
WRAP = re.compile(r"(?<=[^\x00-\x7f])[ \t]*[\r\n]+[ \t]*(?=[^\x00-\x7f])")
BRACKETS = str.maketrans("〔〕【】[]", "()()()")
BLANK = {"", "-", "--", "—", "——", "/"}

IN_WAN = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万": Decimal(1),
    "万元": Decimal(1),
    "百万": Decimal(100),
    "百万元": Decimal(100),
    "千万": Decimal(1000),
    "千万元": Decimal(1000),
    "亿": Decimal(10_000),
    "亿元": Decimal(10_000),
}
FEN = Decimal("0.000001")  # one 分 in 万元, the column's last place
NOISE = Decimal("0.000000001")  # what binary fractions leave behind a sum in a number cell
TOO_LARGE = Decimal(10) ** 14  # numeric(20, 6) holds less
AMOUNT = re.compile(
    r"(?:人民币|¥)?\s*([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?"
    r"\s*(元|千元|万元?|百万元?|千万元?|亿元?)?整?"
)
YI_AND_WAN = re.compile(r"(?:人民币|¥)?\s*([0-9]+)亿([0-9]{1,4}(?:\.[0-9]+)?)万元?整?")
NOT_AMOUNTS = (
    (re.compile(r"%|百分之"), "是百分数，不是金额。请填金额。"),
    (re.compile(r"\*|×|X{2,}", re.IGNORECASE), "有被隐去的数字，不是完整的金额。请填完整的金额。"),
    (
        re.compile(r"[0-9].*(?:-|~|–|—|至|到).*[0-9]"),
        "是一个范围，不是确切的金额。请填凭证或协议上的实际数。",
    ),
    (
        re.compile(r"约|左右|上下|余|多|近|超|过|以上|以下|不足|大概|大约|预计|拟|几|数|[<>≥≤?]"),
        "不是确切的金额。请填凭证或协议上的实际数。",
    ),
    (
        re.compile(r"美元|美金|港元|港币|欧元|日元|英镑|[$€£]|USD|HKD", re.IGNORECASE),
        "是外币，请按到账日汇率折成人民币后填写。",
    ),
    (
        re.compile(r"^[^0-9]*[一二三四五六七八九十两壹贰叁肆伍陆柒捌玖拾][^0-9]*$"),
        "请改用阿拉伯数字填写金额。",
    ),
)

DATES = (
    re.compile(r"(?P<y>[0-9]{4})\s*年\s*(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*[日号]?"),
    re.compile(r"(?P<y>[0-9]{4})(?P<s>[.\-/])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
)
CLOCK = re.compile(r"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$")
NO_DAY = re.compile(
    r"[0-9]{4}\s*年?|[0-9]{4}\s*年\s*[0-9]{1,2}\s*月?份?|[0-9]{4}[.\-/][0-9]{1,2}|(19|20)[0-9]{4}"
)
MONTH = re.compile(r"([0-9]{4})(?:\s*年\s*([0-9]{1,2})\s*月?份?|[.\-/]([0-9]{1,2})|([0-9]{2}))")
NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?")
NO_CENTURY = re.compile(r"'?[0-9]{2}([.\-/年])[0-9]{1,2}([.\-/月])[0-9]{1,2}日?")
NO_YEAR = re.compile(r"[0-9]{1,2}([.\-/月])[0-9]{1,2}[日号]?")
SERIAL_ZERO = dt.date(1899, 12, 30)  # day 0 of Excel's calendar, its invented 29 February 1900 included
SERIALS = range(20_000, 80_000)  # 1954 to 2119
YEARS = range(1949, 2101)

YES = {"是", "√", "✓", "续建", "Y", "YES"}
NO = {"否", "×", "新建", "新引进", "新签", "新签约", "N", "NO"}
NO_CODE = {"无", "暂无", "暂无代码", "无代码", "未办理", "正在办理"}


class Unreadable(ValueError):
    """The cell cannot be read; ``str()`` is a Chinese sentence: what is wrong, what to do."""


def narrow(text: str) -> str:
    """The text with full-width forms and odd spaces made plain, without spaces at its ends."""
    return (text.translate(NARROW) if ODD.search(text) else text).strip()


def shown(value) -> str:
    """The cell as a person sees it; a blank one is "". Keeps the blanks of a text."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(" ") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


def quoted(value) -> str:
    """The cell between Chinese quotation marks, cut where it gets long."""
    words = shown(value)
    return f"“{words}”" if len(words) <= 40 else f"“{words[:40]}…”"


def blank(value) -> bool:
    """True for an empty cell, blanks, a dash or a slash."""
    if not isinstance(value, str):
        return value is None
    return not value[:1].isalnum() and narrow(value) in BLANK


def plain(number: Decimal) -> str:
    """An amount without exponent and without trailing zeros, for sentences."""
    return f"{_tidy(number):f}"


def amount(value, unit: str = "万元") -> Decimal | None:
    """The exact amount in 万元; a number without a unit of its own is in ``unit``.

    Raises ``Unreadable`` for what is no exact amount, is finer than a 分, or is beyond numeric(20, 6).
    A number cell may be off by less than a thousandth of a 分: that is the rest of binary arithmetic.
    """
    if blank(value):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Unreadable(f"{quoted(value)}不是金额。请填数字，如 500 或 500万元。")
    if isinstance(value, str):
        return _within(_spelled_amount(value, unit), value)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise Unreadable("不是金额。请填数字，如 500 或 500万元。")
    wan = number * IN_WAN[unit]
    if abs(wan) < TOO_LARGE and abs(wan - wan.quantize(FEN)) < NOISE:
        wan = wan.quantize(FEN)
    return _within(wan, value)


def _spelled_amount(value: str, unit: str) -> Decimal:
    text = re.sub(r"(?<=[0-9])[。｡](?=[0-9])", ".", narrow(value))
    if both := YI_AND_WAN.fullmatch(text):
        if len(text) > 30:
            raise Unreadable(f"{quoted(value)}太大，不可能是一笔金额。请核对。")
        return Decimal(both[1]) * 10_000 + Decimal(both[2])
    if found := AMOUNT.fullmatch(text):
        sign, whole, fraction, own = found.groups()
        digits = whole.replace(",", "") + (fraction or "")
        if len(digits) > 26:  # beyond the 28 places of the arithmetic a product would be rounded
            raise Unreadable(f"{quoted(value)}太大或太细，不可能是一笔金额。请核对。")
        return Decimal(sign + digits) * IN_WAN[own or unit]
    for pattern, reason in NOT_AMOUNTS:
        if pattern.search(text):
            raise Unreadable(f"{quoted(value)}{reason}")
    raise Unreadable(f"{quoted(value)}不是金额。请填数字，如 500 或 500万元。")


def _within(wan: Decimal, value) -> Decimal:
    if abs(wan) >= TOO_LARGE:
        raise Unreadable(f"{quoted(value)}太大，不可能是一笔金额。请核对单位。")
    if wan != wan.quantize(FEN):
        raise Unreadable(f"{quoted(value)}精确到了分以下（合 {wan:f} 万元）。金额最多到分，请核对。")
    return _tidy(wan)


def number(value) -> Decimal | None:
    """An exact number of things that are counted without a unit of their own, to six places.

    Raises ``Unreadable`` for a text with anything but digits, and for what is finer or beyond numeric(20, 6).
    """
    if blank(value):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Unreadable(f"{quoted(value)}不是数字。请只填数字。")
    if isinstance(value, str):
        found = NUMBER.fullmatch(narrow(value))
        if found is None or len(found[0]) > 26:
            raise Unreadable(f"{quoted(value)}不是数字。请只填数字，不写单位、约数和范围。")
        exact = Decimal(found[0].replace(",", ""))
    else:
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not exact.is_finite():
            raise Unreadable("不是数字。请只填数字。")
    if abs(exact) >= TOO_LARGE:
        raise Unreadable(f"{quoted(value)}太大。请核对单位。")
    if isinstance(value, float) and abs(exact - exact.quantize(FEN)) < NOISE:
        exact = exact.quantize(FEN)
    if exact != exact.quantize(FEN):
        raise Unreadable(f"{quoted(value)}太细，最多六位小数。请核对。")
    return _tidy(exact)


def _tidy(number: Decimal) -> Decimal:
    if not number:
        return Decimal(0)
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def date(value) -> dt.date | None:
    """The day; a date cell, Excel's serial number, 20120303 or one of the usual spellings.

    Raises ``Unreadable`` for a day that does not exist and for one that is not complete.
    """
    if blank(value):
        return None
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return _in_range(value, shown(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _date_of_number(value)
    if not isinstance(value, str):
        raise Unreadable(f"{quoted(value)}不是日期。请写成 2012-03-05 或 2012年3月5日。")
    text = CLOCK.sub("", narrow(value))
    for pattern in DATES:
        if found := pattern.fullmatch(text):
            return _day(int(found["y"]), int(found["m"]), int(found["d"]), value)
    if NO_DAY.fullmatch(text):
        raise Unreadable(f"{quoted(value)}没有写到日。请写成 2012-03-05 或 2012年3月5日。")
    if NO_CENTURY.fullmatch(text) or NO_YEAR.fullmatch(text):
        raise Unreadable(f"{quoted(value)}没有写四位年份。请写成 2012-03-05 或 2012年3月5日。")
    raise Unreadable(f"{quoted(value)}不是日期。请写成 2012-03-05 或 2012年3月5日。")


def month(value) -> dt.date | None:
    """The first day of the month: 2012年5月, 2012-05, 201205, or a date in it, as Excel keeps a month.

    Raises ``Unreadable`` for a month that does not exist and for a text that names none.
    """
    if blank(value):
        return None
    text = shown(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if isinstance(text, str) and (found := MONTH.fullmatch(narrow(text))):
        year, number = int(found[1]), int(found[2] or found[3] or found[4])
        if not 1 <= number <= 12:
            raise Unreadable(f"{quoted(value)}：没有{number}月。请写成 2012年5月 或 2012-05。")
        if year not in YEARS:
            raise Unreadable(f"{quoted(value)}的年份不对。请写成 2012年5月 或 2012-05。")
        return dt.date(year, number, 1)
    try:
        day = date(value)
    except Unreadable:
        raise Unreadable(f"{quoted(value)}不是月份。请写成 2012年5月 或 2012-05。") from None
    return day and day.replace(day=1)


def _date_of_number(value: float) -> dt.date:
    if not abs(value) < 10**8:
        raise Unreadable(f"{quoted(value)}不是日期。请写成 2012-03-05 或 2012年3月5日。")
    whole = int(value)
    if whole in SERIALS:
        return SERIAL_ZERO + dt.timedelta(days=whole)
    if value == whole and whole >= 10**7:
        return _day(whole // 10_000, whole // 100 % 100, whole % 100, str(whole))
    if value == whole and (whole in YEARS or (whole // 100 in YEARS and 1 <= whole % 100 <= 12)):
        raise Unreadable(f"{quoted(whole)}没有写到日。请写成 2012-03-05 或 2012年3月5日。")
    raise Unreadable(f"{quoted(value)}不是日期。请写成 2012-03-05 或 2012年3月5日。")


def _day(year: int, month: int, day: int, written: str) -> dt.date:
    if not 1 <= month <= 12:
        raise Unreadable(f"{quoted(written)}：没有{month}月。请按凭证或协议上的日期改正。")
    try:
        found = dt.date(year, month, day)
    except ValueError:
        raise Unreadable(
            f"{quoted(written)}：{year}年{month}月没有{day}日。请按凭证或协议上的日期改正。"
        ) from None
    return _in_range(found, written)


def _in_range(day: dt.date, written: str) -> dt.date:
    if day.year not in YEARS:
        raise Unreadable(f"{quoted(written)}的年份不对。请按凭证或协议上的日期改正。")
    return day


def text(value, longest: int = 120) -> str | None:
    """The text without line breaks, control characters and surplus spaces; a number as its digits.

    Raises ``Unreadable`` for a text longer than ``longest``, a number whose digits Excel has lost,
    and a date, which Excel makes of codes such as "3-5".
    """
    if blank(value):
        return None
    if isinstance(value, dt.date | dt.time | dt.timedelta | bool):
        raise Unreadable(f"{quoted(value)}：Excel 把这一格改成了日期或逻辑值。请把单元格设为文本后重新填写。")
    if isinstance(value, int | float) and abs(value) >= 10**15:
        raise Unreadable(
            f"{quoted(value)}按数字存放，Excel 只保留前15位，末尾的数字已丢失。请把单元格设为文本后重新填写。"
        )
    words = shown(value)
    if not words.isprintable():
        words = "".join(_seen(char) for char in WRAP.sub("", words))
    words = " ".join(words.split())
    if len(words) > longest:
        raise Unreadable(f"文字有{len(words)}字，最多{longest}字。请缩短。")
    return words or None


def _seen(char: str) -> str:
    """A character of a name: it keeps its width, but odd spaces and invisible characters go."""
    category = unicodedata.category(char)
    return " " if category in ("Cc", "Zs", "Zl", "Zp") else "" if category in ("Cf", "Cs") else char


def number_text(value, longest: int = 120) -> str | None:
    """A number of a paper: text in half-width forms without spaces. Raises ``Unreadable`` like ``text``."""
    written = text(value, longest)
    return written and "".join(narrow(written).split())


@lru_cache(maxsize=1 << 14)  # a workbook names a few hundred units and projects thousands of times
def name_key(text: str) -> str:
    """What two spellings of one name share: no spaces, half-width forms, one case, one kind of brackets."""
    return "".join(narrow(text).split()).translate(BRACKETS).casefold()


def yes_no(value) -> bool | None:
    """True for 是 (续建), False for 否 (新引进). Raises ``Unreadable`` for anything else."""
    if blank(value):
        return None
    if isinstance(value, bool):
        return value
    word = narrow(shown(value)).upper()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable(f"{quoted(value)}看不出是或否。请填“是”或“否”。")


def credit_code(value) -> str | None:
    """统一社会信用代码 in its plain form, unchecked; None also for 暂无 and the like."""
    written = text(value)
    if written is None or narrow(written) in NO_CODE:
        return None
    return re.sub(r"[\s\-]", "", narrow(written)).upper()
