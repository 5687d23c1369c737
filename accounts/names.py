"""Chinese names: how they are sorted. The embedded server has no ICU, so a pinyin key is stored."""

from pypinyin import Style, lazy_pinyin, load_phrases_dict

# Place names that are read otherwise than the common reading of their characters.
load_phrases_dict({"单县": [["shàn"], ["xiàn"]], "浚县": [["xùn"], ["xiàn"]]})


def sort_key(name: str) -> str:
    """Pinyin of the name, then the name itself, so that equal readings keep a stable order."""
    return " ".join(lazy_pinyin(name, style=Style.TONE3)) + " " + name
