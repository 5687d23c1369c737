"""From the bytes of a file to grids of cells, or a refusal that says what to do."""

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePath

MOST_BYTES = 20 << 20
MOST_UNPACKED = 300 << 20
MOST_MEMBERS = 2_000
PATIENCE = 60  # seconds on the clock; the program itself has a limit on its computing time
SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。"
TOO_LARGE = (
    "工作簿太大：每张表最多 50000 行、200 列，全部内容最多 300 MB。请删去无关的表和多余的空行空列后再导入。"
)
REASONS = {
    "password": f"工作簿设有打开密码，不能读取。请去掉密码。{SAVE_AS}",
    "broken": f"工作簿不能读取：已损坏、不完整，或设有打开密码。{SAVE_AS}",
    "large": TOO_LARGE,
}


class BookRefused(ValueError):
    """The file as a whole cannot be imported. ``str()`` is a Chinese sentence fit for users."""

    def __init__(self, message: str, code: str):
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Grid:
    """One worksheet. ``rows[0]`` is its row 1; ``merged`` holds (top, left, bottom, right) from 0."""

    title: str
    hidden: bool
    rows: list[list]
    merged: tuple[tuple[int, int, int, int], ...]


def read(content: bytes, filename: str) -> tuple[Grid, ...]:
    """The worksheets of an .xlsx or .xls file. Raises ``BookRefused``.

    The file is read by ``native`` in a process with limits on memory and time.
    """
    _look_at(content, filename)
    command = [sys.executable, "-I", str(Path(__file__).with_name("native.py"))]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, no shell
            command, input=content, capture_output=True, timeout=PATIENCE, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        raise BookRefused(TOO_LARGE, "large") from None
    if done.returncode:
        # Out of memory or time, or a fault inside the native reader: no workbook of an office does that.
        code = "large" if done.returncode < 0 or b"MemoryError" in done.stderr else "broken"
        raise BookRefused(REASONS[code], code)
    answer = json.loads(done.stdout, object_hook=_untagged)
    if refused := answer.get("refused"):
        raise BookRefused(REASONS[refused], refused)
    return tuple(
        Grid(
            sheet["title"],
            sheet["hidden"],
            [[None if cell == "" else cell for cell in row] for row in sheet["rows"]],
            tuple((top, left, bottom, right) for (top, left), (bottom, right) in sheet["merged"]),
        )
        for sheet in answer["sheets"]
    )


def _environment() -> dict[str, str]:
    """Only what an interpreter may need to start: no secrets of the portal."""
    return {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}


def _look_at(content: bytes, filename: str) -> None:
    """Refuse by size, name and first bytes what is no workbook."""
    suffix = PurePath(filename).suffix.lower()
    if not content:
        raise BookRefused("文件是空的。请重新选择文件。", "empty")
    if len(content) > MOST_BYTES:
        raise BookRefused(
            f"文件有 {len(content) / (1 << 20):.1f} MB，最大 {MOST_BYTES >> 20} MB。请删去图片和无关的表。",
            "large",
        )
    if suffix not in (".xlsx", ".xls"):
        raise BookRefused(f"“{PurePath(filename).name}”不是 .xlsx 或 .xls 工作簿。{SAVE_AS}", "kind")
    if content.startswith(b"PK"):
        _look_inside(content)
    elif "EncryptedPackage".encode("utf-16-le") in content:
        raise BookRefused(REASONS["password"], "password")
    elif not content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        what = "是网页或文本，只是用了工作簿的名字" if start.startswith((b"<", b"mime")) else "不是工作簿"
        raise BookRefused(f"文件内容{what}。{SAVE_AS}", "kind")


def _look_inside(content: bytes) -> None:
    """Refuse an archive that is no workbook, holds programs, or unpacks to too much."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile:
        raise BookRefused(REASONS["broken"], "broken") from None
    names = {member.filename.lower() for member in members}
    if "xl/workbook.xml" not in names:
        raise BookRefused(f"文件不是 .xlsx 工作簿。{SAVE_AS}", "kind")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise BookRefused(f"工作簿含有宏，不能导入。{SAVE_AS}", "macros")
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise BookRefused(TOO_LARGE, "large")


def _untagged(item: dict):
    if "date" in item:
        return date.fromisoformat(item["date"])
    if "datetime" in item:
        return datetime.fromisoformat(item["datetime"])
    return item["text"] if len(item) == 1 and "text" in item else item
