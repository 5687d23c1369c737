"""A check on the site (现场核查) in words: on which day, and who went."""

import datetime as dt


def fault(on: dt.date, *, happened_on: dt.date, today: dt.date) -> str:
    """Why nobody can have checked on this day what happened on the other; empty where they can."""
    if on > today:
        return f"现场核查日期 {on:%Y-%m-%d} 晚于今天（{today:%Y-%m-%d}）。"
    if on < happened_on:
        return f"现场核查日期 {on:%Y-%m-%d} 早于申报事项的发生日期（{happened_on:%Y-%m-%d}）。"
    return ""


def words(on: dt.date, by: str) -> str:
    """The check in a line: 2012-06-28 现场核查（张三、李四）."""
    who = f"（{by.strip()}）" if by.strip() else ""
    return f"{on:%Y-%m-%d} 现场核查{who}"
