"""Chinese names: how they are sorted and found. The embedded server has no ICU, so pinyin is stored."""

from pypinyin import Style, lazy_pinyin, load_phrases_dict

# Place names that are read otherwise than the common reading of their characters.
load_phrases_dict(
    {
        "单县": [["shàn"], ["xiàn"]],
        "浚县": [["xùn"], ["xiàn"]],
        "解州": [["xiè"], ["zhōu"]],
        "东阿": [["dōng"], ["ē"]],
        "会稽": [["kuài"], ["jī"]],
        "长垣": [["cháng"], ["yuán"]],
        "中牟": [["zhōng"], ["mù"]],
        "涡阳": [["guō"], ["yáng"]],
        "大城县": [["dài"], ["chéng"], ["xiàn"]],
        "朝阳": [["cháo"], ["yáng"]],
    }
)


def sort_key(name: str) -> str:
    """Pinyin of the name, then the name itself, so that equal readings keep a stable order."""
    return " ".join(lazy_pinyin(name, style=Style.TONE3)) + " " + name


def search_key(name: str) -> str:
    """Initials in capitals, then the whole pinyin without tones: 单县 -> "SX shanxian" (F-105).

    Capitals keep the two apart: "SX" is never found across two syllables of another name.
    """
    initials = _letters(lazy_pinyin(name, style=Style.FIRST_LETTER)).upper()
    return f"{initials} {_letters(lazy_pinyin(name))}"


def _letters(syllables: list[str]) -> str:
    return "".join(char for char in "".join(syllables).lower() if char.isascii() and char.isalnum())
