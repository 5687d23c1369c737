import datetime as dt
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from projects.sheets import cells

WIDE = str.maketrans("0123456789.,-/", "０１２３４５６７８９．，－／")
AMOUNTS = [
    (2083, "2083"),
    (2083.0, "2083"),
    (Decimal("2083.5"), "2083.5"),
    ("20,336万元", "20336"),
    ("2.4193亿元", "24193"),
    ("１６４５７", "16457"),
    ("１６，４５７．５万元", "16457.5"),
    ("1.2亿", "12000"),
    ("500万", "500"),
    ("500 万元", "500"),
    ("　500　", "500"),
    ("35000元", "3.5"),
    ("¥35,000.01元", "3.500001"),
    ("人民币35000元整", "3.5"),
    ("3千元", "0.3"),
    ("2百万元", "200"),
    ("2千万元", "2000"),
    ("1亿2000万元", "12000"),
    ("12。5", "12.5"),
    ("-300", "-300"),
    (-300, "-300"),
    ("0", "0"),
    (-0.0, "0"),
    (0.1 + 0.2, "0.3"),
    (1234567.89 - 1234567.11, "0.78"),
    (123456789.123456, "123456789.123456"),
    ("99999999999999.999999", "99999999999999.999999"),
]
NO_AMOUNTS = [
    ("约500万", "不是确切的金额"),
    ("500多万", "不是确切的金额"),
    ("500左右", "不是确切的金额"),
    (">500", "不是确切的金额"),
    ("500-600", "范围"),
    ("500～600万", "范围"),
    ("500至600万元", "范围"),
    ("50%", "百分数"),
    ("5**万", "被隐去"),
    ("**", "被隐去"),
    ("xx万元", "被隐去"),
    ("500万美元", "外币"),
    ("$500", "外币"),
    ("五百万", "阿拉伯数字"),
    ("2,0336", "不是金额"),
    ("20 336", "不是金额"),
    ("1.2.3", "不是金额"),
    ("10²", "不是金额"),
    ("①", "不是金额"),
    ("½", "不是金额"),
    ("٣", "不是金额"),
    ("1e5", "不是金额"),
    ("待定", "不是金额"),
    ("500万元（含设备）", "不是金额"),
    (True, "不是金额"),
    (dt.date(2012, 3, 5), "不是金额"),
    (float("nan"), "不是金额"),
    (float("inf"), "不是金额"),
    ("0.0000001", "分以下"),
    ("0.001元", "分以下"),
    (2083.1234567, "分以下"),
    ("100000000000000", "太大"),
    ("1" + "0" * 30, "太大"),
    (1e20, "太大"),
    ("9" * 60 + "亿2000万", "太大"),
]
DATES = [
    "2012.6.28",
    "2012年6月28日",
    "2012年6月28号",
    "2012年6月28",
    "2012-06-28",
    "2012-6-28",
    "2012/6/28",
    "２０１２．６．２８",
    "2012 年 6 月 28 日",
    "20120628",
    20120628,
    20120628.0,
    41088,
    41088.75,
    "2012-06-28 00:00:00",
    dt.date(2012, 6, 28),
    dt.datetime(2012, 6, 28, 9, 30),  # noqa: DTZ001 -- a cell has no time zone
]
NO_DATES = [
    ("2012年6月", "没有写到日"),
    ("2012.6", "没有写到日"),
    ("2012", "没有写到日"),
    (2012, "没有写到日"),
    (201206, "没有写到日"),
    ("201206", "没有写到日"),
    ("12.6.28", "四位年份"),
    ("6月28日", "四位年份"),
    ("2012年13月5日", "没有13月"),
    ("2012-02-30", "2012年2月没有30日"),
    (20121305, "没有13月"),
    ("0012-06-28", "年份不对"),
    ("2012.6-28", "不是日期"),
    ("六月底", "不是日期"),
    ("2012-06-28之前", "不是日期"),
    (123, "不是日期"),
    (1e300, "不是日期"),
    (float("nan"), "不是日期"),
    (True, "不是日期"),
    (dt.time(3, 4), "不是日期"),
]


@pytest.mark.parametrize(("cell", "wan"), AMOUNTS, ids=[str(cell) for cell, _ in AMOUNTS])
def test_an_amount_is_read_exactly(cell, wan):
    assert cells.amount(cell) == Decimal(wan)
    assert str(cells.amount(cell)) == wan


@pytest.mark.parametrize(("cell", "reason"), NO_AMOUNTS, ids=[str(cell)[:20] for cell, _ in NO_AMOUNTS])
def test_what_is_no_amount_is_refused_with_the_reason(cell, reason):
    with pytest.raises(cells.Unreadable, match=reason):
        cells.amount(cell)


@pytest.mark.parametrize("cell", [None, "", "   ", "　", "-", "—", "——", "/", "\u200b"])
def test_blank_is_unknown_not_zero(cell):
    assert cells.amount(cell) is None
    assert cells.date(cell) is None
    assert cells.text(cell) is None
    assert cells.yes_no(cell) is None
    assert cells.credit_code(cell) is None


@pytest.mark.parametrize(
    ("unit", "wan"),
    [("元", "0.05"), ("千元", "50"), ("万元", "500"), ("百万元", "50000"), ("亿元", "5000000")],
)
def test_the_unit_of_the_sheet_is_for_numbers_without_their_own(unit, wan):
    assert cells.amount(500, unit) == cells.amount("500", unit) == Decimal(wan)
    assert cells.amount("500万元", unit) == Decimal(500)


fen = st.integers(0, 10**13)


@given(fen)
def test_every_spelling_of_an_amount_is_the_same_amount(number):
    wan = Decimal(number) / 10**6
    yuan, yi = f"{wan * 10_000:f}", f"{wan / 10_000:f}"
    spellings = [
        f"{wan:f}",
        f"{wan:,f}万元",
        f"{wan:f}万",
        f"{yuan}元",
        f"{Decimal(yuan):,f}元",
        f"{yi}亿元",
        f"{wan:,f}万元".translate(WIDE),
        f"　{wan:f} 万元 ",
    ]
    assert {cells.amount(spelling) for spelling in spellings} == {wan}
    assert cells.amount(f"-{wan:f}") == -wan
    assert cells.amount(yuan, "元") == wan


@given(st.integers(0, 10**12))
def test_a_number_cell_is_the_amount_a_person_sees(number):
    wan = Decimal(number) / 10**6
    assert cells.amount(float(wan)) == wan


@given(st.lists(st.integers(1, 10**10), min_size=2, max_size=30))
def test_a_sum_in_a_number_cell_loses_its_binary_rest(numbers):
    assume(sum(numbers) < 10**12)
    assert cells.amount(sum(number / 10**6 for number in numbers)) == Decimal(sum(numbers)) / 10**6


@given(fen, st.data())
def test_noise_in_an_amount_never_gives_a_number(number, data):
    spelling = f"{Decimal(number) / 10**6:,f}万元"
    noise = data.draw(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zs", "Nd")))
    assume(noise not in ",，.．。｡-－−+＋¥￥整" and noise not in "元万亿千百")
    place = data.draw(st.integers(0, len(spelling)))
    with pytest.raises(cells.Unreadable):
        cells.amount(spelling[:place] + noise + spelling[place:])


@given(st.text(max_size=12))
def test_a_text_is_read_or_refused_and_nothing_else_happens(text):
    for read in (cells.amount, cells.date, cells.text, cells.yes_no, cells.credit_code, cells.number_text):
        with suppress(cells.Unreadable):
            assert read(text) is None or text.strip()


@pytest.mark.parametrize("cell", DATES, ids=[str(cell) for cell in DATES])
def test_every_spelling_of_a_date_is_the_same_day(cell):
    assert cells.date(cell) == dt.date(2012, 6, 28)


@pytest.mark.parametrize(("cell", "reason"), NO_DATES, ids=[str(cell) for cell, _ in NO_DATES])
def test_what_is_no_date_is_refused_with_the_reason(cell, reason):
    with pytest.raises(cells.Unreadable, match=reason):
        cells.date(cell)


@given(st.dates(dt.date(1960, 1, 1), dt.date(2100, 12, 31)))
def test_every_day_in_every_spelling(day):
    year, month, number = day.year, day.month, day.day
    spellings = [
        f"{year}.{month}.{number}",
        f"{year}年{month}月{number}日",
        f"{day}",
        f"{year}/{month}/{number}".translate(WIDE),
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        (day - dt.date(1899, 12, 30)).days,
        dt.datetime.combine(day, dt.time(8)),
    ]
    assert {cells.date(spelling) for spelling in spellings} == {day}


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("招商\n局", "招商局"),
        ("浙江德丰蔬菜有限公司　", "浙江德丰蔬菜有限公司"),
        ("ABC\n Ltd", "ABC Ltd"),
        ("景区（５６号）", "景区（５６号）"),
        ("水沟\u200b镇", "水沟镇"),
        ("甲\u202e乙", "甲乙"),
        (2012060001.0, "2012060001"),
        (3, "3"),
    ],
)
def test_a_text_keeps_its_characters_and_loses_what_nobody_sees(cell, words):
    assert cells.text(cell) == words


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (91110108000000000000.0, "末尾的数字已丢失"),
        (dt.date(2012, 3, 5), "改成了日期"),
        (True, "改成了日期或逻辑值"),
        ("字" * 121, "有121字，最多120字"),
    ],
)
def test_a_text_that_excel_has_damaged_is_refused(cell, reason):
    with pytest.raises(cells.Unreadable, match=reason):
        cells.text(cell)


def test_names_are_compared_without_width_spaces_and_brackets():
    keys = {
        cells.name_key(name) for name in ("景区（56号）", "景区(５６号)", " 景 区【56号】", "景区〔56号〕")
    }
    assert keys == {"景区(56号)"}
    assert cells.name_key("ABC公司") == cells.name_key("ａｂｃ公司")


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [("是", True), ("续建", True), ("√", True), (True, True), (" 否 ", False), ("新引进", False)],
)
def test_yes_and_no(cell, meaning):
    assert cells.yes_no(cell) is meaning


def test_neither_yes_nor_no_is_refused():
    with pytest.raises(cells.Unreadable, match="看不出是或否"):
        cells.yes_no("待定")


def test_numbers_of_papers_and_codes_become_half_width():
    assert cells.number_text("ＺＨ 2012 0001") == "ZH20120001"
    assert cells.credit_code(" 9135 0100m000100y43") == "91350100M000100Y43"
    assert cells.credit_code("暂无代码") is None


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("2012年5月", dt.date(2012, 5, 1)),
        ("２０１２年 ５月份", dt.date(2012, 5, 1)),
        ("2012-05", dt.date(2012, 5, 1)),
        ("2012.5", dt.date(2012, 5, 1)),
        ("201205", dt.date(2012, 5, 1)),
        (201205, dt.date(2012, 5, 1)),
        (dt.date(2012, 5, 31), dt.date(2012, 5, 1)),
        (41030, dt.date(2012, 5, 1)),  # as Excel keeps 2012年5月
        ("", None),
    ],
)
def test_a_month_in_every_spelling(written, month):
    assert cells.month(written) == month


@pytest.mark.parametrize(
    "written", ["2012年", "5月", "2012年13月", "2012-00", "上半年", 5, True, "0000-01", "1-5月"]
)
def test_what_is_no_month(written):
    with pytest.raises(cells.Unreadable, match="请写成 2012年5月 或 2012-05"):
        cells.month(written)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (0, Decimal(0)),
        ("48,200", Decimal(48200)),
        ("１２．５", Decimal("12.5")),
        (0.1 + 0.2, Decimal("0.3")),
        (-3, Decimal(-3)),
        ("—", None),
    ],
)
def test_a_number_of_things(written, number):
    assert cells.number(written) == number


@pytest.mark.parametrize(
    "written", ["12人", "约30", "3-5", "1,2", "0.1234567", float("nan"), 10**14, True, "9" * 40, dt.date.min]
)
def test_what_is_no_number_of_things(written):
    with pytest.raises(cells.Unreadable):
        cells.number(written)
