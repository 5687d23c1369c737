"""The small formula language: text -> syntax tree, by recursive descent.

    paid >= task 且 (exports > 0 或 region = "山区")        round(paid / task, 1%) * 0.5

Numbers may carry a unit (5亿元, 20%, 3个); days are written 2024-06-30; text stands in quotes.
There is nothing else: no assignment, no loop, no attribute, no call beyond the listed functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessment.engine.reading import as_date

FUNCTIONS = {
    "min": (2, 9),
    "max": (2, 9),
    "round": (2, 2),
    "floor": (2, 2),
    "ceil": (2, 2),
    "mean": (1, 1),
    "lowest": (1, 1),
    "highest": (1, 1),
    "total": (1, 1),
}
KEYWORDS = {
    "and": "and",
    "且": "and",
    "or": "or",
    "或": "or",
    "not": "not",
    "非": "not",
    "in": "in",
    "属于": "in",
}
_SIGNS = {
    "×": "*",
    "÷": "/",
    "−": "-",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "＝": "=",
    "==": "=",
    "（": "(",
    "）": ")",
    "，": ",",
    "、": ",",
    "＞": ">",
    "＜": "<",
    "＋": "+",
    "／": "/",
}
_TOKEN = re.compile(
    r"""\s*(?:(?P<day>\d{4}-\d{2}-\d{2})
    |(?P<number>\d+(?:\.\d+)?)(?P<unit>[%％]|[A-Za-z\u4e00-\u9fff]+)?
    |(?P<text>"[^"]*"|“[^”]*”|'[^']*')
    |(?P<name>[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*)
    |(?P<sign>>=|<=|!=|==|[-+*/()\[\],=<>×÷−≥≤≠＝（），、＞＜＋／]))""",
    re.VERBOSE,
)
_COMPARE = {">=", "<=", ">", "<", "=", "!="}
_DEEPEST = 30
_LONGEST = 25


class GrammarError(ValueError):
    """The text is not an expression; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text: its kind, its content, its column (from 1)."""

    kind: str
    text: str
    column: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Syntax:
    """An unchecked node: `op` is a sign, a keyword, a function's name or a kind of literal."""

    op: str
    parts: tuple[Syntax, ...] = ()
    value: Decimal | str | date | tuple[str, ...] | None = None
    unit: str = ""


def parse(text: str) -> Syntax:
    """The syntax tree of an expression; raises GrammarError."""
    reader = _Reader(_tokens(text))
    node = reader.either(0)
    if reader.here.kind != "end":
        raise GrammarError(f"第{reader.here.column}个字符处的“{reader.here.text}”多余或位置不对")
    return node


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            bad = len(text) - len(text[at:].lstrip()) + 1
            raise GrammarError(f"第{bad}个字符“{text[bad - 1]}”看不懂")
        kind = str(match.lastgroup) if match.lastgroup != "unit" else "number"
        word = match[kind]
        start = match.start(kind) + 1
        if kind == "sign":
            word = _SIGNS.get(word, word)
        elif kind == "name" and word in KEYWORDS:
            kind, word = "keyword", KEYWORDS[word]
        tokens.append(Token(kind, word, start, (match["unit"] or "").replace("％", "%")))
        at = match.end()
    return [*tokens, Token("end", "", len(text) + 1)]


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def here(self) -> Token:
        return self._tokens[self._at]

    def take(self, *texts: str) -> Token | None:
        """The next token when it is one of these signs or keywords."""
        token = self.here
        if token.kind in ("sign", "keyword") and token.text in texts:
            self._at += 1
            return token
        return None

    def need(self, text: str) -> None:
        if not self.take(text):
            raise GrammarError(f"第{self.here.column}个字符处应当是“{text}”")

    def either(self, depth: int) -> Syntax:
        return self._chain("or", self.both, depth)

    def both(self, depth: int) -> Syntax:
        return self._chain("and", self.negated, depth)

    def _chain(self, word: str, inner: object, depth: int) -> Syntax:
        if depth > _DEEPEST:
            raise GrammarError(f"括号嵌套超过{_DEEPEST}层")
        parts = [inner(depth)]  # type: ignore[operator]
        while self.take(word):
            parts.append(inner(depth))  # type: ignore[operator]
        return parts[0] if len(parts) == 1 else Syntax(word, tuple(parts))

    def negated(self, depth: int) -> Syntax:
        if self.take("not"):
            if depth > _DEEPEST:
                raise GrammarError("“非”太多")
            return Syntax("not", (self.negated(depth + 1),))
        return self.comparison(depth)

    def comparison(self, depth: int) -> Syntax:
        left = self.sum(depth)
        if self.take("in"):
            return Syntax("in", (left,), self._texts())
        if sign := self.take(*_COMPARE):
            right = self.sum(depth)
            if self.here.text in _COMPARE:
                raise GrammarError(f"第{self.here.column}个字符：一次只能比较两边，请用“且”连接")
            return Syntax(sign.text, (left, right))
        return left

    def sum(self, depth: int) -> Syntax:
        left = self.product(depth)
        while sign := self.take("+", "-"):
            left = Syntax(sign.text, (left, self.product(depth)))
        return left

    def product(self, depth: int) -> Syntax:
        left = self.signed(depth)
        while sign := self.take("*", "/"):
            left = Syntax(sign.text, (left, self.signed(depth)))
        return left

    def signed(self, depth: int) -> Syntax:
        if self.take("-"):
            if depth > _DEEPEST:
                raise GrammarError("负号太多")
            return Syntax("-", (Syntax("number", (), Decimal(0)), self.signed(depth + 1)))
        return self.atom(depth)

    def atom(self, depth: int) -> Syntax:
        token = self.here
        if self.take("("):
            node = self.either(depth + 1)
            self.need(")")
            return node
        self._at += 1
        match token.kind:
            case "number":
                if len(token.text) > _LONGEST:
                    raise GrammarError(f"第{token.column}个字符处的数位数太多")
                return Syntax("number", (), Decimal(token.text), token.unit)
            case "day":
                if (day := as_date(token.text)) is None:
                    raise GrammarError(f"“{token.text}”不是一个日期")
                return Syntax("day", (), day)
            case "text":
                return Syntax("text", (), token.text[1:-1])
            case "name" if self.take("("):
                return self._call(token, depth)
            case "name":
                return Syntax("name", (), token.text)
        self._at -= 1
        raise GrammarError(
            "算式不完整" if token.kind == "end" else f"第{token.column}个字符处的“{token.text}”位置不对"
        )

    def _call(self, token: Token, depth: int) -> Syntax:
        if token.text not in FUNCTIONS:
            raise GrammarError(f"没有函数“{token.text}”，可用的有：{'、'.join(FUNCTIONS)}")
        args = [self.either(depth + 1)]
        while self.take(","):
            args.append(self.either(depth + 1))
        self.need(")")
        least, most = FUNCTIONS[token.text]
        if not least <= len(args) <= most:
            raise GrammarError(f"函数“{token.text}”的参数应为{least}{'' if least == most else '个以上'}个")
        return Syntax(token.text, tuple(args))

    def _texts(self) -> tuple[str, ...]:
        self.need("[")
        found = []
        while True:
            token = self.here
            if token.kind != "text":
                raise GrammarError(f"第{token.column}个字符处应当是引号里的文字")
            found.append(token.text[1:-1])
            self._at += 1
            if not self.take(","):
                break
        self.need("]")
        return tuple(found)
