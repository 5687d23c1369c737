"""A small reader of the engine's words, independent of the engine: it computes what the words say.

It knows only the notation: numbers, percentages, + - × ÷, brackets, 取整(...), A→B (A was limited or
rounded to B), and comparisons with ≥ ≤ ＞ ＜ = ≠. It computes with fractions.
"""

import math
import re
from fractions import Fraction

SIGNS = {
    "≥": lambda a, b: a >= b,
    "≤": lambda a, b: a <= b,
    "＞": lambda a, b: a > b,
    "＜": lambda a, b: a < b,
    "≠": lambda a, b: a != b,
    "=": lambda a, b: a == b,
}
TOKEN = re.compile(r"取整|\d+(?:\.\d+)?%?|[-+×÷→()\[\]{}]")
FORMULA = re.compile(r"(?:取整|[-+×÷→()\[\]{}\d.%])+$")


class Formula:
    """Computes one formula; `arrows` lists (text before, value before, value after)."""

    def __init__(self, text):
        self.tokens = [(m.group(), m.start(), m.end()) for m in TOKEN.finditer(text)]
        assert "".join(t for t, _, _ in self.tokens) == text, f"not readable: {text}"
        self.text, self.at, self.arrows = text, 0, []
        self.value = self.limited()
        assert self.at == len(self.tokens), f"left over in {text}"

    def peek(self):
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1][0]

    def limited(self):
        start = self.tokens[self.at][1]
        value = self.sum()
        while self.peek() == "→":
            before = self.text[start : self.tokens[self.at - 1][2]]
            self.take()
            after = self.sum()
            self.arrows.append((before, value, after))
            value = after
        return value

    def sum(self):
        value = self.product()
        while self.peek() in "+-" and self.peek():
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self):
        value = self.atom()
        while self.peek() in "×÷" and self.peek():
            value = value * self.atom() if self.take() == "×" else value / self.atom()
        return value

    def atom(self):
        token = self.take()
        if token == "-":
            return -self.atom()
        if token == "取整":
            return Fraction(math.floor(self.atom()))
        if token in "([{":
            value = self.limited()
            assert self.take() in ")]}"
            return value
        return Fraction(token[:-1]) / 100 if token.endswith("%") else Fraction(token)


def compute(formula):
    return Formula(formula).value


def points(words):
    """What the words of a line say: the exact value; every arrow and comparison is checked on the way."""
    head, *reasons = words.split("；")
    body = head.removeprefix("得分=").removeprefix("总分=")
    formula, sign, figure = split_result(body)
    read = Formula(formula)
    shown = Fraction(figure.strip("()"))
    if sign == "=":
        assert read.value == shown, words
    elif sign == "≈":
        assert 0 < abs(read.value - shown) <= half_unit(figure), words
    for arrow in read.arrows:
        check_arrow(arrow, reasons)
    for reason in reasons:
        check_comparison(reason)
    return read.value


def split_result(body):
    for sign in "≈=":
        if sign in body:
            formula, _, figure = body.rpartition(sign)
            return formula, sign, figure
    return body, "", body


def half_unit(figure):
    places = len(figure.partition(".")[2])
    return Fraction(1, 2 * 10**places)


def check_arrow(arrow, reasons):
    text, before, after = arrow
    for reason in reasons:
        inside = reason.split("：", 1)[-1]
        if reason.startswith(text) or inside.startswith(text):
            if "高于上限" in reason:
                assert before > after, reason
                return
            if "低于下限" in reason:
                assert before < after, reason
                return
            if re.search(r"按[\d.]+%?(四舍|舍去|进一|向上|向下)", reason):
                step = Fraction(*percent(re.search(r"按([\d.]+%?)", reason).group(1)))
                assert 0 < abs(before - after) < step, reason
                return
    raise AssertionError(f"no reason for {text}→ in {reasons}")


def percent(text):
    return (Fraction(text[:-1]), 100) if text.endswith("%") else (Fraction(text), 1)


def check_comparison(reason):
    """Every comparison in a reason about a condition must be true as it stands; gives their number."""
    if not reason.endswith(("满足", "不满足")):
        return 0
    count = 0
    for part in re.split(r"[且，]", reason.split("：", 1)[-1] if "：" in reason else reason):
        sign = next((s for s in "≥≤＞＜≠" if s in part), "=" if re.search(r"\d[^=≈]*=", part) else None)
        if sign is None or "“" in part:
            continue
        left, right = part.split(sign, 1) if sign != "=" else part.rsplit("=", 1)
        assert SIGNS[sign](side(left), side(right)), reason
        count += 1
    return count


def side(text):
    text = re.sub(r"[^\d)\]}%]+$", "", text)  # the unit
    for sign in "≈=":
        text = text.split(sign)[0]
    return compute(FORMULA.search(text).group())
