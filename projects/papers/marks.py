"""The mark that a watermark repeats, and where it goes."""

from dataclasses import dataclass

LETTERS_ACROSS = 48  # of the longer side


@dataclass(frozen=True)
class Mark:
    """The words once, slanting: a grey and an alpha byte for each pixel, rows from the top."""

    width: int
    height: int
    letters: int
    grey: bytes
    alpha: bytes


def places(area: tuple[int, int], mark: tuple[int, int]) -> list[tuple[int, int]]:
    """Where a mark's upper left corner goes: rows from the middle outwards, every second one shifted."""
    across, down = mark[0], mark[1] * 4 // 5
    left, top = (area[0] - across) // 2, (area[1] - mark[1]) // 2
    rows = range(-(top // down) - 2, (area[1] - top) // down + 1)
    columns = range(-(left // across) - 2, (area[0] - left) // across + 1)
    return [
        (left + column * across + row % 2 * (across // 2), top + row * down)
        for row in rows
        for column in columns
    ]
